"""R1: tables about terms: how they were kept, how long forwarding took, why, and what is owed."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from domain.working_days import local_day
from projections.reports.document import Cell, Table, table_of
from projections.reports.facts import CaseFacts, TermFacts
from projections.reports.figures import NOTHING, nearest_rank, share, shares
from projections.reports.r1_cases import Sources
from projections.reports.timeliness import CLOCKS, Clock, clocks, settlement_clock
from projections.reports.view import TOTAL, PeriodView
from runtime.reference_data import ReferenceData

Cells = dict[str, Cell]

RULES: Final = {
    "acknowledgement": "int.ack",
    "forwarding": "kpa.forward_motion",
    "settlement": "kpa.settle_motion",
    "state_notice": "kpa.deputy_notice",
    "feedback": "int.feedback",
}
"""Shown for a clock that no case of the period has."""

SPANS: Final = {"up_to_1": (0, 1), "from_2_to_3": (2, 3), "from_4_to_7": (4, 7)}
CAUSES: Final = ("unit", "sender", "us")


def kept_terms(sources: Sources) -> Table:
    """R1.6: a row for each clock and rule, of terms met in the period or still running at its end.

    Those in time by their own due date are among those in time by law.
    """
    texts, view = sources.of("R1.6"), sources.now

    def rows() -> Iterator[tuple[str, Cells]]:
        for name in CLOCKS:
            found = _by_rule(view, name)
            if not any(rule == RULES[name] for rule, _ in found):
                found[_rule_in_force(sources, name)] = []
            for (rule, basis), some in sorted(found.items()):
                key = name if rule == RULES[name] else f"{name}:{rule}"
                counts = _verdicts(some, view)
                yield key, {"term": texts.row(name), "rule": rule, "basis": basis, **counts}

    columns = (
        "term", "rule", "basis", "cases", "own", "legal", "announced", "late", "running",
        "announced_running", "legal_share", "longest",
    )  # fmt: skip
    return table_of("R1.6", texts, columns, rows())


def _by_rule(view: PeriodView, name: str) -> dict[tuple[str, str], list[Clock]]:
    found: dict[tuple[str, str], list[Clock]] = {}
    for case in view.for_terms:
        for clock in clocks(case, name, view.unit):
            if clock.concerns(view.period):
                found.setdefault((clock.term.rule, clock.term.basis), []).append(clock)
    return found


def _rule_in_force(sources: Sources, name: str) -> tuple[str, str]:
    rule = RULES[name]
    return rule, sources.reference.deadlines.rule(rule, sources.now.period.first).basis


def _verdicts(found: list[Clock], view: PeriodView) -> Cells:
    counted = Counter(clock.verdict(view.before, view.measured_at) for clock in found)
    legal = counted["own"] + counted["legal"]
    days = [clock.days_late(view.before, view.measured_at) for clock in found]
    return {
        "cases": len(found),
        "own": counted["own"],
        "legal": legal,
        "announced": counted["announced"],
        "late": counted["late"],
        "running": counted["running"],
        "announced_running": counted["announced_running"],
        "legal_share": share(legal, legal + counted["announced"] + counted["late"]),
        "longest": max(days, default=0) or None,
    }


def forwarding_time(sources: Sources) -> Table:
    """R1.7: days of the calendar from receipt to the first notice of forwarding."""
    texts = sources.of("R1.7")
    counted = Counter(_span(case) for case in sources.now.forwarded)
    keys = (*SPANS, "more")

    def rows() -> Iterator[tuple[str, Cells]]:
        parts = shares([counted[key] for key in keys])
        for key, part in zip(keys, parts, strict=True):
            yield key, {"days": texts.row(key), "forwarded": counted[key], "share": part}
        yield (
            TOTAL,
            {"days": texts.row(TOTAL), "forwarded": counted.total(), "share": sum(parts, NOTHING)},
        )

    return table_of("R1.7", texts, ("days", "forwarded", "share"), rows())


def _span(case: CaseFacts) -> str:
    assert case.forwarded_at is not None  # the view asked for those that have it
    days = (local_day(case.forwarded_at) - local_day(case.received_at)).days
    return next((key for key, (_, most) in SPANS.items() if days <= most), "more")


def causes(sources: Sources) -> Table:
    """R1.8: who held the case when the legal end of its settlement passed or, where that was
    announced, when the delay was; of all in R1.6 that were not settled by then."""
    texts, view = sources.of("R1.8"), sources.now
    calendar = sources.reference.deadlines.calendar
    late: dict[str, list[Clock]] = {cause: [] for cause in CAUSES}
    for case in view.for_terms:
        clock = settlement_clock(case)
        verdict = clock.verdict(view.before, view.measured_at)
        if clock.concerns(view.period) and verdict in ("announced", "announced_running", "late"):
            late[case.holder(clock.delayed_at(view.before))].append(clock)

    def rows() -> Iterator[tuple[str, Cells]]:
        when = view.before, view.measured_at
        for cause, found in late.items():
            yield (
                cause,
                {
                    "cause": texts.row(cause),
                    "cases": len(found),
                    "median": nearest_rank([each.days_late(*when) for each in found], 50),
                    "median_working": nearest_rank(
                        [each.working_days_late(*when, calendar) for each in found], 50
                    ),
                },
            )

    return table_of("R1.8", texts, ("cause", "cases", "median", "median_working"), rows())


def arrears(sources: Sources) -> Table:
    """R1.9: the cases that are overdue, the oldest own term first; districts, never streets."""
    view, reference = sources.now, sources.reference

    def term_of(case: CaseFacts) -> TermFacts:
        return case.settlement(view.before)

    cases = sorted(view.overdue, key=lambda case: (term_of(case).safe_due, case.reference))

    def rows() -> Iterator[tuple[str, Cells]]:
        for case in cases:
            term, when = term_of(case), (view.before, view.measured_at)
            clock = Clock(term, done_at=None, ended_at=None)
            delays = [each for each in case.delay_notices if each.at < view.before]
            levels = [each.level for each in case.escalations if each.at < view.before]
            yield (
                case.reference,
                {
                    "reference": case.reference,
                    "units": ", ".join(case.units_that_owe(view.before)) or None,
                    "category": _category(case, reference),
                    "district": case.district,
                    "received": local_day(case.received_at),
                    "safe_due": term.safe_due,
                    "legal_end": term.legal_end,
                    "announced": delays[-1].new_date if delays else None,
                    "days_late": clock.days_late(*when),
                    "working_days_late": clock.working_days_late(
                        *when, reference.deadlines.calendar
                    ),
                    "escalation": max(levels, default=0),
                    "waiting": reference.labels.of(case.holder(view.before), "waiting"),
                },
            )

    columns = (
        "reference", "units", "category", "district", "received", "safe_due", "legal_end",
        "announced", "days_late", "working_days_late", "escalation", "waiting",
    )  # fmt: skip
    return table_of("R1.9", sources.of("R1.9"), columns, rows())


def _category(case: CaseFacts, reference: ReferenceData) -> str:
    known = reference.routing.has_category(case.category)
    return reference.routing.category(case.category).pl if known else case.category
