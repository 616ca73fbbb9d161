"""Payloads of processes in plain, for the pages of operators in the Temporal UI."""

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth import Bearer, KeyHeader, authenticated
from api.services import Here
from domain.errors import refuse_if_any
from domain.interventions import access
from runtime.codec import decode_body

router = APIRouter(tags=["system"])
log = structlog.get_logger(__name__)


async def operating(request: Request, here: Here, bearer: Bearer, header: KeyHeader) -> None:
    """An operator, or anybody at the machine itself when the installation is open there."""
    if not here.settings.open_codec:
        caller = await authenticated(request, here, bearer, header)
        refuse_if_any(access.operating(caller.posts))


@router.post("/codec/decode", response_class=Response, dependencies=[Depends(operating)])
async def decode_payloads(request: Request, here: Here) -> Response:
    """The same payloads, decrypted. Whatever the query says does not matter."""
    body = await request.body()
    plain = await run_in_threadpool(decode_body, here.codec, body)
    log.info("payloads decoded")
    return Response(plain, media_type="application/json")
