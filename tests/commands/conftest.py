"""`ks` as an operator runs it: a process of its own on the installation of the test."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import TypeAdapter

from runtime.settings import Settings
from runtime.store import Store
from tests.commands.forked import run_ks

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
LOOK_EVERY = 0.002
SHIFTS = TypeAdapter(timedelta)


class Ks(Protocol):
    """Runs one command; more of the environment can be given by name."""

    def __call__(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def ks(settings: Settings) -> Ks:
    return ks_of(settings)


def ks_of(settings: Settings) -> Ks:
    """`ks` with these settings in its environment."""
    own = environment_of(settings)

    def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_ks(command, ROOT, own | environment, PATIENCE)

    return run


def killed_import(settings: Settings, file: Path, events: int, store: Store) -> None:
    """Import until the log has so many events more, and kill it in the middle of its work."""
    enough, give_up = store.position() + events, time.monotonic() + PATIENCE
    running = subprocess.Popen(
        [sys.executable, "-m", "cli", "import", str(file)],
        cwd=ROOT, env=environment_of(settings), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    while store.position() < enough:
        assert running.poll() is None
        assert time.monotonic() < give_up
        time.sleep(LOOK_EVERY)
    running.kill()
    running.wait()


def environment_of(settings: Settings) -> dict[str, str]:
    assert settings.master_key is not None
    own = {
        "KS_VAR": str(settings.var),
        "KS_DATABASE_URL": settings.database_url or "",
        "KS_MASTER_KEY": settings.master_key.get_secret_value(),
        "KS_TASK_QUEUE": settings.task_queue,
        "KS_CLOCK_SHIFT": SHIFTS.dump_python(settings.clock_shift, mode="json"),
        "TEMPORAL_ADDRESS": settings.temporal_address,
        "TEMPORAL_NAMESPACE": settings.temporal_namespace,
        "COLUMNS": "200",
    }
    return os.environ | own


def shifted_to(at: datetime) -> str:
    """The KS_CLOCK_SHIFT with which it is now this moment."""
    shift: str = SHIFTS.dump_python(at - datetime.now(UTC), mode="json")
    return shift
