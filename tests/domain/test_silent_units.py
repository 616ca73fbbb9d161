"""A20: a unit that does not answer, and what the deputy decides about it."""

from datetime import date, timedelta

import pytest

from domain.interventions.commands_units import OrderOtherUnit, WaitForUnit
from domain.interventions.refusals import SameUnit, TermNotLater, TextNotRedacted
from tests.builders import Case, sealed
from tests.domain.at_stage import carried_out, refusals
from tests.given import moment


def a_silent_unit(*units: str) -> Case:
    """Forwarded on Monday 2 November; feedback due on the 9th, the deputy is told on the 17th."""
    case = Case(123, moment("2026-10-29 19:40"), pace=timedelta(seconds=1)).open_needed()
    case.at = moment("2026-11-02 09:40")
    return case.forward(*units or ("ZDMK",)).wait_for_silence()


def rungs_of(case: Case) -> list[str]:
    return [f"{rung.step:+d} {rung.fires_at:%m-%d}" for rung in case.task("answer_referral").rungs]


def test_the_deputy_is_asked_when_the_ladder_comes_to_that_post() -> None:
    case = a_silent_unit()
    task = case.task("decide_silence", "R1")
    assert case.at - timedelta(seconds=1) == moment("2026-11-17 09:00")
    assert task.candidates == ("deputy_media",)
    assert task.complete_by is not None
    assert task.complete_by.safe_due == date(2026, 11, 19)


def test_nobody_decides_about_a_unit_that_has_answered() -> None:
    case = a_silent_unit().answer()
    assert not [task for task in case.open_tasks if task.type == "decide_silence"]


def test_waiting_gives_the_open_task_a_new_term_and_a_ladder_from_its_beginning() -> None:
    case = a_silent_unit()
    case.at = moment("2026-11-19 11:00")
    case.decide("decide_silence", "wait_until", WaitForUnit(until=date(2026, 11, 30)), "R1")
    task = case.task("answer_referral", "R1")
    assert task.complete_by is not None
    assert task.complete_by.safe_due == date(2026, 11, 30)
    days = ["11-26", "11-30", "12-01", "12-03", "12-07", "12-14"]
    assert [f"{rung.fires_at:%m-%d}" for rung in task.rungs] == days
    assert task.fired == frozenset()


def test_a_date_beyond_the_lead_asks_for_a_notice_of_delay_at_once() -> None:
    case = a_silent_unit()
    case.at = moment("2026-11-19 11:00")
    case.decide("decide_silence", "wait_until", WaitForUnit(until=date(2026, 11, 24)), "R1")
    assert "delay_notice" not in {task.type for task in case.open_tasks}
    late = a_silent_unit()
    late.at = moment("2026-11-19 11:00")
    late.decide("decide_silence", "wait_until", WaitForUnit(until=date(2026, 11, 25)), "R1")
    assert late.task("delay_notice", "D1").complete_by == late.case.clocks["settlement"]
    answered = late.answer()
    assert "delay_notice" in {task.type for task in answered.open_tasks}


def test_the_next_silence_is_decided_anew() -> None:
    case = a_silent_unit().wait_longer().wait_for_silence()
    assert case.task("decide_silence", "R1").round == 2


@pytest.mark.parametrize("day", ["2026-11-09", "2026-11-17"])
def test_the_new_date_is_still_to_come(day: str) -> None:
    form = WaitForUnit(until=date.fromisoformat(day))
    assert set(refusals(a_silent_unit(), form)) == {TermNotLater}


def test_another_unit_is_asked_the_same_and_the_silent_one_recalled() -> None:
    case = a_silent_unit().send_letters().order_other("ZTP")
    first, second = case.case.referrals["R1"], case.case.referrals["R2"]
    assert (first.state, first.followed_by) == ("recalled", "R2")
    assert (second.unit, second.lead, second.question_ref) == ("ZTP", True, first.question_ref)
    assert {order.key for order in case.owed()} == {"N7.1.R1", "N2.1.R2"}


def test_another_unit_is_not_the_same_one_and_gets_no_personal_data() -> None:
    again = OrderOtherUnit(unit="ZDMK", reason=sealed("Nie odpowiada"))
    assert set(refusals(a_silent_unit(), again)) == {SameUnit}
    company = OrderOtherUnit(unit="MPO", reason=sealed("Nie odpowiada"))
    assert set(refusals(a_silent_unit(), company)) == {TextNotRedacted}


def test_without_the_last_unit_the_reply_is_written() -> None:
    case = a_silent_unit().write_off()
    assert case.case.referrals["R1"].state == "written_off"
    assert case.case.stage == "drafting"
    [event] = carried_out(a_silent_unit("ZDMK", "ZTP"), WaitForUnit(until=date(2026, 12, 30)), "R2")
    assert event.delay_foreseen
