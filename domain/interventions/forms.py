"""What an intervention asks of people: its task types, and which of them a case needs now."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    ApproveReply,
    CloseInError,
    DecideCompetence,
    ForwardIntervention,
    InsistOnUnit,
    NoteOnFile,
    RerouteReferral,
    RestartWorkflow,
    ReturnFeedback,
    ReturnReferral,
    ReturnReply,
    SubmitReply,
)
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

RESULTS = ("done", "planned", "not_possible", "no_basis", "information")

TASK_TYPES: dict[str, TaskType] = {
    kind.name: kind
    for kind in (
        TaskType(
            name="triage",
            outcomes={"forward": Outcome(ForwardIntervention)},
            complete="int.triage",
        ),
        TaskType(
            name="answer_referral",
            outcomes={
                **{result: Outcome(AnswerReferral) for result in RESULTS},
                "misrouted": Outcome(ReturnReferral),
            },
            respond="int.unit_ack",
            complete="int.feedback",
            ladder="unit",
            recorders=("KS-06/clerk",),
        ),
        TaskType(
            name="reroute",
            outcomes={"forward": Outcome(RerouteReferral), "insist": Outcome(InsistOnUnit)},
            complete="int.reroute",
        ),
        TaskType(
            name="settle_competence",
            outcomes={"unit": Outcome(DecideCompetence)},
            complete="int.competence",
        ),
        TaskType(
            name="check_feedback",
            outcomes={"accept": Outcome(AcceptFeedback), "return": Outcome(ReturnFeedback)},
            complete="int.check_feedback",
        ),
        TaskType(
            name="draft_reply",
            outcomes={"submitted": Outcome(SubmitReply)},
            complete="int.draft_reply",
        ),
        TaskType(
            name="approve_reply",
            outcomes={"approve": Outcome(ApproveReply), "return": Outcome(ReturnReply)},
            complete="int.approve_reply",
        ),
        TaskType(
            name="justify_stop",
            outcomes={
                "restart": Outcome(RestartWorkflow),
                "close_in_error": Outcome(CloseInError),
            },
            complete="int.reroute",
        ),
        TaskType(
            name="handle_bounce",
            outcomes={"file_note": Outcome(NoteOnFile)},
            complete="int.bounce",
        ),
    )
}


def tasks_needed(case: "Intervention") -> Iterator[TaskOrder]:
    """The tasks that the case waits for at its stage; the same state always names the same ones."""
    if case.stage == "triage":
        yield TaskOrder(type="triage", subject=WHOLE_CASE, round=case.round)
    if case.stage == "with_units":
        for referral in case.referrals.values():
            if referral.state == "sent" and referral.mode == "feedback":
                yield TaskOrder(type="answer_referral", subject=referral.ref, round=referral.turn)
            if referral.waits_for_its_way:
                kind = "settle_competence" if referral.disputed else "reroute"
                yield TaskOrder(type=kind, subject=referral.ref, round=referral.turn)
            if referral.state == "answered":
                yield TaskOrder(type="check_feedback", subject=referral.ref, round=referral.turn)
    if case.stage == "drafting":
        yield TaskOrder(type="draft_reply", subject=WHOLE_CASE, round=case.drafts + 1)
    if case.stage == "approval":
        yield TaskOrder(type="approve_reply", subject=WHOLE_CASE, round=case.drafts)
    if case.stopped_at is not None and case.stage != "closed":
        yield TaskOrder(type="justify_stop", subject=WHOLE_CASE, round=case.stops)
    if case.stage != "closed":
        yield from _bounces(case)


def _bounces(case: "Intervention") -> Iterator[TaskOrder]:
    for key, letter in case.letters.items():
        if letter.state == "bounced":
            kind, round_, recipient = key.split(".")
            subject = kind if recipient == "sender" else recipient
            yield TaskOrder(type="handle_bounce", subject=subject, round=int(round_))


def candidates(case: "Intervention", order: TaskOrder) -> tuple[str, ...]:
    """The posts that the task is offered to."""
    if order.type == "answer_referral":
        return (f"{case.referrals[order.subject].unit}/coordinator",)
    if order.type == "justify_stop":
        return ("KS-06/head", "operator")
    if order.type == "settle_competence":
        return ("KS-06/head",)
    if order.type == "approve_reply":
        press = case.reply is not None and "media" in case.reply.sensitive
        return ("director",) if press else ("KS-06/head",)
    return ("KS-06/clerk",)


def excluded(case: "Intervention", order: TaskOrder) -> dict[str, str]:
    """Who took part earlier and may not decide this task (zasada dwóch par oczu)."""
    if order.type == "check_feedback":
        answered_by = case.referrals[order.subject].answered_by
        return dict.fromkeys(answered_by, f"answered {order.subject}")
    if order.type == "approve_reply":
        return dict(case.draft_authors)
    return {}


def started_at(case: "Intervention", order: TaskOrder) -> datetime:
    """The moment from which the term of the task runs: the fact that made it necessary."""
    referral = case.referrals.get(order.subject)
    if order.type == "triage":
        return case.received_at
    if order.type == "answer_referral" and referral is not None:
        return referral.feedback_by.start if referral.feedback_by else referral.sent_at
    if order.type in ("reroute", "settle_competence") and referral is not None:
        return referral.returned_at or referral.sent_at
    if order.type == "check_feedback" and referral is not None:
        return referral.answered_at or referral.sent_at
    if order.type == "draft_reply":
        return case.returned_at or case.feedback_complete_at or case.received_at
    if order.type == "approve_reply" and case.reply is not None and case.reply.settled_at:
        return case.reply.settled_at
    if order.type == "justify_stop" and case.stopped_at is not None:
        return case.stopped_at
    if order.type == "handle_bounce":
        return case.bounced_at[case.letter_of(order)]
    return case.registered_at


def complete_rule(case: "Intervention", order: TaskOrder) -> str:
    """The term rule of the task; a returned answer has a shorter one than the first."""
    if order.type == "answer_referral" and order.round > 1:
        return "int.rework"
    return TASK_TYPES[order.type].complete


def respond_rule(order: TaskOrder) -> str | None:
    """The rule by which somebody has to take it; a returned answer was taken before."""
    return TASK_TYPES[order.type].respond if order.round == 1 else None
