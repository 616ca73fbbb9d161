"""The state machine of an intervention: which command is allowed at which stage, and its event.

The aggregate asks this table and nothing else; the row numbers are those of the process page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Refusal
from domain.interventions.refusals import CaseClosed, StageForbids

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

STAGES = (
    "triage",
    "awaiting_supplement",
    "with_units",
    "drafting",
    "approval",
    "replied",
    "ending",
    "closed",
)
OPEN_STAGES = STAGES[:-1]
"""At `ending` the outcome is decided, and the last letters are on their way."""
BEFORE_THE_END = STAGES[:-2]
UNANSWERED = tuple(stage for stage in OPEN_STAGES if stage not in ("replied", "ending"))
ON_THE_MERITS = ("triage", "with_units", "drafting", "approval", "replied")
"""Where a report may turn out to be something else."""

AFTER_PART = ("drafting", "approval", "replied")
"""Where units may still owe their answers, once it was decided to reply in part."""

LATE = {
    "AnswerReferral": "AnswerLate",
    "AcceptFeedback": "AcceptLate",
    "ReturnFeedback": "ReturnLate",
    "AcceptAsItIs": "AcceptLateAsItIs",
    "OrderAgain": "OrderLateAgain",
    "TakeOverFeedback": "TakeOverLate",
    "WaitForUnit": "WaitLonger",
    "WriteOffReferral": "WriteOffLate",
    "OrderOtherUnit": "OrderOtherUnitLate",
    "ReturnReferral": "ReturnReferralLate",
    "RerouteReferral": "RerouteLate",
    "DecideCompetence": "DecideCompetenceLate",
    "GiveInterimInformation": "InformLate",
    "RequestExtension": "RequestExtensionLate",
    "GrantExtension": "GrantExtensionLate",
    "RefuseExtension": "RefuseExtensionLate",
    "RecallReferral": "RecallLate",
    "ConfirmHandOver": "ConfirmHandOverLate",
}
"""What the same commands are called from then on (A26)."""


@dataclass(frozen=True)
class Transition:
    """One row: `to` lists every stage that the case may be at afterwards."""

    row: str
    command: str
    stages: tuple[str, ...]
    to: tuple[str, ...]
    event: str


TRANSITIONS = (
    Transition("A2", "DeclareEmergency", OPEN_STAGES, OPEN_STAGES, "EmergencyDeclared"),
    Transition("A2", "RecordEmergencyCall", OPEN_STAGES, OPEN_STAGES, "EmergencyPassedOn"),
    Transition("A2", "DenyEmergency", OPEN_STAGES, OPEN_STAGES, "NotAnEmergency"),
    Transition("A3", "ForwardIntervention", ("triage",), ("with_units",), "Forwarded"),
    Transition("A4", "HandOverIntervention", ("triage",), ("with_units", "ending"), "Forwarded"),
    Transition(
        "A4", "ConfirmHandOver", ("with_units",), ("with_units", "drafting", "ending"), "HandedOver"
    ),
    Transition("A5", "AnswerAtOnce", ("triage",), ("drafting",), "AnsweredAtOnce"),
    Transition("A8", "LeaveAside", ("triage",), ("closed",), "Closed"),
    Transition("A6", "AskSupplement", ("triage",), ("awaiting_supplement",), "SupplementAsked"),
    Transition(
        "A7", "SupplementIntervention", ("awaiting_supplement",), ("triage",), "Supplemented"
    ),
    Transition(
        "A8",
        "LapseSupplement",
        ("awaiting_supplement",),
        ("awaiting_supplement",),
        "SupplementLapsed",
    ),
    Transition("A8", "LeaveWithoutConsideration", ("awaiting_supplement",), ("closed",), "Closed"),
    Transition("A8", "ConsiderAsItIs", ("awaiting_supplement",), ("triage",), "IncompleteAccepted"),
    Transition(
        "A9",
        "ProposeRequalification",
        ON_THE_MERITS,
        ON_THE_MERITS,
        "RequalificationProposed",
    ),
    Transition("A10", "ConfirmRequalification", ON_THE_MERITS, ("ending",), "Requalified"),
    Transition(
        "A10", "RejectRequalification", ON_THE_MERITS, ON_THE_MERITS, "RequalificationRejected"
    ),
    Transition("A11", "MarkDuplicate", ("triage", "with_units"), ("ending",), "MarkedDuplicate"),
    Transition("A11", "UnlinkDuplicate", ("ending", "closed"), ("triage",), "DuplicateUnlinked"),
    Transition("A12", "AnswerReferral", ("with_units",), ("with_units",), "ReferralAnswered"),
    Transition("A13", "ReturnReferral", ("with_units",), ("with_units",), "ReferralReturned"),
    Transition("A14", "RerouteReferral", ("with_units",), ("with_units",), "Forwarded"),
    Transition("A15", "DecideCompetence", ("with_units",), ("with_units",), "CompetenceDecided"),
    Transition(
        "A16",
        "GiveInterimInformation",
        ("with_units",),
        ("with_units",),
        "InterimInformationGiven",
    ),
    Transition("A17", "RequestExtension", ("with_units",), ("with_units",), "ExtensionRequested"),
    Transition("A17", "GrantExtension", ("with_units",), ("with_units",), "ExtensionGranted"),
    Transition("A17", "RefuseExtension", ("with_units",), ("with_units",), "ExtensionRefused"),
    Transition(
        "A18", "AcceptFeedback", ("with_units",), ("with_units", "drafting"), "FeedbackAccepted"
    ),
    Transition("A19", "ReturnFeedback", ("with_units",), ("with_units",), "FeedbackReturned"),
    Transition(
        "A19", "AcceptAsItIs", ("with_units",), ("with_units", "drafting"), "FeedbackAcceptedAsIs"
    ),
    Transition("A19", "OrderAgain", ("with_units",), ("with_units",), "FeedbackOrderedAgain"),
    Transition(
        "A19", "TakeOverFeedback", ("with_units",), ("with_units", "drafting"), "FeedbackTakenOver"
    ),
    Transition("A20", "WaitForUnit", ("with_units",), ("with_units",), "WaitDecided"),
    Transition("A20", "OrderOtherUnit", ("with_units",), ("with_units",), "OtherUnitOrdered"),
    Transition(
        "A20", "WriteOffReferral", ("with_units",), ("with_units", "drafting"), "ReferralWrittenOff"
    ),
    Transition(
        "A21",
        "RecallReferral",
        ("with_units",),
        ("with_units", "drafting", "triage", "ending"),
        "ReferralRecalled",
    ),
    Transition("A22", "ReplyInPart", ("with_units",), ("drafting",), "PartialReplyDecided"),
    Transition("A22", "WaitForTheRest", ("with_units",), ("with_units",), "WaitDecided"),
    Transition("A23", "SubmitReply", ("drafting",), ("approval", "replied"), "ReplySubmitted"),
    Transition("A24", "ApproveReply", ("approval",), ("replied",), "ReplyApproved"),
    Transition("A24", "ReturnReply", ("approval",), ("drafting",), "ReplyReturned"),
    Transition("A25", "CorrectAddress", OPEN_STAGES, OPEN_STAGES, "BounceHandled"),
    Transition("A25", "SendByPost", OPEN_STAGES, OPEN_STAGES, "BounceHandled"),
    Transition("A25", "GiveOtherwise", OPEN_STAGES, OPEN_STAGES, "BounceHandled"),
    Transition("A25", "NoteOnFile", OPEN_STAGES, OPEN_STAGES, "BounceHandled"),
    Transition("A25", "RecordPosting", OPEN_STAGES, OPEN_STAGES, "NoticeSent"),
    Transition("A25", "RecordReceipt", OPEN_STAGES, OPEN_STAGES, "NoticeDelivered"),
    Transition("A25", "RecordReturn", OPEN_STAGES, OPEN_STAGES, "NoticeBounced"),
    *(
        Transition("A26", late, AFTER_PART, AFTER_PART, event)
        for late, event in (
            ("AnswerLate", "ReferralAnswered"),
            ("AcceptLate", "FeedbackAccepted"),
            ("ReturnLate", "FeedbackReturned"),
            ("AcceptLateAsItIs", "FeedbackAcceptedAsIs"),
            ("OrderLateAgain", "FeedbackOrderedAgain"),
            ("TakeOverLate", "FeedbackTakenOver"),
            ("WaitLonger", "WaitDecided"),
            ("WriteOffLate", "ReferralWrittenOff"),
            ("OrderOtherUnitLate", "OtherUnitOrdered"),
            ("ReturnReferralLate", "ReferralReturned"),
            ("RerouteLate", "Forwarded"),
            ("DecideCompetenceLate", "CompetenceDecided"),
            ("InformLate", "InterimInformationGiven"),
            ("RequestExtensionLate", "ExtensionRequested"),
            ("GrantExtensionLate", "ExtensionGranted"),
            ("RefuseExtensionLate", "ExtensionRefused"),
            ("RecallLate", "ReferralRecalled"),
            ("ConfirmHandOverLate", "HandedOver"),
        )
    ),
    Transition("A25", "CorrectLetter", OPEN_STAGES, OPEN_STAGES, "LetterCorrected"),
    Transition("-", "TellState", UNANSWERED, UNANSWERED, "StateTold"),
    Transition("A27", "ReopenIntervention", ("replied",), ("replied",), "ReopenRequested"),
    Transition("A27", "Reopen", ("replied",), ("triage",), "Reopened"),
    Transition("A27", "DeclineReopening", ("replied",), ("replied",), "ReopeningDeclined"),
    Transition("A27", "FindComplaint", ("replied",), ("replied",), "RequalificationProposed"),
    Transition("A30", "GiveDelayNotice", UNANSWERED, UNANSWERED, "DelayNotified"),
    Transition("A31", "WithdrawIntervention", BEFORE_THE_END, BEFORE_THE_END, "WithdrawalReceived"),
    Transition("A31", "StopOnWithdrawal", BEFORE_THE_END, ("ending",), "Withdrawn"),
    Transition("A31", "ContinueExOfficio", BEFORE_THE_END, BEFORE_THE_END, "ContinuedExOfficio"),
    Transition("A32", "HoldCase", OPEN_STAGES, OPEN_STAGES, "Held"),
    Transition("A32", "ResumeCase", OPEN_STAGES, OPEN_STAGES, "Resumed"),
    Transition("A32", "RecountTerms", OPEN_STAGES, OPEN_STAGES, "TermRecounted"),
    Transition("op", "CorrectData", OPEN_STAGES, OPEN_STAGES, "DataCorrected"),
    Transition("op", "FileDocument", STAGES, STAGES, "DocumentFiled"),
    Transition("op", "CloseAsRegisteredInError", BEFORE_THE_END, ("ending",), "RegisteredInError"),
    Transition("op", "TakeTaskBack", OPEN_STAGES, OPEN_STAGES, "TaskTakenBack"),
    Transition("op", "MoveTerm", OPEN_STAGES, OPEN_STAGES, "TermMoved"),
    Transition("op", "ReopenStep", OPEN_STAGES, OPEN_STAGES, "StepReopened"),
    Transition("A33", "StopWorkflow", OPEN_STAGES, OPEN_STAGES, "WorkflowStopped"),
    Transition("A33", "RestartWorkflow", OPEN_STAGES, OPEN_STAGES, "StopJustified"),
    Transition("A33", "CloseInError", BEFORE_THE_END, ("ending",), "RegisteredInError"),
    Transition("A28", "KeepPromise", ("replied",), ("replied",), "PromiseKept"),
    Transition("A28", "MovePromise", ("replied",), ("replied",), "PromiseMoved"),
    Transition("A28", "BreakPromise", ("replied",), ("replied",), "PromiseBroken"),
    Transition("A28", "GiveUpPromise", ("replied",), ("replied",), "PromiseGivenUp"),
    Transition("A29", "CloseIntervention", ("replied", "ending"), ("closed",), "Closed"),
)

_BY_COMMAND = {transition.command: transition for transition in TRANSITIONS}


def transition_of(command: str) -> Transition:
    return _BY_COMMAND[command]


def of_its_stage(case: "Intervention", command: str) -> str:
    """The row that applies to this command now: another one after a reply in part."""
    return LATE[command] if case.is_partial else command


def stage_allows(stage: str, command: str) -> Iterator[Refusal]:
    """The guard every command begins with."""
    if stage in transition_of(command).stages:
        return
    if stage == "closed":
        yield CaseClosed()
    else:
        yield StageForbids(stage=stage, command=command)
