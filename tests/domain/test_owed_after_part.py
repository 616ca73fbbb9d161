"""A26: what a unit that still owes its answer after a reply in part may do, and what is decided."""

from datetime import timedelta

import pytest

from domain.interventions import rules
from domain.interventions.commands import ReturnReferral, SubmitReply
from domain.interventions.commands_units import OrderOtherUnit, RecallReferral
from domain.interventions.refusals import (
    FeedbackOutstanding,
    HandOverUnconfirmed,
    NoticeTextMissing,
    ReturnTooLate,
    StageForbids,
)
from domain.messages import SYSTEM
from domain.tasks.model import Task
from tests.builders import Case, sealed
from tests.domain.at_stage import (
    AFTER_PART,
    GIVEN,
    a_case,
    carried_out,
    drafting,
    late_with_the_rest,
    refusals,
    replied,
)

STAGES = tuple(AFTER_PART)
GAS = "EXT-GAZ"


def owing(stage: str = "replied") -> Case:
    """R2 is late, and the reply was one without it."""
    return AFTER_PART[stage](False)


def against_closing(case: Case) -> set[str]:
    act = case.an_act(SYSTEM)
    return {type(found).__name__ for found in rules.closing(case.case, act)}


def letters_to_the_sender(case: Case) -> list[str]:
    return [order.key for order in case.owed() if order.recipient == "sender"]


def ladder(task: Task) -> list[str]:
    return [rung.fires_at.isoformat() for rung in task.live_rungs]


@pytest.mark.parametrize("stage", STAGES)
def test_the_unit_gets_more_time_and_its_ladder_begins_anew(stage: str) -> None:
    case = owing(stage).wait_for_silence("R2").wait_longer("R2")
    before = case.case.referrals["R2"].feedback_by
    steps = ladder(case.task("answer_referral", "R2"))
    case.request_extension("R2").grant("R2")
    after = case.case.referrals["R2"].feedback_by
    assert before is not None
    assert after is not None
    assert after.extended_to == before.legal_end + timedelta(days=5)
    task = case.task("answer_referral", "R2")
    assert task.complete_by == after
    assert ladder(task) != steps
    assert case.case.stage == stage


@pytest.mark.parametrize("stage", STAGES)
def test_its_date_delays_no_reply_that_does_not_wait_for_it(stage: str) -> None:
    case = owing(stage).wait_for_silence("R2").wait_longer("R2", days=90)
    assert not case.case.delay_foreseen
    assert all(task.type != "delay_notice" for task in case.open_tasks)


@pytest.mark.parametrize("stage", STAGES)
def test_a_matter_that_is_not_the_units_own_goes_on_to_another_one(stage: str) -> None:
    case = owing(stage).misroute("R2")
    assert against_closing(case) >= {"FeedbackOutstanding"} or stage != "replied"
    case.send_on("R2", "ZZM")
    assert (case.case.stage, case.case.referrals["R3"].unit) == (stage, "ZZM")
    assert case.task("answer_referral", "R3").complete_by == case.case.referrals["R3"].feedback_by
    case.answer("R3").accept("R3")
    assert not case.case.outstanding


def test_the_head_settles_which_unit_owes_what_was_returned_twice() -> None:
    case = owing().misroute("R2").send_on("R2", "ZZM").misroute("R3")
    case.send_on("R3", "ZTP")
    assert case.case.competent == {"ZTP": 1}
    assert case.case.referrals["R4"].owes_answer


def test_so_late_the_unit_has_to_say_why_it_returns_the_matter() -> None:
    form = ReturnReferral(reason=sealed("To nie nasze"))
    assert set(refusals(owing(), form, subject="R2")) == {ReturnTooLate}


@pytest.mark.parametrize("stage", STAGES)
def test_a_silent_unit_is_replaced(stage: str) -> None:
    case = owing(stage).wait_for_silence("R2").order_other("ZZM", "R2")
    assert case.case.stage == stage
    assert [each.state for each in case.case.referrals.values()] == ["accepted", "recalled", "sent"]


def test_what_it_says_meanwhile_is_told_to_the_sender() -> None:
    case = owing().inform("R2")
    assert letters_to_the_sender(case) == ["N12.1.sender"]


