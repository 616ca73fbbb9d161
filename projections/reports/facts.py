"""What reports know of cases: plain rows, with the time of everything that happened.

All moments are in UTC, by the one object of the standard library: then two of them are compared
ten times as fast. A moment `before` is always exclusive: at the end of a period it is the first
instant after it.

A log of years is held in memory, some 2.5 kB a case. So the rows have slots, and a term is kept by
what reports ask of it. Rows of cases and referrals change while the log is folded; nothing changes
after that. They are not frozen, as that doubles the time of making them.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, Self

from domain.terms import Term

OUTSIDE_TERMS: Final = frozenset(
    {"duplicate", "transferred", "left_without_consideration", "registered_in_error"}
)
"""Cases that ended so are counted in rows of their own and not for timeliness."""

_WITH_UNIT: Final = frozenset({"sent"})
_DONE_WITH: Final = frozenset({"accepted", "returned", "recalled", "written_off", "handed_over"})


@lru_cache(maxsize=10_000)
def _same_day(day: date) -> date:
    """Most terms end with one of few days: equal ends are one object."""
    return day


@lru_cache(maxsize=10_000)
def _same_end(moment: datetime) -> datetime:
    return moment


@dataclass(slots=True)
class TermFacts:
    """A term as it was counted; the moments are the first ones after its ends."""

    rule: str
    basis: str
    start: datetime
    legal_end: date
    safe_due: date
    due_at: datetime | None
    ends_at: datetime | None
    extended: bool

    @classmethod
    def of(cls, term: Term, begun: datetime | None = None) -> Self:
        """`begun` is the moment at which its clock should have started; it is kept once."""
        start = term.start.astimezone(UTC)
        return cls(
            rule=term.rule,
            basis=term.basis,
            start=begun if begun == start else start,
            legal_end=_same_day(term.legal_end),
            safe_due=_same_day(term.safe_due),
            due_at=_same_end(term.due_at.astimezone(UTC)) if term.due_at else None,
            ends_at=_same_end(term.ends_at.astimezone(UTC)) if term.ends_at else None,
            extended=term.extended_to is not None,
        )

    def overdue(self, now: datetime) -> bool:
        return self.due_at is not None and now >= self.due_at

    def legally_overdue(self, now: datetime) -> bool:
        return self.ends_at is not None and now >= self.ends_at


@dataclass(slots=True)
class Answer:
    at: datetime
    result: str
    promised_on: date | None


@dataclass(slots=True)
class Closing:
    at: datetime
    outcome: str


@dataclass(slots=True)
class DelayNotice:
    """A notice of delay with the date by which the matter will be settled (KPA art. 245)."""

    at: datetime
    new_date: date


@dataclass(slots=True)
class PromiseStep:
    """What became of a promise: `kept`, `moved`, `broken` or `given_up`."""

    at: datetime
    what: str
    new_date: date | None = None


@dataclass(slots=True)
class MisroutedReturn:
    at: datetime
    late: bool


@dataclass(slots=True)
class Escalation:
    at: datetime
    level: int


@dataclass(slots=True)
class ReferralFacts:
    """One question to one unit."""

    referral: str
    unit: str
    lead: bool
    sent_at: datetime
    first_term: TermFacts | None
    """None for a body that takes the matter over and owes no feedback."""
    terms: tuple[tuple[datetime, TermFacts], ...] = ()
    """Each since when it is in force."""
    states: tuple[tuple[datetime, str], ...] = ()
    answers: tuple[Answer, ...] = ()
    insufficient: tuple[datetime, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    interim: tuple[datetime, ...] = ()
    """When the unit told something before it answered."""
    misrouted: tuple[MisroutedReturn, ...] = ()
    promise_steps: tuple[PromiseStep, ...] = ()
    is_followed: bool = False
    """Sent on, to another unit or to the same."""

    @property
    def is_outstanding(self) -> bool:
        """Whether the unit still owes its answer, nobody has checked it, or nobody has sent on
        what the unit returned."""
        state = self.states[-1][1]
        if state == "returned":
            return not self.is_followed
        return self.first_term is not None and state in ("sent", "answered")

    @property
    def answered_at(self) -> datetime | None:
        """The first answer, whatever was thought of it."""
        return self.answers[0].at if self.answers else None

    @property
    def informed_at(self) -> datetime | None:
        """The first information of any kind."""
        known = [*self.interim, *(answer.at for answer in self.answers)]
        return min(known, default=None)

    @property
    def is_over(self) -> bool:
        """Whether, by all that is known, the unit owes nothing and its clock has stopped."""
        if self.states[-1][1] in _WITH_UNIT:
            return False
        return self.first_term is None or bool(self.answers) or self.ended_at() is not None

    def promise_made(self) -> tuple[datetime, date] | None:
        """When the answer that names a day was accepted, and that day."""
        if not any(each.promised_on for each in self.answers):
            return None
        accepted_at = self.reached("accepted")
        known = [each for each in self.answers if accepted_at and each.at <= accepted_at]
        if accepted_at is None or not known or known[-1].promised_on is None:
            return None
        return accepted_at, known[-1].promised_on

    def promised_for(self, before: datetime) -> date | None:
        """The day for which a promise is still waited for."""
        made = self.promise_made()
        if made is None or made[0] >= before:
            return None
        day: date | None = made[1]
        for step in self.promise_steps:
            if step.at < before:
                day = step.new_date if step.what == "moved" else day
                day = None if step.what in ("kept", "given_up") else day
        return day

    def state(self, before: datetime) -> str | None:
        """None before it was sent."""
        return next((state for at, state in reversed(self.states) if at < before), None)

    def term(self, before: datetime) -> TermFacts | None:
        """The term in force."""
        return next((term for at, term in reversed(self.terms) if at < before), None)

    def is_with_unit(self, before: datetime) -> bool:
        return self.state(before) in _WITH_UNIT

    def ended_at(self) -> datetime | None:
        """When it was over, with an answer or without."""
        return next((at for at, state in self.states if state in _DONE_WITH), None)

    def reached(self, state: str) -> datetime | None:
        return next((at for at, found in self.states if found == state), None)


@dataclass(slots=True)
class CaseFacts:
    """One intervention. What no event tells of yet stays empty."""

    reference: str
    received_at: datetime
    registered_at: datetime
    channel: str
    category: str
    district: str | None
    reach: str
    clocks: dict[str, TermFacts]
    first_at: datetime
    last_at: datetime
    """The earliest and the latest moment of all that is told of it."""
    referrals: dict[str, ReferralFacts] = field(default_factory=dict)
    acknowledged_at: datetime | None = None
    forwarded_at: datetime | None = None
    """The first notice of forwarding handed to its channel."""
    transferred_at: datetime | None = None
    """The first notice that another register or case has the matter."""
    answered_at: datetime | None = None
    """The first full notice of outcome handed to its channel; the final reply, where there is
    nobody to send it to."""
    answered_with: str | None = None
    reply_outcome: str | None = None
    reply_is_partial: bool = False
    is_replied: bool = False
    closings: tuple[Closing, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    state_told_at: datetime | None = None
    delay_notices: tuple[DelayNotice, ...] = ()
    reopenings: tuple[datetime, ...] = ()
    settlements: tuple[tuple[datetime, TermFacts], ...] = ()
    """The terms of later rounds, each since when it is in force."""
    answers: tuple[datetime, ...] = ()
    """Every full notice of outcome, in all rounds."""
    parted: tuple[datetime, ...] = ()
    """Parted from its duplicate, which opened it again."""
    with_sender: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def group(self) -> str:
        return self.category.partition(".")[0]

    def touched(self, at: datetime) -> None:
        """Something more is told of it."""
        if at > self.last_at:
            self.last_at = at
        elif at < self.first_at:
            self.first_at = at

    def was_over(self, before: datetime) -> bool:
        """Whether by then all had happened that ever did, and nobody owed anything."""
        return (
            self.last_at < before
            and self.has_ended
            and all(row.is_over for row in self.referrals.values())
        )

    @property
    def has_ended(self) -> bool:
        """By all that is known; what was parted from its duplicate has not."""
        return len(self.closings) > len(self.parted)

    @property
    def outstanding(self) -> bool:
        """Whether more is still to come of its units."""
        return any(row.is_outstanding for row in self.referrals.values())

    def open(self, before: datetime) -> bool:
        closed = sum(closing.at < before for closing in self.closings)
        opened = sum(at < before for at in self.parted)
        return self.registered_at < before and closed <= opened

    def settled(self, before: datetime) -> bool:
        return self.answered_at is not None and self.answered_at < before

    def counts_for_terms(self, before: datetime) -> bool:
        """Whether it is known, and did not end as something that has no term here."""
        if self.open(before):
            return True
        ended = [closing.outcome for closing in self.closings if closing.at < before]
        return bool(ended) and ended[-1] not in OUTSIDE_TERMS

    def settlement(self, before: datetime) -> TermFacts:
        """The term of the settlement in the last round."""
        anew = (term for since, term in reversed(self.settlements) if since < before)
        return next(anew, self.clocks["settlement"])

    def settled_anew(self, before: datetime) -> bool:
        """Whether the last round has its answer."""
        since = max((opened for opened in self.reopenings if opened < before), default=None)
        if since is None:
            return self.settled(before)
        return any(since <= answer < before for answer in self.answers)

    def overdue(self, before: datetime, at: datetime) -> bool:
        """Open, not settled in its last round, and past the safe due of it at the moment `at`."""
        late = self.settlement(before).overdue(at)
        return self.open(before) and not self.settled_anew(before) and late

    def holder(self, before: datetime) -> str:
        """Who has to act: `unit`, `sender` or `us`."""
        if any(since < before and (until is None or until >= before)
               for since, until in self.with_sender):  # fmt: skip
            return "sender"
        return "unit" if self.units_that_owe(before) else "us"

    def units_that_owe(self, before: datetime) -> tuple[str, ...]:
        held = (row.unit for row in self.referrals.values() if row.is_with_unit(before))
        return tuple(dict.fromkeys(held))

    def feedback_of_lead(self) -> datetime | None:
        """When the answer of a leading unit was first accepted."""
        accepted = (row.reached("accepted") for row in self.referrals.values() if row.lead)
        return min((at for at in accepted if at), default=None)
