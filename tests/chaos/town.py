"""The whole product in a test: every part a real process, and people who call the API."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from pydantic import TypeAdapter

from runtime.bootstrap import bootstrap_temporal
from runtime.demo_data import put_people_in_place
from runtime.demo_state import read_keys, with_demo_terms
from runtime.embedded import temporal_command
from runtime.settings import Settings
from tests.chaos.parts import ROOT, PartProcess
from tests.chaos.ports import HERE, held_port
from tests.installation import settings_of

TEMPORAL: Final = "temporal"
KS: Final = {"mail": "mail", "worker": "worker", "follower": "follow", "api": "api"}
"""Parts of the product, and the commands of `ks` that run them."""

MONDAY: Final = datetime(2026, 10, 5, 8, 20, tzinfo=UTC)
"""10:20 in Kraków: for the rest of that day no term ends and no ladder is climbed."""

OPENING: Final = 120
"""Seconds within which everything has to work."""

LINES_SHOWN: Final = 25
LOOK_EVERY: Final = 0.1
LOOK_CLOSELY: Final = 0.0005


class Town:
    """One installation on this machine, and the story of what happened to its parts."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.settings = settings
        self.seed = seed
        self.timeline: list[str] = []
        self.logs = settings.var / "log"
        self.logs.mkdir(parents=True)
        self.parts = {part.name: part for part in self._parts()}
        self._down: set[str] = set()
        self._began = time.monotonic()

    @property
    def api(self) -> str:
        return f"http://{self.settings.api_host}:{self.settings.api_port}"

    async def open(self) -> None:
        """Start everything, with every post filled and everybody given a key."""
        self.parts[TEMPORAL].start()
        put_people_in_place(self.settings)
        self.tokens = read_keys(self.settings)
        await bootstrap_temporal(self.settings)
        for name in KS:
            self.parts[name].start()
        await self.until_healthy()

    async def until_healthy(self) -> None:
        """Until the API serves, and reaches the store, the tables and Temporal."""
        async with httpx.AsyncClient(base_url=self.api, trust_env=False) as http:
            while not await _is_well(http):
                await asyncio.sleep(LOOK_EVERY)

    def close(self) -> None:
        """Ends everything, and leaves the story beside the logs."""
        self._down.update(self.parts)
        (self.logs / "timeline.txt").write_text("\n".join([*self.timeline, ""]))
        for part in self.parts.values():
            part.kill()

    def kill(self, name: str) -> None:
        """kill -9, and started again at once."""
        self.take_down(name)
        self.bring_back(name)

    async def wipe_temporal(self) -> None:
        """Temporal loses all that it knew, as with a new disk, and is made ready anew."""
        self.take_down(TEMPORAL)
        for file in self.settings.var.glob("temporal.db*"):
            file.unlink()
        self.note(f"{TEMPORAL} wiped")
        self.bring_back(TEMPORAL)
        await bootstrap_temporal(self.settings)
        await self.until_healthy()

    def ks(self, *command: str) -> subprocess.CompletedProcess[str]:
        """An operator's command on this installation."""
        self.note(f"ks {' '.join(command)}")
        return subprocess.run(
            [sys.executable, "-m", "cli", *command],
            cwd=ROOT, env=_environment(self.settings), capture_output=True, text=True,
        )  # fmt: skip

    async def kill_when(
        self, condition: Callable[[], bool], *names: str, if_still: Callable[[], bool] | None = None
    ) -> None:
        """kill -9 in the very moment in which something comes true, and start again.

        With `if_still` the parts are held while one looks whether the moment is not over yet; if
        it is, they go on until the next one.
        """
        self._down.update(names)
        pids, given_up = [self.parts[name].pid for name in names], threading.Event()
        try:
            await asyncio.to_thread(_strike, condition, if_still, pids, given_up)
        finally:
            given_up.set()
        for name in names:
            self.take_down(name)
        for name in names:
            self.bring_back(name)

    def take_down(self, name: str) -> None:
        self._down.add(name)
        self.parts[name].kill()
        self.note(f"{name} killed")

    def bring_back(self, name: str) -> None:
        self._down.discard(name)
        self.parts[name].start()

    async def keep_running(self) -> None:
        """Start again what ended by itself, as any supervisor does; it is noted."""
        while True:
            for name, part in self.parts.items():
                if name not in self._down and (code := part.exit_code) is not None:
                    self.note(f"{name} ended by itself with {code}")
                    part.start()
            await asyncio.sleep(LOOK_EVERY)

    def note(self, what: str) -> None:
        self.timeline.append(f"{time.monotonic() - self._began:7.2f} s  {what}")

    def report(self) -> str:
        """What one needs to find out why a test failed."""
        return "\n".join(
            [
                f"--seed={self.seed}, state in {self.settings.var}",
                *self.timeline,
                *(line for part in self.parts.values() for line in _tail(part)),
            ]
        )

    def _parts(self) -> Iterator[PartProcess]:
        environment = _environment(self.settings)
        commands = {name: (sys.executable, "-m", "cli", word) for name, word in KS.items()}
        for name, command in {TEMPORAL: temporal_command(self.settings), **commands}.items():
            yield PartProcess(name, command, environment, self.logs / f"{name}.log")


