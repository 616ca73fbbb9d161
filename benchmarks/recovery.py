"""How long people notice a kill: until the first decision is answered again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Final
from uuid import uuid4

from temporalio.client import Client

from benchmarks.cases import ProductDesk, screen
from benchmarks.deciding import SHAPE, waiting_for_triage
from benchmarks.floor import FloorDesk, beside
from benchmarks.installation import Installation, product
from benchmarks.measure import Figure, Pair, interleaved
from benchmarks.sizes import Size
from benchmarks.web import Answer
from domain.references import workflow_id
from runtime.store import Store

LOOK_EVERY: Final = 0.02

Ask = Callable[[], Awaitable[Answer]]
"""Sends the decision, each time under the same key."""

Again = Callable[[str], Awaitable[float]]
"""Kills a part; the seconds until a decision is answered."""


async def run(size: Size) -> list[Figure]:
    """From a kill -9, with the restart, to the first answered decision"""
    async with product() as here, screen(here) as shown, beside(here, SHAPE) as low:
        client = await here.client()
        with closing(Store(here.settings)) as store:

            async def above(part: str) -> float:
                desk, key = ProductDesk(here, shown), uuid4().hex
                (case,) = await waiting_for_triage([desk], store, 1)
                await _until_at_rest(client, case)
                return await _seconds(here, part, lambda: desk.try_to_decide(case, 0, key))

            async def below(part: str) -> float:
                desk, key = FloorDesk(low), uuid4().hex
                case = await desk.register()
                await desk.decide(case, 0)
                return await _seconds(low, part, lambda: desk.try_to_decide(case, key))

            return [await _figure(part, above, below, size.rounds) for part in ("worker", "api")]


async def _figure(part: str, above: Again, below: Again, rounds: int) -> Figure:
    pair = Pair(await interleaved(lambda: above(part), lambda: below(part), rounds))
    worst = max(product for product, _ in pair.rounds)
    value = f"{pair.product:.2f} s, at worst {worst:.2f} s"
    return Figure(f"kill -9 of the {part}", value, f"{pair.floor:.2f} s", pair.ratio)


async def _seconds(here: Installation, part: str, ask: Ask) -> float:
    """Kill, start again at once, and ask until there is an answer."""
    here.kill(part)
    began = time.perf_counter()
    here.begin(part)
    while not await _answered(ask):
        await asyncio.sleep(LOOK_EVERY)
    seconds = time.perf_counter() - began
    await here.until_healthy(part)
    return seconds


async def _until_at_rest(client: Client, case: str) -> None:
    """Until its worker holds nothing of the case.

    What a killed worker held is given to another only after the server's ten seconds for a
    workflow task: that is a figure of the server, not of what people mostly meet.
    """
    run = client.get_workflow_handle(workflow_id("intervention", case))
    while True:
        now = (await run.describe()).raw_description
        if not now.HasField("pending_workflow_task") and not now.pending_activities:
            return
        await asyncio.sleep(LOOK_EVERY)


async def _answered(ask: Ask) -> bool:
    try:
        return (await ask()).is_good
    except ConnectionError:
        return False
