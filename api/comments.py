"""Comments on a case over HTTP: on open and closed ones, never edited."""

from functools import partial
from typing import Any

from fastapi import APIRouter

from api.auth import Key, Me
from api.cases import first_answer, visible_case
from api.decisions import case_key
from api.services import Here, Services
from domain.instructions import CaseAnswer
from domain.interventions import events_comments as events
from domain.interventions.access import NotYourCase
from domain.interventions.comments import CommentOnCase
from runtime.text_store import seal_texts

router = APIRouter(tags=["interventions"])


@router.post("/cases/{reference}/comments")
def comment_on_case(
    reference: str, command: CommentOnCase, here: Here, me: Me, key: Key
) -> CaseAnswer:
    """Add a remark to a case: for whoever sees all of it. Units comment on their own tasks."""
    case = visible_case(here, me, reference)
    if me.sight.extent == "referrals":
        raise NotYourCase(reference=reference)
    act = me.act(key)
    if answer := first_answer(here, case, act, partial(_is_same, here, command)):
        return answer
    here.files.refuse_unknown(command.attachments, owner=reference)
    with here.sealing:
        sealed = seal_texts(
            command, key_ref=case_key(reference), command_id=act.command_id, texts=here.texts
        )
    return here.commands.comment(reference, sealed, act)


def _is_same(here: Services, command: CommentOnCase, event: Any) -> bool:
    """An erased text can no longer be compared."""
    if not isinstance(event, events.Commented):
        return False
    files = [each.file for each in event.attachments]
    text = here.texts.get_many([event.text_ref]).get(event.text_ref, command.text)
    return text == command.text and files == [each.file for each in command.attachments]
