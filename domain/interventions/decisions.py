"""What each outcome of a task means for its intervention: outcome -> command -> event."""

from typing import cast

from domain.interventions import (
    bounces,
    checks,
    delays,
    deputies,
    duplicates,
    emergencies,
    extensions,
    handling,
    insufficient,
    partial,
    promises,
    referrals,
    reopenings,
    replies,
    returns,
    silence,
    stops,
    supplements,
    transfers,
    triage,
    withdrawals,
)
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
    Result,
    ReturnFeedback,
    ReturnReferral,
    ReturnReply,
    SubmitReply,
)
from domain.interventions.commands_bounces import (
    CorrectAddress,
    GiveOtherwise,
    RecordPosting,
    RecordReceipt,
    RecordReturn,
    SendByPost,
)
from domain.interventions.commands_deputies import TellState
from domain.interventions.commands_duplicates import MarkDuplicate
from domain.interventions.commands_emergencies import DenyEmergency, RecordEmergencyCall
from domain.interventions.commands_promises import (
    BreakPromise,
    GiveUpPromise,
    KeepPromise,
    MovePromise,
)
from domain.interventions.commands_sender import (
    AskSupplement,
    ConsiderAsItIs,
    ContinueExOfficio,
    DeclineReopening,
    FindComplaint,
    LeaveWithoutConsideration,
    Reopen,
    StopOnWithdrawal,
)
from domain.interventions.commands_transfers import (
    ConfirmRequalification,
    ProposeRequalification,
    RejectRequalification,
)
from domain.interventions.commands_triage import (
    AnswerAtOnce,
    HandOverIntervention,
    LeaveAside,
)
from domain.interventions.commands_units import (
    AcceptAsItIs,
    GiveDelayNotice,
    GrantExtension,
    OrderAgain,
    OrderOtherUnit,
    RefuseExtension,
    ReplyInPart,
    TakeOverFeedback,
    WaitForTheRest,
    WaitForUnit,
    WriteOffReferral,
)
from domain.interventions.model import Intervention
from domain.interventions.others import Others, no_others
from domain.messages import Act, Message
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.refusals import OutcomeNotOffered


def decide(
    intervention: Intervention,
    order: TaskOrder,
    outcome: str,
    form: Message,
    act: Act,
    book: Rulebook,
    *,
    recorded: bool = False,
    others: Others = no_others,
) -> None:
    """Carry out the decision on the case, or refuse it.

    `recorded` marks what a person only wrote down for a unit that had sent a letter.
    """
    match form:
        case ForwardIntervention():
            referrals.forward(intervention, form, act, book)
        case HandOverIntervention():
            triage.hand_over(intervention, form, act, book)
        case AnswerAtOnce():
            triage.answer_at_once(intervention, form, act)
        case LeaveAside():
            handling.leave_aside(intervention, form, act)
        case AskSupplement():
            supplements.ask_supplement(intervention, form, act, book)
        case LeaveWithoutConsideration() | ConsiderAsItIs():
            supplements.decide_incomplete(intervention, form, act, book)
        case Reopen() | DeclineReopening():
            reopenings.review_reopening(intervention, form, act, book)
        case FindComplaint():
            reopenings.find_complaint(intervention, form, act, book)
        case StopOnWithdrawal() | ContinueExOfficio():
            withdrawals.decide_withdrawal(intervention, form, act)
        case AnswerReferral():
            result = cast(Result, outcome)
            referrals.answer(
                intervention, order.subject, result, form, act, book, recorded=recorded
            )
        case ReturnReferral():
            returns.return_referral(intervention, order.subject, form, act, book, recorded=recorded)
        case RerouteReferral() | DecideCompetence():
            returns.send_on(intervention, order.subject, form, act, book)
        case InsistOnUnit():
            unit = intervention.referrals[order.subject].unit
            # What was fit for the unit the first time is so again.
            again = RerouteReferral(unit=unit, reason=form.reason, redacted=True)
            returns.send_on(intervention, order.subject, again, act, book)
        case AcceptFeedback():
            checks.accept_feedback(intervention, order.subject, form, act)
        case ReturnFeedback():
            checks.return_feedback(intervention, order.subject, form, act, book)
        case SubmitReply():
            replies.submit_reply(intervention, form, act, book)
        case ApproveReply():
            replies.approve_reply(intervention, form, act, book)
        case ReturnReply():
            replies.return_reply(intervention, form, act)
        case GrantExtension() | RefuseExtension():
            extensions.decide_extension(intervention, order.subject, form, act, book)
        case ReplyInPart() | WaitForTheRest():
            partial.decide_partial(intervention, order.subject, form, act)
        case WaitForUnit():
            silence.wait_for_unit(intervention, order.subject, form, act, book)
        case OrderOtherUnit():
            silence.order_other_unit(intervention, order.subject, form, act, book)
        case WriteOffReferral():
            silence.write_off(intervention, order.subject, form, act)
        case AcceptAsItIs() | OrderAgain() | TakeOverFeedback():
            insufficient.settle_insufficient(intervention, order.subject, form, act, book)
        case GiveDelayNotice():
            delays.give_delay_notice(intervention, form, act, book)
        case RestartWorkflow() | CloseInError():
            stops.justify_stop(intervention, form, act)
        case RecordEmergencyCall():
            emergencies.pass_on(intervention, form, act, book)
        case DenyEmergency():
            emergencies.deny_emergency(intervention, form, act)
        case MarkDuplicate():
            duplicates.mark_duplicate(intervention, form, act, book, others)
        case ProposeRequalification():
            transfers.propose(intervention, form, act, book)
        case ConfirmRequalification() | RejectRequalification():
            transfers.decide_proposal(intervention, form, act, book)
        case TellState():
            deputies.tell_state(intervention, form, act)
        case KeepPromise() | MovePromise() | BreakPromise() | GiveUpPromise():
            promises.say_of_promise(intervention, order.subject, form, act, book)
        case CorrectAddress() | SendByPost() | GiveOtherwise() | NoteOnFile():
            bounces.handle_bounce(intervention, order, form, act, book)
        case RecordPosting() | RecordReceipt() | RecordReturn():
            bounces.record_post(intervention, order, form, act, book)
        case _:
            raise OutcomeNotOffered(outcome=outcome)
