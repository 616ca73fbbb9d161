"""The processes of a bench: real ones, with a directory and ports of their own, gone at its end."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import psutil
from temporalio.client import Client

from benchmarks.web import Web
from runtime.bootstrap import bootstrap_temporal, pollers_of, reach_temporal
from runtime.demo_data import put_people_in_place
from runtime.demo_state import terms_directory, write_terms
from runtime.embedded import temporal_command
from runtime.ports import Port, free_port
from runtime.processes import Part, Supervisor
from runtime.secrets import MasterKey
from runtime.settings import Settings

Command = tuple[str, ...]

TEMPORAL: Final = "temporal"
ALL: Final = (TEMPORAL, "mail", "worker", "follower", "api")
"""The parts of the product, in the order in which they start."""


class Installation:
    """Settings, and the processes that run by them."""

    def __init__(self, settings: Settings, commands: Mapping[str, Command]) -> None:
        self.settings = settings
        self._commands = commands
        self._supervisor = Supervisor(settings.var / "log", environment(settings), lambda _: None)
        self._running: dict[str, None] = {}
        self._client: Client | None = None

    async def start(self, *names: str) -> None:
        """Start these parts, and return when all of them work."""
        for name in names:
            self.begin(name)
        await self.until_healthy(*names)

    def begin(self, name: str) -> None:
        """Start one part without waiting for it."""
        self._supervisor.start(Part(name, self._commands[name], self._healthy(name)))
        self._running[name] = None

    async def until_healthy(self, *names: str) -> None:
        await self._supervisor.until_healthy(names)

    async def stop(self) -> None:
        """Nothing is left behind, and nobody is waited for."""
        hurry = asyncio.Event()
        hurry.set()
        await self._supervisor.stop(tuple(reversed(self._running)), hurry)

    def kill(self, name: str) -> None:
        """As a machine that fails would do it."""
        process = self.process(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def process(self, name: str) -> psutil.Process:
        return psutil.Process(self._supervisor.pid(name))

    def processes(self) -> dict[str, psutil.Process]:
        """By the name of the part."""
        return {name: self.process(name) for name in self._running}

    def web(self) -> Web:
        return Web(self.settings.api_host, self.settings.api_port)

    async def client(self) -> Client:
        """Temporal as operators see it: counts and histories, nothing of a case in plain."""
        if self._client is None:
            self._client = await reach_temporal(self.settings)
        return self._client

    def _healthy(self, name: str) -> Callable[[int], Awaitable[bool]]:
        kinds = {"worker": self._polls, "follower": self._follows, "api": self._serves}
        return kinds.get(name) or self._answers(name)

    def _answers(self, name: str) -> Callable[[int], Awaitable[bool]]:
        temporal = int(self.settings.temporal_address.rpartition(":")[2])
        number = temporal if name == TEMPORAL else self.settings.smtp_port
        port = Port(name, self.settings.smtp_host, number, "")

        async def answers(pid: int) -> bool:
            return port.answers()

        return answers

    async def _polls(self, pid: int) -> bool:
        pollers = await pollers_of(await self.client(), self.settings.task_queue)
        return any(identity.startswith(f"{pid}@") for identity in pollers)

    async def _follows(self, pid: int) -> bool:
        health = await self._health()
        return health is not None and health["read_side"]["lag"] == 0

    async def _serves(self, pid: int) -> bool:
        return await self._health() is not None

    async def _health(self) -> Any:
        web = self.web()
        try:
            return await web.told("GET", "/health")
        except ConnectionError:
            return None
        finally:
            await web.close()


@asynccontextmanager
async def product(
    *names: str, database_url: str | None = None, cases_close: bool = True
) -> AsyncIterator[Installation]:
    """The product with these parts of it (all of them when none is named) and its people.

    Its cases close as soon as the reply went out, unless they are to stay open.
    """
    with tempfile.TemporaryDirectory(prefix="ks-bench-") as directory:
        settings = settings_in(Path(directory), database_url=database_url)
        if cases_close:
            write_terms(settings)
            own = {"tables": terms_directory(settings), "allow_test_terms": True}
            settings = settings.model_copy(update=own)
        commands = {name: ks({"follower": "follow"}.get(name, name)) for name in ALL[1:]}
        here = Installation(settings, {TEMPORAL: temporal_command(settings), **commands})
        wanted = names or ALL
        try:
            put_people_in_place(settings)
            if TEMPORAL in wanted:
                await here.start(TEMPORAL)
                await bootstrap_temporal(settings)
            await here.start(*(name for name in wanted if name != TEMPORAL))
            yield here
        finally:
            await here.stop()


def settings_in(directory: Path, **own: Any) -> Settings:
    """Settings of an installation that shares nothing with another one."""
    own.setdefault("temporal_address", f"127.0.0.1:{free_port()}")
    return Settings.model_validate(
        {
            "var": directory / "var",
            "master_key": MasterKey.generate().to_text(),
            "api_port": free_port(),
            "smtp_port": free_port(),
            "temporal_ui_port": free_port(),
            **own,
        }
    )


def environment(settings: Settings) -> dict[str, str]:
    """What tells a process these settings; others of the caller's do not count."""
    own = {
        f"KS_{name.upper()}": value.get_secret_value() if name == "master_key" else str(value)
        for name, value in settings
        if value is not None and name in settings.model_fields_set
    }
    for name in ("temporal_address", "temporal_namespace"):
        own[name.upper()] = getattr(settings, name)
    inherited = {name: it for name, it in os.environ.items() if not name.startswith("KS_")}
    # An installation keeps what Python compiled; the sandbox would do it anew for every case.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return inherited | own


def ks(command: str) -> Command:
    return (sys.executable, "-m", "cli", command)
