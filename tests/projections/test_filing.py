"""The monthly report is filed once for each month, and stays what it was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from domain.filings.model import Filing
from domain.filings.rules import months_due
from domain.working_days import WARSAW
from projections.reports.command import rendered
from projections.reports.filing import MANIFEST, ReportFiling, ReportsFiled
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.writers import as_json
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.given import moment

REFERENCE = load_reference_data()
NOTHING = ReportsFiled()


@dataclass
class Told:
    """A clock that is set by the test."""

    at: datetime

    def now(self) -> datetime:
        return self.at


Round = Callable[[str], ReportsFiled]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "var/reports/R1"


@pytest.fixture
def round_at(store: Store, tmp_path: Path) -> Round:
    settings, clock = Settings(var=tmp_path / "var"), Told(datetime.now(WARSAW))
    filing = ReportFiling(store, REFERENCE, settings, clock)

    def made(at: str) -> ReportsFiled:
        clock.at = moment(at)
        return filing.file_due_reports()

    return made


def content(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2026, 10, 1), "2026-11-04"),  # 1 November is a Sunday
        (date(2026, 12, 1), "2027-01-07"),  # 1 and 6 January are days off
    ],
)
def test_a_month_is_due_on_the_third_working_day_after_it(month: date, due: str) -> None:
    since = datetime(month.year, month.month, 20, tzinfo=WARSAW)

    def months(at: str) -> list[date]:
        return [first for first, _ in months_due(since, moment(at), REFERENCE.deadlines)]

    day = date.fromisoformat(due)
    assert months(f"{day.replace(day=day.day - 1)} 23:59") == []
    assert months(f"{day} 00:00") == [month]


def test_a_month_is_filed_once_when_it_is_due(
    store: Store, round_at: Round, directory: Path
) -> None:
    Case(1, moment("2026-10-05 10:20"), store=store)
    assert round_at("2026-11-03 06:15") == NOTHING
    assert round_at("2026-11-04 06:15").filed == ("R1-2026-10",)
    recorded, files = store.position(), content(directory)
    assert round_at("2026-11-05 06:15") == NOTHING
    assert (store.position(), content(directory)) == (recorded, files)
    assert {"2026-10/R1.txt", "2026-10/R1.json", "2026-10/R1.1.csv"} < files.keys()


def test_months_that_were_missed_are_made_up_for(
    store: Store, round_at: Round, directory: Path
) -> None:
    Case(1, moment("2026-08-31 23:00"), store=store)
    assert round_at("2026-11-20 06:15").filed == ("R1-2026-08", "R1-2026-09", "R1-2026-10")
    assert {path.name for path in directory.iterdir()} == {"2026-08", "2026-09", "2026-10"}


def test_months_are_filed_from_an_older_receipt_on_that_is_recorded_later(
    store: Store, round_at: Round
) -> None:
    Case(1, moment("2026-10-05 10:20"), store=store)
    assert round_at("2026-11-04 06:15").filed == ("R1-2026-10",)
    Case(2, moment("2026-11-05 09:00"), store=store, received_at=moment("2026-09-30 09:00"))
    assert round_at("2026-11-06 06:15").filed == ("R1-2026-09",)


def test_what_is_filed_is_the_report_of_that_moment_and_late_data_do_not_change_it(
    store: Store, round_at: Round, directory: Path
) -> None:
    Case(1, moment("2026-10-05 10:20"), store=store)
    round_at("2026-11-04 06:15")
    filed = content(directory)
    Case(2, moment("2026-11-04 09:00"), store=store, received_at=moment("2026-10-30 09:00"))
    assert round_at("2026-11-05 06:15") == NOTHING
    assert content(directory) == filed
    october = Period(date(2026, 10, 1), date(2026, 11, 1))
    then = Parameters(october, moment("2026-11-04 06:14"))
    assert filed["2026-10/R1.json"].decode() == as_json(rendered("R1", then, store, REFERENCE))


def test_files_that_are_lost_or_changed_come_back_byte_for_byte(
    store: Store, round_at: Round, directory: Path
) -> None:
    Case(1, moment("2026-10-05 10:20"), store=store)
    round_at("2026-11-04 06:15")
    filed = content(directory)
    Case(2, moment("2026-11-04 09:00"), store=store, received_at=moment("2026-10-30 09:00"))
    (directory / "2026-10/R1.json").unlink()
    (directory / "2026-10/R1.1.csv").write_text("co innego")
    (directory / "2026-10" / MANIFEST).unlink()
    assert round_at("2026-11-05 06:15").restored == ("R1-2026-10",)
    assert content(directory) == filed


def test_what_can_no_longer_be_made_again_is_named_and_left_alone(
    store: Store, round_at: Round, directory: Path
) -> None:
    Case(1, moment("2026-10-05 10:20"), store=store)
    round_at("2026-11-04 06:15")
    filing = store.find(Filing, "R1-2026-10")
    assert filing is not None
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("projections.reports.filing.files_of", lambda report, format: {})
        (directory / "2026-10/R1.json").unlink()
        assert round_at("2026-11-05 06:15").lost == ("R1-2026-10",)
    assert not (directory / "2026-10/R1.json").exists()


def test_without_a_case_nothing_is_filed(round_at: Round, directory: Path) -> None:
    assert round_at("2026-11-04 06:15") == NOTHING
    assert not directory.exists()
