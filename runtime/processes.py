"""Processes of the product on one machine: started together, watched, stopped in order."""

import asyncio
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from runtime.mendable import Mendable

LONGEST_START: Final = 90.0
LOOK_EVERY: Final = 0.05
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
WELL_AGAIN: Final = 60.0
"""Who ran that many seconds is restarted without a longer pause than the first time."""

_SET_PARENT_DEATH_SIGNAL: Final = 1  # prctl(2), PR_SET_PDEATHSIG
_LINES_SHOWN: Final = 15
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Part:
    """What one process is: its command, how one sees that it works, how long it may take to end."""

    name: str
    command: tuple[str, ...]
    is_healthy: Callable[[int], Awaitable[bool]]
    """Asked with the process id."""
    stop_seconds: float = 10.0


class PartFailed(Mendable):
    """A part ended, or did not work in time; the message ends with the last lines of its log."""


class AlreadyRunning(Mendable):
    """Another `ks up` runs on the same directory."""

    def __init__(self, directory: Path, pid: str) -> None:
        super().__init__(
            f"Another `ks up` (pid {pid or 'unknown'}) runs on {directory}. "
            "Stop it, or set KS_VAR to another directory."
        )


class OneAtATime:
    """The right to run on a directory: the kernel takes it back from a process that was killed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: IO[str] | None = None
        self.stopped_badly: int | None = None
        """The pid of a run before this one that could not say good-bye."""

    def __enter__(self) -> Self:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._file = (self._directory / "ks.pid").open("a+")
        self._file.seek(0)
        before = self._file.read().strip()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise AlreadyRunning(self._directory, before) from None
        self.stopped_badly = int(before) if before.isdecimal() else None
        self._write(str(os.getpid()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._file is not None
        self._write("")
        self._file.close()

    def _write(self, text: str) -> None:
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    log: Path
    log_began: int
    since: float
    pause: float = FIRST_PAUSE
    healthy: bool = False
    restart_at: float | None = None

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_lines(self) -> str:
        """What this process, and not an earlier one, wrote last."""
        with self.log.open("rb") as log:
            log.seek(self.log_began)
            text = log.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-_LINES_SHOWN:])


@dataclass
class Supervisor:
    """Parents the parts. `say` is told what happens, for people to read."""

    logs: Path
    environment: dict[str, str]
    say: Callable[[str], None]
    _running: dict[str, _Running] = field(default_factory=dict)

    def start(self, part: Part) -> None:
        """Start a part; whether it works is asked later."""
        self._running[part.name] = self._begin(part)

    async def until_healthy(
        self, names: Sequence[str], found: Callable[[str], None] = lambda _: None
    ) -> None:
        """Wait until these parts work; `found` is told each as it does. Raises PartFailed."""
        give_up = _now() + LONGEST_START
        waiting = [self._running[name] for name in names]
        while waiting:
            for running in list(waiting):
                if await self._works(running):
                    running.healthy = True
                    waiting.remove(running)
                    found(running.part.name)
                elif _now() > give_up:
                    raise self._failure(running, f"did not work within {LONGEST_START:.0f} s")
            if waiting:
                await asyncio.sleep(LOOK_EVERY)

    async def watch(self, stopped: asyncio.Event) -> None:
        """Start again whoever ends, until `stopped` is set."""
        while not stopped.is_set():
            for name, running in self._running.items():
                if running.ended:
                    self._running[name] = self._after_a_crash(running)
                elif not running.healthy and await self._answers(running):
                    running.healthy = True
                    self.say(f"{name} works again (pid {running.process.pid})")
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), LOOK_EVERY * 4)

    async def stop(self, order: Sequence[str], hurry: asyncio.Event) -> None:
        """Ask each part to end, wait for it, and go on to the next; `hurry` ends the waiting."""
        for name in order:
            running = self._running.pop(name, None)
            if running is not None:
                await self._end(running, hurry)

    def pid(self, name: str) -> int:
        return self._running[name].process.pid

    def _begin(self, part: Part) -> _Running:
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{part.name}.log"
        parent = os.getpid()
        with path.open("ab") as log:
            began = log.tell()
            process = subprocess.Popen(
                part.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
                preexec_fn=lambda: die_with(parent),
            )
        return _Running(part, process, path, began, _now())

    async def _works(self, running: _Running) -> bool:
        if running.ended:
            raise self._failure(running, f"ended with {_reason(running.process)}")
        return await self._answers(running)

    async def _answers(self, running: _Running) -> bool:
        return await running.part.is_healthy(running.process.pid) and not running.ended

    def _after_a_crash(self, running: _Running) -> _Running:
        name, now = running.part.name, _now()
        if running.restart_at is None:
            if now - running.since > WELL_AGAIN:
                running.pause = FIRST_PAUSE
            running.restart_at = now + running.pause
            reason = _reason(running.process)
            self.say(f"{name} ended with {reason}; it starts again in {running.pause:.1f} s")
            return running
        if now < running.restart_at:
            return running
        again = self._begin(running.part)
        again.pause = min(running.pause * 2, LONGEST_PAUSE)
        return again

    async def _end(self, running: _Running, hurry: asyncio.Event) -> None:
        process = running.process
        with suppress(ProcessLookupError):
            process.terminate()
        give_up = _now() + running.part.stop_seconds
        while process.poll() is None and _now() < give_up and not hurry.is_set():
            await asyncio.sleep(LOOK_EVERY)
        if process.poll() is None:
            self.say(f"{running.part.name} did not end by itself and was killed")
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whoever it has started, too
        process.wait()

    def _failure(self, running: _Running, what: str) -> PartFailed:
        lines = running.last_lines()
        return PartFailed(f"{running.part.name} {what}. Its log, {running.log}:\n{lines}")


def _reason(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def die_with(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Between fork and exec: a process must not outlive the one that started it.

    The kernel counts the thread: whoever is started in one dies with that thread.
    """
    if sys.platform == "linux":
        _libc.prctl(_SET_PARENT_DEATH_SIGNAL, how)
        if os.getppid() != parent:  # it was killed just now
            os._exit(1)


def _now() -> float:
    return asyncio.get_running_loop().time()
