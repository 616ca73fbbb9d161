"""R1: what must be true of its tables; looked at each time they are made."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from projections.reports.document import Table
from projections.reports.view import TOTAL, PeriodView

WHOLE: Final = (Decimal("100.0"), Decimal("0.0"))
"""What shares add up to; the second one when there is nothing to share."""

_STATES: Final = frozenset(
    {"sent", "answered", "accepted", "returned", "recalled", "written_off", "handed_over"}
)


class ReportContradictsItself(Exception):
    """A check of a report failed: two of its numbers that must agree do not."""

    def __init__(self, check: str, *numbers: object) -> None:
        super().__init__(f"{check}: {', '.join(map(str, numbers))}")
        self.check = check


def check_r1(tables: Iterable[Table], view: PeriodView) -> None:
    """Raises ReportContradictsItself, which names the check that failed."""
    by_id = {table.id: table for table in tables}
    summary: dict[str, Any] = by_id["R1.1"].column("period")
    _received_is_the_same_everywhere(by_id, summary["received"])
    _sent_is_accounted_for(by_id["R1.2"], view)
    _every_term_has_one_verdict(by_id["R1.6"])
    _sums(by_id["R1.7"], "forwarded", summary["forwarded"])
    outcomes = by_id["R1.10"]
    _sums(outcomes, "cases", summary["answered"] + len(view.handed_over))
    _open_cases_balance(summary, view)
    if len(by_id["R1.9"].rows) != summary["overdue"]:
        raise ReportContradictsItself("R1.9 lists what R1.1 counts as overdue", summary["overdue"])
    for table in by_id.values():
        _shares_make_a_whole(table)


def _received_is_the_same_everywhere(tables: dict[str, Table], received: int) -> None:
    for id in ("R1.3", "R1.4", "R1.5"):
        _sums(tables[id], "received", received)


def _sums(table: Table, column: str, expected: int) -> None:
    """The rows and their total come to the same, and to what another table says."""
    counts = table.column(column)
    total = counts.pop(TOTAL)
    if not sum(counts.values()) == total == expected:
        name = f"{table.id} {column} adds up"
        raise ReportContradictsItself(name, sum(counts.values()), total, expected)


def _sent_is_accounted_for(table: Table, view: PeriodView) -> None:
    """I5: each referral sent is in one state, and all states together are what was sent."""
    sent, states = Counter[str](), Counter[str]()
    for row in view.referrals:
        if view.period.covers(row.sent_at):
            sent[row.unit] += 1
            states[row.unit] += row.state(view.before) in _STATES
    counts = table.column("sent")
    total = counts.pop(TOTAL)
    shown = Counter({unit: count for unit, count in counts.items() if count})
    if not sent == states == shown or total != sent.total():
        raise ReportContradictsItself("R1.2 sent is accounted for (I5)", shown, states, total)


def _every_term_has_one_verdict(table: Table) -> None:
    names = ("legal", "announced", "late", "running", "announced_running")
    columns = [table.column(name) for name in names]
    own, legal, cases = (table.column(name) for name in ("own", "legal", "cases"))
    for key, number in cases.items():
        if sum(column[key] for column in columns) != number:
            raise ReportContradictsItself("R1.6 every term has one verdict (P5)", key, number)
        if own[key] > legal[key]:
            raise ReportContradictsItself(
                "R1.6 in time by its own term is in time by law (P4)", key, own[key], legal[key]
            )


def _open_cases_balance(summary: dict[str, Any], view: PeriodView) -> None:
    start, parted = len(view.open_at_start), len(view.parted)
    end = start + summary["registered"] - summary["closed"] + parted
    if end != summary["open"]:
        raise ReportContradictsItself("R1.1 open cases balance", start, end, summary["open"])


def _shares_make_a_whole(table: Table) -> None:
    if "share" in table.columns:
        parts = table.column("share")
        total = parts.pop(TOTAL)
        if sum(parts.values()) != total or total not in WHOLE:
            raise ReportContradictsItself(f"{table.id} shares make a whole", total)
