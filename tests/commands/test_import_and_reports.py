"""An import that stops half done: reports that are due wait for it, and people are told."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from activities.registers.generate import generate
from domain.working_days import local_day
from projections.reports.command import rendered
from projections.reports.filing import ReportFiling, ReportsFiled
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.writers import as_json
from runtime.imports import imports_under_way
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.activities.registers import OPEN, imported, register
from tests.commands.conftest import Ks, killed_import

ROWS = 150
BEFORE_IT_IS_KILLED = 300
"""Events: about a third of the rows."""

REFERENCE = load_reference_data()
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
LATER = "PT20M"
"""A shift of the clock by which an import that was killed just now stands still."""


@dataclass
class Later:
    """The clock, so many minutes from now."""

    minutes: int = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=self.minutes)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rok.csv"
    generate(path, 5, ROWS, OCTOBER.to, REFERENCE)
    return path


def received_in_october(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened, delimiter=";")
        return sum(row["wpłynęło"].startswith("2026-10") for row in rows)


def round_of(store: Store, settings: Settings, minutes: int) -> ReportsFiled:
    """A morning's round, so many minutes from now."""
    return ReportFiling(store, REFERENCE, settings, Later(minutes)).file_due_reports()


def filed(settings: Settings) -> dict[str, bytes]:
    files = settings.reports_directory.rglob("*")
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def test_a_report_that_is_due_waits_for_an_import_that_was_killed_and_then_has_it_whole(
    ks: Ks, settings: Settings, store: Store, file: Path
) -> None:
    killed_import(settings, file, BEFORE_IT_IS_KILLED, store)
    waiting = round_of(store, settings, minutes=10)
    assert "R1-2026-10" in waiting.waiting
    assert (waiting.filed, waiting.waits_for) == ((), ("ImportUnderWay: rok.csv",))
    assert filed(settings) == {}

    assert ks("import", str(file)).returncode == 0
    # The minute of which nothing is reported yet began before the import was over.
    assert round_of(store, settings, minutes=0).waits_for == ("ImportUnderWay: rok.csv",)
    once = round_of(store, settings, minutes=3)
    assert "R1-2026-10" in once.filed
    assert not once.waiting
    files, recorded = filed(settings), store.position()
    assert round_of(store, settings, minutes=4) == ReportsFiled()
    assert (filed(settings), store.position()) == (files, recorded)

    now = Parameters(OCTOBER, Later(5).now())
    received = rendered("R1", now, store, REFERENCE).table("R1.1").column("period")["received"]
    assert received == received_in_october(file)


def test_what_is_imported_after_a_report_was_filed_does_not_change_it(
    settings: Settings, store: Store, file: Path, tmp_path: Path
) -> None:
    imported(settings, file)
    round_of(store, settings, minutes=3)
    files = filed(settings)
    october = {**OPEN, "wpłynęło": "2026-10-05", "przekazano": "2026-10-06"}
    imported(settings, register(tmp_path / "pozne.csv", october))
    lost = settings.reports_directory / "R1/2026-10/R1.json"
    lost.unlink()
    assert round_of(store, settings, minutes=6).restored == ("R1-2026-10",)
    assert filed(settings) == files
    now = rendered("R1", Parameters(OCTOBER, Later(7).now()), store, REFERENCE)
    assert as_json(now) != lost.read_text(encoding="utf-8")


def test_an_import_that_stands_still_is_named_with_what_to_do(
    ks: Ks, settings: Settings, store: Store, file: Path
) -> None:
    killed_import(settings, file, BEFORE_IT_IS_KILLED, store)
    [page] = imports_under_way(store)
    assert page.taken is not None
    assert 0 < page.taken < page.rows == ROWS
    how_far = f"rok.csv (import {page.id}): {page.taken} of {ROWS} rows, the last one"
    todo = f"go on with `ks import rok.csv`, or `ks imports abandon {page.id}`"

    asked = ("report", "R1", "--from", "2026-10-01", "--to", "2026-11-01")
    assert "rok.csv: only a part of it is in the report" in ks(*asked).stderr
    before = local_day(page.begun_at).isoformat()
    assert ks(*asked, "--as-of", f"{before}T00:00").stderr == ""

    assert ks("rebuild").returncode == 0
    at_once, later = ks("verify"), ks("verify", KS_CLOCK_SHIFT=LATER)
    assert (at_once.returncode, later.returncode) == (0, 1)
    assert f"reports wait for it: {how_far}" in at_once.stderr
    assert todo not in at_once.stderr
    assert f"minutes ago; {todo}\n" in later.stderr

    [line] = [line for line in ks("doctor", COLUMNS="400").stdout.splitlines() if "imports" in line]
    assert "✓ │ imports" in line
    assert how_far in line
    wide = ks("doctor", COLUMNS="400", KS_CLOCK_SHIFT=LATER)
    [line] = [line for line in wide.stdout.splitlines() if "imports" in line]
    assert "✗ │ imports" in line
    assert f"{todo}: reports wait until then" in line


def test_an_import_that_is_given_up_holds_no_report_and_can_be_taken_up_again(
    ks: Ks, settings: Settings, store: Store, file: Path
) -> None:
    killed_import(settings, file, BEFORE_IT_IS_KILLED, store)
    [page] = imports_under_way(store)
    too_early = ks("imports", "abandon", page.id, "--yes")
    assert too_early.returncode == 1
    assert "(ImportAtWork:" in too_early.stderr
    assert ks("imports", "abandon", page.id, "--yes", KS_CLOCK_SHIFT=LATER).returncode == 0
    listed = ks("imports", "list").stdout
    assert f"{page.id} │ rok.csv" in listed
    assert "abandoned" in listed

    assert "R1-2026-10" in round_of(store, settings, minutes=25).filed
    files = filed(settings)
    again = ks("import", str(file), KS_CLOCK_SHIFT="PT26M")
    assert f"{page.taken} known already, 0 rejected" in again.stdout
    assert "finished" in ks("imports", "list").stdout
    assert round_of(store, settings, minutes=30) == ReportsFiled()
    assert filed(settings) == files


def test_an_import_nobody_knows_is_refused_by_its_name(ks: Ks) -> None:
    refused = ks("imports", "abandon", "5d41402abc4b", "--yes")
    assert refused.returncode == 1
    assert "(ImportUnknown: id 5d41402abc4b)" in refused.stderr
