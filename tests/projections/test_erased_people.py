"""I13: destroying the key of one person leaves every count as it was."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activities.erasing import Erasing
from domain.erasures.refusals import CaseStillOpen
from domain.messages import Act
from domain.people import PersonalData, PersonErased
from projections.reports.command import FORMATS, files_of, rendered
from projections.reports.document import Report
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.tables import TABLES
from runtime.clock import SystemClock
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.secrets import MasterKey
from runtime.settings import Settings
from runtime.store import Store
from runtime.vault import Vault
from tests.databases import NewDatabase
from tests.projections.contents import Contents, folded_anew
from tests.projections.random_log import random_log
from tests.sizes import examples

DATA = load_reference_data()
PEOPLE = 12
CASES = 24
FREE = datetime(2040, 1, 2, 8, tzinfo=UTC)
"""The archive class of every closed case has run out."""

PERIODS = [
    Period(date(2026, 10, 1), date(2026, 11, 1)),
    Period(date(2026, 8, 1), date(2027, 8, 1)),
    Period(date(2040, 1, 1), date(2040, 2, 1)),  # in which people were erased
]
BEFORE = datetime(2027, 8, 1, tzinfo=UTC)
AFTER = datetime(2040, 2, 1, tzinfo=UTC)
"""What is known by then holds the erasures too."""


class Archive:
    """A log of many people's cases, and what is counted in it."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.store = Store(settings)
        self.vault = Vault.of(settings, SystemClock())
        self.read_side = ReadSide(settings, TABLES)
        self.people = [
            self.vault.admit(PersonalData(name=f"Osoba {number}"), command_id=f"form:{number}")
            for number in range(PEOPLE)
        ]
        random_log(self.store, seed, cases=CASES, senders=self.people)

    def close(self) -> None:
        for part in (self.read_side, self.vault, self.store):
            part.close()

    def counted(self) -> dict[str, str]:
        """Every file of R1 in every format, of several periods as known at two moments."""
        reports = {
            f"{period} {as_of}": rendered("R1", Parameters(period, as_of), self.store, DATA)
            for period in PERIODS
            for as_of in (BEFORE, AFTER)
        }
        return {
            f"{which} {format}/{name}": text
            for which, report in reports.items()
            for format in FORMATS
            for name, text in files_of(without_its_place(report), format).items()
        }

    def shown(self) -> Contents:
        """The read tables, as the log makes them."""
        return folded_anew(self.store, self.read_side, DATA.labels, page=500)

    def erase(self, person: str) -> bool:
        """Whether it was done; whoever has an open case is still needed."""
        act = Act(command_id=f"erase:{person}", at=FREE, by="operator")
        try:
            return Erasing(self.store, self.vault, DATA.retention).erase(person, act)
        except CaseStillOpen:
            return False

    def is_gone(self, person: str) -> bool:
        try:
            self.vault.person(person)
        except PersonErased:
            return True
        return False


def without_its_place(report: Report) -> Report:
    """R1 names the end of the log that it was made from, which every erasure moves."""
    about = tuple(each for each in report.about if each.key != "position")
    assert len(about) == len(report.about) - 1
    return replace(report, about=about)


@contextmanager
def archive(new_database: NewDatabase, seed: int) -> Iterator[Archive]:
    with ExitStack() as stack:
        database = stack.enter_context(new_database())
        directory = stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        settings = Settings.model_validate(
            {
                "database_url": database.url,
                "var": Path(directory),
                "master_key": MasterKey.generate().to_text(),
            }
        )
        yield stack.enter_context(closing(Archive(settings, seed)))


@pytest.mark.walk
@settings(
    max_examples=examples(2),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 100_000))
def test_i13_erasing_a_person_leaves_every_count_of_r1_as_it_was(
    new_database: NewDatabase, seed: int
) -> None:
    with archive(new_database, seed) as office:
        counted, shown = office.counted(), office.shown()
        erased = [person for person in office.people if office.erase(person)]
        assert erased, "somebody's cases were all closed"
        assert [person for person in office.people if office.is_gone(person)] == erased
        topics = [event.topic for event in office.store.recorder.select_notifications(1, 100_000)]
        assert topics.count("vault.SubjectErased") == len(erased)
        assert office.counted() == counted
        assert office.shown() == shown
