"""A22 and A26: the sender is told what is known, and of the rest by a notice of its own."""

import pytest

from domain.interventions import rules
from domain.interventions.commands import AcceptFeedback
from domain.interventions.commands_units import ReplyInPart, WriteOffReferral
from domain.interventions.refusals import (
    FeedbackOutstanding,
    NothingToReplyInPart,
    NoticeTextMissing,
)
from domain.messages import SYSTEM
from tests.builders import Case, sealed
from tests.domain.at_stage import (
    AFTER_PART,
    a_case,
    carried_out,
    in_part,
    late_with_the_rest,
    refusals,
)


def types(case: Case) -> set[str]:
    return {task.type for task in case.open_tasks}


def test_the_head_decides_once_the_lead_is_done_and_another_is_late() -> None:
    case = late_with_the_rest()
    task = case.task("decide_partial", "R2")
    assert (task.candidates, task.round) == (("KS-06/head",), 1)
    earlier = a_case().forward("ZDMK", "ZTP").answer("R1").accept("R1")
    assert "decide_partial" not in types(earlier)
    assert set(refusals(earlier, ReplyInPart(), subject="R2")) == {NothingToReplyInPart}


def test_the_lead_itself_is_waited_for() -> None:
    case = a_case().forward("ZDMK", "ZTP").answer("R2").accept("R2").wait_for_silence("R1")
    assert "decide_partial" not in types(case)


def test_who_waits_is_asked_again_only_about_another_term() -> None:
    case = late_with_the_rest().wait_for_the_rest()
    assert "decide_partial" not in types(case)
    case.wait_for_silence("R2").wait_longer("R2")
    term = case.case.referrals["R2"].feedback_by
    assert term is not None
    assert term.due_at is not None
    case.at = term.due_at
    assert case.open_needed().task("decide_partial", "R2").round == 2


def test_the_unit_that_is_late_still_owes_its_answer() -> None:
    for at in AFTER_PART.values():
        assert "answer_referral" in types(at(False))


@pytest.mark.parametrize("stage", AFTER_PART)
def test_a_late_answer_leaves_the_case_where_it_is(stage: str) -> None:
    case = AFTER_PART[stage](True).accept("R2")
    assert case.case.stage == stage
    assert case.case.referrals["R2"].state == "accepted"


def test_after_the_reply_it_has_to_be_said_what_the_sender_is_told() -> None:
    case = AFTER_PART["replied"](True)
    assert set(refusals(case, AcceptFeedback(), subject="R2")) == {NoticeTextMissing}
    silent = AFTER_PART["replied"](False)
    form = WriteOffReferral(reason=sealed("Nie odpowie"))
    assert set(refusals(silent, form, subject="R2")) == {NoticeTextMissing}


def test_each_late_answer_is_told_by_a_notice_of_its_own() -> None:
    case = AFTER_PART["replied"](True).accept("R2")
    assert [order.key for order in case.owed()] == ["N5b.1.sender"]
    before = case.case.window
    case.send_letters()
    assert case.case.window != before


def test_a_reply_is_one_in_part_only_while_something_is_missing() -> None:
    assert AFTER_PART["replied"](False).case.reply.partial  # type: ignore[union-attr]  # it is there
    case = in_part().accept("R2").draft()
    assert case.case.reply is not None
    assert not case.case.reply.partial


def test_the_case_stays_open_until_nothing_is_owed() -> None:
    case = AFTER_PART["replied"](False).wait_for_window()
    act = case.an_act(SYSTEM)
    assert FeedbackOutstanding in {type(found) for found in rules.closing(case.case, act)}
    case.answer("R2").accept("R2").send_letters().wait_for_window()
    assert carried_out(case, None)
