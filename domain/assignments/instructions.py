"""What may be told an extra task outside its task, and by whom: one row an instruction."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from domain.assignments.commands import MoveTerm, WithdrawOrder
from domain.assignments.rules import OPERATOR, must_be_the_orderers
from domain.errors import Refusal
from domain.instructions import InstructCase, InstructionUnknown
from domain.messages import Message, field_problems
from domain.organisation import Organisation
from domain.tasks.refusals import ActorNotActive, FieldsMissing

if TYPE_CHECKING:
    from domain.assignments.model import Assignment


@dataclass(frozen=True)
class OrderInstruction:
    """Its form, and the event that it records: a repetition is known by it."""

    form: type[Message]
    event: str
    by_operators: bool = False
    """Whether it is none of the merits, so that an operator may give it as well."""


INSTRUCTIONS: dict[str, OrderInstruction] = {
    "withdraw_order": OrderInstruction(WithdrawOrder, "Withdrawn"),
    "move_deadline": OrderInstruction(MoveTerm, "TermMoved", by_operators=True),
}


def instructing(
    command: InstructCase,
    assignment: "Assignment",
    person: str,
    posts: AbstractSet[str],
    organisation: Organisation,
) -> Iterator[Refusal]:
    """All guards but those of the order itself, which come with carrying out."""
    kind = INSTRUCTIONS.get(command.instruction)
    if kind is None:
        yield InstructionUnknown(instruction=command.instruction)
        return
    if not posts:
        yield ActorNotActive(person=person)
    if problems := form_problems(command):
        yield FieldsMissing(fields=problems)
    if not (kind.by_operators and OPERATOR in posts):
        yield from must_be_the_orderers(assignment, person, posts, organisation)


def form_problems(command: InstructCase) -> list[dict[str, str]]:
    """What is wrong with the fields: `{field, problem}` each."""
    try:
        filled_form(command)
    except ValidationError as wrong:
        return field_problems(wrong)
    return []


def filled_form(command: InstructCase) -> Message:
    """The command that the person filled in."""
    return INSTRUCTIONS[command.instruction].form.model_validate(command.fields)
