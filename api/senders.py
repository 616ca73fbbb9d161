"""The sender of a report as somebody puts it right: into the vault first, as when registering."""

from typing import Any

from api.services import Services
from domain.interventions.commands_records import CorrectData
from domain.interventions.rules import reach_of_person
from domain.messages import Act
from domain.people import PersonalData, PersonErased, PersonRef
from runtime.text_store import ReferenceInsteadOfText

NOBODY = PersonalData()


def refuse_reference(form: CorrectData) -> None:
    """Only the vault makes references; a client says who somebody is."""
    if isinstance(form.sender, str):
        raise ReferenceInsteadOfText(fields=["sender"])


def admitted(
    here: Services, act: Act, reference: str, form: CorrectData
) -> tuple[CorrectData, PersonRef | None]:
    """The form with a reference in the place of the sender, and that reference; None for nobody.

    Raises PersonDiffers when the same command named another person before.
    """
    if not isinstance(form.sender, PersonalData) or form.sender == NOBODY:
        return form.model_copy(update={"reach": "none"}), None
    # A key of a client may have been used to register a report too: another person then.
    command_id = f"{act.command_id}:sender:{reference}"
    person = here.vault.admit(form.sender, command_id=command_id)
    reach = reach_of_person(form.sender)
    return form.model_copy(update={"sender": person, "reach": reach}), person


def same_sender(here: Services, form: CorrectData, event: Any) -> bool:
    """Whether the event put the same sender right; who was erased can no longer be compared."""
    if event.field != "sender" or event.sender is None:
        return form.sender == (NOBODY if event.field == "sender" else None)
    try:
        return here.vault.person(event.sender) == form.sender
    except PersonErased:
        return isinstance(form.sender, PersonalData)
