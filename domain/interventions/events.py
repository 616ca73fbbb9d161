"""What happened to an intervention; `apply` only assigns, as it also runs on replay."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate
from domain.attachments import AttachedFile
from domain.interventions.commands import Attachment, Place
from domain.interventions.entities import Letter, Referral, Reply
from domain.interventions.rounds import go_on_when_answered
from domain.routing import Routing
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class InterventionEvent(Aggregate.Event):
    """Base of the events of an intervention."""

    reference: str


class Registered(InterventionEvent, AggregateCreated):
    TOPIC = "intervention.Registered"
    received_at: datetime
    channel: str
    sender: str | None
    reach: str
    brought_by: str
    text_ref: str | None
    place: Place
    category: str
    emergency: bool
    attachments: tuple[Attachment, ...]
    origin_ref: str | None
    idempotency_key: str
    clocks: dict[str, Term]
    files: tuple[AttachedFile, ...] = ()
    bringer_ref: str | None = None
    """The address of whoever passed it on, kept as a text."""
    handling: str = "motion"
    """As a motion of its sender, or as a signal of nobody: decided by the setting of that day."""
    call_needed: bool = True
    """Of an emergency: whether the duty officer has to telephone. Not when its time is over as the
    case is taken over from another register."""

    def apply(self, case: "Intervention") -> None:
        case.reference = self.reference
        case.bringer_ref = self.bringer_ref
        case.received_at = self.received_at
        case.registered_at = self.timestamp
        case.channel = self.channel
        case.sender = self.sender
        case.reach = self.reach
        case.handling = self.handling
        case.brought_by = self.brought_by
        case.text_ref = self.text_ref
        case.place = self.place
        case.category = self.category
        case.emergency = self.emergency
        case.triage_since = self.received_at
        if self.emergency and self.call_needed:
            case.alarms = 1
            case.alarm_since = self.timestamp
        case.clocks = dict(self.clocks)
        case.stage = "triage"


class Forwarded(InterventionEvent):
    """One for each referral."""

    TOPIC = "intervention.Forwarded"
    referral: str
    round: int
    unit: str
    unit_kind: str
    mode: str
    lead: bool
    question_ref: str
    redacted: bool
    routing: Routing
    reason_ref: str | None
    claim_by: Term | None
    feedback_by: Term | None
    replaces: str | None = None
    """The returned referral that is sent on with this one."""
    told_ref: str | None = None
    """What the sender is told of it, after a reply in part."""

    def apply(self, case: "Intervention") -> None:
        returned = case.referrals.get(self.replaces or "")
        if returned is not None:
            case.referrals[returned.ref] = returned.changed(followed_by=self.referral)
        case.referrals[self.referral] = Referral(
            ref=self.referral,
            unit=self.unit,
            unit_kind=self.unit_kind,
            mode=self.mode,
            lead=self.lead,
            question_ref=self.question_ref,
            round=self.round,
            claim_by=self.claim_by,
            feedback_by=self.feedback_by,
            sent_at=self.timestamp,
            hop=returned.hop if returned else 0,
            triage=case.triages,
        )
        case.tell_of(self.referral, self.told_ref, self.by)
        case.triaged_at = case.triaged_at or self.timestamp
        if case.stage == "triage":
            case.stage = "with_units"


class ReferralAnswered(InterventionEvent):
    TOPIC = "intervention.ReferralAnswered"
    referral: str
    result: str
    promised_on: date | None
    text_ref: str | None
    attachments: tuple[Attachment, ...]
    recorded_by: str | None
    """Who wrote it down, when the unit answered by letter."""
    files: tuple[AttachedFile, ...] = ()

    def apply(self, case: "Intervention") -> None:
        referral = case.referrals[self.referral]
        case.referrals[self.referral] = referral.changed(
            state="answered",
            result=self.result,
            promised_on=self.promised_on,
            answered_by=(*referral.answered_by, self.by),
            answered_at=self.timestamp,
            answer_ref=self.text_ref,
            request=None,
        )


class ReferralReturned(InterventionEvent):
    """The unit says that the matter is not its own."""

    TOPIC = "intervention.ReferralReturned"
    referral: str
    reason_ref: str
    suggested: str | None
    hop: int
    """How often the matter was returned so far, this time included."""
    disputed: bool
    """So often that the head settles which unit is competent."""
    return_by: Term
    late: bool
    note_ref: str | None
    recorded_by: str | None

    def apply(self, case: "Intervention") -> None:
        case.referrals[self.referral] = case.referrals[self.referral].changed(
            state="returned", returned_at=self.timestamp, hop=self.hop, disputed=self.disputed
        )


class CompetenceDecided(InterventionEvent):
    """Which unit has to act, whatever it thinks of it; its referral follows in the same save."""

    TOPIC = "intervention.CompetenceDecided"
    referral: str
    """The one that was returned."""
    unit: str
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.competent[self.unit] = case.round


class FeedbackAccepted(InterventionEvent):
    TOPIC = "intervention.FeedbackAccepted"
    referral: str
    told_ref: str | None = None
    """What the sender is told of it, when the reply was one in part."""

    def apply(self, case: "Intervention") -> None:
        case.referrals[self.referral] = case.referrals[self.referral].changed(
            state="accepted", accepted_at=self.timestamp
        )
        case.tell_of(self.referral, self.told_ref, self.by)
        case.arm_promise(self.referral)
        case.drafting_since = self.timestamp
        go_on_when_answered(case)


class FeedbackReturned(InterventionEvent):
    TOPIC = "intervention.FeedbackReturned"
    referral: str
    what_is_missing_ref: str
    number: int
    feedback_by: Term | None
    """None when it was returned too often: then a post above decides what becomes of it."""

    def apply(self, case: "Intervention") -> None:
        referral = case.referrals[self.referral]
        if self.feedback_by is None:
            changed = referral.changed(insufficient_since=self.timestamp)
        else:
            changed = referral.changed(
                state="sent", turn=referral.turn + 1, feedback_by=self.feedback_by, claim_by=None
            )
        case.referrals[self.referral] = changed


class ReplySubmitted(InterventionEvent):
    TOPIC = "intervention.ReplySubmitted"
    draft: int
    outcome: str
    text_ref: str
    reasons_ref: str | None
    partial: bool
    sensitive: tuple[str, ...]
    """Why it needs approval, in alphabetical order."""
    window: Term | None
    """The time for reopening, when the reply is final and there is nobody to send it to."""

    def apply(self, case: "Intervention") -> None:
        case.drafts = self.draft
        case.draft_authors[self.by] = f"author of draft {self.draft}"
        case.reply = Reply(
            draft=self.draft,
            text_ref=self.text_ref,
            reasons_ref=self.reasons_ref,
            outcome=self.outcome,
            author=self.by,
            sensitive=self.sensitive,
            partial=self.partial,
            settled_at=self.timestamp,
        )
        case.window = self.window
        case.stage = "approval" if self.sensitive else "replied"


class ReplyApproved(InterventionEvent):
    TOPIC = "intervention.ReplyApproved"
    draft: int
    window: Term | None

    def apply(self, case: "Intervention") -> None:
        if case.reply is not None:
            case.reply = case.reply.approved(self.by, self.timestamp)
        case.window = self.window
        case.stage = "replied"


class ReplyReturned(InterventionEvent):
    TOPIC = "intervention.ReplyReturned"
    draft: int
    note_ref: str

    def apply(self, case: "Intervention") -> None:
        case.drafting_since = self.timestamp
        case.stage = "drafting"


class NoticeEvent(InterventionEvent):
    """Base of what is known of a letter: kind, round and recipient say which one."""

    kind: str
    round: int
    recipient: str

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.round}.{self.recipient}"


class NoticeSent(NoticeEvent):
    TOPIC = "intervention.NoticeSent"
    channel: str
    message_id: str
    recipient_ref: str
    attempt: int = 1
    posted_on: date | None = None
    """The day on which a person handed it to the post."""

    def apply(self, case: "Intervention") -> None:
        case.letters[self.key] = Letter(
            message_id=self.message_id,
            sent_at=self.timestamp,
            channel=self.channel,
            attempt=self.attempt,
        )


class NoticeDelivered(NoticeEvent):
    TOPIC = "intervention.NoticeDelivered"
    window: Term | None
    supplement_by: Term | None = None
    """The time for a supplement, when the letter calls for one."""

    def apply(self, case: "Intervention") -> None:
        case.letters[self.key] = case.letters[self.key].turned("delivered")
        case.window = self.window or case.window
        if self.supplement_by is not None:
            case.clocks["supplement"] = self.supplement_by


class NoticeBounced(NoticeEvent):
    TOPIC = "intervention.NoticeBounced"
    code: int | None

    def apply(self, case: "Intervention") -> None:
        case.letters[self.key] = case.letters[self.key].turned("bounced")
        case.bounced_at[self.key] = self.timestamp


class HandedOver(InterventionEvent):
    """The body that has to act received the matter; it owes the City no feedback."""

    TOPIC = "intervention.HandedOver"
    referral: str
    received_on: date

    def apply(self, case: "Intervention") -> None:
        case.referrals[self.referral] = case.referrals[self.referral].changed(state="handed_over")
        case.drafting_since = self.timestamp
        go_on_when_answered(case)


class ReferralRecalled(InterventionEvent):
    """The unit that still had the matter is told that it is needed no more."""

    TOPIC = "intervention.ReferralRecalled"
    referral: str
    reason_ref: str | None
    alone: bool = False
    """The case goes on without it: it is not called back because the case ends."""
    triage_by: Term | None = None
    """When nobody is asked any more, and triage begins anew."""
    told_ref: str | None = None

    def apply(self, case: "Intervention") -> None:
        case.tell_of(self.referral, self.told_ref, self.by)
        case.referrals[self.referral] = case.referrals[self.referral].changed(state="recalled")
        if self.triage_by is not None:
            case.clocks["triage"] = self.triage_by
            case.back_to_triage(self.timestamp)
        elif self.alone:
            go_on_when_answered(case)


class WorkflowStopped(InterventionEvent):
    """Its run was cancelled in the Temporal UI; the case itself is where it was."""

    TOPIC = "intervention.WorkflowStopped"
    number: int

    def apply(self, case: "Intervention") -> None:
        case.stops = self.number
        case.stopped_at = self.timestamp


class StopJustified(InterventionEvent):
    TOPIC = "intervention.StopJustified"
    number: int
    reason_ref: str

    def apply(self, case: "Intervention") -> None:
        case.stopped_at = None


class Closed(InterventionEvent):
    TOPIC = "intervention.Closed"
    outcome: str
    evidence: tuple[str, ...]
    metrics: dict[str, int]
    reason_ref: str | None = None

    def apply(self, case: "Intervention") -> None:
        case.stage = "closed"
        case.closed_at = self.timestamp
        case.outcome = self.outcome
