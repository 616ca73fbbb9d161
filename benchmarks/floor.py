"""The floor: what HTTP, Temporal and the store cost here when nothing is done with them."""

import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydantic import TypeAdapter
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from benchmarks.floor_processes import Load, Options
from benchmarks.floor_workflow import Shape, Turn
from benchmarks.installation import Installation, settings_in
from benchmarks.web import Answer
from worker import STICKY, THREADS

LOCAL_ACTIVITY: Final = "core_local_activity"
"""The marker by which a history tells of a local activity."""


class FloorDesk:
    """Where a client makes the requests of a case to endpoints that do next to nothing."""

    def __init__(self, here: Installation) -> None:
        self.web = here.web()

    async def register(self) -> str:
        done = await self.web.told("POST", "/cases", key=uuid4().hex)
        return str(done["reference"])

    async def ready(self, case: str, step: int) -> None:
        """Its updates wait by themselves until the run takes them."""

    async def decide(self, case: str, step: int) -> None:
        await self.web.told("POST", f"/cases/{case}/complete", key=uuid4().hex)

    async def try_to_decide(self, case: str, key: str) -> Answer:
        return await self.web.ask("POST", f"/cases/{case}/complete", key=key)

    async def append(self) -> None:
        await self.web.told("POST", "/events", key=uuid4().hex)

    async def closed(self, case: str) -> None:
        await self.web.told("GET", f"/cases/{case}")


@asynccontextmanager
async def beside(here: Installation, shape: Shape) -> AsyncIterator[Installation]:
    """A worker and an API for runs of this shape, on the same Temporal server as the product's."""
    options = Options(threads=THREADS, cached=here.settings.cached_workflows, sticky=STICKY)
    load = Load(shape=shape, options=options)
    own = {"temporal_address": here.settings.temporal_address, "task_queue": "floor"}
    async with _floor(load, ("worker", "api"), **own) as low:
        yield low


@asynccontextmanager
async def appending(event_bytes: int, database_url: str | None) -> AsyncIterator[Installation]:
    """An API that appends events of this size, on a database of its own."""
    load = Load(event_bytes=event_bytes)
    async with _floor(load, ("api",), database_url=database_url) as low:
        yield low


@asynccontextmanager
async def _floor(load: Load, parts: tuple[str, ...], **own: Any) -> AsyncIterator[Installation]:
    told = TypeAdapter(Load).dump_json(load).decode()
    with tempfile.TemporaryDirectory(prefix="ks-floor-") as directory:
        commands = {
            part: (sys.executable, "-m", "benchmarks.floor_processes", part, told) for part in parts
        }
        here = Installation(settings_in(Path(directory), **own), commands)
        try:
            await here.start(*parts)
            yield here
        finally:
            await here.stop()


def shape_of(history: WorkflowHistory) -> Shape:
    """The steps of a real run, turn by turn; a turn begins with the update that was accepted."""
    turns: list[Counter[str]] = [Counter()]
    for event in history.events:
        kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        if kind == "WORKFLOW_EXECUTION_UPDATE_ACCEPTED":
            turns.append(Counter())
        elif kind == "MARKER_RECORDED":
            kind = event.marker_recorded_event_attributes.marker_name
        turns[-1][kind] += 1
    return Shape(
        turns=tuple(
            Turn(
                local_activities=turn[LOCAL_ACTIVITY],
                activities=turn["ACTIVITY_TASK_SCHEDULED"],
                upserts=turn["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"],
                timers=turn["TIMER_STARTED"],
            )
            for turn in turns
        ),
        timers_cancelled=sum(turn["TIMER_CANCELED"] for turn in turns),
    )
