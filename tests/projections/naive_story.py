"""The events of one case, read for R1 a second time and by nothing that the report uses."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, Final
from zoneinfo import ZoneInfo

WARSAW: Final = ZoneInfo("Europe/Warsaw")

TO_THE_UNIT: Final = (
    "intervention.Forwarded",
    "intervention.FeedbackReturned",
    "intervention.FeedbackOrderedAgain",
)
ANOTHER_WAY: Final = (
    "intervention.Withdrawn",
    "intervention.Requalified",
    "intervention.RegisteredInError",
    "intervention.Reopened",
)
"""After these the reply that was given is not waited out any more."""
FROM_THE_UNIT: Final = (
    "intervention.ReferralAnswered",
    "intervention.ReferralReturned",
    "intervention.ReferralRecalled",
    "intervention.ReferralWrittenOff",
    "intervention.FeedbackTakenOver",
    "intervention.FeedbackAccepted",
    "intervention.FeedbackAcceptedAsIs",
    "intervention.HandedOver",
)


HANDLED_ANEW: Final = ("intervention.DataCorrected", "intervention.SenderJoined")
"""As somebody's motion from now on, or as nobody's, of whom nobody is told that it came."""


class Story:
    """The events of one case."""

    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.born = self.all("intervention.Registered")[0]
        self.received = self.born.received_at
        self.registered = self.born.timestamp
        self.referrals = {e.referral: e for e in self.all("intervention.Forwarded")}
        self.ack = self.letter("N1")
        self.forwarded = self.letter("N2")
        unwritten = [e for e in self.all("intervention.StateTold") if not e.by_letter]
        self.state_told = unwritten[0].timestamp if unwritten else self.letter("N6")
        self.transferred = self.letter("N8", "sender")
        self.answers = self._answers()
        first: tuple[datetime | None, str | None] = (*self.answers, (None, None))[0]
        self.answered, self.outcome = first
        self.closings = self.all("intervention.Closed")
        self.announced = self._announced()

    def all(self, topic: str, referral: str | None = None) -> list[Any]:
        return [
            event
            for event in self.events
            if topic == event.TOPIC and referral in (None, getattr(event, "referral", None))
        ]

    def closed(self, before: datetime) -> Any | None:
        """The closing that stands then: a case that was parted from its duplicate goes on."""
        standing = None
        for event in self.events:
            if event.TOPIC == "intervention.Closed" and event.timestamp < before:
                standing = event
            if event.TOPIC == "intervention.DuplicateUnlinked" and event.timestamp < before:
                standing = None
        return standing

    def letter(self, kind: str, recipient: str | None = None) -> datetime | None:
        sent = [
            e.timestamp
            for e in self.all("intervention.NoticeSent")
            if e.kind == kind and recipient in (None, e.recipient)
        ]
        return sent[0] if sent else None

    def _answers(self) -> list[tuple[datetime, str | None]]:
        """When the sender had a whole outcome, and with which reply."""
        found: list[tuple[datetime, str | None]] = []
        outcome: str | None = None
        partial = replied = told = False
        reach = self.born.reach
        owed: set[str] = set()
        for event in self.events:
            self._count_what_is_owed(event, owed)
            if event.TOPIC == "intervention.ReplySubmitted":
                outcome, partial, replied = event.outcome, event.partial, not event.sensitive
                told = False
            if event.TOPIC == "intervention.DataCorrected" and event.field == "sender":
                reach = event.reach
            replied = replied or event.TOPIC == "intervention.ReplyApproved"
            replied = replied and event.TOPIC not in ANOTHER_WAY
            on_the_way = event.TOPIC == "intervention.ReferralRecalled" and not event.alone
            whole = not (partial and owed) and not on_the_way
            if event.TOPIC == "intervention.NoticeSent" and event.recipient == "sender":
                if (event.kind == "N5b" and whole) or (event.kind == "N5" and not partial):
                    found.append((event.timestamp, outcome))
                    told = True
            elif replied and whole and not told and reach == "none":
                found.append((event.timestamp, outcome))
                told = True
        return found

    def _count_what_is_owed(self, event: Any, owed: set[str]) -> None:
        if event.TOPIC in TO_THE_UNIT and getattr(event, "feedback_by", None) is not None:
            owed.add(event.referral)
        elif event.TOPIC == "intervention.ReferralReturned":
            return  # until it is sent on nobody knows who will answer
        elif event.TOPIC in FROM_THE_UNIT[1:]:
            owed.discard(event.referral)
        owed.discard(getattr(event, "replaces", None) or "")

    def _announced(self) -> list[tuple[datetime, datetime]]:
        """When a later end was announced in time, and that end."""
        found: list[tuple[datetime, datetime]] = []
        end = self.clocks()["settlement"].ends_at
        for event in self.all("intervention.DelayNotified"):
            if event.timestamp < end:
                end = datetime.combine(event.new_date + timedelta(days=1), time.min, WARSAW)
                found.append((event.timestamp, end))
        return found

    def lead_accepted(self) -> datetime | None:
        leads = [key for key, event in self.referrals.items() if event.lead]
        found = [
            event.timestamp
            for lead in leads
            for topic in ("intervention.FeedbackAccepted", "intervention.FeedbackAcceptedAsIs")
            for event in self.all(topic, lead)
        ]
        return min(found, default=None)

    def returned(self, referral: str) -> datetime | None:
        """When the unit gave it back as not its own."""
        found = self.all("intervention.ReferralReturned", referral)
        return found[0].timestamp if found else None

    def promise(self, referral: str) -> Any | None:
        """The acceptance of an answer that names a day, with that day."""
        accepted = self.all("intervention.FeedbackAccepted", referral)
        for event in (*accepted, *self.all("intervention.FeedbackAcceptedAsIs", referral)):
            answers = self.all("intervention.ReferralAnswered", referral)
            last = [e for e in answers if e.timestamp <= event.timestamp][-1]
            if last.promised_on is not None:
                return SimpleNamespace(timestamp=event.timestamp, promised_on=last.promised_on)
        return None

    def all_promises(self, referral: str) -> list[Any]:
        """What was said of it since, in order."""
        told = [e for e in self.events if e.TOPIC.startswith("intervention.Promise")]
        return [event for event in told if event.referral == referral]

    def answer(self, referral: str) -> datetime | None:
        found = self.all("intervention.ReferralAnswered", referral)
        return found[0].timestamp if found else None

    def informed(self, referral: str) -> datetime | None:
        """The first that was heard of the unit, an answer or news before it."""
        topics = ("intervention.ReferralAnswered", "intervention.InterimInformationGiven")
        found = [event.timestamp for topic in topics for event in self.all(topic, referral)]
        return min(found, default=None)

    def corrected(self, name: str) -> Any:
        """A thing as it was registered, or as it was put right."""
        value = getattr(self.born, name)
        for event in self.all("intervention.DataCorrected"):
            value = getattr(event, name) or value
        return value

    def reach(self) -> str:
        """How the sender can be written to, as it is known in the end."""
        found: str = self.born.reach
        for event in self.all("intervention.DataCorrected"):
            found = event.reach if event.field == "sender" else found
        return found

    def clocks(self) -> dict[str, Any]:
        """As set at first, or as holds, calls for a supplement and new tables left them."""
        clocks = dict(self.born.clocks)
        later: set[str] = set()
        for event in self.events:
            if event.TOPIC == "intervention.Reopened":  # a round has a month of its own
                later |= event.clocks.keys() & {"settlement"}
            else:
                moved = getattr(event, "clocks", None) or {}
                if moved and event.TOPIC in HANDLED_ANEW:
                    clocks.pop("acknowledgement", None)
                clocks |= {name: term for name, term in moved.items() if name not in later}
            if event.TOPIC == "intervention.TermRecounted" and event.referral is None:
                clocks |= {event.clock: event.new} if event.clock not in later else {}
        return clocks

    def term(self, referral: str, before: datetime) -> Any:
        """By when the unit had to answer, as it was known at a moment."""
        term = None
        for event in self.events:
            if event.timestamp < before:
                if getattr(event, "referral", None) == referral:
                    given = getattr(event, "feedback_by", getattr(event, "new", None))
                    term = given or term
                term = getattr(event, "feedback", {}).get(referral, term)
        return term

    def first_term(self, referral: str, before: datetime) -> Any:
        """The same without what was granted later; a hold moves it until the first answer."""
        term, answer = self.referrals[referral].feedback_by, self.answer(referral)
        for event in self.events:
            moved = getattr(event, "feedback", {}).get(referral)
            if event.TOPIC == "intervention.TermRecounted" and event.referral == referral:
                moved = event.new
            if moved is None or event.timestamp >= before or moved.extended_to is not None:
                continue
            if answer is None or event.timestamp < answer:
                term = moved
        return term

    def waits_for_unit(self, referral: str, before: datetime) -> bool:
        state = [
            event.TOPIC in TO_THE_UNIT
            for event in self.events
            if getattr(event, "referral", None) == referral and event.timestamp < before
            if event.TOPIC in TO_THE_UNIT + FROM_THE_UNIT and not self._went_up(event)
        ]
        return bool(state) and state[-1]

    def _went_up(self, event: Any) -> bool:
        """Returned so often that it did not go back to the unit."""
        return getattr(event, "feedback_by", 0) is None and "Returned" in event.TOPIC

    def over(self, referral: str) -> datetime | None:
        """When nothing more was to be had of the unit."""
        ends = FROM_THE_UNIT[1:]
        found = (at for topic in ends for at in self._times(topic, referral))
        return min(found, default=None)

    def _times(self, topic: str, referral: str) -> list[datetime]:
        return [event.timestamp for event in self.all(topic, referral)]
