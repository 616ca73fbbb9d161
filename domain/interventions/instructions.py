"""What people may tell an intervention outside its tasks, and who: one row an instruction."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from domain.errors import Refusal
from domain.instructions import InstructCase, InstructionNotYours, InstructionUnknown
from domain.interventions import (
    instructions_duplicates,
    instructions_emergencies,
    instructions_holds,
    instructions_records,
    instructions_sender,
    instructions_steps,
    instructions_transfers,
    instructions_units,
    interim,
)
from domain.interventions.commands import GiveInterimInformation
from domain.interventions.instruction_types import InstructionType, unit_of
from domain.messages import Message, field_problems
from domain.organisation import Organisation
from domain.tasks.refusals import ActorNotActive, CaseOnHold, FieldsMissing

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

INSTRUCTIONS: dict[str, InstructionType] = {
    kind.name: kind
    for kind in (
        InstructionType(
            name="interim_information",
            form=GiveInterimInformation,
            posts=unit_of,
            carry_out=interim.give_interim_information,
            events=("InterimInformationGiven",),
            of_the_sender=False,
        ),
        *instructions_duplicates.INSTRUCTIONS,
        *instructions_sender.INSTRUCTIONS,
        *instructions_emergencies.INSTRUCTIONS,
        *instructions_holds.INSTRUCTIONS,
        *instructions_transfers.INSTRUCTIONS,
        *instructions_records.INSTRUCTIONS,
        *instructions_steps.INSTRUCTIONS,
        *instructions_units.INSTRUCTIONS,
    )
}


def instructing(
    command: InstructCase, case: "Intervention", posts: frozenset[str], organisation: Organisation
) -> Iterator[Refusal]:
    """All guards that do not belong to the process; those of the case come with carrying out."""
    kind = INSTRUCTIONS.get(command.instruction)
    if kind is None:
        yield InstructionUnknown(instruction=command.instruction)
        return
    if not posts:
        yield ActorNotActive()
    if case.on_hold and not kind.while_on_hold:
        yield CaseOnHold(case=case.reference)
    problems = form_problems(command)
    if problems:
        yield FieldsMissing(fields=problems)
    allowed = kind.posts(case, None if problems else filled_form(command))
    above = {post for each in allowed for post in organisation.superiors(each)}
    if posts and not posts & {*allowed, *above}:
        yield InstructionNotYours(posts=list(allowed))


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
