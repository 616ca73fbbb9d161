"""Terms that move: by a decision, a hold of the case, a new calendar or a new row."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import Deadlines, TermDoesNotStop, TermRuns, TermStandsStill
from domain.terms import CountedUnit, Term
from domain.working_days import local_day
from runtime.reference_data import load_reference_data
from tests.given import moment
from tests.term_rows import CALENDAR, row, with_a_day_off

DEADLINES = load_reference_data().deadlines


def test_an_extension_gives_a_new_end_and_keeps_the_nominal_one() -> None:
    term = DEADLINES.term("kpa.settle_motion", moment("2026-10-29 19:40"))
    extended = DEADLINES.extend(term, date(2026, 12, 26))
    assert (extended.nominal, extended.extended_to) == (date(2026, 11, 29), date(2026, 12, 26))
    assert (extended.safe_due, extended.legal_end) == (date(2026, 12, 23), date(2026, 12, 28))
    assert extended.due_at == moment("2026-12-24 00:00")


def test_a_term_in_hours_that_is_extended_to_a_day_ends_with_that_day() -> None:
    extended = DEADLINES.extend(counted_in_hours(), date(2026, 11, 20))
    assert extended.due_at == extended.ends_at == moment("2026-11-21 00:00")


def counted_in_hours() -> Term:
    return DEADLINES.term("int.press_proof", moment("2026-11-13 15:00"))


def test_an_extension_replaces_what_earlier_suspensions_had_moved() -> None:
    term = DEADLINES.term("int.feedback", moment("2026-11-02 09:00"))
    held = DEADLINES.suspend(term, moment("2026-11-03 09:00"))
    resumed = DEADLINES.resume(held, moment("2026-11-05 09:00"))
    extended = DEADLINES.extend(resumed, date(2026, 11, 30))
    assert (extended.suspensions, extended.safe_due) == ((), date(2026, 11, 30))
    held_again = DEADLINES.suspend(extended, moment("2026-11-27 09:00"))
    assert DEADLINES.extend(held_again, date(2026, 12, 4)).due_at is None


def test_a_suspended_term_is_out_of_reach_until_it_runs_again() -> None:
    term = DEADLINES.term("int.draft_reply", moment("2026-11-06 10:00"))
    held = DEADLINES.suspend(term, moment("2026-11-09 15:00"))
    assert (held.due_at, held.ends_at) == (None, None)
    assert held.suspended_since == moment("2026-11-09 15:00")
    assert held.safe_due == term.safe_due == date(2026, 11, 10)
    assert not held.overdue(moment("2030-01-01 00:00"))
    assert DEADLINES.working_days_late(held, moment("2030-01-01 00:00")) == 0


def test_a_resumed_term_has_the_working_days_it_had_left() -> None:
    term = DEADLINES.term("int.draft_reply", moment("2026-11-06 10:00"))
    held = DEADLINES.suspend(term, moment("2026-11-09 15:00"))  # one day left: the 10th
    resumed = DEADLINES.resume(held, moment("2026-11-16 08:00"))
    assert resumed.suspended_since is None
    assert resumed.safe_due == resumed.legal_end == date(2026, 11, 17)


def test_a_term_suspended_on_its_last_day_ends_on_the_working_day_it_is_resumed() -> None:
    term = DEADLINES.term("int.ack", moment("2026-11-05 10:00"))  # due Friday 6 November
    held = DEADLINES.suspend(term, moment("2026-11-06 10:00"))
    assert DEADLINES.resume(held, moment("2026-11-10 10:00")).safe_due == date(2026, 11, 10)
    assert DEADLINES.resume(held, moment("2026-11-14 10:00")).safe_due == date(2026, 11, 16)


def test_a_term_that_was_over_before_a_hold_stays_over() -> None:
    term = DEADLINES.term("int.ack", moment("2026-11-05 10:00"))
    held = DEADLINES.suspend(term, moment("2026-11-07 10:00"))
    assert held.overdue(moment("2026-11-07 10:00"))
    assert DEADLINES.resume(held, moment("2026-11-20 10:00")).due_at == term.due_at


def test_safe_due_and_legal_end_are_moved_each_by_what_it_had_left() -> None:
    term = DEADLINES.term("int.feedback", moment("2026-05-28 12:00"))  # S 3 June, L 5 June
    held = DEADLINES.suspend(term, moment("2026-06-01 12:00"))
    resumed = DEADLINES.resume(held, moment("2026-06-01 13:00"))
    assert resumed.ends_like(term)
    later = DEADLINES.resume(held, moment("2026-06-08 13:00"))
    assert (later.safe_due, later.legal_end) == (date(2026, 6, 10), date(2026, 6, 11))


def test_hours_are_suspended_by_the_clock() -> None:
    held = DEADLINES.suspend(counted_in_hours(), moment("2026-11-13 16:30"))
    assert held.due_at is None
    resumed = DEADLINES.resume(held, moment("2026-11-14 10:00"))
    assert resumed.due_at == resumed.ends_at == moment("2026-11-14 12:30")
    late = DEADLINES.suspend(counted_in_hours(), moment("2026-11-13 20:00"))
    assert late.due_at == moment("2026-11-13 19:00")


def test_a_statutory_term_does_not_stop_unless_its_row_says_so() -> None:
    term = DEADLINES.term("kpa.settle_motion", moment("2026-10-29 19:40"))
    with pytest.raises(TermDoesNotStop):
        DEADLINES.suspend(term, moment("2026-11-02 10:00"))
    stopping = Deadlines([row("kpa.x", 7, "days", kind="statutory", stops=True)], [CALENDAR])
    held = stopping.suspend(
        stopping.term("kpa.x", moment("2026-11-02 10:00")), moment("2026-11-03 10:00")
    )
    assert held.due_at is None


def test_a_term_is_neither_suspended_nor_resumed_twice() -> None:
    term = DEADLINES.term("int.ack", moment("2026-11-05 10:00"))
    with pytest.raises(TermRuns):
        DEADLINES.resume(term, moment("2026-11-05 11:00"))
    with pytest.raises(TermStandsStill):
        DEADLINES.suspend(
            DEADLINES.suspend(term, moment("2026-11-05 11:00")), moment("2026-11-05 12:00")
        )


MOMENTS = st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
SPANS = st.timedeltas(timedelta(minutes=1), timedelta(days=120))


@given(
    rule=st.sampled_from(["int.triage", "int.feedback", "int.reservation", "int.hold"]),
    start=MOMENTS.filter(lambda at: at.year > 2021),
    runs=st.timedeltas(timedelta(0), timedelta(days=10)),
    hold=SPANS,
)
def test_t14_a_hold_of_any_length_leaves_the_same_working_days(
    rule: str, start: datetime, runs: timedelta, hold: timedelta
) -> None:
    term = DEADLINES.term(rule, start)
    at = start + runs
    resumed = DEADLINES.resume(DEADLINES.suspend(term, at), at + hold)
    left = CALENDAR.working_days_between(local_day(at), term.safe_due)
    left_after = CALENDAR.working_days_between(local_day(at + hold), resumed.safe_due)
    if term.overdue(at):
        assert resumed.due_at == term.due_at
    elif left == 0:
        assert left_after == 0 or not CALENDAR.is_working_day(local_day(at + hold))
        assert not resumed.overdue(at + hold)
    else:
        assert left_after == left


def test_a_new_day_off_moves_the_term_and_nothing_else() -> None:
    term = DEADLINES.term("int.contract_check", moment("2026-11-06 10:00"))
    assert term.safe_due == date(2026, 11, 12)
    rules = [DEADLINES.rule("int.contract_check", date(2026, 11, 6))]
    reloaded = Deadlines(rules, [CALENDAR, with_a_day_off(date(2026, 11, 12))])
    moved = reloaded.recompute(term)
    assert moved.safe_due == moved.legal_end == date(2026, 11, 13)
    assert moved.calendar == "2"
    unchanged = {"nominal", "legal_end", "safe_due", "due_at", "ends_at", "calendar"}
    assert moved.model_dump(exclude=unchanged) == term.model_dump(exclude=unchanged)


def test_recomputing_gives_the_same_term_when_nothing_changed() -> None:
    term = DEADLINES.term("int.contract_check", moment("2026-10-05 10:00"))
    assert DEADLINES.recompute(term) is term
    rules = [DEADLINES.rule("int.contract_check", date(2026, 11, 6))]
    reloaded = Deadlines(rules, [CALENDAR, with_a_day_off(date(2026, 11, 12))])
    assert reloaded.recompute(term) is term


def test_a_dated_new_row_moves_only_clocks_that_start_from_its_day() -> None:
    old = row("int.ack", 1, "working_days")
    before = Deadlines([old], [CALENDAR])
    early = before.term("int.ack", moment("2026-11-05 10:00"))
    late = before.term("int.ack", moment("2026-11-06 10:00"))
    new = row("int.ack", 2, "working_days", valid_from="2026-11-06")
    after = Deadlines([old, new], [CALENDAR])
    assert after.recompute(early) == early
    moved = after.recompute(late)
    assert (moved.safe_due, moved.rule_valid_from) == (date(2026, 11, 10), date(2026, 11, 6))


UNITS: tuple[CountedUnit, ...] = get_args(CountedUnit)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Deadlines, Term]:
    """A term with any row after any sequence of extensions, holds and recomputations."""
    unit = draw(st.sampled_from(UNITS))
    length = draw(st.integers(-10 if unit == "working_days" else 0, 40))
    extra = with_a_day_off(draw(st.dates(date(2018, 1, 1), date(2030, 12, 31))))
    rules = [row("rule", length, unit)]
    old, new = Deadlines(rules, [CALENDAR]), Deadlines(rules, [CALENDAR, extra])
    at = draw(MOMENTS)
    deadlines, term = old, old.term("rule", at)
    for step in draw(st.lists(st.sampled_from(["extend", "hold", "reload"]), max_size=6)):
        at += draw(SPANS)
        if step == "extend":
            term = deadlines.extend(term, at.date())
        elif step == "hold":
            stands = term.suspended_since is not None
            term = deadlines.resume(term, at) if stands else deadlines.suspend(term, at)
        else:
            deadlines = new
            term = deadlines.recompute(term)
    return deadlines, term


@given(history=histories())
def test_t11_every_term_is_reproduced_from_its_own_fields(history: tuple[Deadlines, Term]) -> None:
    deadlines, term = history
    assert deadlines.reproduce(term) == term
    assert Term.model_validate_json(term.model_dump_json()) == term


@given(history=histories())
def test_every_history_of_a_term_can_be_explained(history: tuple[Deadlines, Term]) -> None:
    deadlines, term = history
    explanation = deadlines.explain(term)
    assert explanation.sentences
    numbers = [day.number for day in explanation.days if day.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    if explanation.days:
        assert len(numbers) == abs(term.length)
