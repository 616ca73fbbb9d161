"""Payloads of processes in plain, for the pages of operators in the Temporal UI."""

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth import Me
from api.services import Here
from domain.errors import refuse_if_any
from domain.interventions import access
from runtime.codec import decode_body

router = APIRouter(tags=["system"])
log = structlog.get_logger(__name__)


@router.post("/codec/decode", response_class=Response)
async def decode_payloads(request: Request, here: Here, me: Me) -> Response:
    """The same payloads, decrypted. Whatever the query says does not matter."""
    refuse_if_any(access.operating(me.posts))
    body = await request.body()
    plain = await run_in_threadpool(decode_body, here.codec, body)
    log.info("payloads decoded")
    return Response(plain, media_type="application/json")
