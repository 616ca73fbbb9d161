"""Attachments over HTTP: uploaded to a case first, then named by whoever attaches them."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.attaching import attached_to, files_in
from api.auth import Caller, Me, idempotency_key
from api.cases import visible_case
from api.decisions import case_key
from api.services import Here, Services
from api.tasks import visible_task
from domain.attachments import (
    AttachedFile,
    AttachmentMasked,
    AttachmentUnknown,
    UploadedFile,
    refuse_unfit,
)
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.events import ReferralAnswered
from domain.interventions.model import Intervention
from domain.people import PersonErased

router = APIRouter(tags=["attachments"])


@router.post("/cases/{reference}/attachments", dependencies=[Depends(idempotency_key)])
async def upload_attachment(
    reference: str,
    request: Request,
    here: Here,
    me: Me,
    content_type: Annotated[str, Header(max_length=100)] = "",
) -> UploadedFile:
    """Upload a file as the body of the request; what is answered names it in a comment.

    The same file again is the same attachment.
    """
    content = await request.body()
    return await run_in_threadpool(_take_in, here, me, reference, content, content_type)


@router.post("/attachments", dependencies=[Depends(idempotency_key)])
async def upload_for_a_report(
    request: Request,
    here: Here,
    me: Me,
    content_type: Annotated[str, Header(max_length=100)] = "",
) -> UploadedFile:
    """Upload a file of a report that is still to be registered; `files` of the report names it.

    What no report names is gone after a day.
    """
    refuse_if_any(access.registering(me.all_posts))
    content = await request.body()
    return await run_in_threadpool(_keep_upload, here, me, content, content_type)


@router.get("/cases/{reference}/attachments/{file}")
def read_attachment_of_case(reference: str, file: str, here: Here, me: Me) -> Response:
    """A file of the report, of a supplement, an answer or a document, or of a comment on the case.

    A unit reads those of its own answers.
    """
    case = visible_case(here, me, reference)
    own = _of_own_answers if me.sight.extent == "referrals" else _of_the_case
    return _answer(here, me, file, own(here, me, case))


@router.get("/tasks/{reference}/attachments/{file}")
def read_attachment_of_task(reference: str, file: str, here: Here, me: Me) -> Response:
    """A file that is attached to a comment on the task."""
    task = visible_task(here, me, reference)
    return _answer(here, me, file, attached_to(here, task.id))


def _take_in(
    here: Services, me: Caller, reference: str, content: bytes, content_type: str
) -> UploadedFile:
    case = visible_case(here, me, reference)
    media_type = media_type_of(content_type)
    refuse_unfit(content, media_type)
    # What KS-06 attaches is mostly the sender's, and goes with the sender; units know no sender.
    about = case.sender if me.sight.extent == "whole" else None
    return keep_for_case(here, reference, content, media_type, about)


def keep_for_case(
    here: Services, reference: str, content: bytes, media_type: str, about: str | None
) -> UploadedFile:
    """A file of a case in the vault, under the key of whom it is about, or else of the case."""
    own = case_key(reference)
    with here.sealing:
        try:
            return here.files.put(content, media_type, owner=reference, key_ref=about or own)
        except PersonErased:
            return here.files.put(content, media_type, owner=reference, key_ref=own)


def _keep_upload(here: Services, me: Caller, content: bytes, content_type: str) -> UploadedFile:
    media_type = media_type_of(content_type)
    refuse_unfit(content, media_type)
    with here.sealing:
        return here.files.upload(content, media_type, client=me.person)


def media_type_of(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _of_the_case(here: Services, me: Caller, case: Intervention) -> Iterator[AttachedFile]:
    return attached_to(here, case.id)


def _of_own_answers(here: Services, me: Caller, case: Intervention) -> Iterator[AttachedFile]:
    for event in here.store.events.get(case.id):
        if not isinstance(event, ReferralAnswered):
            continue
        if case.referrals[event.referral].unit in me.sight.units:
            yield from files_in(event)


def _answer(here: Services, me: Caller, file: str, attached: Iterable[AttachedFile]) -> Response:
    found = next((each for each in attached if each.file == file), None)
    if found is None:
        raise AttachmentUnknown(files=[file[:40]])
    if me.sight.extent == "masked":
        raise AttachmentMasked()
    return Response(
        here.files.get(found.file),
        media_type=found.media_type,
        headers={"content-disposition": f'attachment; filename="{found.name}"'},
    )
