"""R1: tables about units: what they were sent and answered, and what they promised."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from projections.reports.document import Cell, Table, table_of
from projections.reports.facts import CaseFacts, ReferralFacts
from projections.reports.figures import days_from, nearest_rank
from projections.reports.r1_cases import Sources
from projections.reports.view import TOTAL, PeriodView

Cells = dict[str, Cell]


def units(sources: Sources) -> Table:
    """R1.2: what happened in the period, and what each unit still owes at its end.

    An answer is the first one to a referral, whatever was thought of it; it is in time by the
    term first given, or by the term in force when that had been extended.
    """
    texts, view = sources.of("R1.2"), sources.now
    found = _by_unit(view.referrals)

    def rows() -> Iterator[tuple[str, Cells]]:
        for unit, some in sorted(found.items()):
            counts = _counts(some, view)
            counts["reopened"] = sum(_led(case, unit, at) for case, at in view.reopenings)
            if any(counts.values()):
                yield unit, {"unit": _name(unit, sources), **counts}
        everything = _counts([row for some in found.values() for row in some], view)
        yield TOTAL, {
            "unit": texts.row(TOTAL), **everything, "reopened": len(view.reopened),
        }  # fmt: skip

    columns = (
        "unit", "sent", "answered", "own", "extended", "late", "open", "overdue",
        "first_information", "median", "percentile", "misrouted", "misrouted_late",
        "insufficient", "escalations", "highest", "reopened",
    )  # fmt: skip
    return table_of("R1.2", texts, columns, rows())


def _by_unit(rows: Iterable[ReferralFacts]) -> dict[str, list[ReferralFacts]]:
    found: dict[str, list[ReferralFacts]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row)
    return found


def _name(unit: str, sources: Sources) -> str:
    known = {row.id: row.name for row in sources.reference.routing.units}
    return f"{unit} {known[unit]}" if unit in known and known[unit] != unit else unit


def _led(case: CaseFacts, unit: str, at: datetime) -> bool:
    """Whether the unit was the leading one before that moment."""
    led = (row for row in case.referrals.values() if row.lead and row.sent_at < at)
    return any(row.unit == unit for row in led)


def _counts(rows: list[ReferralFacts], view: PeriodView) -> Cells:
    period = view.period
    answered = [row for row in rows if period.covers(row.answered_at)]
    kept = [how_kept(row) for row in answered]
    informed = [
        days_from(row.sent_at, row.informed_at)
        for row in rows
        if row.informed_at and period.covers(row.informed_at)
    ]
    days = [days_from(row.sent_at, row.answered_at) for row in answered if row.answered_at]
    misrouted = [each for row in rows for each in row.misrouted if period.covers(each.at)]
    escalations = [e.level for row in rows for e in row.escalations if period.covers(e.at)]
    return {
        "sent": len([row for row in rows if period.covers(row.sent_at)]),
        "answered": len(answered),
        "own": kept.count("own"),
        "extended": kept.count("extended"),
        "late": kept.count("late"),
        "open": len([row for row in rows if row.is_with_unit(view.before)]),
        "overdue": len([row for row in rows if _overdue(row, view)]),
        "first_information": nearest_rank(informed, 50),
        "median": nearest_rank(days, 50),
        "percentile": nearest_rank(days, 90),
        "misrouted": len(misrouted),
        "misrouted_late": sum(each.late for each in misrouted),
        "insufficient": sum(period.covers(at) for row in rows for at in row.insufficient),
        "escalations": len(escalations),
        "highest": max(escalations, default=0),
    }


def how_kept(row: ReferralFacts) -> str:
    """Of a referral that was answered."""
    answered_at = row.answered_at
    assert answered_at is not None
    in_force = row.term(answered_at)
    if row.first_term is None or not row.first_term.overdue(answered_at):
        return "own"
    return "late" if in_force is None or in_force.overdue(answered_at) else "extended"


def _overdue(row: ReferralFacts, view: PeriodView) -> bool:
    term = row.term(view.before)
    return row.is_with_unit(view.before) and term is not None and term.overdue(view.measured_at)


def promises(sources: Sources) -> Table:
    """R1.11: made and what became of them in the period, and which are waited for at its end.

    Nobody waits any more for what was promised in a case that is closed, as a transfer, say.
    """
    texts, view = sources.of("R1.11"), sources.now
    found = _by_unit(view.promised)
    of_open_cases = _by_unit(view.referrals_of(view.open))

    def cells(promised: list[ReferralFacts], going_on: list[ReferralFacts]) -> Cells:
        covers = view.period.covers
        made = (row.promise_made() for row in promised)
        steps = Counter(s.what for row in promised for s in row.promise_steps if covers(s.at))
        days = [day for row in going_on if (day := row.promised_for(view.before))]
        return {
            "made": sum(covers(each[0]) for each in made if each),
            "kept": steps["kept"],
            "moved": steps["moved"],
            "broken": steps["broken"],
            "waiting": len(days),
            "nearest": min(days, default=None),
        }

    def rows() -> Iterator[tuple[str, Cells]]:
        for unit, promised in sorted(found.items()):
            going_on = of_open_cases.get(unit, [])
            yield unit, {"unit": _name(unit, sources), **cells(promised, going_on)}
        all_going_on = [*chain.from_iterable(of_open_cases.values())]
        yield TOTAL, {"unit": texts.row(TOTAL), **cells(view.promised, all_going_on)}

    columns = ("unit", "made", "kept", "moved", "broken", "waiting", "nearest")
    return table_of("R1.11", texts, columns, rows())
