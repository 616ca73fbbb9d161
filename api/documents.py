"""Documents over HTTP: what came in for a case, open or closed, is put onto its file."""

from functools import partial
from typing import Any

from fastapi import APIRouter

from api.auth import Key, Me
from api.cases import first_answer, visible_case
from api.decisions import case_key
from api.services import Here, Services
from domain.errors import refuse_if_any
from domain.instructions import CaseAnswer
from domain.interventions import access, records
from domain.interventions import events_records as events
from domain.interventions.commands_records import FileDocument
from runtime.text_store import seal_texts

router = APIRouter(tags=["interventions"])


@router.post("/interventions/{reference}/documents")
def file_document(
    reference: str, command: FileDocument, here: Here, me: Me, key: Key
) -> CaseAnswer:
    """Put a document onto the file of a case, also after closing; nothing follows from it."""
    case = visible_case(here, me, reference)
    refuse_if_any(access.filing(me.all_posts))
    act = me.act(key)
    if answer := first_answer(here, case, act, partial(_is_same, here, command)):
        return answer
    # Nothing is kept of what would be refused.
    refuse_if_any(records.filing(case, command))
    here.files.refuse_unknown(command.attachments, owner=reference)
    with here.sealing:
        sealed = seal_texts(
            command, key_ref=case_key(reference), command_id=act.command_id, texts=here.texts
        )
    return here.commands.file_document(reference, sealed, act)


def _is_same(here: Services, command: FileDocument, event: Any) -> bool:
    """An erased text can no longer be compared."""
    if not isinstance(event, events.DocumentFiled):
        return False
    files = [each.file for each in event.attachments]
    text = here.texts.get_many([event.text_ref]).get(event.text_ref, command.text)
    told = (text, event.from_whom, event.referral, files)
    asked = [each.file for each in command.attachments]
    return told == (command.text, command.from_whom, command.referral, asked)
