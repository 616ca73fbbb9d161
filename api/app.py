"""The HTTP API: endpoints, problems and the gate, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api import (
    assignments,
    attachments,
    batches,
    codec,
    comments,
    docs,
    documents,
    drafts,
    explain,
    health,
    inbox,
    instructions,
    interventions,
    link_pages,
    parties,
    post,
    problems,
    public,
    roster,
    state_pages,
    task_desk,
    tasks,
    triage,
)
from api.gate import Gate
from api.services import Services
from runtime.settings import Settings

DESCRIPTION = """\
Every write needs an `Idempotency-Key`: repeated under it, a request has one effect and one answer.
A refusal counts as an answer, so another attempt takes another key.
What is refused comes as `application/problem+json` with the name of the refusal and its facts."""


def create_app(services: Services) -> FastAPI:
    """The application; it closes the services when it ends."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        services.processes.bind(asyncio.get_running_loop())
        try:
            yield
        finally:
            await services.processes.close()
            services.close()

    app = FastAPI(
        title="Wydział Komunikacji Społecznej: procesy",
        version="1",
        description=DESCRIPTION,
        lifespan=running,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    for part in (
        interventions,
        triage,
        explain,
        instructions,
        tasks,
        task_desk,
        batches,
        assignments,
        parties,
        link_pages,
        post,
        public,
        state_pages,
        roster,
        drafts,
        comments,
        documents,
        attachments,
        inbox,
        codec,
        health,
        docs,
    ):
        app.include_router(part.router)
    problems.install(app, services.data.labels)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=_pages_of_operators(services.settings),
        allow_methods=["POST"],
        allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Namespace"],
    )
    limits = services.data.limits.attachments
    app.add_middleware(Gate, labels=services.data.labels, largest_file=limits.max_bytes)
    return app


def _pages_of_operators(settings: Settings) -> list[str]:
    """Where the Temporal UI is served, which asks for payloads in plain."""
    return [f"http://{host}:{settings.temporal_ui_port}" for host in ("127.0.0.1", "localhost")]