@asynccontextmanager
async def town_at_work(settings: Settings, seed: int) -> AsyncIterator[Town]:
    """Opened and kept running; a failure tells the story of the town."""
    town = Town(settings, seed)
    try:
        async with asyncio.timeout(OPENING):
            await town.open()
        watching = asyncio.create_task(town.keep_running())
        try:
            yield town
        finally:
            watching.cancel()
    except BaseException as error:
        error.add_note(town.report())
        raise
    finally:
        town.close()


def town_settings(var: Path, database_url: str) -> Settings:
    """As below; a case closes as soon as its reply is accepted."""
    return with_demo_terms(settings_of_the_law(var, database_url), begin=True)


def settings_of_the_law(var: Path, database_url: str, begins: datetime = MONDAY) -> Settings:
    """An installation of its own on ports of its own, with the terms that hold in the office."""
    return settings_of(
        var,
        database_url,
        clock_shift=begins - datetime.now(UTC),
        smtp_port=held_port(),
        api_port=held_port(),
        temporal_address=f"{HERE}:{held_port()}",
        temporal_ui_port=held_port(),
    )


def _environment(settings: Settings) -> dict[str, str]:
    assert settings.master_key is not None
    shift: Any = TypeAdapter(timedelta).dump_python(settings.clock_shift, mode="json")
    tables = {"KS_TABLES": str(settings.tables)} if settings.tables else {}
    return {
        **os.environ,
        **tables,
        "KS_VAR": str(settings.var),
        "KS_DATABASE_URL": settings.database_url or "",
        "KS_MASTER_KEY": settings.master_key.get_secret_value(),
        "KS_CLOCK_SHIFT": shift,
        "KS_SMTP_PORT": str(settings.smtp_port),
        "KS_API_PORT": str(settings.api_port),
        "KS_TEMPORAL_UI_PORT": str(settings.temporal_ui_port),
        "KS_ALLOW_TEST_TERMS": "1",
        "KS_LOG_FORMAT": "json",
        "TEMPORAL_ADDRESS": settings.temporal_address,
    }


def _strike(
    condition: Callable[[], bool],
    if_still: Callable[[], bool] | None,
    pids: list[int],
    given_up: threading.Event,
) -> None:
    """In a thread, which no failure of the test around it would end."""

    def send(number: signal.Signals) -> None:
        for pid in pids:
            os.kill(pid, number)

    while not given_up.wait(LOOK_CLOSELY):
        if not condition():
            continue
        if if_still is not None:
            send(signal.SIGSTOP)
            if not if_still():
                send(signal.SIGCONT)
                continue
        send(signal.SIGKILL)
        return


async def _is_well(http: httpx.AsyncClient) -> bool:
    try:
        answer = await http.get("/health", timeout=5)
    except httpx.TransportError:
        return False
    return answer.is_success and answer.json()["status"] == "ok"


def _tail(part: PartProcess) -> Iterator[str]:
    yield f"--- the end of {part.log.name}"
    if part.log.exists():
        yield from part.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
