"""What is asked of an intervention, and what is told of it (§ 9 pt 1-3)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.attachments import Attachments, FileRef
from domain.messages import Message, Moment
from domain.people import PersonalData, PersonRef, Text
from domain.references import CaseRef
from domain.tasks.commands import OpenTaskRow

Channel = Literal[
    "phone", "email", "form", "letter", "in_person", "social_media", "open311", "other"
]
BroughtBy = Literal["none", "councillor", "mp", "senator", "editor"]
Mode = Literal["feedback", "hand_over"]
Result = Literal["done", "planned", "not_possible", "no_basis", "information"]
ReplyOutcome = Literal["done", "planned", "not_possible", "no_basis", "information_given"]
Sensitivity = Literal["media", "legal", "councillor", "claim", "emergency"]
LetterChannel = Literal["email", "post"]

Reach = Literal["email", "post", "none"]
"""How the sender can be written to; `none` also when the sender is anonymous."""

Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")]
Line = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Point(Message):
    """Degrees, WGS 84."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class Place(Message):
    """Where the matter is: district by its Roman number, street and number, or a point."""

    district: Code | None = None
    street: Line | None = None
    number: Line | None = None
    point: Point | None = None


class Attachment(Message):
    """A file kept once under its digest; the name shown holds no personal data."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")]
    size: Annotated[int, Field(ge=1, le=50_000_000)]


class RegisterIntervention(Message):
    """A resident's report as it came in; `sender` and `text` are sealed before it is stored."""

    received_at: Moment
    channel: Channel
    sender: PersonalData | PersonRef | None = None
    brought_by: BroughtBy = "none"
    brought_by_email: Text | None = None
    """Where whoever passed it on is written to."""
    text: Text | None = None
    place: Place = Place()
    category: Code
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    """Files that a client keeps; it only names them by their digest."""
    files: Attachments = ()
    """Files that were uploaded first, and are kept here."""
    origin_ref: CaseRef | None = None


class ReferralOrder(Message):
    """One question to one unit."""

    unit: Code
    question: Text
    mode: Mode = "feedback"
    lead: bool = False
    redacted: bool = False
    """The text holds nothing that points to the sender (for companies and outside bodies)."""


class ForwardIntervention(Message):
    """Send the matter to the competent units (KPA art. 243: within 7 days)."""

    referrals: Annotated[tuple[ReferralOrder, ...], Field(min_length=1)]
    reason: Text | None = None


class AnswerReferral(Message):
    """What the unit did, will do, or why it will not."""

    text: Text | None = None
    promised_on: date | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    """Files that a client keeps; it only names them by their digest."""
    files: Attachments = ()
    """Files that were uploaded to the case."""


class ReturnReferral(Message):
    """The matter does not belong to this unit."""

    reason: Text
    suggested: Code | None = None
    note: Text | None = None
    """Why it comes only now, when the time for returning is over."""


class GiveInterimInformation(Message):
    """What the unit can say before it answers."""

    referral: Code
    text: Text
    expected_on: date | None = None


class RerouteReferral(Message):
    """Send a returned referral on to another unit."""

    unit: Code
    reason: Text | None = None
    redacted: bool = False
    told: Text | None = None
    """What the sender is told after a reply in part, if it goes to a body that gives no answer."""


class InsistOnUnit(Message):
    """The unit that returned the referral is the right one."""

    reason: Text


class DecideCompetence(Message):
    """The unit that is competent; it cannot return the matter in this round."""

    unit: Code
    reason: Text
    redacted: bool = False
    told: Text | None = None
    """What the sender is told after a reply in part, if it goes to a body that gives no answer."""


class AcceptFeedback(Message):
    """The feedback answers the question."""

    told: Text | None = None
    """What the sender is told of it, when the reply was only one in part."""


class ReturnFeedback(Message):
    """The feedback does not answer the question."""

    what_is_missing: Text


class SubmitReply(Message):
    """The draft of the notice of outcome (KPA art. 238)."""

    outcome: ReplyOutcome
    text: Text
    reasons: Text | None = None
    sensitive: frozenset[Sensitivity] = frozenset()


class ApproveReply(Message):
    """The reply may go out."""


class ReturnReply(Message):
    """The reply has to be written again."""

    note: Text


class NoteOnFile(Message):
    """The letter cannot be delivered; why is noted on the file."""

    note: Text


class RestartWorkflow(Message):
    """The cancelled workflow goes on where it stood; why it was cancelled is noted."""

    reason: Text


class CloseInError(Message):
    """The case was registered by mistake, and that is why its workflow was cancelled."""

    reason: Text


class LetterOrder(Message):
    """One letter: its kind, the round of the case and the recipient say it is the same one."""

    kind: str
    round: int
    """Of a letter that may come again in a round, its number in the case."""
    recipient: str
    """`sender`, or the referral whose unit is written to (`R1`)."""
    channel: LetterChannel = "email"
    attempt: int = 1
    """1, and one more each time it came back and is tried in another way."""

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.round}.{self.recipient}"

    @property
    def try_key(self) -> str:
        """Which try of the letter it is; the first has the key of the letter itself."""
        return self.key if self.attempt == 1 else f"{self.key}.{self.attempt}"


class RecordNotice(Message):
    """A letter was handed to its channel, and what became of it."""

    letter: LetterOrder
    channel: str
    message_id: str
    recipient_ref: str
    """The unit's code or the person's reference; never an address."""
    result: Literal["delivered", "bounced", "prepared"]
    code: int | None = None
    """The answer of the receiving server, when it refused."""
    file: FileRef | None = None
    """A letter on paper, as it lies in the vault to be printed."""


class SendLetter(Message):
    """A letter to be sent; `at` is the workflow's moment when it was asked for."""

    reference: CaseRef
    letter: LetterOrder
    at: Moment


class Clock(Message):
    """One term of the case, as operators read it."""

    name: str
    rule: str
    safe_due: date
    legal_end: date


class ReferralRow(Message):
    """One question to one unit, as operators read it."""

    ref: str
    unit: str
    state: str
    sent_on: date
    feedback_by: date | None


class Upcoming(Message):
    """A moment at which the case looks after itself, and why."""

    at: Moment
    why: str


class CaseView(Message):
    """What a workflow remembers of its case: where it stands and what it waits for."""

    reference: CaseRef
    position: int
    """The end of the event log when this was read; of two views the later one is right."""
    version: int
    stage: str
    round: int
    on_hold: bool
    headline: str
    units: tuple[str, ...]
    waiting: str
    open_tasks: tuple[OpenTaskRow, ...]
    letters_due: tuple[LetterOrder, ...]
    window_ends: Moment | None
    clocks: tuple[Clock, ...]
    last_events: tuple[str, ...]
    upcoming: tuple[Upcoming, ...] = ()
    """When time alone asks something of people."""
    referrals: tuple[ReferralRow, ...] = ()

    @property
    def closed(self) -> bool:
        return self.stage == "closed"
