"""Comments on a case over HTTP: on open and closed ones, never edited."""

from typing import Any

from fastapi import APIRouter

from api.auth import Key, Me
from api.cases import visible_case
from api.decisions import case_key
from api.services import Here, Services
from domain.instructions import CaseAnswer
from domain.interventions import events_comments as events
from domain.interventions.access import NotYourCase
from domain.interventions.comments import CommentOnCase
from domain.interventions.model import Intervention
from domain.messages import Act
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork
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
    if answer := _first_answer(here, case, act, command):
        return answer
    here.files.refuse_unknown(command.attachments, owner=reference)
    with here.sealing:
        sealed = seal_texts(
            command, key_ref=case_key(reference), command_id=act.command_id, texts=here.texts
        )
    return here.commands.comment(reference, sealed, act)


def _first_answer(
    here: Services, case: Intervention, act: Act, command: CommentOnCase
) -> CaseAnswer | None:
    """The answer of old, or None when the comment is new."""
    version = case.answered(act.command_id)
    if version is None:
        return None
    (event,) = here.store.events.get(case.id, gt=version - 1, lte=version)
    if not _is_same(here, event, command):
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
    return here.commands.instructed(UnitOfWork(here.store), case, act.command_id)


def _is_same(here: Services, event: Any, command: CommentOnCase) -> bool:
    """An erased text can no longer be compared."""
    if not isinstance(event, events.Commented):
        return False
    files = [each.file for each in event.attachments]
    text = here.texts.get_many([event.text_ref]).get(event.text_ref, command.text)
    return text == command.text and files == [each.file for each in command.attachments]
