"""How long a decision takes: of one client in a calm moment, and while many register."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Final

from benchmarks.cases import (
    CLIENTS,
    LOOK_EVERY,
    STEPS,
    Desk,
    ProductDesk,
    register_many,
    screen,
    task_of,
)
from benchmarks.floor import FloorDesk, beside
from benchmarks.floor_workflow import Shape, Turn
from benchmarks.installation import Installation, product
from benchmarks.measure import Figure, Pair, interleaved, percentile
from benchmarks.sizes import Size
from domain.interventions.model import Intervention
from domain.tasks.model import Task
from runtime.store import Store

PROMISED: Final = 1.4
SHAPE: Final = Shape((Turn(), *(Turn(local_activities=1) for _ in STEPS)))
"""Updates with a local activity each, and nothing before them or after."""

LETTERS: Final = (1, 3, 3, 3, 4)
"""How many have gone out when a case is quiet: at its start, and after each step."""


async def run(size: Size) -> list[Figure]:
    """A decision, from the request to the answer: of one client when all is calm, and in a rush"""
    async with product() as here, screen(here) as shown, beside(here, SHAPE) as low:
        with closing(Store(here.settings)) as store:
            desks = [ProductDesk(here, shown) for _ in range(CLIENTS + 1)]
            rounds = await interleaved(
                partial(_decisions, desks, store, size.decided),
                partial(_empty_updates, low, size.decided),
                size.rounds,
            )
            in_a_rush = await _in_a_rush(desks, store, size)
    return [*_calm(rounds), *in_a_rush]


async def _decisions(desks: Sequence[Desk], store: Store, cases: int) -> list[float]:
    """Milliseconds of each decision; what follows from one is over before the next is taken."""
    found = []
    for case in await waiting_for_triage(desks, store, cases):
        for step in range(len(STEPS)):
            found.append(await _timed(desks[0], case, step))
            await _until_quiet(store, case, step + 1)
    return found


async def _empty_updates(low: Installation, cases: int) -> list[float]:
    desk = FloorDesk(low)
    runs = [await desk.register() for _ in range(cases)]
    return [await _timed(desk, run, step) for run in runs for step in range(len(STEPS))]


async def _timed(desk: Desk, case: str, step: int) -> float:
    await desk.ready(case, step)
    began = time.perf_counter()
    await desk.decide(case, step)
    return (time.perf_counter() - began) * 1000


async def waiting_for_triage(desks: Sequence[Desk], store: Store, cases: int) -> list[str]:
    """So many new cases that wait for a person and for nothing else."""
    found = await register_many(desks, cases)
    for case in found:
        await _until_quiet(store, case, 0)
    return found


async def _until_quiet(store: Store, case: str, step: int) -> None:
    """Until the task of this step is open, and every letter before it has gone out."""
    while not _is_quiet(store, case, step):
        await asyncio.sleep(LOOK_EVERY)


def _is_quiet(store: Store, reference: str, step: int) -> bool:
    case = store.find(Intervention, reference)
    if case is None or len(case.letters) < LETTERS[step]:
        return False
    if step == len(STEPS):
        return case.stage == "closed"
    return store.find(Task, task_of(reference, step)) is not None


async def _in_a_rush(desks: Sequence[Desk], store: Store, size: Size) -> list[Figure]:
    """One client decides while the others register as fast as they can."""
    cases = await waiting_for_triage(desks, store, size.decided * 2)
    desk, *others = desks
    began, found = time.perf_counter(), list[float]()
    rush = asyncio.create_task(register_many(others, size.rush))
    for step in range(len(STEPS)):
        for case in cases:
            if not rush.done():
                found.append(await _timed(desk, case, step))
    await rush
    rate = size.rush / (time.perf_counter() - began)
    return [
        Figure(
            f"p{percent} of {len(found)} decisions while {size.rush:,} register, {rate:.0f}/s",
            f"{percentile(found, percent):.1f} ms",
            "",
        )
        for percent in (50, 99)
    ]


def _calm(rounds: Sequence[tuple[list[float], list[float]]]) -> list[Figure]:
    figures = []
    for percent in (50, 99):
        pair = Pair([(percentile(a, percent), percentile(b, percent)) for a, b in rounds])
        value, below = f"{pair.product:.1f} ms", f"{pair.floor:.1f} ms"
        promise, kept = (f"< {PROMISED}", pair.ratio < PROMISED) if percent == 50 else ("", None)
        figures.append(
            Figure(
                f"a decision in a calm moment, p{percent}", value, below, pair.ratio, promise, kept
            )
        )
    return figures
