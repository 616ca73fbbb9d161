"""Whether this part works, and what it reaches: for supervisors and for operators."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from api.reading import reached
from api.services import Here, Services
from domain.messages import Message
from runtime.interceptors import AWAY

Reach = Literal["reachable", "away"]

router = APIRouter(tags=["system"])


class ReadSideHealth(Message):
    state: Reach
    position: int | None = None
    lag: int | None = None
    """Events that the tables do not show yet."""


class Health(Message):
    """`degraded`: reports are taken in, but decisions or lists have to wait."""

    status: Literal["ok", "degraded", "failing"]
    store: Reach
    read_side: ReadSideHealth
    temporal: Reach


@router.get("/health", responses={503: {"model": Health}})
async def health(here: Here, response: Response) -> Health:
    """Alive as long as the store is: 503 only without it."""
    (store, tables), temporal = await asyncio.gather(
        run_in_threadpool(_databases, here), here.processes.is_reachable()
    )
    well = tables.state == "reachable" and temporal
    if store == "away":
        response.status_code = 503
    return Health(
        status="failing" if store == "away" else "ok" if well else "degraded",
        store=store,
        read_side=tables,
        temporal="reachable" if temporal else "away",
    )


def _databases(here: Services) -> tuple[Reach, ReadSideHealth]:
    try:
        last = here.store.position()
    except AWAY:
        return "away", ReadSideHealth(state="away")
    try:
        shown = reached(here)
    except SQLAlchemyError:
        return "reachable", ReadSideHealth(state="away")
    return "reachable", ReadSideHealth(state="reachable", position=shown, lag=max(last - shown, 0))