def test_an_answer_after_all_that_is_told_and_lets_the_case_close() -> None:
    case = owing().misroute("R2").send_on("R2", "ZZM").send_letters().answer("R3").accept("R3")
    assert letters_to_the_sender(case) == ["N5b.1.sender"]
    case.send_letters().wait_for_window()
    assert carried_out(case, None)


def test_whoever_has_to_act_is_named_after_the_reply() -> None:
    case = owing()
    assert rules.waiting_for(case.case) == "unit"
    assert rules.waiting_for(case.misroute("R2").case) == "us"
    case.send_on("R2", "ZZM")
    assert rules.waiting_for(case.case) == "unit"
    assert rules.waiting_for(case.answer("R3").case) == "us"
    assert rules.waiting_for(case.accept("R3").case) == "nobody"


def test_a_reply_is_one_in_part_while_nobody_has_sent_the_matter_on() -> None:
    case = owing("drafting").misroute("R2").draft()
    assert case.case.reply is not None
    assert case.case.reply.partial


def test_a_body_that_gives_no_answer_is_told_of_at_once() -> None:
    case = owing().misroute("R2")
    form = GIVEN["RerouteLate"].model_copy(update={"unit": GAS, "redacted": True})
    assert refusals(case, form, subject="R2") == {NoticeTextMissing: {"field": "told"}}
    case.send_on("R2", GAS)
    assert set(letters_to_the_sender(case)) == {"N2b.3.sender", "N5b.1.sender"}
    silent = owing().wait_for_silence("R2")
    other = OrderOtherUnit(unit=GAS, reason=sealed("Nie odpowiada"), redacted=True)
    assert refusals(silent, other, subject="R2") == {NoticeTextMissing: {"field": "told"}}


def test_the_case_waits_for_the_evidence_that_another_body_has_the_matter() -> None:
    case = owing().misroute("R2").send_on("R2", GAS)
    assert "HandOverUnconfirmed" in against_closing(case)
    case.send_letters().wait_for_window()
    assert case.case.referrals["R3"].state == "handed_over"
    assert carried_out(case, None)


def test_what_is_called_back_is_told_as_well() -> None:
    form = RecallReferral(referral="R2", reason=sealed("Pomyłka"))
    assert refusals(owing(), form) == {NoticeTextMissing: {"field": "told"}}
    case = owing().recall("R2")
    assert (case.case.stage, letters_to_the_sender(case)) == ("replied", ["N5b.1.sender"])
    assert not case.case.outstanding


@pytest.mark.parametrize("command", ["ReturnReferral", "RequestExtension", "OrderOtherUnit"])
def test_a_case_that_was_answered_whole_asks_its_units_nothing(command: str) -> None:
    for case in (drafting(), replied()):
        assert StageForbids in refusals(case, GIVEN[command], subject="R1")


def test_another_round_calls_back_what_is_owed_from_the_last_one() -> None:
    case = late_with_the_rest("ZTP", "ZZM").reply_in_part("R2").misroute("R3").draft()
    case.send_letters().ask_to_reopen().reopen()
    assert [each.state for each in case.case.referrals.values()] == [
        "accepted",
        "recalled",
        "recalled",
    ]
    # Who returned the matter knows it already.
    assert [order.recipient for order in case.owed() if order.kind == "N7"] == ["R2"]
    case.forward("ZTP").answer("R4").accept("R4")
    assert case.case.stage == "drafting"
    form = SubmitReply(outcome="done", text=sealed("Odśnieżono"))
    assert carried_out(case, form)


def test_what_was_returned_goes_with_a_case_that_ends_and_comes_back() -> None:
    case = a_case().forward("ZDMK", "ZTP").misroute("R2")
    case.join(Case(122, case.at, category="roads.pothole")).unlink()
    assert [each.state for each in case.case.referrals.values()] == ["recalled", "recalled"]
    case.forward("ZDMK").answer("R3").accept("R3")
    assert case.case.stage == "drafting"


def test_refusals_name_what_the_case_still_waits_for() -> None:
    case = owing().misroute("R2")
    found = {type(each): each.facts for each in rules.closing(case.case, case.an_act(SYSTEM))}
    assert found[FeedbackOutstanding] == {"referrals": ["R2"]}
    case.send_on("R2", GAS)
    found = {type(each): each.facts for each in rules.closing(case.case, case.an_act(SYSTEM))}
    assert found[HandOverUnconfirmed] == {"referrals": ["R3"]}
