"""A30: the sender is told of a delay before the term ends, with reasons and a new date."""

from datetime import date, timedelta

import pytest

from domain.interventions import letters
from domain.interventions.commands_units import GiveDelayNotice
from domain.interventions.refusals import DelayNoticeWithoutDate
from tests.builders import Case, sealed
from tests.domain.at_stage import carried_out, refusals
from tests.given import moment

RECEIVED = moment("2026-10-29 19:40")
"""Settlement: nominal Sunday 29 November, safe 27 November, legal 30 November."""
LEAD = moment("2026-11-24 00:00")


def a_silent_case(at: str = "2026-11-24 09:00") -> Case:
    case = (
        Case(123, RECEIVED, pace=timedelta(seconds=1))
        .open_needed()
        .send_letters()
        .forward("ZDMK")
        .send_letters()
    )
    case.at = moment(at)
    return case.open_needed()


def notice(day: str) -> GiveDelayNotice:
    new_date = date.fromisoformat(day)
    return GiveDelayNotice(new_date=new_date, reason=sealed("Jednostka nie odpowiada"))


def kinds(case: Case) -> set[str]:
    return {task.type for task in case.open_tasks}


def test_the_task_opens_three_working_days_before_the_safe_due() -> None:
    case = a_silent_case("2026-11-23 23:59")
    assert "delay_notice" not in kinds(case)
    case.at = LEAD
    [task] = [t for t in case.open_needed().open_tasks if t.type == "delay_notice"]
    assert (task.subject, task.candidates) == ("D1", ("KS-06/clerk",))
    assert task.complete_by == case.case.clocks["settlement"]


def test_nobody_is_asked_for_a_notice_once_the_outcome_is_out() -> None:
    case = a_silent_case("2026-11-23 09:00").answer().accept().draft()
    assert case.case.stage == "replied"
    case.at = LEAD
    assert "delay_notice" not in kinds(case.open_needed())


def test_the_task_is_withdrawn_when_the_outcome_goes_out_after_all() -> None:
    case = a_silent_case().answer().accept()
    assert "delay_notice" in kinds(case)
    assert "delay_notice" not in kinds(case.draft())


def test_a_notice_announces_a_date_and_leaves_the_term_as_it_was_counted() -> None:
    case = a_silent_case()
    settlement = case.case.clocks["settlement"]
    [event] = carried_out(case, notice("2026-12-11"), "D1")
    assert (event.number, event.late) == (1, False)
    assert event.previous_end == date(2026, 11, 30)
    assert case.case.clocks["settlement"] == settlement
    announced = case.case.running_clocks["announced"]
    assert (announced.legal_end, announced.start) == (date(2026, 12, 11), settlement.start)


def test_a_letter_is_owed_for_each_notice() -> None:
    case = a_silent_case().tell_of_delay()
    assert [o.key for o in letters.letters_due(case.case)] == ["N4.1.sender"]
    case.send_letters()
    case.at = moment("2026-12-09 09:00")
    case.open_needed().tell_of_delay()
    assert [o.key for o in letters.letters_due(case.case)] == ["N4.2.sender"]


def test_the_next_notice_is_asked_for_before_the_announced_date() -> None:
    case = a_silent_case()
    carried_out(case, notice("2026-12-11"), "D1")
    case.at = moment("2026-12-07 23:59")
    assert "D2" not in {task.subject for task in case.open_needed().open_tasks}
    case.at += timedelta(minutes=1)
    assert "D2" in {task.subject for task in case.open_needed().open_tasks}


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-30"])
def test_the_new_date_is_later_than_the_old(day: str) -> None:
    found = refusals(a_silent_case(), notice(day), subject="D1")
    assert found == {DelayNoticeWithoutDate: {"field": "new_date", "later_than": "2026-11-30"}}


def test_after_the_end_the_sender_is_told_of_a_date_still_to_come() -> None:
    case = a_silent_case("2026-12-03 09:00")
    assert set(refusals(case, notice("2026-12-03"), subject="D1")) == {DelayNoticeWithoutDate}
    [event] = carried_out(case, notice("2026-12-04"), "D1")
    assert event.late
