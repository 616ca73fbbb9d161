"""What the tables and the store must hold before the first case."""

from collections.abc import Iterable
from datetime import datetime

from domain.messages import SYSTEM, Act
from domain.roster.commands import OpenRoster
from domain.roster.model import ROSTER_ID, Roster
from runtime.mendable import Mendable
from runtime.reference_data import ReferenceData, load_reference_data
from runtime.settings import Settings
from runtime.store import Store, UnitOfWork


class TermsForTestsOnly(Mendable):
    """A table holds terms that are for tests and demonstrations only."""

    def __init__(self, settings: Settings, rules: Iterable[str]) -> None:
        super().__init__(
            f"{settings.tables} (KS_TABLES) holds terms for tests: {', '.join(rules)}. "
            "Remove the rows; only a demonstration may set KS_ALLOW_TEST_TERMS=1."
        )


def checked_reference_data(settings: Settings) -> ReferenceData:
    """The tables of this installation; one for tests is not allowed in production."""
    data = load_reference_data(settings.tables)
    short = [rule.id for rule in data.deadlines.test_rules]
    if short and not settings.allow_test_terms:
        raise TermsForTestsOnly(settings, short)
    return data


def open_roster(store: Store, at: datetime) -> None:
    """Begin the roster of the installation, once."""

    def work(unit: UnitOfWork) -> None:
        if unit.store.load(ROSTER_ID) is None:
            unit.add(Roster.open(OpenRoster(), Act(command_id="roster:open", at=at, by=SYSTEM)))

    store.carry_out(work)
