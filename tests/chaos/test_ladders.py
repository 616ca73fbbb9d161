"""Workers are killed at the hour of the ladders: no step is taken twice and none is left out."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from runtime.settings import Settings
from runtime.store import Store
from tests.chaos import verdict
from tests.chaos.people import People, http_client
from tests.chaos.plans import Plan
from tests.chaos.town import Town, settings_of_the_law, town_at_work
from tests.databases import Database

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]

NINE: Final = datetime(2026, 10, 7, 7, 0, tzinfo=UTC)
"""9:00 in Kraków on the Wednesday on which the triage of Monday's reports is due."""

BEFORE: Final = timedelta(seconds=45)
"""Enough to open the town and to register; if it is not, the steps are due at once."""

MONDAY_MORNING: Final = timedelta(days=2)
STEPS: Final = ("task.Reminded", "task.Escalated")


class Size(NamedTuple):
    cases: int
    kills: int
    minutes: int


FULL = Size(cases=200, kills=20, minutes=20)
SLICE = Size(cases=12, kills=2, minutes=4)


@pytest.fixture
def settings(database: Database, tmp_path: Path, rng: random.Random) -> Settings:
    return settings_of_the_law(tmp_path / "var", database.url, rng, NINE - BEFORE)


def test_each_step_is_taken_once(
    settings: Settings, full: bool, seed: int, rng: random.Random
) -> None:
    asyncio.run(_climb(settings, FULL if full else SLICE, seed, rng))


async def _climb(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    plans = [
        Plan(n, ("ZDMK",), age=MONDAY_MORNING, left_at="triage") for n in range(1, size.cases + 1)
    ]
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        async with http_client(town) as http:
            people = People(town, rng, http)
            await people.play(plans, size.cases)
            await _kill_at_nine(town, size)
        await verdict.every_case_ran_once(town, running=size.cases)
        town.close()
        _judge(settings, sorted(people.ledger.cases))


async def _kill_at_nine(town: Town, size: Size) -> None:
    """A worker dies when a step is saved, before it tells the run of its case."""
    with closing(Store(town.settings)) as store:
        for _ in range(size.kills):
            await town.kill_when(_next_step(store, size.cases), "worker")
        while len(_at_nine(store)) < size.cases:
            await asyncio.sleep(0.2)
    town.note("every step was taken")


def _next_step(store: Store, cases: int) -> Callable[[], bool]:
    """Whether a step of nine was saved after those that are known now, or all of them are."""
    known = len(_at_nine(store))
    position = store.position()

    def saved() -> bool:
        if store.position() == position and known < cases:
            return False
        return len(_at_nine(store)) > known or known >= cases

    return saved


def _at_nine(store: Store) -> list[Any]:
    stored = store.recorder.select_notifications(None, verdict.EVERYTHING, topics=STEPS)
    events: list[Any] = [store.mapper.to_domain_event(each) for each in stored]
    return [event for event in events if event.timestamp >= NINE]


def _judge(settings: Settings, cases: list[str]) -> None:
    evidence = verdict.Evidence(settings)
    steps = [event for event in evidence.events if event.TOPIC in STEPS]
    taken = Counter((each.task_ref, each.ladder, each.step) for each in steps)
    assert set(taken.values()) == {1}
    assert {task for task, _, step in taken if step == 0} == {f"{case}-triage-1" for case in cases}
    assert len({event.command_id for event in steps}) == len(steps)
    verdict.tables_are_what_the_log_makes_of_them(settings)
    verdict.no_canary_flew_out(settings)
