"""`ks import` as a process: killed at any moment it goes on, and nothing is there twice or half."""

from collections import defaultdict
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from activities.registers.generate import generate
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.activities.registers import OPEN, ROW, imported, register, text_of
from tests.commands.conftest import Ks, killed_import
from tests.installation import settings_of

ROWS = 150
KILLS = 3


def stories(store: Store) -> dict[str, list[tuple[str, str]]]:
    """What happened in each case and when, by the number in the register."""
    numbers: dict[str, str] = {}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for stored in store.recorder.select_notifications(None, 100_000):
        event: Any = store.mapper.to_domain_event(stored)
        if stored.topic == "import.RowTaken":
            numbers[event.reference] = event.number
        elif not stored.topic.startswith("register_import."):
            number = numbers[event.reference]
            found[number].append((stored.topic, event.timestamp.isoformat()))
    return found


def test_an_import_that_is_killed_goes_on_where_it_was(
    ks: Ks, settings: Settings, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "rok.csv"
    generate(file, 5, ROWS, date(2026, 11, 1), load_reference_data())
    for n in range(KILLS):
        killed_import(settings, file, 200 + 131 * n, store)
    last = ks("import", str(file))
    assert last.returncode == 0, last.stderr
    assert ", 0 rejected" in last.stdout

    straight = settings_of(tmp_path / "straight")
    imported(straight, file)
    with closing(Store(straight)) as other:
        assert stories(store) == stories(other)
    assert len(stories(store)) == ROWS
    known = ks("import", str(file))
    assert f"0 imported, {ROWS} known already, 0 rejected" in known.stdout


def test_what_came_of_a_file_is_said_and_told_by_the_exit_code(ks: Ks, tmp_path: Path) -> None:
    file = tmp_path / "rejestr.csv"
    file.write_bytes(text_of(ROW, {**OPEN, "kategoria": "roads.hole"}).encode("cp1250"))
    mixed = ks("import", str(file), "--rejected", str(tmp_path / "zle.csv"))
    assert mixed.returncode == 1
    assert "(windows-1250): 1 imported, 0 known already, 1 rejected" in mixed.stdout
    assert (tmp_path / "zle.csv").exists()
    register(file, {**ROW, "kolor": "zielony"})
    wrong = ks("import", str(file))
    assert wrong.returncode == 1
    assert wrong.stderr.startswith(f"ks: {file}: line 1: no such column: kolor.")


def test_generated_files_are_imported_whole(ks: Ks, tmp_path: Path) -> None:
    file = tmp_path / "rok.csv"
    made = ks("generate", str(file), "--until", "2026-11-01", "--number", "20", "--seed", "3")
    assert made.returncode == 0, made.stderr
    assert "20 imported, 0 known already, 0 rejected" in ks("import", str(file)).stdout
