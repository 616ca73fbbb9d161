"""The workflow of the floor: the steps of a whole case, each of them empty."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import SearchAttributeKey

SHORT = timedelta(seconds=10)
LONG = timedelta(days=1)
ROUND = SearchAttributeKey.for_int("Round")


@dataclass(frozen=True)
class Turn:
    """What a run does until the next update: how many steps of each kind."""

    local_activities: int = 0
    activities: int = 0
    upserts: int = 0
    timers: int = 0


@dataclass(frozen=True)
class Shape:
    """The turns of a run: one at its start, and one with each update."""

    turns: tuple[Turn, ...]
    timers_cancelled: int = 0

    @property
    def updates(self) -> int:
        return len(self.turns) - 1

    def total(self, kind: str) -> int:
        return sum(getattr(turn, kind) for turn in self.turns)


@activity.defn
def nothing_local() -> None:
    """What is left of a command on the store."""


@activity.defn
def nothing_outside() -> None:
    """What is left of a letter."""


@workflow.defn
class EmptyWorkflow:
    """An update does one local activity; all else of its turn follows after the answer."""

    @workflow.init
    def __init__(self, shape: Shape) -> None:
        self._taken = self._updates = self._upserts = self._timers = 0
        self._ended = False
        self._beside: list[asyncio.Task[None]] = []
        self._cancelled = shape.timers_cancelled

    @workflow.run
    async def run(self, shape: Shape) -> str:
        for turn in shape.turns[:-1]:
            await self._take(turn)
        await self._take(shape.turns[-1], last=True)
        self._ended = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "closed"

    @workflow.update
    async def decide(self, decision: str) -> str:
        await _local()
        self._updates += 1
        return decision

    async def _take(self, turn: Turn, *, last: bool = False) -> None:
        number = self._taken
        self._taken += 1
        await workflow.wait_condition(lambda: self._updates >= number)
        for _ in range(turn.timers):
            self._start(self._timer())
        for _ in range(turn.activities):
            self._beside.append(self._start(_outside()))
        if last:  # a case closes after its last letter
            self._upsert(turn.upserts - 1)
            await asyncio.gather(*self._beside)
        # The local activity of the update itself belongs to its turn.
        for _ in range(turn.local_activities - (number > 0)):
            await _local()
        self._upsert(min(turn.upserts, 1) if last else turn.upserts)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.create_task(work)

    def _upsert(self, times: int) -> None:
        for _ in range(times):
            self._upserts += 1
            workflow.upsert_search_attributes([ROUND.value_set(self._upserts)])

    async def _timer(self) -> None:
        self._timers += 1
        if self._timers > self._cancelled:
            await workflow.sleep(LONG)
        else:
            await workflow.wait_condition(lambda: self._ended, timeout=LONG)


async def _local() -> None:
    await workflow.execute_local_activity(nothing_local, start_to_close_timeout=SHORT)


async def _outside() -> None:
    await workflow.execute_activity(nothing_outside, start_to_close_timeout=SHORT)
