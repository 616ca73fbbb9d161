"""Terms: the rows they are counted by and the values that cases and tasks keep (§11.1)."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StrictInt, model_validator

from domain.errors import Refusal
from domain.messages import Instant, Message

CountedUnit = Literal["days", "working_days", "months", "hours", "minutes"]
RuleUnit = CountedUnit | Literal["at_once", "configurable", "edition_rule"]
Kind = Literal["statutory", "contract", "internal"]

CLOCK_UNITS: Final = frozenset({"hours", "minutes"})
"""Units of elapsed time: they run at night, on days off and through clock changes."""

_WITHOUT_LENGTH: Final = frozenset({"configurable", "edition_rule"})


class RuleHasNoLength(Refusal):
    """This rule has no length of its own: a dated row must give one first."""


class TermRule(Message):
    """A dated row of `deadlines.yaml`; the row in force on the day a clock starts applies."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
    process: str
    what: str
    length: StrictInt | None
    unit: RuleUnit
    starts_at: str
    basis: str
    kind: Kind
    on_lapse: str
    valid_from: date
    setting: bool
    note: str | None = None
    source: str
    stops: bool = False
    test: bool = False

    @model_validator(mode="after")
    def _length_fits_unit(self) -> Self:
        if (self.length is None) != (self.unit in _WITHOUT_LENGTH):
            raise ValueError(f"length {self.length} does not go with unit {self.unit}")
        if self.length and self.unit == "at_once":
            raise ValueError("at once has the length 0")
        if self.length is not None and self.length < 0 and self.unit != "working_days":
            raise ValueError("only working days are counted back")
        return self

    @property
    def may_stop(self) -> bool:
        """A statutory term never stands still unless its row says so."""
        return self.kind != "statutory" or self.stops

    def measure(self) -> tuple[int, CountedUnit]:
        """Length and unit to count with; a duty to act at once is due on the same day."""
        match self.unit:
            case "at_once":
                return 0, "days"
            case "configurable" | "edition_rule":
                raise RuleHasNoLength(rule=self.id, unit=self.unit)
            case unit:
                assert self.length is not None  # the validator above
                return self.length, unit


class Suspension(Message):
    """A span in which the clock of a term stands still; open until the term is resumed."""

    since: Instant
    until: Instant | None = None


class Term(Message):
    """A counted term. Everything below the blank line follows from what is above it.

    While a suspension is open, `due_at` and `ends_at` are None (an end that had passed before
    stays), and the dates show where the term stood when it stopped. After an extension the
    earlier, closed suspensions are gone: the new end replaced what they had moved.
    """

    rule: str
    rule_valid_from: date
    basis: str
    start: Instant
    length: int
    unit: CountedUnit
    calendar: str
    suspensions: tuple[Suspension, ...] = ()
    extended_to: date | None = None

    nominal: date
    legal_end: date
    safe_due: date
    due_at: Instant | None
    """The first instant after the safe due."""
    ends_at: Instant | None
    """The first instant after the legal end."""

    @property
    def suspended_since(self) -> datetime | None:
        """Since when the clock stands still, None when it runs."""
        last = self.suspensions[-1] if self.suspensions else None
        return last.since if last is not None and last.until is None else None

    @property
    def by_the_clock(self) -> bool:
        """Whether the end is an instant of elapsed time and not the end of a day."""
        return self.unit in CLOCK_UNITS and self.extended_to is None

    def overdue(self, now: datetime) -> bool:
        return self.due_at is not None and now >= self.due_at

    def legally_overdue(self, now: datetime) -> bool:
        return self.ends_at is not None and now >= self.ends_at

    def ends_like(self, other: "Term") -> bool:
        """Whether both give the same dates and instants, whatever they were counted by."""
        return self._ends() == other._ends()

    def _ends(self) -> tuple[date | None, ...]:
        return self.nominal, self.legal_end, self.safe_due, self.due_at, self.ends_at
