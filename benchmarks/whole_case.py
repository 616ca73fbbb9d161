"""How many whole interventions a second: registered, decided four times, closed in every table."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Final

import psutil
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.cases import CLIENTS, LOOK_EVERY, STEPS, Desk, ProductDesk, play, screen
from benchmarks.floor import FloorDesk, beside, shape_of
from benchmarks.floor_workflow import Shape, Turn
from benchmarks.installation import TEMPORAL, Installation, product
from benchmarks.measure import Figure, Pair, Spent, interleaved, spent
from benchmarks.sizes import Size
from domain.references import workflow_id

PROMISED: Final = 0.75
ENDED: Final = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED

Rounds = Sequence[tuple[Spent, Spent]]


async def run(size: Size) -> list[Figure]:
    """Whole interventions by 8 clients, through API, workflow, letters and tables"""
    async with product() as here, screen(here) as shown:
        shape = await _shape_of_a_case(here, ProductDesk(here, shown))
        async with beside(here, shape) as low:
            server = {TEMPORAL: here.process(TEMPORAL)}
            client = await here.client()
            rounds = await interleaved(
                partial(
                    _round, partial(ProductDesk, here, shown), size.cases, here.processes(), client
                ),
                partial(
                    _round, partial(FloorDesk, low), size.cases, low.processes() | server, client
                ),
                size.rounds,
            )
    return _figures(rounds, size.cases, shape)


async def _shape_of_a_case(here: Installation, desk: Desk) -> Shape:
    """What the floor has to do: the steps in the history of a case that was just played."""
    case = await desk.register()
    for step in range(len(STEPS)):
        await desk.ready(case, step)
        await desk.decide(case, step)
    handle = (await here.client()).get_workflow_handle(workflow_id("intervention", case))
    while (history := await handle.fetch_history()).events[-1].event_type != ENDED:
        await asyncio.sleep(LOOK_EVERY)
    return shape_of(history)


async def _round(
    make_desk: Callable[[], Desk],
    cases: int,
    processes: Mapping[str, psutil.Process],
    client: Client,
) -> Spent:
    """Whole cases until the last one has ended."""
    with spent(processes) as found:
        await play([make_desk() for _ in range(CLIENTS)], cases)
        while (await client.count_workflows("ExecutionStatus = 'Running'")).count:
            await asyncio.sleep(LOOK_EVERY)
    return found


def _figures(rounds: Rounds, cases: int, shape: Shape) -> list[Figure]:
    rate = Pair([(cases / above.seconds, cases / below.seconds) for above, below in rounds])
    cpu = Pair([(_per_case(a.all_cpu, cases), _per_case(b.all_cpu, cases)) for a, b in rounds])
    parts = {name: None for pair in rounds for each in pair for name in each.cpu}
    return [
        Figure(
            "whole cases a second",
            f"{rate.product:.1f}",
            f"{rate.floor:.1f}",
            rate.ratio,
            f">= {PROMISED}",
            rate.ratio >= PROMISED,
        ),
        Figure("CPU ms a case", f"{cpu.product:.0f}", f"{cpu.floor:.0f}", cpu.ratio),
        *(_part(name, rounds, cases) for name in parts),
        Figure("steps of a case", _steps(shape), "the same, empty"),
    ]


def _part(name: str, rounds: Rounds, cases: int) -> Figure:
    cpu = Pair([
        (_per_case(a.cpu.get(name, 0.0), cases), _per_case(b.cpu.get(name, 0.0), cases))
        for a, b in rounds
    ])  # fmt: skip
    return Figure(f"  of it: {name}", f"{cpu.product:.0f}", f"{cpu.floor:.0f}")


def _per_case(seconds: float, cases: int) -> float:
    return seconds / cases * 1000


def _steps(shape: Shape) -> str:
    kinds = (field.name for field in fields(Turn))
    steps = (f"{shape.total(kind)} {kind.replace('_', ' ')}" for kind in kinds)
    return ", ".join((f"{shape.updates} updates", *steps))
