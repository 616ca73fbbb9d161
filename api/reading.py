"""Reading the tables: at the position a client asks for, or not at all."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from api.services import Here, Services
from domain.errors import Refusal
from projections.follower import position

PATIENCE: Final = 1.5
"""Seconds that a request waits for the tables to reach its position."""

_LOOK_EVERY: Final = 0.025
_LAST_POSITION: Final = 2**62


class ReadSideBehind(Refusal):
    """The tables do not yet show the position that was asked for."""


@contextmanager
def tables(here: Services) -> Iterator[Connection]:
    """One state of all tables, for as long as this lasts."""
    with here.read_side.reader().connect() as connection:
        yield connection


def reached(here: Services) -> int:
    with tables(here) as connection:
        return position(connection)


async def wait_until_reached(
    here: Here,
    at_or_after: Annotated[
        int | None,
        Query(
            ge=0,
            le=_LAST_POSITION,
            description="The position that a write answered with: no older state is shown.",
        ),
    ] = None,
) -> None:
    if at_or_after is None:
        return
    now = asyncio.get_running_loop().time
    give_up = now() + PATIENCE
    while (shown := await run_in_threadpool(reached, here)) < at_or_after:
        if now() >= give_up:
            raise ReadSideBehind(position=shown, asked=at_or_after)
        await asyncio.sleep(_LOOK_EVERY)


AtPosition = Depends(wait_until_reached)
"""For every endpoint that answers from the tables."""
