"""The intervention: a resident's report and its case, from receipt to closing (§ 9 pt 1-3)."""

from datetime import datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.errors import refuse_if_any
from domain.interventions import events, rules
from domain.interventions.commands import (
    AnswerReferral,
    ForwardIntervention,
    NoteOnFile,
    Place,
    Reach,
    RecordNotice,
    ReferralOrder,
    RegisterIntervention,
    Result,
    ReturnFeedback,
    ReturnReply,
    SubmitReply,
)
from domain.interventions.entities import Letter, Referral, Reply
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.references import aggregate_id
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.terms import Term
from domain.working_days import local_day

CLOCKS = {
    "acknowledgement": "int.ack",
    "triage": "int.triage",
    "forwarding": "kpa.forward_motion",
    "settlement": "kpa.settle_motion",
}


class Intervention(Aggregate):
    """An interwencja. Guards are in `rules`; the state machine is in `transitions`."""

    TOPIC = "intervention"

    Event = events.InterventionEvent
    Registered = events.Registered
    Forwarded = events.Forwarded
    ReferralAnswered = events.ReferralAnswered
    ReferralReturned = events.ReferralReturned
    CompetenceDecided = events.CompetenceDecided
    FeedbackAccepted = events.FeedbackAccepted
    FeedbackReturned = events.FeedbackReturned
    ReplySubmitted = events.ReplySubmitted
    ReplyApproved = events.ReplyApproved
    ReplyReturned = events.ReplyReturned
    NoticeSent = events.NoticeSent
    NoticeDelivered = events.NoticeDelivered
    NoticeBounced = events.NoticeBounced
    BounceHandled = events.BounceHandled
    HandedOver = events.HandedOver
    WorkflowStopped = events.WorkflowStopped
    StopJustified = events.StopJustified
    Closed = events.Closed

    def __init__(self) -> None:
        self.reference: str
        self.received_at: datetime
        self.registered_at: datetime
        self.channel: str
        self.sender: str | None
        self.reach: str
        self.brought_by: str
        self.text_ref: str | None
        self.place: Place
        self.category: str
        self.emergency: bool
        self.clocks: dict[str, Term]
        self.stage: str
        self.round = 1
        self.on_hold = False
        self.referrals: dict[str, Referral] = {}
        self.competent: dict[str, int] = {}
        self.letters: dict[str, Letter] = {}
        self.bounced_at: dict[str, datetime] = {}
        self.feedback_complete_at: datetime | None = None
        self.returned_at: datetime | None = None
        self.reply: Reply | None = None
        self.drafts = 0
        self.draft_authors: dict[str, str] = {}
        self.window: Term | None = None
        self.outcome: str | None = None
        self.stops = 0
        self.stopped_at: datetime | None = None

    @classmethod
    def register(
        cls,
        command: RegisterIntervention,
        act: Act,
        reference: str,
        reach: Reach,
        book: Rulebook,
    ) -> Self:
        """Take the report in (A1); its clocks run from the first receipt at the Office."""
        refuse_if_any(rules.registering(command, act, book))
        terms = dict(CLOCKS)
        if command.brought_by in ("councillor", "mp", "senator"):
            terms["state_notice"] = "kpa.deputy_notice"
        return cls.born(
            events.Registered,
            aggregate_id("intervention", reference),
            act,
            reference=reference,
            received_at=command.received_at,
            channel=command.channel,
            sender=command.sender,
            reach=reach,
            brought_by=command.brought_by,
            text_ref=command.text,
            place=command.place,
            category=command.category,
            emergency=book.routing.category(command.category).emergency,
            attachments=command.attachments,
            origin_ref=command.origin_ref,
            idempotency_key=act.command_id,
            clocks={
                name: book.deadlines.term(rule, command.received_at) for name, rule in terms.items()
            },
        )

    @property
    def open_referrals(self) -> tuple[Referral, ...]:
        return tuple(referral for referral in self.referrals.values() if referral.open)

    @property
    def outcome_letter(self) -> Letter | None:
        return self.letters.get(f"N5.{self.round}.sender")

    def letter_of(self, order: TaskOrder) -> str:
        """The key of the letter that a `handle_bounce` task is about."""
        recipient = order.subject if order.subject.startswith("R") else "sender"
        kind = "N2" if order.subject.startswith("R") else order.subject
        return f"{kind}.{order.round}.{recipient}"

    def go_on_when_answered(self) -> None:
        """No referral is open or waits to be sent on: the reply can be written (A21)."""
        waiting = any(referral.waits_for_its_way for referral in self.referrals.values())
        if not self.open_referrals and not waiting:
            self.stage = "drafting"

    def forward(self, command: ForwardIntervention, act: Act, book: Rulebook) -> None:
        """One question to each unit (A3)."""
        refuse_if_any(rules.forwarding(self, command, act, book))
        for order in command.referrals:
            self.refer(order, command.reason, act, book)

    def refer(
        self,
        order: ReferralOrder,
        reason: str | None,
        act: Act,
        book: Rulebook,
        replaces: str | None = None,
    ) -> None:
        """One question to one unit; guards are with those who ask for it."""
        feedback = order.mode == "feedback"
        self.record(
            events.Forwarded,
            act,
            reference=self.reference,
            referral=f"R{len(self.referrals) + 1}",
            round=self.round,
            unit=order.unit,
            unit_kind=book.routing.unit(order.unit).kind,
            mode=order.mode,
            lead=order.lead,
            question_ref=order.question,
            redacted=order.redacted,
            routing=book.routing.propose(self.category),
            reason_ref=reason,
            claim_by=book.deadlines.term("int.unit_ack", act.at) if feedback else None,
            feedback_by=book.deadlines.term("int.feedback", act.at) if feedback else None,
            replaces=replaces,
        )

    def answer(
        self,
        referral: str,
        result: Result,
        command: AnswerReferral,
        act: Act,
        book: Rulebook,
        *,
        recorded: bool = False,
    ) -> None:
        """What the unit reports back, itself or by a letter that somebody recorded (A12)."""
        refuse_if_any(rules.answering(self, referral, result, command, act, book))
        self.record(
            events.ReferralAnswered,
            act,
            reference=self.reference,
            referral=referral,
            result=result,
            promised_on=command.promised_on if result == "planned" else None,
            text_ref=command.text,
            attachments=command.attachments,
            recorded_by=act.by if recorded else None,
        )

    def accept_feedback(self, referral: str, act: Act, book: Rulebook) -> None:
        refuse_if_any(rules.checking(self, referral, "AcceptFeedback", book))
        self.record(events.FeedbackAccepted, act, reference=self.reference, referral=referral)

    def return_feedback(
        self, referral: str, command: ReturnFeedback, act: Act, book: Rulebook
    ) -> None:
        """Back to the unit, with what is missing (A19)."""
        refuse_if_any(rules.checking(self, referral, "ReturnFeedback", book))
        self.record(
            events.FeedbackReturned,
            act,
            reference=self.reference,
            referral=referral,
            what_is_missing_ref=command.what_is_missing,
            number=self.referrals[referral].turn,
            feedback_by=book.deadlines.term("int.rework", act.at),
        )

    def submit_reply(self, command: SubmitReply, act: Act, book: Rulebook) -> None:
        """The draft of the outcome; without a sensitive reason it is final at once (A23)."""
        refuse_if_any(rules.replying(self, command))
        sensitive = rules.sensitivity(self, command, book)
        self.record(
            events.ReplySubmitted,
            act,
            reference=self.reference,
            draft=self.drafts + 1,
            outcome=command.outcome,
            text_ref=command.text,
            reasons_ref=command.reasons,
            partial=False,
            sensitive=sensitive,
            window=None if sensitive else self._silent_window(act, book),
        )

    def approve_reply(self, act: Act, book: Rulebook) -> None:
        refuse_if_any(stage_allows(self.stage, "ApproveReply"))
        self.record(
            events.ReplyApproved,
            act,
            reference=self.reference,
            draft=self.drafts,
            window=self._silent_window(act, book),
        )

    def return_reply(self, command: ReturnReply, act: Act) -> None:
        refuse_if_any(stage_allows(self.stage, "ReturnReply"))
        self.record(
            events.ReplyReturned,
            act,
            reference=self.reference,
            draft=self.drafts,
            note_ref=command.note,
        )

    def _silent_window(self, act: Act, book: Rulebook) -> Term | None:
        """The reopening window of a case whose sender cannot be written to."""
        return None if self.reach == "email" else self._window(act, book)

    def _window(self, act: Act, book: Rulebook) -> Term:
        return book.deadlines.term("int.reopen_window", act.at)

    def record_notice(self, command: RecordNotice, act: Act, book: Rulebook) -> None:
        """Note that a letter went out and what became of it; a second record changes nothing."""
        letter = command.letter
        if letter.key in self.letters:
            return
        which = {
            "reference": self.reference,
            "kind": letter.kind,
            "round": letter.round,
            "recipient": letter.recipient,
        }
        self.record(
            events.NoticeSent,
            act,
            channel=command.channel,
            message_id=command.message_id,
            recipient_ref=command.recipient_ref,
            **which,
        )
        if command.result == "delivered":
            window = self._window(act, book) if letter.kind == "N5" else None
            self.record(events.NoticeDelivered, act, window=window, **which)
            self._hand_over(letter.recipient, act)
        else:
            self.record(events.NoticeBounced, act, code=command.code, **which)

    def _hand_over(self, recipient: str, act: Act) -> None:
        """The letter's delivery is the evidence that another body has the matter (A4)."""
        referral = self.referrals.get(recipient)
        refused = any(stage_allows(self.stage, "ConfirmHandOver"))
        if referral is not None and referral.is_being_handed_over and not refused:
            self.record(
                events.HandedOver,
                act,
                reference=self.reference,
                referral=recipient,
                received_on=local_day(act.at),
            )

    def note_bounce(self, order: TaskOrder, command: NoteOnFile, act: Act, book: Rulebook) -> None:
        """The letter cannot be delivered; the note on the file stands for it (A25)."""
        refuse_if_any(stage_allows(self.stage, "NoteOnFile"))
        kind, round_, recipient = self.letter_of(order).split(".")
        self.record(
            events.BounceHandled,
            act,
            reference=self.reference,
            kind=kind,
            round=int(round_),
            recipient=recipient,
            way="file_note",
            note_ref=command.note,
            window=self._window(act, book) if kind == "N5" else None,
        )
        self._hand_over(recipient, act)

    def close(self, act: Act) -> None:
        """End the case with the outcome of the last reply (A29)."""
        refuse_if_any(rules.closing(self, act))
        self.end(self.reply.outcome if self.reply else "done", act)

    def end(self, outcome: str, act: Act, reason_ref: str | None = None) -> None:
        """The last event; what has to be so before is with those who end the case."""
        self.record(
            events.Closed,
            act,
            reference=self.reference,
            outcome=outcome,
            reason_ref=reason_ref,
            evidence=tuple(letter.message_id for letter in self.letters.values()),
            metrics={
                "referrals": len(self.referrals),
                "drafts": self.drafts,
                "days": (local_day(act.at) - local_day(self.received_at)).days,
            },
        )
