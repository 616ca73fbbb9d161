"""The sender asks to look at the matter once more: until when, how often, who judges (A27)."""

from datetime import timedelta

from domain.interventions import forms
from domain.interventions.refusals import (
    CaseClosed,
    NoReopeningRequested,
    ReopeningsExhausted,
    ReopeningUnderReview,
    RequalificationOpen,
    WindowClosed,
)
from domain.interventions.rounds import asked_this_round
from domain.tasks.commands import TaskOrder
from tests.builders import Case
from tests.domain.at_stage import DATA, GIVEN, a_case, carried_out, drafting, refusals, replied

AGAIN, REOPEN, DECLINE = (
    GIVEN[name] for name in ("ReopenIntervention", "Reopen", "DeclineReopening")
)
REVIEW = TaskOrder(type="review_reopening", subject="-", round=1)


def answered() -> Case:
    """The notice of outcome was delivered, and the sender may still ask for more."""
    return drafting().draft().send_letters()


def next_round(case: Case) -> Case:
    case.ask_to_reopen().reopen().forward("ZDMK")
    referral = f"R{len(case.case.referrals)}"
    return case.answer(referral).accept(referral).draft().send_letters()


def test_the_sender_may_ask_until_the_legal_end_of_the_window() -> None:
    case = answered()
    window = case.case.window
    assert window
    assert window.ends_at
    last = window.ends_at - timedelta(seconds=1)
    assert refusals(case, AGAIN, at=window.ends_at) == {
        WindowClosed: {"until": str(window.legal_end)}
    }
    assert carried_out(case, AGAIN, at=last)


def test_the_head_reviews_the_request() -> None:
    case = answered().ask_to_reopen()
    task = case.task("review_reopening")
    assert (task.candidates, task.round) == (("KS-06/head",), 1)
    assert task.complete_by
    assert task.complete_by.rule == "int.reopen_review"
    assert refusals(case, AGAIN) == {ReopeningUnderReview: {}}


def test_whoever_approved_the_reply_had_better_not_review_it() -> None:
    case = drafting().draft(sensitive=("legal",)).approve().send_letters().ask_to_reopen()
    assert forms.excluded(case.case, REVIEW) == {}
    assert forms.avoided(case.case, REVIEW) == {"ks-06-head": "approved the reply"}
    assert forms.avoided(answered().ask_to_reopen().case, REVIEW) == {}


def test_another_round_begins_under_the_same_number_and_receipt() -> None:
    case = answered()
    received_at, asked_at = case.case.received_at, case.at
    case.ask_to_reopen()
    case.at += timedelta(days=1)
    reopened_at = case.at
    case.reopen()
    assert (case.case.stage, case.case.round, case.case.received_at) == ("triage", 2, received_at)
    assert [(task.type, task.round) for task in case.open_tasks if task.type == "triage"] == [
        ("triage", 2)
    ]
    assert case.case.clocks["settlement"].start == asked_at
    assert case.case.clocks["triage"].start == reopened_at
    assert case.case.window is None


def test_a_setting_leaves_the_settlement_as_it_was() -> None:
    limits = DATA.limits.model_copy(
        update={
            "interventions": DATA.limits.interventions.model_copy(
                update={"reopening_starts_settlement": False}
            )
        }
    )
    case = answered().ask_to_reopen()
    before = case.case.clocks["settlement"]
    case.book = type(DATA)(**{**vars(DATA), "limits": limits})
    case.reopen()
    assert case.case.clocks["settlement"] == before


def test_without_new_facts_the_position_stands_and_the_sender_is_told_each_time() -> None:
    case = answered().ask_to_reopen().decline_reopening()
    assert (case.case.stage, case.case.round) == ("replied", 1)
    case.ask_to_reopen().decline_reopening()
    assert [order.key for order in case.owed()] == ["N13.1.sender", "N13.2.sender"]
    case.send_letters().wait_for_window()
    assert carried_out(case, None)


def test_what_turns_out_to_be_a_complaint_is_confirmed_by_another_person() -> None:
    case = answered().ask_to_reopen().find_complaint()
    assert (case.case.stage, case.case.proposal and case.case.proposal.review) == ("replied", 1)
    assert [task.type for task in case.open_tasks if "review" in task.type] == []
    task = case.task("confirm_requalification")
    assert task.excluded == {"ks-06-head": "proposed the requalification"}
    assert task.candidates == ("deputy_media",)
    assert refusals(case, AGAIN) == {ReopeningUnderReview: {}}
    assert RequalificationOpen in refusals(case, GIVEN["FindComplaint"])
    case.confirm_kind()
    assert case.case.stage == "ending"
    assert {order.key for order in case.owed()} == {"N8.1.sender", "N8.1.register"}
    assert case.send_letters().close().case.outcome == "transferred"


def test_what_is_no_complaint_is_reviewed_once_more_under_its_own_term() -> None:
    case = answered().ask_to_reopen().find_complaint()
    case.at += timedelta(days=3)
    rejected_at = case.at
    task = case.reject_kind().task("review_reopening")
    assert (task.round, task.complete_by and task.complete_by.start) == (2, rejected_at)
    assert case.reopen().case.round == 2
    case.forward("ZDMK").answer("R2").accept("R2").draft().send_letters().ask_to_reopen()
    assert (case.case.reopen_requests, case.task("review_reopening").round) == (2, 3)


def test_a_case_is_reopened_twice_and_no_more() -> None:
    case = next_round(next_round(answered()))
    assert case.case.round == 3
    assert refusals(case, AGAIN) == {ReopeningsExhausted: {"limit": 2}}


def test_each_round_has_letters_of_its_own() -> None:
    case = next_round(answered())
    sent = {key for key in case.case.letters if key.startswith(("N2", "N5"))}
    assert sent == {
        "N2.1.R1", "N2.1.sender", "N2.2.R2", "N2.2.sender", "N5.1.sender", "N5.2.sender",
    }  # fmt: skip


def test_the_sender_may_be_called_once_more_in_another_round() -> None:
    case = a_case().ask_supplement().send_letters().supplement()
    case.forward("ZDMK").answer().accept().draft().send_letters().ask_to_reopen().reopen()
    case.ask_supplement()
    assert [order.key for order in case.owed()] == ["N3.2.sender"]


def test_a_case_stays_open_while_a_request_is_reviewed() -> None:
    case = answered().ask_to_reopen().wait_for_window()
    assert refusals(case, None) == {ReopeningUnderReview: {}}


def test_nothing_is_decided_that_nobody_asked_for() -> None:
    for form in (REOPEN, DECLINE):
        assert refusals(answered(), form) == {NoReopeningRequested: {}}
    assert CaseClosed in refusals(replied().close(), AGAIN)


def test_another_round_may_ask_as_many_units_again() -> None:
    case = a_case().forward(*["ZDMK"] * 12)
    for number in range(1, 13):
        case.answer(f"R{number}").accept(f"R{number}")
    case.draft().send_letters().ask_to_reopen().reopen().forward("ZDMK")
    assert len(asked_this_round(case.case)) == 1
