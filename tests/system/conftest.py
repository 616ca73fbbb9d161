"""Real servers for whole processes: Temporal with and without time of its own, and mail."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from projections.tables import TABLES
from runtime.bootstrap import SEARCH_ATTRIBUTES, bootstrap_temporal
from runtime.mail import MailServer
from runtime.plugin import connect, ks_plugin
from runtime.ports import free_port
from runtime.read_side import ReadSide
from runtime.settings import Settings
from tests.databases import Database
from tests.installation import settings_of
from tests.system.histories import keep_histories, story_name
from tests.system.office import Office, office_at_work, queue_name
from worker import Workshop

Story = Callable[[Office], Awaitable[None]]
Kept = Callable[[Office], Awaitable[None]]


class Play(Protocol):
    """Plays a story that begins at a moment of Warsaw time, such as `2026-10-05 10:20`."""

    def __call__(self, story: Story, begins: str, workshop: Workshop | None = None) -> None: ...


TYPES = {
    name: IndexedValueType.Value(
        "INDEXED_VALUE_TYPE_" + {"KeywordList": "KEYWORD_LIST"}.get(kind, kind.upper())
    )
    for name, kind in SEARCH_ATTRIBUTES.items()
}


def binary(name: str) -> str:
    """A server that came as a package, beside the interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert found, f"{name} is not installed"
    return found


def city_moment(text: str) -> datetime:
    local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("Europe/Warsaw"))
    return local.astimezone(UTC)


@contextmanager
def installation(database: Database, var: Path) -> Iterator[Settings]:
    """One of its own, with its mailboxes."""
    own = {"smtp_port": free_port(), "task_queue": queue_name()}
    settings = settings_of(var, database.url, **own)
    mail = MailServer.of(settings)
    mail.start()
    try:
        yield settings
    finally:
        mail.stop()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Iterator[Settings]:
    with installation(database, tmp_path / "var") as settings:
        yield settings


@pytest.fixture
def read_side(settings: Settings) -> Iterator[ReadSide]:
    with closing(ReadSide(settings, TABLES)) as read_side:
        yield read_side


@pytest.fixture
def kept(request: pytest.FixtureRequest, database: Database) -> Kept:
    """What is done with a story that was told: its histories are kept when they are asked for."""
    story = story_name(request.node.name)
    wanted = request.config.getoption("--keep-histories") and database.kind == "sqlite"

    async def keep(office: Office) -> None:
        if wanted and story.startswith("story_"):
            await keep_histories(office, story)

    return keep


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    """The real server, one for all tests; each works in a namespace of its own."""

    async def start(tries: int = 5) -> WorkflowEnvironment:
        try:
            return await WorkflowEnvironment.start_local(
                dev_server_existing_path=binary("temporal")
            )
        except RuntimeError:  # the library waits five seconds, and a busy machine may need more
            if tries == 1:
                raise
            return await start(tries - 1)

    with asyncio.Runner() as runner:
        environment = runner.run(start())
        yield environment.client.service_client.config.target_host
        runner.run(environment.shutdown())


@pytest.fixture
def on_the_real_server(settings: Settings, temporal_address: str, kept: Kept) -> Play:
    """The server that production runs; time is real, and only shifted to the story's date."""
    own = {"temporal_address": temporal_address, "temporal_namespace": settings.task_queue}
    settings = settings.model_copy(update=own)

    async def play(story: Story, begins: str, workshop: Workshop | None) -> None:
        await bootstrap_temporal(settings)
        client = await connect(settings)
        environment = WorkflowEnvironment.from_client(client)
        begin = city_moment(begins)
        async with office_at_work(settings, environment, client, begin, workshop) as office:
            await story(office)
            await kept(office)

    return lambda story, begins, workshop=None: asyncio.run(play(story, begins, workshop))


@pytest.fixture
def with_its_own_time(settings: Settings, kept: Kept) -> Play:
    return on_its_own_time(settings, kept)


def on_its_own_time(settings: Settings, kept: Kept | None = None) -> Play:
    """A server on which weeks pass in a moment; one for each story, as its time never goes back."""

    async def play(story: Story, begins: str, workshop: Workshop | None) -> None:
        environment = await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=binary("temporal-test-server"),
            plugins=[ks_plugin(settings)],
        )
        async with environment:
            await _add_attributes(environment.client)
            begin = city_moment(begins)
            client = environment.client
            async with office_at_work(settings, environment, client, begin, workshop) as office:
                await story(office)
                if kept is not None:
                    await kept(office)

    return lambda story, begins, workshop=None: asyncio.run(play(story, begins, workshop))


async def _add_attributes(client: Client) -> None:
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=TYPES)
    )
