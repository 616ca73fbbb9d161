"""What people may tell an intervention outside its tasks, and who: one row an instruction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from domain.errors import Refusal
from domain.instructions import InstructCase, InstructionNotYours, InstructionUnknown
from domain.interventions import interim, supplements
from domain.interventions.commands import GiveInterimInformation
from domain.interventions.commands_sender import SupplementIntervention
from domain.messages import Act, Message, field_problems
from domain.organisation import Organisation
from domain.rulebook import Rulebook
from domain.tasks.refusals import ActorNotActive, CaseOnHold, FieldsMissing

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

OWNERS = ("KS-06/clerk", "KS-06/head")


@dataclass(frozen=True)
class InstructionType:
    """One instruction: its form, the posts that may give it, and what it does to the case."""

    name: str
    form: type[Message]
    posts: Callable[["Intervention", Any], tuple[str, ...]]
    """Asked without the form as well: who could give it at all."""
    carry_out: Callable[["Intervention", Any, Act, Rulebook], None]
    events: tuple[str, ...]
    """The names of the events that it may record first; a repetition is known by them."""
    of_the_sender: bool = True
    """Its texts are about the sender, and go when the sender is erased."""
    while_on_hold: bool = False


def owners(case: "Intervention", form: Message | None) -> tuple[str, ...]:
    return OWNERS


def unit_of(case: "Intervention", form: Any) -> tuple[str, ...]:
    """The unit that was asked, and KS-06 for what the unit wrote in a letter."""
    asked = [r for r in case.referrals.values() if form is None or r.ref == form.referral]
    return (*dict.fromkeys(f"{referral.unit}/coordinator" for referral in asked), *OWNERS)


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
        InstructionType(
            name="supplement",
            form=SupplementIntervention,
            posts=owners,
            carry_out=supplements.supplement,
            events=("Supplemented",),
        ),
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
