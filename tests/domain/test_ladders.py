"""Ladders: which step fires when, what an outage skips, and that nothing fires on a day off."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.ladders import DueRung, Ladder, Rung, due, next_moment, rungs
from domain.terms import Term
from domain.working_days import WARSAW, local_day
from runtime.reference_data import load_reference_data
from tests.given import moment
from tests.term_rows import with_a_day_off

REFERENCE = load_reference_data()
DEADLINES = REFERENCE.deadlines
CALENDAR = DEADLINES.calendar
HOUR = REFERENCE.limits.tasks.ladder_hour

Fired = frozenset[tuple[str, int]]


def placed(
    ladder: str,
    opened: str,
    *,
    complete_by: Term | None = None,
    respond_by: Term | None = None,
) -> tuple[Rung, ...]:
    return rungs(
        REFERENCE.ladders[ladder],
        opened_at=moment(opened),
        respond_by=respond_by,
        complete_by=complete_by,
        calendar=CALENDAR,
        hour=HOUR,
    )


def told(steps: tuple[Rung, ...]) -> list[tuple[int, str, str]]:
    return [(r.step, f"{r.fires_at.astimezone(WARSAW):%F %R}", r.to) for r in steps]


def due_at(steps: tuple[Rung, ...], at: str, fired: Fired = frozenset()) -> DueRung | None:
    return due(steps, fired, moment(at), CALENDAR, HOUR)


def step_due(
    steps: tuple[Rung, ...], at: str, fired: Fired = frozenset()
) -> tuple[int, tuple[int, ...]] | None:
    found = due_at(steps, at, fired)
    return (found.rung.step, found.skipped) if found else None


def over_11_november() -> tuple[Rung, ...]:
    """Story 1 of tasks.md."""
    opened = "2026-11-06 10:00"
    return placed(
        "standard", opened, complete_by=DEADLINES.term("int.check_feedback", moment(opened))
    )


def test_the_ladder_steps_over_11_november() -> None:
    assert told(over_11_november()) == [
        (0, "2026-11-09 09:00", "assignee_or_candidates"),
        (1, "2026-11-10 09:00", "head"),
        (3, "2026-11-13 09:00", "deputy"),
        (5, "2026-11-17 09:00", "director"),
    ]


def test_after_an_outage_only_the_highest_step_fires() -> None:
    found = due_at(over_11_november(), "2026-11-13 10:00")
    assert found is not None
    assert (found.rung.step, found.rung.do, found.rung.to) == (3, "escalate", "deputy")
    assert found.skipped == (0, 1)


def test_what_was_skipped_never_fires_later() -> None:
    steps = over_11_november()
    fired = frozenset({("standard", 3)})
    assert due_at(steps, "2026-11-13 10:01", fired) is None
    assert step_due(steps, "2026-11-17 09:00", fired) == (5, ())


def test_a_step_that_fired_before_the_outage_is_not_called_skipped() -> None:
    fired = frozenset({("standard", 0)})
    assert step_due(over_11_november(), "2026-11-13 10:00", fired) == (3, (1,))


@pytest.mark.parametrize(
    ("at", "step"),
    [
        ("2026-11-09 08:59", None),
        ("2026-11-09 09:00", 0),
        ("2026-11-10 08:59", None),  # by then the next one is nearly due
        ("2026-11-11 12:00", None),  # a day off: waits
        ("2026-11-12 08:59", None),  # and until the hour
        ("2026-11-12 09:00", 1),
        ("2026-11-14 09:00", None),
        ("2026-11-16 09:00", 3),
    ],
)
def test_a_ladder_in_working_days_waits_for_the_hour_of_a_working_day(
    at: str, step: int | None
) -> None:
    found = due_at(over_11_november(), at)
    assert (found.rung.step if found else None) == step


@pytest.mark.parametrize(
    ("now", "fired", "moment_"),
    [
        ("2026-11-06 10:00", (), "2026-11-09 09:00"),
        ("2026-11-09 10:00", (0,), "2026-11-10 09:00"),
        ("2026-11-11 10:00", (0,), "2026-11-12 09:00"),
        ("2026-11-12 10:00", (0,), "2026-11-12 10:00"),
        ("2026-11-12 10:00", (0, 1), "2026-11-13 09:00"),
        ("2026-11-17 09:00", (5,), None),
    ],
)
def test_the_next_moment_is_the_first_at_which_a_step_may_fire(
    now: str, fired: tuple[int, ...], moment_: str | None
) -> None:
    done = frozenset(("standard", step) for step in fired)
    found = next_moment(over_11_november(), done, moment(now), CALENDAR, HOUR)
    assert found == (moment(moment_) if moment_ else None)


def test_a_silent_unit_in_november() -> None:
    """Story 2 of interventions.md."""
    opened = "2026-11-02 09:00"
    claim = DEADLINES.term("int.unit_ack", moment(opened))
    feedback = DEADLINES.term("int.feedback", moment(opened))
    assert told(placed("respond", opened, respond_by=claim)) == [
        (0, "2026-11-03 09:00", "candidates"),
        (1, "2026-11-04 09:00", "head"),
    ]
    assert told(placed("unit", opened, complete_by=feedback)) == [
        (-2, "2026-11-05 09:00", "coordinator"),
        (0, "2026-11-09 09:00", "coordinator"),
        (1, "2026-11-10 09:00", "unit_head"),
        (3, "2026-11-13 09:00", "unit_head"),
        (5, "2026-11-17 09:00", "deputy_media"),
        (10, "2026-11-24 09:00", "director_and_presidents_office"),
    ]
    wait_until = DEADLINES.extend(feedback, date(2026, 11, 30))
    anew = placed("unit", "2026-11-19 12:00", complete_by=wait_until)
    assert told(anew)[0] == (-2, "2026-11-26 09:00", "coordinator")


def test_two_ladders_of_one_task_fire_one_after_the_other() -> None:
    opened = "2026-11-02 09:00"
    both = (
        *placed("respond", opened, respond_by=DEADLINES.term("int.unit_ack", moment(opened))),
        *placed("unit", opened, complete_by=DEADLINES.term("int.feedback", moment(opened))),
    )
    first = due_at(both, "2026-11-05 10:00")
    assert first is not None
    fired = {(first.rung.ladder, step) for step in (first.rung.step, *first.skipped)}
    second = due_at(both, "2026-11-05 10:00", frozenset(fired))
    assert second is not None
    fired |= {(second.rung.ladder, step) for step in (second.rung.step, *second.skipped)}
    assert fired == {("respond", 0), ("respond", 1), ("unit", -2)}
    assert due_at(both, "2026-11-05 10:00", frozenset(fired)) is None


def test_gas_on_a_saturday_night() -> None:
    """Story 9 of interventions.md."""
    opened = "2026-11-14 22:10"
    call = DEADLINES.term("int.emergency_call", moment(opened))
    assert call.due_at == moment("2026-11-14 22:25")
    steps = placed("phone", opened, complete_by=call)
    assert told(steps) == [
        (10, "2026-11-14 22:20", "second_duty_officer"),
        (15, "2026-11-14 22:25", "head"),
        (30, "2026-11-14 22:40", "deputy_media"),
    ]
    assert step_due(steps, "2026-11-14 22:20") == (10, ())
    assert step_due(steps, "2026-11-14 22:25", frozenset({("phone", 10)})) == (15, ())
    assert step_due(steps, "2026-11-15 03:00") == (30, (10, 15))


def test_a_booked_press_slot_is_watched_by_the_hour() -> None:
    opened = "2026-11-13 15:00"
    proof = DEADLINES.term("int.press_proof", moment(opened))
    assert told(placed("slot", opened, complete_by=proof)) == [
        (-2, "2026-11-13 17:00", "assignee"),
        (0, "2026-11-13 19:00", "deputy_media"),
        (2, "2026-11-13 21:00", "director"),
    ]


def test_a_term_in_hours_that_ends_on_a_day_off_is_followed_on_working_days() -> None:
    opened = "2026-11-14 10:00"
    check = DEADLINES.term("int.printer_check", moment(opened))
    assert told(placed("contractor", opened, complete_by=check)) == [
        (0, "2026-11-16 09:00", "contractor"),
        (1, "2026-11-17 09:00", "case_owner"),
        (3, "2026-11-19 09:00", "deputy"),
    ]


def test_a_task_without_a_term_or_with_one_that_stands_still_has_no_steps() -> None:
    term = DEADLINES.term("int.check_feedback", moment("2026-11-06 10:00"))
    held = DEADLINES.suspend(term, moment("2026-11-06 12:00"))
    assert placed("standard", "2026-11-06 10:00") == ()
    assert placed("standard", "2026-11-06 10:00", complete_by=held) == ()
    assert placed("none", "2026-11-06 10:00", complete_by=term) == ()


def test_a_step_waits_when_its_day_has_become_a_day_off() -> None:
    mourning = with_a_day_off(date(2026, 11, 9))
    steps = over_11_november()
    assert due(steps, (), moment("2026-11-09 09:00"), mourning, HOUR) is None
    assert next_moment(steps, (), moment("2026-11-09 09:00"), mourning, HOUR) == moment(
        "2026-11-10 09:00"
    )


def test_steps_ascend_and_share_a_unit() -> None:
    step = {"do": "remind", "to": "head"}
    wrong = [
        [{"at": 1, "unit": "hours", **step}, {"at": 2, "unit": "working_days", **step}],
        [{"at": 1, "unit": "hours", **step}, {"at": 1, "unit": "hours", **step}],
    ]
    for steps in wrong:
        with pytest.raises(ValidationError):
            Ladder.model_validate({"id": "x", "anchor": "opened_at", "what": "x", "steps": steps})


@given(
    ladder=st.sampled_from(["standard", "unit", "editorial", "contractor"]),
    rule=st.sampled_from(["int.check_feedback", "int.feedback", "int.hold"]),
    opened=st.datetimes(datetime(2022, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    wakes=st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=9)), max_size=25),
)
def test_t5_each_step_fires_at_most_once_in_time_and_on_working_days(
    ladder: str, rule: str, opened: datetime, wakes: list[timedelta]
) -> None:
    steps = rungs(
        REFERENCE.ladders[ladder],
        opened_at=opened,
        respond_by=None,
        complete_by=DEADLINES.term(rule, opened),
        calendar=CALENDAR,
        hour=HOUR,
    )
    assert all(step.fires_at >= opened for step in steps)
    assert all(CALENDAR.is_working_day(local_day(step.fires_at)) for step in steps)
    fired: set[tuple[str, int]] = set()
    now = opened
    for wake in wakes:
        now += wake
        upcoming = next_moment(steps, fired, now, CALENDAR, HOUR)
        found = due(steps, fired, now, CALENDAR, HOUR)
        assert (found is not None) == (upcoming == now)
        if found is None:
            continue
        assert found.rung.fires_at <= now
        assert CALENDAR.is_working_day(local_day(now))
        assert now.astimezone(WARSAW).time() >= time(9)
        done = {(ladder, step) for step in (found.rung.step, *found.skipped)}
        assert not done & fired
        fired |= done
        assert due(steps, fired, now, CALENDAR, HOUR) is None
