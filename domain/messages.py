"""What travels between the layers: commands, results and the act that a command is part of."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError


class Message(BaseModel):
    """Base of every command and result: frozen, and strict about names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies outside the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An instant, always in UTC; what is shown to people is turned into Europe/Warsaw at the edge."""

Instant = AwareDatetime
"""An instant in a value that was counted from a `Moment` and so is in UTC already.

A log holds dozens of them in one event; turning each once more took half of the reading.
"""


def field_problems(wrong: ValidationError) -> list[dict[str, str]]:
    """Each problem with the field that has it; nothing of what was filled in is repeated."""
    return [
        {"field": ".".join(str(part) for part in error["loc"]), "problem": error["msg"]}
        for error in wrong.errors(include_url=False, include_input=False)
    ]


class Act(Message):
    """Who does something, when, and under which command id; it stands beside the command.

    `command_id` makes a repeated command answerable as the first: every event that the command
    causes carries it.
    """

    command_id: Annotated[str, Field(min_length=1, max_length=200)]
    at: Moment
    by: Annotated[str, Field(min_length=1, max_length=80)]
    acting_for: str | None = None


SYSTEM = "system"
"""The author of what a timer or a workflow step does without a person."""


class StartCase(Message):
    """The input of every workflow of a case: nothing but its reference."""

    reference: str
