"""Everything dies in the moment in which a decision is saved, before its process knows of it."""

import asyncio
import random
from collections.abc import Callable
from contextlib import closing
from typing import Final

import pytest

from runtime.settings import Settings
from runtime.store import Store
from tests.chaos import verdict
from tests.chaos.people import People, http_client
from tests.chaos.plans import plans
from tests.chaos.town import Town, town_at_work

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]

CASES: Final = 6
CUTS: Final = 2
SECONDS: Final = 240

WITHOUT_POWER: Final = ("worker", "temporal", "api", "follower")
"""The worker first: it is about to tell Temporal."""


def test_a_case_goes_on_after_a_decision_that_its_process_never_heard_of(
    settings: Settings, seed: int, rng: random.Random
) -> None:
    asyncio.run(_cut(settings, seed, rng))


async def _cut(settings: Settings, seed: int, rng: random.Random) -> None:
    planned = plans(CASES, rng)
    async with town_at_work(settings, seed) as town, asyncio.timeout(SECONDS):
        async with http_client(town) as http:
            people = People(town, rng, http)
            async with asyncio.TaskGroup() as shaken:
                shaken.create_task(people.play(planned, sum(plan.writes for plan in planned)))
                shaken.create_task(_cut_power(town))
            await people.until_closed()
        await verdict.every_case_ran_once(town, ended=CASES)
        town.close()
        evidence = verdict.Evidence(settings)
        verdict.nothing_acknowledged_is_lost(evidence, people.ledger)
        expected = {case: plan.events() for case, plan in people.ledger.cases.items()}
        verdict.nothing_is_doubled(evidence, expected)


async def _cut_power(town: Town) -> None:
    with closing(Store(town.settings)) as store:
        for _ in range(CUTS):
            await town.kill_when(_next_decision(store), *WITHOUT_POWER)
            await town.until_healthy()


def _next_decision(store: Store) -> Callable[[], bool]:
    """Whether a decision was saved after those that are known now."""
    known = store.position()

    def saved() -> bool:
        found = store.recorder.select_notifications(
            known, 1, topics=["task.Completed"], inclusive_of_start=False
        )
        return bool(found)

    return saved
