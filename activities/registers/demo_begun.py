"""Cases of a demonstration that began long before it: imported, as their terms are over by now."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile
from pathlib import Path
from typing import Final

from rich.console import Console

from activities.registers.command import Counts, rejected_of, take_over
from activities.registers.rows import COLUMNS
from activities.registers.whole_file import written_whole
from domain.imports.model import ImportedRow
from domain.working_days import local_day
from runtime.clock import SystemClock
from runtime.demo_case import DemoStopped
from runtime.demo_plots import Began, Plot
from runtime.demo_reports import SENDERS
from runtime.imports import imports_under_way
from runtime.register_file import RegisterFile
from runtime.settings import Settings
from runtime.store import Store

_AGES: Final[Mapping[Began, Mapping[str, int]]] = {
    # The term of a unit is seven days; five working days later the deputy decides.
    "silent_unit": {"wpłynęło": 25, "potwierdzono": 25, "przekazano": 24},
    "late_unit": {"wpłynęło": 11, "potwierdzono": 11, "przekazano": 10},
    "promise": {
        "wpłynęło": 60,
        "potwierdzono": 60,
        "przekazano": 58,
        "odpowiedziano": 50,
        "załatwiono": 48,
        "obiecano na": 10,
    },
}
"""How many days ago each step was, by its column."""

_HOURS: Final = {"wpłynęło": 9, "potwierdzono": 10}
_NOON: Final = 12


def import_begun(settings: Settings, plots: Sequence[Plot]) -> dict[int, str]:
    """Take over a register of those plots that began long ago: references by their places."""
    begun = {place: plot for place, plot in enumerate(plots) if plot.began is not None}
    if not begun:
        return {}
    _finish_what_was_begun(settings)
    file = next(path for path in _files(settings.var) if not path.exists())
    today = local_day(SystemClock(settings.clock_shift).now())
    numbers = {place: f"{file.stem}.{place + 1}" for place in begun}
    _write(file, [_row(numbers[place], plot, today) for place, plot in begun.items()])
    if _take_over(settings, file).rejected:
        raise DemoStopped(f"The cases that began long ago were rejected: {rejected_of(file)}")
    with closing(Store(settings)) as store:
        return {place: _reference(store, number) for place, number in numbers.items()}


def _files(var: Path) -> Iterator[Path]:
    """Every demo that is played here has a register of its own."""
    return (var / f"demo-{number}.csv" for number in count(1))


def _finish_what_was_begun(settings: Settings) -> None:
    """By a demo that was killed: reports would wait for it."""
    with closing(Store(settings)) as store:
        open_ones = {page.file for page in imports_under_way(store)}
    for file in takewhile(Path.exists, _files(settings.var)):
        if RegisterFile(file).sha256 in open_ones:
            _take_over(settings, file)


def _take_over(settings: Settings, file: Path) -> Counts:
    return take_over(settings, RegisterFile(file), rejected_of(file), Console(quiet=True))


def _row(number: str, plot: Plot, today: date) -> dict[str, str]:
    assert plot.began is not None  # only those are rows
    report, (name, email) = plot.report, SENDERS[0]
    row = {
        "numer": number,
        "kanał": "form",
        "kategoria": report.category,
        "dzielnica": report.district,
        "ulica": report.street,
        "numer domu": report.number,
        "treść": report.text,
        "nadawca": name,
        "e-mail": email,
        "jednostki": " ".join(report.units),
        "pytanie": report.question,
    }
    if plot.began == "promise":
        row |= {
            "wynik jednostki": "planned",
            "odpowiedź": report.answer,
            "wynik": "planned",
            "pismo": report.reply,
        }
    for column, days in _AGES[plot.began].items():
        day = today - timedelta(days=days)
        at = datetime.combine(day, time(_HOURS.get(column, _NOON)))
        row[column] = day.isoformat() if column == "obiecano na" else f"{at:%Y-%m-%d %H:%M}"
    return row


def _write(file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with written_whole(file) as draft, draft.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _reference(store: Store, number: str) -> str:
    row = store.find(ImportedRow, number)
    assert row is not None  # none was rejected
    return row.reference
