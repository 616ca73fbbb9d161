"""The two processes of the floor: a worker and an API with the product's options, and no work.

They are started as `python -m benchmarks.floor_processes worker`, or `api`, with their load.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import uvicorn
from eventsourcing.persistence import StoredEvent
from fastapi import FastAPI, Header
from pydantic import TypeAdapter
from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.floor_workflow import EmptyWorkflow, Shape, nothing_local, nothing_outside
from domain.messages import Message
from runtime.plugin import connect
from runtime.settings import Settings
from runtime.store import Store

Key = Annotated[str, Header(alias="Idempotency-Key")]


@dataclass(frozen=True)
class Options:
    """Those of the product's worker; passed on, so that none of its modules is loaded here."""

    threads: int
    cached: int
    sticky: timedelta


@dataclass(frozen=True)
class Load:
    """What the endpoints of the floor do."""

    shape: Shape | None = None
    """Of the runs that they start; without one no Temporal is needed."""
    event_bytes: int = 0
    """Of the event that they append."""
    options: Options | None = None


class Done(Message):
    """The answer of an empty endpoint."""

    reference: str


def make_app(settings: Settings, load: Load) -> FastAPI:
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    if load.shape is not None:
        _add_cases(app, settings, load.shape)
    if load.event_bytes:
        _add_events(app, Store(settings), load.event_bytes)
    return app


def _add_cases(app: FastAPI, settings: Settings, shape: Shape) -> None:
    """Start an empty run, and tell it an empty update."""
    connected: list[Client] = []

    async def client() -> Client:
        if not connected:
            connected.append(await connect(settings))
        return connected[0]

    @app.post("/cases", status_code=201)
    async def start(key: Key) -> Done:
        await (await client()).start_workflow(
            EmptyWorkflow.run, shape, id=key, task_queue=settings.task_queue
        )
        return Done(reference=key)

    @app.post("/cases/{case}/complete")
    async def decide(case: str, key: Key) -> Done:
        handle = (await client()).get_workflow_handle_for(EmptyWorkflow.run, case)
        await handle.execute_update(EmptyWorkflow.decide, key, id=key)
        return Done(reference=case)

    @app.get("/cases/{case}")
    async def read(case: str) -> Done:
        return Done(reference=case)


def _add_events(app: FastAPI, store: Store, size: int) -> None:
    """Append one event of the size of a real one."""

    @app.post("/events", status_code=201)
    def append(key: Key) -> Done:
        event = StoredEvent(UUID(key), 1, "floor.Appended", b"x" * size)
        store.recorder.insert_events([event])
        return Done(reference=key)


async def work(settings: Settings, options: Options) -> None:
    worker = Worker(
        await connect(settings),
        task_queue=settings.task_queue,
        workflows=[EmptyWorkflow],
        activities=[nothing_local, nothing_outside],
        activity_executor=ThreadPoolExecutor(options.threads),
        max_concurrent_activities=options.threads,
        max_concurrent_local_activities=options.threads,
        max_cached_workflows=options.cached,
        sticky_queue_schedule_to_start_timeout=options.sticky,
    )
    await worker.run()


def main(part: str, told: str) -> None:
    settings, load = Settings(), TypeAdapter(Load).validate_json(told)
    if part == "worker":
        assert load.options is not None
        asyncio.run(work(settings, load.options))
        return
    uvicorn.run(
        make_app(settings, load),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
