"""Registers of tests: rows by the names of their columns, as files on the disk."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from rich.console import Console

from activities.registers.command import Counts, rejected_of, take_over
from runtime.register_file import RegisterFile
from runtime.settings import Settings

ROW = {
    "numer": "KS-06.1510.1.2026",
    "wpłynęło": "2026-03-02 09:15",
    "kanał": "telefon",
    "kategoria": "roads.pothole",
    "dzielnica": "I",
    "ulica": "Długa",
    "numer domu": "12",
    "treść": "Głęboka dziura w jezdni, źle się jeździ.",
    "nadawca": "Żaneta Kanarek-Wójcik",
    "e-mail": "zaneta.kanarek@poczta.invalid",
    "potwierdzono": "2026-03-02 10:00",
    "jednostki": "ZDMK",
    "przekazano": "2026-03-03 11:00",
    "odpowiedziano": "2026-03-12 14:30",
    "wynik jednostki": "załatwiono",
    "odpowiedź": "Ubytek uzupełniono.",
    "załatwiono": "2026-03-13 09:00",
    "wynik": "załatwiono",
    "pismo": "Dziura została załatana.",
    "zamknięto": "2026-03-30",
}
"""A case that went the straight way and was closed."""

OPEN = {
    **{name: ROW[name] for name in ("kanał", "kategoria", "dzielnica", "treść")},
    "numer": "KS-06.1510.2.2026",
    "wpłynęło": "2026-03-04",
    "jednostki": "ZDMK",
    "przekazano": "2026-03-05",
}
"""A case that still waits for the unit."""

QUIET = Console(file=StringIO(), width=200)


def text_of(*rows: dict[str, str], separator: str = ";") -> str:
    columns = dict.fromkeys(name for row in rows for name in row)
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def register(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text(text_of(*rows), encoding="utf-8")
    return path


def imported(settings: Settings, path: Path) -> Counts:
    return take_over(settings, RegisterFile(path), rejected_of(path), QUIET)


def reasons(path: Path) -> list[str]:
    """What the file of rejected rows says of each."""
    return [row["powód"] for row in rejected_rows(path)]


def rejected_rows(path: Path) -> Iterable[dict[str, str]]:
    with rejected_of(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
