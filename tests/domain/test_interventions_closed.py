"""Interventions: the table of transitions against the aggregate, the reply, and closing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.entities import Letter, LetterState
from domain.interventions.refusals import (
    CaseClosed,
    LettersOwed,
    PromiseOpen,
    ReasonsMissing,
    ReplyBeforeFeedback,
    ReplyNotDelivered,
    StageForbids,
    WindowOpen,
)
from domain.interventions.transitions import LATE, STAGES, TRANSITIONS, Transition, transition_of
from domain.tasks.commands import WithdrawTask
from domain.tasks.refusals import OutcomeNotOffered
from tests.builders import Case
from tests.domain.at_stage import (
    AFTER_PART,
    AT_STAGE,
    GIVEN,
    MONDAY,
    REF,
    REPLY,
    a_case,
    approval,
    carried_out,
    drafting,
    joined,
    late_with_the_rest,
    refusals,
    replied,
    with_units,
)

BY_EVIDENCE = {
    "ConfirmHandOver",
    "ConfirmHandOverLate",
    "LapseSupplement",
    "RecountTerms",
    "StopWorkflow",
}
"""Nobody gives these commands: the delivery of a letter, the end of a term, new tables and the
end of a run stand for them."""

OF_A_PROMISE = {"KeepPromise", "MovePromise", "BreakPromise", "GiveUpPromise"}
OF_THE_POST = {"RecordPosting", "RecordReceipt", "RecordReturn"}


def in_the_window(case: Case) -> Case:
    if case.case.stage == "replied":
        case.at -= timedelta(days=2)
    return case


def reopening_asked(case: Case) -> None:
    if case.case.stage == "replied":
        in_the_window(case).ask_to_reopen()


def proposed(case: Case) -> None:
    if case.case.stage in transition_of("ConfirmRequalification").stages:
        case.requalify()


def withdrawn(case: Case) -> None:
    if case.case.stage != "ending":
        case.withdraw_report()


BEFORE: dict[str, Callable[[Case], object]] = {
    "LeaveAside": lambda case: setattr(case.case, "handling", "without_consideration"),
    "RestartWorkflow": Case.stop,
    "CloseInError": Case.stop,
    "RecordEmergencyCall": Case.declare_emergency,
    "DenyEmergency": Case.declare_emergency,
    "ReopenStep": lambda case: case.take_back(case.task("handle_bounce", "N1")),
    "ResumeCase": Case.hold,
    "ConfirmRequalification": proposed,
    "RejectRequalification": proposed,
    "ReopenIntervention": in_the_window,
    "Reopen": reopening_asked,
    "DeclineReopening": reopening_asked,
    "FindComplaint": reopening_asked,
    "StopOnWithdrawal": withdrawn,
    "ContinueExOfficio": withdrawn,
}
"""What has to have happened for somebody to give the command, in a case that is open."""

SUBJECTS = {
    "AnswerReferral": "R2",
    "ReturnReferral": "R2",
    "RerouteReferral": "R3",
    "DecideCompetence": "R3",
    "GrantExtension": "R2",
    "RefuseExtension": "R2",
    "WaitForUnit": "R2",
    "OrderOtherUnit": "R2",
    "WriteOffReferral": "R2",
    "ReplyInPart": "R2",
    "WaitForTheRest": "R2",
}


def insufficient(case: Case, referral: str = "R1") -> None:
    """The answer was returned so often that the deputy has to decide."""
    for _ in range(2):
        case.give_back(referral).answer(referral)
    case.give_back(referral)


AT_THE_UNITS: dict[str, Callable[[Case], object]] = {
    "GrantExtension": lambda case: case.request_extension("R2"),
    "RefuseExtension": lambda case: case.request_extension("R2"),
    "AcceptAsItIs": insufficient,
    "OrderAgain": insufficient,
    "TakeOverFeedback": insufficient,
}
"""What has to have happened at `with_units`."""

ALSO = {
    "DecideCompetence": ["Forwarded"],
    "DecideCompetenceLate": ["Forwarded"],
    "OrderOtherUnit": ["Forwarded"],
    "OrderOtherUnitLate": ["Forwarded"],
    "RecordPosting": ["NoticeDelivered"],
}
"""What follows in the same save."""


LATE_SUBJECT = dict.fromkeys(LATE.values(), "R2")
OF_ANSWERED = {"AcceptLate", "ReturnLate"}
OF_INSUFFICIENT = {"AcceptLateAsItIs", "OrderLateAgain", "TakeOverLate"}


def with_a_new_date(case: Case) -> Case:
    """The unit that was silent has time again, of which it may ask for more."""
    return case.wait_for_silence("R2").wait_longer("R2")


BEFORE_IT_IS_LATE: dict[str, Callable[[Case], object]] = {
    **dict.fromkeys(OF_ANSWERED, lambda case: case.answer("R2")),
    **dict.fromkeys(OF_INSUFFICIENT, lambda case: insufficient(case.answer("R2"), "R2")),
    "RerouteLate": lambda case: case.misroute("R2"),
    "DecideCompetenceLate": lambda case: case.misroute("R2"),
    "RequestExtensionLate": with_a_new_date,
    "GrantExtensionLate": lambda case: with_a_new_date(case).request_extension("R2"),
    "RefuseExtensionLate": lambda case: with_a_new_date(case).request_extension("R2"),
}
"""What has to have happened to the referral that is owed after a reply in part."""


def at_stage(stage: str, command: str) -> Case:
    """A case at this stage that is otherwise ready for the command."""
    if command in LATE_SUBJECT and stage in AFTER_PART:
        case = AFTER_PART[stage](False)
        BEFORE_IT_IS_LATE.get(command, Case.open_needed)(case)
        return case
    if stage == "with_units" and command in ("ReplyInPart", "WaitForTheRest"):
        return late_with_the_rest()
    return AT_STAGE[stage]()


def promised(command: str) -> Case:
    """Replied, with a promise whose day has come; only a broken one is given up."""
    case = replied("planned").wait_for_promise()
    return case.break_promise() if command == "GiveUpPromise" else case


def prepare_post(case: Case, command: str) -> None:
    """Its bounced acknowledgement goes by post, as far as the command needs it there."""
    case.case.recipients["N1.1.sender"] = "nobody"
    state: LetterState = "prepared" if command == "RecordPosting" else "sent"
    case.case.letters["N1.1.sender"] = Letter("<1>", MONDAY, state, "post")


@pytest.mark.parametrize(
    "transition",
    [row for row in TRANSITIONS if row.command not in BY_EVIDENCE],
    ids=lambda row: row.command,
)
@pytest.mark.parametrize("stage", STAGES)
def test_a_command_is_allowed_exactly_at_the_stages_of_its_row(
    stage: str, transition: Transition
) -> None:
    if stage == "with_units" and transition.command in LATE_SUBJECT:
        return  # there the same command is another row
    case = at_stage(stage, transition.command)
    assert case.case.stage == stage
    if transition.command == "TellState":
        case.case.clocks["state_notice"] = case.case.clocks["settlement"]
    if transition.command in OF_A_PROMISE and stage in transition.stages:
        case = promised(transition.command)
    if transition.command in OF_THE_POST and stage in transition.stages:
        prepare_post(case, transition.command)
    if transition.command == "UnlinkDuplicate" and stage in transition.stages:
        case = joined(stage)
    if transition.command in AT_THE_UNITS and stage == "with_units":
        AT_THE_UNITS[transition.command](case)
    if transition.command in BEFORE and stage != "closed":
        BEFORE[transition.command](case)
    subject = (SUBJECTS | LATE_SUBJECT).get(transition.command, "R1")
    form = GIVEN.get(transition.command)
    if stage in transition.stages:
        events = carried_out(case, form, subject)
        also = ALSO.get(transition.command, [])
        # What ends a case calls back the referrals that are still open.
        beside = {"ReferralRecalled"} - {transition.event}
        named = [name for e in events if (name := type(e).__name__) not in beside]
        assert named == [transition.event, *also]
        assert case.case.stage in transition.to
    else:
        refused = refusals(case, form, subject=subject)
        assert (CaseClosed if stage == "closed" else StageForbids) in refused


def test_every_row_of_the_table_is_walked_with_a_command_of_its_own() -> None:
    assert {row.command for row in TRANSITIONS} == {*GIVEN, "CloseIntervention"} | BY_EVIDENCE


def test_the_delivery_of_its_letter_hands_a_referral_over() -> None:
    case = a_case()
    case.forward("ZDMK", "EXT-TAURON")
    assert case.case.referrals["R2"].mode == "hand_over"
    case.send_letters()
    assert case.case.referrals["R2"].state == "handed_over"
    assert case.case.stage == "with_units"


def test_a_form_that_the_process_does_not_know_decides_nothing() -> None:
    assert set(refusals(a_case(), WithdrawTask(reason="no form of a decision"))) == {
        OutcomeNotOffered
    }


def test_a_plain_reply_is_final_and_goes_out() -> None:
    case = drafting()
    carried_out(case, REPLY)
    assert case.case.stage == "replied"
    assert [order.key for order in letters.letters_due(case.case)][-1:] == ["N5.1.sender"]


@pytest.mark.parametrize("why", ["media", "legal", "councillor", "claim", "emergency"])
def test_a_sensitive_reply_waits_for_approval(why: str) -> None:
    case = drafting()
    carried_out(case, REPLY.model_copy(update={"sensitive": frozenset({why})}))
    assert case.case.stage == "approval"


@pytest.mark.parametrize(
    ("report", "why"),
    [({"brought_by": "mp"}, "councillor"), ({"category": "energy.gas"}, "emergency")],
)
def test_what_the_case_is_makes_its_reply_sensitive(report: dict[str, Any], why: str) -> None:
    case = a_case(**report).forward("ZDMK").answer().accept()
    [event] = carried_out(case, REPLY)
    assert event.sensitive == (why,)


def test_a_negative_reply_needs_reasons() -> None:
    form = REPLY.model_copy(update={"outcome": "no_basis"})
    assert refusals(drafting(), form) == {ReasonsMissing: {"field": "reasons"}}


def test_a_reply_waits_for_every_unit() -> None:
    case = with_units()
    case.case.stage = "drafting"
    assert refusals(case, REPLY) == {ReplyBeforeFeedback: {"referrals": ["R1", "R2"]}}


def test_a_returned_draft_is_written_again_under_the_next_number() -> None:
    case = approval().send_back()
    [event] = carried_out(case, REPLY)
    assert (event.draft, case.case.drafts) == (2, 2)


def test_who_wrote_any_draft_is_remembered_as_its_author() -> None:
    case = approval()
    assert case.case.draft_authors == {"ks-06-clerk": "author of draft 1"}


def test_a_case_closes_with_the_outcome_of_its_reply() -> None:
    [event] = carried_out(replied(), None)
    assert (event.outcome, event.metrics["referrals"], event.metrics["drafts"]) == ("done", 1, 1)
    letters = ["N1.1.sender", "N2.1.R1", "N2.1.sender", "N5.1.sender"]
    assert event.evidence == tuple(f"<{REF}.{letter}@krakow.invalid>" for letter in letters)


def test_a_case_stays_open_while_its_reply_is_on_the_way() -> None:
    found = refusals(drafting().draft(), None)
    assert found[ReplyNotDelivered] == {"letter": None}
    assert found[LettersOwed] == {"letters": ["N2.1.R1", "N2.1.sender", "N5.1.sender"]}


def test_a_bounced_reply_keeps_the_case_open_until_it_is_noted_on_the_file() -> None:
    case = drafting().draft().send_letters(bouncing=True)
    assert refusals(case, None) == {ReplyNotDelivered: {"letter": "bounced"}}
    case.note_bounce("N5").wait_for_window()
    assert carried_out(case, None)


def test_a_case_stays_open_until_the_last_moment_of_the_window() -> None:
    case = replied()
    assert set(refusals(case, None, at=case.at - timedelta(seconds=1))) == {WindowOpen}
    assert carried_out(case, None, at=case.at)


def test_a_case_with_an_open_promise_stays_open() -> None:
    assert refusals(replied("planned"), None) == {PromiseOpen: {"referrals": ["R1"]}}


def test_an_anonymous_case_closes_when_its_window_is_over() -> None:
    case = Case(123, MONDAY, sender=None, reach="none").open_needed()
    case.forward("ZDMK").answer().accept().draft().send_letters()
    assert set(case.case.letters) == {"N2.1.R1"}
    assert carried_out(case.wait_for_window(), None)


def test_a_case_that_ended_otherwise_owes_no_outcome() -> None:
    """Neither that of an earlier round, nor one that nobody approved."""
    again = in_the_window(replied()).ask_to_reopen().reopen().hand_over("EXT-GAZ").send_letters()
    stopped = approval().send_letters().withdraw_report().stop_on_withdrawal().send_letters()
    for case in (again, stopped):
        case.close()
        assert case.case.reply is not None
        assert [order.key for order in letters.letters_due(case.case)] == []


def test_the_same_letter_is_recorded_once() -> None:
    case = a_case()
    order = next(iter(letters.letters_due(Case(123, MONDAY).case)))
    version = case.case.version
    case.send_letter(order)
    assert case.case.version == version
