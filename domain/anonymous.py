"""Reports that nobody signs: what the Office does with one, by a dated setting (§ 9 pt 1)."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from domain.messages import Message

Handling = Literal["motion", "ex_officio", "without_consideration"]
"""`motion`: of a sender, whose terms are those of KPA art. 243-245. `ex_officio`: a signal, on
which the Office acts of its own motion. `without_consideration`: a signal too, that may be left
aside at triage (regulation of 8 January 2002, § 8 ust. 1)."""


class AnonymousRow(Message):
    """A dated row of `anonymous.yaml`."""

    id: Literal["anonymous"]
    handling: Handling
    basis: str
    valid_from: date
    setting: bool
    note: str | None = None
    source: str


class AnonymousReports:
    """All dated rows; the one in force on the day of the first receipt applies."""

    def __init__(self, rows: Iterable[AnonymousRow]) -> None:
        self._rows = sorted(rows, key=lambda row: row.valid_from)

    def handling(self, day: date) -> Handling:
        found = [row for row in self._rows if row.valid_from <= day]
        return found[-1].handling if found else "motion"
