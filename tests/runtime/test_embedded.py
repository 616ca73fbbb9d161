"""The supervisor with real processes: health, crashes, order of stopping, ports and the lock."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from runtime.demo import play
from runtime.demo_case import DemoStopped
from runtime.demo_state import keys_file
from runtime.embedded import NotOnThisMachine, ports, temporal_command
from runtime.ports import Port, PortBusy, free_port, is_this_machine
from runtime.processes import AlreadyRunning, OneAtATime, Part, PartFailed, Supervisor
from runtime.settings import Settings

PATIENCE = 60.0


def part(name: str, program: str, ready: Path, **options: float) -> Part:
    """A part that runs a Python program; it works once it has made its file."""

    async def is_healthy(pid: int) -> bool:
        return ready.exists() and ready.read_text() == str(pid)

    return Part(name, (sys.executable, "-c", program, str(ready)), is_healthy, **options)


SERVE = """
import os, signal, sys
def say(): open(sys.argv[1], "w").write(str(os.getpid()))
signal.signal(signal.SIGTERM, lambda *_: (open(sys.argv[1] + ".ended", "w"), sys.exit()))
say()
signal.pause()
"""
IGNORE = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").write(str(os.getpid()))
while True: signal.pause()
"""
FAIL = "import sys; print('KS_SMTP_PORT is wrong', file=sys.stderr); sys.exit(3)"


class Crew:
    """A supervisor and what it said."""

    def __init__(self, tmp_path: Path) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(tmp_path / "log", dict(os.environ), self.said.append)
        self.stopped, self.hurry = asyncio.Event(), asyncio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.01)

    async def stop(self, *names: str) -> None:
        await self.supervisor.stop(names, self.hurry)


def run(tmp_path: Path, story: Callable[[Crew], Awaitable[None]]) -> None:
    async def play() -> None:
        await story(Crew(tmp_path))

    asyncio.run(play())


def test_parts_are_started_waited_for_and_stopped(tmp_path: Path) -> None:
    async def story(crew: Crew) -> None:
        names = ("first", "second")
        for name in names:
            crew.supervisor.start(part(name, SERVE, tmp_path / name))
        found: list[str] = []
        await crew.supervisor.until_healthy(names, found.append)
        pids = [crew.supervisor.pid(name) for name in names]
        assert sorted(found) == list(names)
        assert [os.getsid(pid) for pid in pids] == pids
        await crew.stop(*names)
        assert [(tmp_path / f"{name}.ended").exists() for name in names] == [True, True]
        assert not any(map(psutil.pid_exists, pids))

    run(tmp_path, story)


def test_a_part_that_fails_at_once_shows_its_last_lines(tmp_path: Path) -> None:
    async def story(crew: Crew) -> None:
        crew.supervisor.start(part("mail", FAIL, tmp_path / "never"))
        with pytest.raises(PartFailed, match=r"(?s)mail ended with exit code 3.*KS_SMTP_PORT"):
            await crew.supervisor.until_healthy(["mail"])
        await crew.stop("mail")

    run(tmp_path, story)


def test_a_part_that_crashes_is_started_again(tmp_path: Path) -> None:
    async def story(crew: Crew) -> None:
        crew.supervisor.start(part("worker", SERVE, tmp_path / "worker"))
        await crew.supervisor.until_healthy(["worker"])
        watching = asyncio.create_task(crew.supervisor.watch(crew.stopped))
        first = crew.supervisor.pid("worker")
        os.kill(first, signal.SIGKILL)
        await crew.until(lambda: len(crew.said) == 2)
        assert crew.said[0] == "worker ended with SIGKILL; it starts again in 0.5 s"
        second = crew.supervisor.pid("worker")
        assert second != first
        assert crew.said[1] == f"worker works again (pid {second})"
        crew.stopped.set()
        await watching
        await crew.stop("worker")

    run(tmp_path, story)


def test_who_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    async def story(crew: Crew) -> None:
        crew.supervisor.start(part("worker", IGNORE, tmp_path / "worker", stop_seconds=0.2))
        await crew.supervisor.until_healthy(["worker"])
        pid = crew.supervisor.pid("worker")
        await crew.stop("worker")
        assert crew.said == ["worker did not end by itself and was killed"]
        assert not psutil.pid_exists(pid)

    run(tmp_path, story)


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path) -> None:
    async def story(crew: Crew) -> None:
        crew.supervisor.start(part("worker", IGNORE, tmp_path / "worker", stop_seconds=600))
        await crew.supervisor.until_healthy(["worker"])
        crew.hurry.set()
        async with asyncio.timeout(PATIENCE):
            await crew.stop("worker")

    run(tmp_path, story)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a killed parent")
def test_no_part_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import asyncio, pathlib
from tests.runtime.test_embedded import Crew, SERVE, part
async def main():
    crew = Crew(pathlib.Path({str(tmp_path)!r}))
    crew.supervisor.start(part("worker", SERVE, pathlib.Path({str(tmp_path / "worker")!r})))
    await crew.supervisor.until_healthy(["worker"])
    print(crew.supervisor.pid("worker"), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root, start_new_session=True
    ) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.kill()
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=PATIENCE)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_only_one_may_run_on_a_directory(tmp_path: Path) -> None:
    with OneAtATime(tmp_path), pytest.raises(AlreadyRunning, match=rf"pid {os.getpid()}\) runs on"):
        OneAtATime(tmp_path).__enter__()
    with OneAtATime(tmp_path) as again:
        assert again.stopped_badly is None


def test_the_pid_of_a_run_that_was_killed_is_told(tmp_path: Path) -> None:
    (tmp_path / "ks.pid").write_text("4711")
    with OneAtATime(tmp_path) as right:
        assert right.stopped_badly == 4711


def test_who_holds_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = Port("API", "127.0.0.1", server.getsockname()[1], "KS_API_PORT")
        assert not port.is_free()
        assert port.answers()
        message = str(PortBusy(port, port.holder()))
        assert f"(pid {os.getpid()})" in message
        assert "KS_API_PORT" in message
    assert port.is_free()
    assert not port.answers()


def test_a_host_elsewhere_is_refused(tmp_path: Path) -> None:
    assert is_this_machine("localhost")
    assert not is_this_machine("192.0.2.1")
    settings = Settings.model_validate({"var": tmp_path, "smtp_host": "192.0.2.1"})
    with pytest.raises(NotOnThisMachine, match=r"KS_SMTP_HOST names 192\.0\.2\.1"):
        ports(settings)


def test_a_demo_sends_no_letters_to_another_machine(tmp_path: Path) -> None:
    settings = Settings.model_validate({"var": tmp_path, "smtp_host": "192.0.2.1"})
    with pytest.raises(DemoStopped, match=r"KS_SMTP_HOST is 192\.0\.2\.1"):
        asyncio.run(play(settings, 1, lambda plots: {}, Console()))


def test_a_demo_needs_an_api_that_answers(tmp_path: Path) -> None:
    settings = Settings.model_validate({"var": tmp_path, "api_port": free_port()})
    keys_file(settings).write_text('{"web-form": "ks_"}')
    with pytest.raises(DemoStopped, match=r"KS_API_PORT\): start `ks up` first"):
        asyncio.run(play(settings, 1, lambda plots: {}, Console()))


def test_temporal_keeps_its_state_in_var(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings.model_validate(
        {"var": tmp_path, "temporal_address": f"127.0.0.1:{port}", "temporal_namespace": "próba"}
    )
    command = temporal_command(settings)
    assert f"--db-filename={tmp_path / 'temporal.db'}" in command
    assert f"--port={port}" in command
    assert "--namespace=próba" in command
