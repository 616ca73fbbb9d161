"""A case on hold: what stands still, what runs on, and who is refused meanwhile (A32)."""

import pytest

from domain.interventions import letters
from domain.interventions.asks_stops import ASKS as OF_A_STOP
from domain.interventions.commands_holds import HoldCase, ResumeCase
from domain.interventions.refusals import HeldAlready, NotOnHold
from domain.tasks.refusals import CaseOnHold
from domain.terms import Term
from tests.builders import Case, sealed
from tests.domain.at_stage import (
    GIVEN,
    a_case,
    carried_out,
    drafting,
    refusals,
    replied,
    with_units,
)
from tests.given import moment

HOLD = HoldCase(reason=sealed("Wyjaśniamy adresata"))
RESUME = ResumeCase(reason=sealed("Wyjaśnione"))


def at(case: Case, when: str) -> Case:
    case.at = moment(when)
    return case


def held(case: Case, since: str = "2026-10-06 10:00") -> Case:
    return at(case, since).hold()


def ends(term: Term | None) -> tuple[str, str]:
    assert term is not None
    return str(term.safe_due), str(term.legal_end)


def test_our_own_terms_stand_still_and_those_of_acts_run_on() -> None:
    case = a_case()
    before = dict(case.case.clocks)
    [event] = carried_out(at(case, "2026-10-06 10:00"), HOLD)
    assert set(event.clocks) == {"triage"}, "the receipt is acknowledged already"
    assert case.case.clocks["triage"].due_at is None
    for name in ("forwarding", "settlement"):
        assert case.case.clocks[name] == before[name]


def test_a_term_goes_on_with_the_working_days_that_were_left() -> None:
    case = at(with_units(), "2026-10-07 10:00")
    assert ends(case.case.referrals["R2"].feedback_by) == ("2026-10-12", "2026-10-12")
    held(case, "2026-10-08 10:00")  # Thursday: two working days are left
    at(case, "2026-10-21 10:00").resume()
    assert ends(case.case.referrals["R2"].feedback_by) == ("2026-10-23", "2026-10-23")
    assert ends(case.task("answer_referral", "R2").complete_by) == ("2026-10-23", "2026-10-23")


def test_ladders_wait_with_the_term_and_follow_it() -> None:
    case = at(with_units(), "2026-10-07 10:00")
    task = case.task("answer_referral", "R2")
    steps = [(rung.ladder, rung.step) for rung in task.rungs if rung.ladder != "respond"]
    held(case, "2026-10-08 10:00")
    assert task.live_rungs == ()
    at(case, "2026-10-21 10:00").resume()
    moved = case.task("answer_referral", "R2").rungs
    assert [(rung.ladder, rung.step) for rung in moved] == steps
    assert next(rung.fires_at for rung in moved if rung.step == 0) == moment("2026-10-23 09:00")


def test_what_the_unit_may_return_in_time_stands_still_too() -> None:
    case = a_case().forward("ZDMK")
    held(case, "2026-10-06 10:00")
    at(case, "2026-10-20 10:00").resume()
    event = carried_out(at(case, "2026-10-21 10:00"), GIVEN["ReturnReferral"])[0]
    assert (event.late, str(event.return_by.safe_due)) == (False, "2026-10-21")


def test_a_task_that_is_opened_later_has_the_time_that_the_case_stood_still() -> None:
    case = Case(123, moment("2026-10-05 10:20"))
    held(case, "2026-10-05 12:00")
    at(case, "2026-10-15 12:00").resume()
    assert ends(case.task("triage").complete_by) == ("2026-10-19", "2026-10-19")


def test_a_task_that_is_opened_on_hold_stands_still_from_the_first() -> None:
    case = Case(123, moment("2026-10-05 10:20"))
    held(case, "2026-10-05 12:00")
    term = case.task("triage").complete_by
    assert term is not None
    assert (term.due_at, term.suspended_since) == (None, moment("2026-10-05 12:00"))


def test_no_letter_leaves_while_the_case_is_on_hold() -> None:
    case = held(a_case().forward("ZDMK"))
    assert list(letters.letters_due(case.case)) == []
    case.resume()
    assert [order.key for order in letters.letters_due(case.case)] == ["N2.1.R1", "N2.1.sender"]


def test_a_letter_that_arrives_on_hold_opens_a_window_that_stands_still() -> None:
    case = drafting().draft()
    order = next(order for order in letters.letters_due(case.case) if order.kind == "N5")
    case.hold().send_letter(order)
    assert case.case.window
    assert case.case.window.ends_at is None
    case.resume()
    assert case.case.window.ends_at is not None


def test_what_the_call_for_a_supplement_stopped_waits_for_the_sender() -> None:
    case = Case(123, moment("2026-10-05 10:20")).open_needed().ask_supplement()
    stopped = case.case.clocks["triage"]
    assert stopped.suspended_since is not None
    case.hold().resume()
    assert case.case.clocks["triage"] == stopped
    case.supplement()
    assert case.case.clocks["triage"].suspended_since is None


def test_what_the_sender_adds_on_hold_is_taken_and_the_clock_waits_for_the_case() -> None:
    case = Case(123, moment("2026-10-05 10:20")).open_needed().ask_supplement()
    case.hold().supplement()
    assert case.case.stage == "triage"
    assert case.task("triage").complete_by == case.case.clocks["triage"]
    assert case.case.clocks["triage"].suspended_since is not None
    case.resume()
    assert case.task("triage").complete_by == case.case.clocks["triage"]
    assert case.case.clocks["triage"].suspended_since is None


def test_what_lapsed_on_hold_goes_on_with_the_case() -> None:
    case = Case(123, moment("2026-10-05 10:20")).open_needed().ask_supplement().send_letters()
    case.hold().wait_for_supplement()
    assert case.case.clocks["triage"].suspended_since is not None
    case.resume()
    assert case.case.clocks["triage"].suspended_since is None


def test_a_case_on_hold_does_not_close() -> None:
    case = replied()
    case.hold()
    assert CaseOnHold in refusals(case, None)


def test_a_case_is_put_on_hold_once_and_resumed_once() -> None:
    case = held(a_case())
    assert set(refusals(case, HOLD)) == {HeldAlready}
    case.resume()
    assert set(refusals(case, RESUME)) == {NotOnHold}


def test_the_second_hold_is_the_second() -> None:
    case = held(a_case()).resume()
    [event] = carried_out(case, HOLD)
    assert event.number == 2


def test_a_danger_does_not_wait_for_the_case() -> None:
    case = Case(123, moment("2026-11-14 22:10"), category="energy.gas").open_needed()
    due = case.task("call_duty_officer").complete_by
    case.hold()
    assert case.task("call_duty_officer").complete_by == due
    case.pass_on()
    assert case.case.on_hold


@pytest.mark.parametrize("outcome", ["restart", "close_in_error"])
def test_only_what_lowers_a_risk_is_decided_on_hold(outcome: str) -> None:
    [ask] = OF_A_STOP
    assert ask.kind.outcomes[outcome].risk_reducing == (outcome == "close_in_error")
