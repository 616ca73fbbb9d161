"""`ks import`: a file is taken over, and what was rejected of it is written down with why."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from activities.registers.importing import Importing, Outcome
from activities.registers.rows import COLUMNS, REQUIRED, column_of
from activities.registers.whole_file import written_whole
from domain.errors import Refusal
from domain.imports.commands import BeginImport
from domain.labels import Labels
from runtime.clock import SystemClock
from runtime.reference_data import load_reference_data
from runtime.register_file import RegisterFile, columns_of
from runtime.settings import Settings
from runtime.store import Store
from runtime.vault import Vault

ADDED: Final = ("wiersz", "powód")
"""Columns of the file of rejected rows, before those of the register."""


@dataclass(frozen=True)
class Counts:
    """Rows by what became of them."""

    imported: int
    known: int
    rejected: int


def rejected_of(file: Path) -> Path:
    return file.with_name(f"{file.stem}.rejected.csv")


def take_over(
    settings: Settings, register: RegisterFile, rejected: Path, console: Console
) -> Counts:
    """Import what is not there yet, write the rejected rows to their file, and say how many."""
    columns = columns_of(register, COLUMNS, REQUIRED)
    data = load_reference_data(settings.tables)
    clock = SystemClock(settings.clock_shift)
    with closing(Store(settings)) as store, closing(Vault.of(settings, clock)) as vault:
        begin = BeginImport(file=register.sha256, name=register.path.name, rows=register.count())
        importing = Importing(store, vault, data, begin)
        shown = _with_progress(importing.take(register.rows(columns)), begin.rows, console)
        counts = _told(shown, register.header, rejected, data.labels)
        importing.finish(counts.rejected)
    console.print(
        f"{register.path} ({register.encoding}): {counts.imported} imported, "
        f"{counts.known} known already, {counts.rejected} rejected",
        highlight=False,
        soft_wrap=True,
    )
    if counts.rejected:
        console.print(f"rejected rows and why: {rejected}", highlight=False, soft_wrap=True)
    return counts


def _with_progress(outcomes: Iterable[Outcome], number: int, console: Console) -> Iterator[Outcome]:
    columns = (
        TextColumn("[dim]ks[/dim] importing"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield from progress.track(outcomes, total=number)


def _told(
    outcomes: Iterable[Outcome], header: tuple[str, ...], rejected: Path, labels: Labels
) -> Counts:
    counted: Counter[str] = Counter()
    with written_whole(rejected) as draft, draft.open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.writer(f, delimiter=";")
        writer.writerow([*ADDED, *header])
        for each in outcomes:
            counted[each.became] += 1
            if each.became == "rejected":
                why = "; ".join(reason(refusal, labels) for refusal in each.refusals)
                writer.writerow([each.row.line, why, *each.row.cells])
    if not counted["rejected"]:
        rejected.unlink()
    return Counts(counted["imported"], counted["known"], counted["rejected"])


def reason(refusal: Refusal, labels: Labels) -> str:
    """`kategoria: Nie ma takiej kategorii.`"""
    sentence = labels.refusals[refusal.name()]
    field = refusal.facts.get("field")
    return f"{column_of(field)}: {sentence}" if field else sentence
