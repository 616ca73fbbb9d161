"""The intervention: a resident's report and its case, from receipt to closing (§ 9 pt 1-3)."""

from datetime import date, datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.attachments import attached
from domain.errors import refuse_if_any
from domain.interventions import (
    events,
    events_bounces,
    events_comments,
    events_corrections,
    events_delays,
    events_deputies,
    events_duplicates,
    events_emergencies,
    events_holds,
    events_partial,
    events_promises,
    events_records,
    events_sender,
    events_steps,
    events_terms,
    events_transfers,
    events_triage,
    events_units,
    rules,
)
from domain.interventions.commands import (
    AnswerReferral,
    ForwardIntervention,
    Place,
    Reach,
    ReferralOrder,
    RegisterIntervention,
    Result,
)
from domain.interventions.entities import (
    Correction,
    DelayNotice,
    JoinedSender,
    Joining,
    Letter,
    News,
    Promise,
    PromiseNotice,
    Proposal,
    Referral,
    Reply,
    Supplement,
    Transfer,
)
from domain.interventions.promises import outcome_with_promises
from domain.messages import Act
from domain.references import aggregate_id
from domain.routing_tables import Matter
from domain.rulebook import Rulebook
from domain.terms import Suspension, Term
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
    AnsweredAtOnce = events_triage.AnsweredAtOnce
    SenderDirected = events_triage.SenderDirected
    SupplementAsked = events_sender.SupplementAsked
    Supplemented = events_sender.Supplemented
    SupplementLapsed = events_sender.SupplementLapsed
    IncompleteAccepted = events_sender.IncompleteAccepted
    ReopenRequested = events_sender.ReopenRequested
    Reopened = events_sender.Reopened
    ReopeningDeclined = events_sender.ReopeningDeclined
    WithdrawalReceived = events_sender.WithdrawalReceived
    Withdrawn = events_sender.Withdrawn
    ContinuedExOfficio = events_sender.ContinuedExOfficio
    EmergencyDeclared = events_emergencies.EmergencyDeclared
    EmergencyPassedOn = events_emergencies.EmergencyPassedOn
    NotAnEmergency = events_emergencies.NotAnEmergency
    Forwarded = events.Forwarded
    ReferralAnswered = events.ReferralAnswered
    Commented = events_comments.Commented
    InterimInformationGiven = events.InterimInformationGiven
    ReferralReturned = events.ReferralReturned
    CompetenceDecided = events.CompetenceDecided
    FeedbackAccepted = events.FeedbackAccepted
    FeedbackReturned = events.FeedbackReturned
    ReplySubmitted = events.ReplySubmitted
    ReplyApproved = events.ReplyApproved
    ReplyReturned = events.ReplyReturned
    TermRecounted = events_terms.TermRecounted
    RequalificationProposed = events_transfers.RequalificationProposed
    RequalificationRejected = events_transfers.RequalificationRejected
    Requalified = events_transfers.Requalified
    StateTold = events_deputies.StateTold
    PromiseKept = events_promises.PromiseKept
    PromiseMoved = events_promises.PromiseMoved
    PromiseBroken = events_promises.PromiseBroken
    PromiseGivenUp = events_promises.PromiseGivenUp
    MarkedDuplicate = events_duplicates.MarkedDuplicate
    DuplicateUnlinked = events_duplicates.DuplicateUnlinked
    SenderJoined = events_duplicates.SenderJoined
    SenderLeft = events_duplicates.SenderLeft
    NoticePrepared = events_bounces.NoticePrepared
    NoticeSent = events.NoticeSent
    NoticeDelivered = events.NoticeDelivered
    NoticeBounced = events.NoticeBounced
    BounceHandled = events_bounces.BounceHandled
    HandedOver = events.HandedOver
    LetterCorrected = events_corrections.LetterCorrected
    ReferralRecalled = events.ReferralRecalled
    DelayNotified = events_delays.DelayNotified
    Held = events_holds.Held
    Resumed = events_holds.Resumed
    DataCorrected = events_records.DataCorrected
    RegisteredInError = events_records.RegisteredInError
    DocumentFiled = events_records.DocumentFiled
    TaskTakenBack = events_steps.TaskTakenBack
    TermMoved = events_steps.TermMoved
    StepReopened = events_steps.StepReopened
    ExtensionRequested = events_units.ExtensionRequested
    ExtensionGranted = events_units.ExtensionGranted
    ExtensionRefused = events_units.ExtensionRefused
    WaitDecided = events_units.WaitDecided
    PartialReplyDecided = events_partial.PartialReplyDecided
    OtherUnitOrdered = events_units.OtherUnitOrdered
    ReferralWrittenOff = events_units.ReferralWrittenOff
    FeedbackAcceptedAsIs = events_units.FeedbackAcceptedAsIs
    FeedbackOrderedAgain = events_units.FeedbackOrderedAgain
    FeedbackTakenOver = events_units.FeedbackTakenOver
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
        self.bringer_ref: str | None
        self.state_text_ref: str | None = None
        self.text_ref: str | None
        self.place: Place
        self.category: str
        self.emergency: bool
        self.alarms = 0
        self.alarm_since: datetime | None = None
        self.clocks: dict[str, Term]
        self.stage: str
        self.round = 1
        self.triages = 1
        self.triage_since: datetime
        self.triaged_at: datetime | None = None
        self.taken_back: frozenset[str] = frozenset()
        self.attempts: dict[str, int] = {}
        """By the first task of a step: which task of the step is meant now, after the first."""
        self.terms_moved: dict[str, date] = {}
        self.on_hold = False
        self.supplements: dict[int, Supplement] = {}
        self.standstills: tuple[Suspension, ...] = ()
        self.referrals: dict[str, Referral] = {}
        self.competent: dict[str, int] = {}
        self.letters: dict[str, Letter] = {}
        self.addresses: dict[str, str] = {}
        self.recipients: dict[str, str] = {}
        self.bounced_at: dict[str, datetime] = {}
        self.prepared: dict[int, str] = {}
        self.guidance: dict[int, str] = {}
        self.drafting_since: datetime | None = None
        self.reply: Reply | None = None
        self.drafts = 0
        self.draft_authors: dict[str, str] = {}
        self.delay_foreseen = False
        self.delay_notices: tuple[DelayNotice, ...] = ()
        self.partial_in: int | None = None
        self.late_news: tuple[News, ...] = ()
        self.interim_news: tuple[News, ...] = ()
        self.corrections: tuple[Correction, ...] = ()
        self.promises: dict[str, Promise] = {}
        self.promise_notices: tuple[PromiseNotice, ...] = ()
        self.window: Term | None = None
        self.reopen_requests = 0
        self.reopen_requested_at: datetime | None = None
        """As long as it is not decided whether the case is reopened."""
        self.reopen_texts: dict[int, str] = {}
        self.reviews: tuple[datetime, ...] = ()
        self.declined_reopenings: dict[int, str] = {}
        self.withdrawals = 0
        self.withdrawal_received_at: datetime | None = None
        """As long as it is not decided whether the case goes on without the sender."""
        self.proposals = 0
        self.proposal: Proposal | None = None
        """That it is of another kind, as long as nobody has confirmed or rejected it."""
        self.transfer: Transfer | None = None
        self.joining: Joining | None = None
        self.unlinks = 0
        self.joined: dict[str, JoinedSender] = {}
        self.departures = 0
        self.ending: str | None = None
        """The outcome with which the case closes as soon as its letters are out."""
        self.outcome: str | None = None
        self.closed_at: datetime | None = None
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
            bringer_ref=command.brought_by_email,
            text_ref=command.text,
            place=command.place,
            category=command.category,
            emergency=book.routing.category(command.category).emergency,
            attachments=command.attachments,
            files=attached(command.files),
            origin_ref=command.origin_ref,
            idempotency_key=act.command_id,
            clocks={
                name: book.deadlines.term(rule, command.received_at) for name, rule in terms.items()
            },
        )

    @property
    def matter(self) -> Matter:
        """What the tables of routing decide by."""
        return Matter(
            category=self.category, district=self.place.district, street=self.place.street
        )

    @property
    def open_referrals(self) -> tuple[Referral, ...]:
        return tuple(referral for referral in self.referrals.values() if referral.open)

    @property
    def is_partial(self) -> bool:
        """Answered in part in this round, or about to be."""
        return self.partial_in == self.round

    @property
    def is_replied_in_part(self) -> bool:
        """The text of such a reply is written, and tells nothing of what comes now."""
        return self.is_partial and self.stage in ("approval", "replied")

    @property
    def outstanding(self) -> tuple[Referral, ...]:
        """Units whose answer is still owed, or not checked yet."""
        found = self.referrals.values()
        return tuple(each for each in found if each.owes_answer or each.state == "answered")

    @property
    def settle_by(self) -> Term:
        """The term of the settlement, with the date that was announced last in this round."""
        announced = [each.announced for each in self.delay_notices if each.round == self.round]
        return announced[-1] if announced else self.clocks["settlement"]

    @property
    def running_clocks(self) -> dict[str, Term]:
        """The clocks as first counted, and the announced date beside them."""
        if self.settle_by is self.clocks["settlement"]:
            return self.clocks
        return {**self.clocks, "announced": self.settle_by}

    @property
    def outcome_letter(self) -> Letter | None:
        return self.letters.get(f"N5.{self.round}.sender")

    def back_to_triage(self, since: datetime) -> None:
        """It is qualified once more; called by `apply` of events."""
        self.stage = "triage"
        self.triages += 1
        self.triage_since = since
        self.triaged_at = None

    def begin_to_end(self, outcome: str) -> None:
        """Nothing is asked any more but to send the last letters; called by `apply` of events."""
        self.stage = "ending"
        self.ending = outcome

    def arm_promise(self, referral: str) -> None:
        """An accepted answer may name the day of what it plans; called by `apply` of events."""
        accepted = self.referrals[referral]
        if accepted.result == "planned" and accepted.promised_on is not None:
            self.promises[referral] = Promise(accepted.promised_on)

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
            routing=book.routing_tables.propose(self.matter, local_day(act.at)),
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

    def close(self, act: Act) -> None:
        """End the case with the outcome that was decided, or else with that of the last reply."""
        refuse_if_any(rules.closing(self, act))
        replied = self.reply.outcome if self.reply else "done"
        self.end(self.ending or outcome_with_promises(self, replied), act)

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
