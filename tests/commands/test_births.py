"""`ks births`: what keeps references without gaps is filled in from the log."""

from runtime.settings import Settings
from runtime.store import Store
from tests.commands.conftest import Ks
from tests.runtime.test_births import register, statements


def test_lost_births_are_filled_in_and_numbers_go_on(
    ks: Ks, store: Store, settings: Settings
) -> None:
    first = register(store, "k-1")
    register(store, "k-2")
    statements(settings, "DELETE FROM births", "DELETE FROM counters")
    filled = ks("births")
    assert (filled.returncode, filled.stdout) == (0, "2 births stand as the log tells them\n")
    assert register(store, "k-1").reference == first.reference
    assert register(store, "k-3").reference == "INT-2026-000003"


def test_filling_in_again_changes_nothing(ks: Ks, store: Store, settings: Settings) -> None:
    register(store, "k-1")
    before = statements(settings, "SELECT * FROM births")
    assert ks("births").returncode == 0
    assert statements(settings, "SELECT * FROM births") == before
