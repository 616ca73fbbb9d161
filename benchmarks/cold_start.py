"""How long `ks up` takes until every part works."""

import asyncio
import os
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.installation import TEMPORAL, environment, ks, product, settings_in
from benchmarks.measure import Figure
from benchmarks.sizes import Size
from runtime.settings import Settings

HEALTHY: Final = b"running;"
"""What `ks up` says when everything works."""

LONGEST: Final = 120.0


async def run(size: Size) -> list[Figure]:
    """`ks up` until every part works; the floor is the Temporal server alone"""
    empty, existing, alone = [], [], []
    for _ in range(size.rounds):
        alone.append(await _temporal_alone())
        with tempfile.TemporaryDirectory(prefix="ks-bench-") as directory:
            settings = settings_in(Path(directory))
            empty.append(await _up(settings))
            existing.append(await _up(settings))
    below = f"{median(alone):.1f} s"
    return [
        Figure(f"`ks up`, {what}", f"{median(found):.1f} s", below, median(found) / median(alone))
        for what, found in (("empty var", empty), ("existing var", existing))
    ]


async def _temporal_alone() -> float:
    """With the namespace and the search attributes."""
    began = time.perf_counter()
    async with product(TEMPORAL):
        return time.perf_counter() - began


async def _up(settings: Settings) -> float:
    began = time.perf_counter()
    inherited = {name: value for name, value in environment(settings).items() if name != "CI"}
    process = await asyncio.create_subprocess_exec(
        *ks("up"),
        env=inherited | {"PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LONGEST):
            while HEALTHY not in (line := await process.stdout.readline()):
                if not line:
                    raise RuntimeError(f"`ks up` ended with exit code {await process.wait()}")
            seconds = time.perf_counter() - began
            process.send_signal(signal.SIGINT)
            await process.communicate()
        return seconds
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
