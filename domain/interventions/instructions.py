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
from domain.interventions.instruction_types import OWNERS, InstructionType, unit_of
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
            recorders=OWNERS,
            said_by_unit=interim.give_interim_information,
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
    command: InstructCase,
    case: "Intervention",
    posts: frozenset[str],
    organisation: Organisation,
    candidates: tuple[str, ...] = (),
) -> Iterator[Refusal]:
    """All guards that do not belong to the process; those of the case come with carrying out.

    `candidates` are those of the task that the instruction is about, if it names one.
    """
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
    own = kind.posts(case, None if problems else filled_form(command))
    allowed = (*own, *kind.recorders)
    below = tuple(_below(candidates, organisation)) if kind.by_superiors else ()
    above = {post for each in below for post in organisation.superiors(each)}
    if posts and not posts & (_with_superiors(allowed, organisation) | above):
        yield InstructionNotYours(posts=list(allowed))


def is_written_down(
    command: InstructCase, case: "Intervention", posts: frozenset[str], organisation: Organisation
) -> bool:
    """Whether somebody says it for a unit that sent a letter."""
    kind = INSTRUCTIONS.get(command.instruction)
    if kind is None or not posts & _with_superiors(kind.recorders, organisation):
        return False
    form = None if form_problems(command) else filled_form(command)
    return not posts & _with_superiors(kind.posts(case, form), organisation)


def _with_superiors(posts: tuple[str, ...], organisation: Organisation) -> set[str]:
    return {*posts, *(above for post in posts for above in organisation.superiors(post))}


def _below(candidates: tuple[str, ...], organisation: Organisation) -> Iterator[str]:
    """Of units outside the Department KS-06 asks, so that its head stands in for theirs."""
    for post in candidates or OWNERS:
        unit = post.rpartition("/")[0]
        yield post if not unit or organisation.has_unit(unit) else OWNERS[0]


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
