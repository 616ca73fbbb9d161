"""What many open interventions cost: memory of the worker, and time to list and count them."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from benchmarks.cases import CLIENTS, Desk, ProductDesk, register_many, screen
from benchmarks.installation import Installation, product
from benchmarks.measure import Figure
from benchmarks.sizes import Size

PROMISED_MB: Final = 200
LOOK_EVERY: Final = 0.25
READS: Final = 20

LISTS: Final = {
    "list of 50 cases": "/interventions?limit=50",
    "list of 50 cases of one stage and district": "/interventions?stage=triage&district=I&limit=50",
    "inbox of a clerk, 50 of all": "/inbox?view=offered&limit=50",
}


async def run(size: Size) -> list[Figure]:
    """Open interventions: memory of the worker, starts a second, time of lists and counts"""
    async with product(cases_close=False) as here, screen(here) as shown:
        desks = [ProductDesk(here, shown) for _ in range(CLIENTS)]
        await _open(here, desks, 1)
        calm = _megabytes(here)
        began = time.perf_counter()
        registered = await _open(here, desks, size.open_cases)
        opened = time.perf_counter() - began
        most = _megabytes(here)
        return [
            Figure(
                f"worker with {size.open_cases:,} open cases",
                f"{most:.0f} MB",
                f"{calm:.0f} MB with one",
                most / calm,
                f"< {PROMISED_MB} MB",
                most < PROMISED_MB,
            ),
            Figure("registrations a second", f"{size.open_cases / registered:.0f}", ""),
            Figure("cases begun a second", f"{size.open_cases / opened:.0f}", ""),
            *await _reading(here, desks[0]),
        ]


async def _open(here: Installation, desks: Sequence[Desk], number: int) -> float:
    """Register, and wait until each case has its first task; the seconds of registering alone."""
    client = await here.client()
    before = (await client.count_workflows("Stage = 'triage'")).count
    began = time.perf_counter()
    await register_many(desks, number)
    registered = time.perf_counter() - began
    while (await client.count_workflows("Stage = 'triage'")).count < before + number:
        await asyncio.sleep(LOOK_EVERY)
    await _until_shown(here)
    return registered


async def _until_shown(here: Installation) -> None:
    web = here.web()
    while (await web.told("GET", "/health"))["read_side"]["lag"]:
        await asyncio.sleep(LOOK_EVERY)


async def _reading(here: Installation, desk: ProductDesk) -> list[Figure]:
    """Milliseconds of what people read, and of what operators count in Temporal."""
    client = await here.client()

    async def count() -> Any:
        return await client.count_workflows("Waiting = 'triage' AND Overdue = false")

    async def page() -> Any:
        return [run async for run in client.list_workflows("Stage = 'triage'", limit=50)]

    asked: dict[str, Callable[[], Awaitable[Any]]] = {
        name: partial(desk.read, path) for name, path in LISTS.items()
    }
    asked |= {"count in Temporal": count, "list of 50 in Temporal": page}
    return [Figure(name, f"{await _median(ask):.1f} ms", "") for name, ask in asked.items()]


async def _median(ask: Callable[[], Awaitable[Any]]) -> float:
    found = []
    for _ in range(READS):
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def _megabytes(here: Installation) -> float:
    return float(here.process("worker").memory_info().rss / 1e6)
