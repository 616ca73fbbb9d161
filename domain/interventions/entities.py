"""Entities inside an intervention: referrals, letters and the reply."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from domain.terms import Term

ReferralState = Literal[
    "sent", "answered", "accepted", "returned", "recalled", "written_off", "handed_over"
]
TERMINAL: frozenset[ReferralState] = frozenset(
    {"accepted", "returned", "recalled", "written_off", "handed_over"}
)


@dataclass(frozen=True)
class ExtensionRequest:
    """More time that a unit asked for, and that nobody has decided on yet."""

    until: date
    requested_at: datetime
    by_deputy: bool
    """Beyond what KS-06 may grant."""


@dataclass(frozen=True)
class Referral:
    """One question to one unit (przekazanie, pozycja)."""

    ref: str
    unit: str
    unit_kind: str
    mode: str
    lead: bool
    question_ref: str
    round: int
    claim_by: Term | None
    feedback_by: Term | None
    sent_at: datetime
    state: ReferralState = "sent"
    returned_at: datetime | None = None
    hop: int = 0
    """How often the matter was returned on its way to this unit and by it."""
    disputed: bool = False
    """Returned so often that the head settles which unit is competent."""
    followed_by: str | None = None
    """The referral with which a returned one was sent on."""
    triage: int = 1
    """By which of the triages of the case it was sent."""
    turn: int = 1
    """1, and one more each time the feedback was returned."""
    result: str | None = None
    promised_on: date | None = None
    answered_by: tuple[str, ...] = ()
    answered_at: datetime | None = None
    answer_ref: str | None = None
    insufficient_since: datetime | None = None
    """Returned so often that a post above decides what becomes of the answer."""
    request: ExtensionRequest | None = None
    requests: int = 0
    extensions: int = 0
    """Requests that were granted."""
    waits: int = 0
    """How often its silence was answered with a new date."""
    waited_in: int = 0
    """Of which of its terms the head said that the sender is to wait for it."""
    accepted_at: datetime | None = None
    last_date_by: Literal["extension", "new_date"] = "extension"
    """By which of the two its term was moved last."""

    @property
    def owes_answer(self) -> bool:
        return self.state == "sent" and self.mode == "feedback"

    @property
    def is_insufficient(self) -> bool:
        return self.state == "answered" and self.insufficient_since is not None

    @property
    def terms_given(self) -> int:
        """Which of its terms is running: its ladder has its own steps for each."""
        return self.turn + self.extensions + self.waits

    @property
    def open(self) -> bool:
        return self.state not in TERMINAL

    @property
    def is_being_handed_over(self) -> bool:
        """On its way to a body that takes the matter over and owes no feedback."""
        return self.mode == "hand_over" and self.state == "sent"

    @property
    def waits_for_its_way(self) -> bool:
        """Returned by its unit, and nobody has said yet who gets it."""
        return self.state == "returned" and self.followed_by is None

    @property
    def is_outstanding(self) -> bool:
        """Nobody can tell yet what comes of it."""
        return self.owes_answer or self.state == "answered" or self.waits_for_its_way

    def changed(self, **fields: object) -> "Referral":
        return replace(self, **fields)  # type: ignore[arg-type]  # names are checked by replace


@dataclass(frozen=True)
class Proposal:
    """That the report is of another kind, as one person says and another one has to confirm."""

    kind: str
    to: str
    proposed_by: str
    proposed_at: datetime
    review: int | None = None
    """The request to reopen that made somebody say so."""


@dataclass(frozen=True)
class Transfer:
    """What the report turned out to be, and who has it now."""

    kind: str
    row_valid_from: date
    owner: str
    terms: dict[str, Term]
    """By rule; the first is that of the kind."""
    review: int | None = None
    """The request to reopen that was found to be of this kind."""


@dataclass(frozen=True)
class Promise:
    """By which day a unit said that it will act (obietnica)."""

    due_on: date
    state: Literal["open", "kept", "broken", "given_up"] = "open"
    number: int = 1
    """Which of its days this is."""
    turned_at: datetime | None = None

    def moved(self, new_date: date) -> "Promise":
        return Promise(new_date, number=self.number + 1)

    def turned(self, state: Literal["kept", "broken", "given_up"], at: datetime) -> "Promise":
        return replace(self, state=state, turned_at=at)


@dataclass(frozen=True)
class PromiseNotice:
    """What the sender is told about a promise: `kept`, `moved`, `broken` or `given_up`."""

    number: int
    referral: str
    what: str
    due_on: date
    """The day that holds after it."""
    text_ref: str | None


@dataclass(frozen=True)
class Joining:
    """Which case the sender was joined to, and how that one was settled if it was by then."""

    target: str
    joined: str
    outcome: str | None = None
    reply_ref: str | None = None
    reasons_ref: str | None = None
    signer: str | None = None


@dataclass(frozen=True)
class JoinedSender:
    """Somebody who reported the same matter (zgłaszający dołączony): `S1`, `S2`..."""

    ref: str
    source: str
    sender: str | None
    reach: str
    known: tuple[str, ...]
    has_left: bool = False

    @property
    def is_written_to(self) -> bool:
        return self.reach != "none" and not self.has_left

    def parted(self) -> "JoinedSender":
        return replace(self, has_left=True)


LetterState = Literal["prepared", "sent", "delivered", "bounced", "again", "noted"]
"""`prepared` to be posted by a person; `again`: it came back and is tried in another way."""


@dataclass(frozen=True)
class Letter:
    """A letter that went out: recorded as sent once, under one Message-ID."""

    message_id: str
    sent_at: datetime
    state: LetterState = "sent"
    channel: str = "email"
    attempt: int = 1
    file: str | None = None
    """A letter on paper, in the vault."""

    @property
    def settled(self) -> bool:
        return self.state in ("delivered", "noted")

    def turned(self, state: LetterState) -> "Letter":
        return replace(self, state=state)

    def again(self, channel: str) -> "Letter":
        """It is to be tried once more, in this way."""
        return replace(self, state="again", channel=channel, file=None)

    def tried_with(self, reach: str) -> "Letter":
        """Its recipient is another one, who may have no address."""
        return self.turned("noted") if reach == "none" else self.again(reach)


@dataclass(frozen=True)
class Supplement:
    """What the sender was called to say, once in a round of the case."""

    question_ref: str
    asked_at: datetime
    text_ref: str | None = None
    supplemented_at: datetime | None = None
    lapsed_at: datetime | None = None

    def given(self, text_ref: str, at: datetime) -> "Supplement":
        return replace(self, text_ref=text_ref, supplemented_at=at)

    def lapsed(self, at: datetime) -> "Supplement":
        return replace(self, lapsed_at=at)


@dataclass(frozen=True)
class News:
    """What the sender is told after the first letter about it: of an answer that came late, or of
    what a unit said before it could answer."""

    referral: str
    text_ref: str
    by: str
    expected_on: date | None = None


@dataclass(frozen=True)
class Correction:
    """What is put right of a letter, for whoever got it."""

    letter: str
    recipient: str
    text_ref: str
    by: str


@dataclass(frozen=True)
class DelayNotice:
    """What the sender was told of a delay."""

    number: int
    round: int
    announced: Term
    previous_end: date
    reason_ref: str


@dataclass(frozen=True)
class Reply:
    """The notice of outcome as drafted last."""

    draft: int
    text_ref: str
    reasons_ref: str | None
    outcome: str
    author: str
    sensitive: tuple[str, ...] = ()
    partial: bool = False
    """Without the answers of units that are late."""
    approved_by: str | None = None
    settled_at: datetime | None = None
    """When it was submitted or, if sensitive, approved."""

    @property
    def signer(self) -> str:
        """Whose name stands under it: who approved it, or else who wrote it."""
        return self.approved_by or self.author

    def approved(self, by: str, at: datetime) -> "Reply":
        return replace(self, approved_by=by, settled_at=at)
