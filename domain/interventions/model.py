"""The intervention: a resident's report and its case, from receipt to closing (§ 9 pt 1-3)."""

from datetime import date, datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.anonymous import Handling
from domain.attachments import attached
from domain.errors import refuse_if_any
from domain.interventions import events, rules
from domain.interventions.commands import Place, Reach, RegisterIntervention
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
from domain.interventions.handling import OF_THE_HANDLING, clocks_of, handling_of
from domain.interventions.history import EVENTS
from domain.interventions.promises import outcome_with_promises
from domain.messages import Act
from domain.references import aggregate_id
from domain.routing_tables import Matter
from domain.rulebook import Rulebook
from domain.terms import Suspension, Term
from domain.working_days import local_day


class Intervention(Aggregate):
    """An interwencja. The state machine is in `transitions`, all that may happen in `history`.

    Here is how a case is born and ends, and what is known of it meanwhile. What else is done with
    it stands with the duty that it serves: guards, then one event.
    """

    TOPIC = "intervention"

    Event = events.InterventionEvent
    EVENTS = EVENTS

    def __init__(self) -> None:
        self.reference: str
        self.received_at: datetime
        self.registered_at: datetime
        self.channel: str
        self.sender: str | None
        self.former_senders: tuple[str | None, ...] = ()
        """Who was registered as the sender by mistake; None where it was nobody."""
        self.reach: str
        self.handling: str
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
        handling: Handling | None = None,
        *,
        call_needed: bool = True,
    ) -> Self:
        """Take the report in (A1); its clocks run from the first receipt at the Office.

        `handling` is how it was handled elsewhere before; else the setting says it.
        """
        refuse_if_any(rules.registering(command, act, book))
        handling = handling or handling_of(
            command.sender, command.brought_by, command.received_at, book
        )
        terms = dict(clocks_of(handling))
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
            call_needed=call_needed,
            attachments=command.attachments,
            files=attached(command.files),
            handling=handling,
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
    def is_motion(self) -> bool:
        """Of somebody whom the terms of KPA are owed to; a signal is nobody's."""
        return self.handling == "motion"

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
        """Whose answer is still owed, or not checked yet, and what nobody has sent on yet."""
        return tuple(each for each in self.referrals.values() if each.is_outstanding)

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

    def handle_as(self, handling: str, clocks: dict[str, Term] | None) -> None:
        """As a motion or as a signal from now on; called by `apply` of events."""
        self.handling = handling
        if clocks is not None:
            kept = {k: term for k, term in self.clocks.items() if k not in OF_THE_HANDLING}
            self.clocks = {**kept, **clocks}

    def begin_to_end(self, outcome: str) -> None:
        """Nothing is asked any more but to send the last letters; called by `apply` of events."""
        self.stage = "ending"
        self.ending = outcome

    def tell_of(self, referral: str, told_ref: str | None, by: str) -> None:
        """What comes after a reply in part is told by a notice; called by `apply` of events."""
        if told_ref is not None:
            self.late_news = (*self.late_news, News(referral, told_ref, by))

    def arm_promise(self, referral: str) -> None:
        """An accepted answer may name the day of what it plans; called by `apply` of events."""
        accepted = self.referrals[referral]
        if accepted.result == "planned" and accepted.promised_on is not None:
            self.promises[referral] = Promise(accepted.promised_on)

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
