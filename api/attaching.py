"""Files that a decision or an instruction names: uploaded to the case before, and sealed under the
key of whom it is about."""

from collections.abc import Iterator
from uuid import UUID

from api.services import Services
from domain.attachments import AttachedFile, UploadedFile
from domain.interventions.model import Intervention
from domain.messages import Message


def files_of(form: Message) -> tuple[UploadedFile, ...]:
    """The uploaded files that a form names, if it may name any."""
    files: tuple[UploadedFile, ...] = getattr(form, "files", ())
    return files


def refuse_unknown_files(here: Services, reference: str, form: Message) -> None:
    here.files.refuse_unknown(files_of(form), owner=reference, field="files")


def seal_files(here: Services, case: Intervention, form: Message, key_ref: str) -> None:
    """Whoever uploaded a file, it goes with whom it is about; what is attached already stays."""
    if files := files_of(form):
        before = {each.file for each in attached_to(here, case.id)}
        new = [each for each in files if each.file not in before]
        here.files.assign(new, owner=case.reference, key_ref=key_ref)


def attached_to(here: Services, aggregate: UUID) -> Iterator[AttachedFile]:
    """All files that events of a case or task tell of."""
    for event in here.store.events.get(aggregate):
        yield from files_in(event)


def files_in(event: object) -> Iterator[AttachedFile]:
    told = (*getattr(event, "attachments", ()), *getattr(event, "files", ()))
    yield from (each for each in told if isinstance(each, AttachedFile))
