"""What `ks routing try` shows: counts by rule and unit, and the cases that would move."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from domain.routing import Routing
from domain.routing_tables import DecisionTable
from projections.routing_trial import NOBODY, Moved, Trial

COLUMNS: Final = (
    "case", "day", "category", "district", "street",
    "proposed", "by rule", "would be", "by row", "led at last",
)  # fmt: skip


def trial_page(table: DecisionTable, trial: Trial, most: int) -> Iterator[RenderableType]:
    """From top to bottom; at most so many of the cases that would move."""
    share = f"{len(trial.moved)} of {trial.cases} cases"
    yield Text(f"version {table.version} ({table.hit_policy}): {share} would move")
    if trial.decided:
        yield Text(
            f"the unit that led at last was proposed in {trial.agreed_before} of"
            f" {trial.decided} decided cases, and would be in {trial.agreed_after}"
        )
    yield _by_rule(table, trial)
    yield _by_unit(trial)
    yield from _moved(trial, most)
    yield Text("nothing was changed", style="dim")


def as_csv(trial: Trial) -> str:
    """Every case that would move."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(moved) for moved in trial.moved)
    return text.getvalue()


def _by_rule(table: DecisionTable, trial: Trial) -> Table:
    """In the order of the table; rows that decide no case are not shown."""
    order = [*(rule.id for rule in table.rules), *trial.rules]
    shown = _table("row", "cases", "of them move")
    for rule in dict.fromkeys(order):
        if trial.rules[rule]:
            shown.add_row(rule, str(trial.rules[rule]), str(trial.rules_that_move[rule]))
    return shown


def _by_unit(trial: Trial) -> Table:
    shown = _table("unit", "before", "after", "change")
    for unit in sorted({*trial.units_before, *trial.units_after}):
        before, after = trial.units_before[unit], trial.units_after[unit]
        change = f"{after - before:+d}" if after != before else "0"
        shown.add_row(unit, str(before), str(after), change)
    return shown


def _moved(trial: Trial, most: int) -> Iterator[RenderableType]:
    if not trial.moved:
        return
    shown = _table(*COLUMNS)
    for moved in trial.moved[:most]:
        shown.add_row(*_row(moved))
    yield shown
    if len(trial.moved) > most:
        yield Text(f"and {len(trial.moved) - most} more: see --most and --out")


def _row(moved: Moved) -> tuple[str, ...]:
    case, matter = moved.case, moved.case.matter
    return (
        case.reference,
        str(case.day),
        matter.category,
        matter.district or "",
        matter.street or "",
        moved.before.unit or NOBODY,
        _rule(moved.before),
        moved.after.unit or NOBODY,
        moved.after.rule,
        case.lead or "",
    )


def _rule(routing: Routing) -> str:
    return f"{routing.rule} of {routing.version}" if routing.version else routing.rule


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
