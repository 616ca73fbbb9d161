"""Parts are killed while interventions are in flight: nothing is lost, nothing is doubled."""

import asyncio
import random
from typing import NamedTuple

import pytest

from runtime.settings import Settings
from tests.chaos import verdict
from tests.chaos.killer import carry_out, kills
from tests.chaos.people import Ledger, People, http_client
from tests.chaos.plans import Plan, plans
from tests.chaos.town import Town, town_at_work

pytestmark = [pytest.mark.chaos, pytest.mark.system]


class Size(NamedTuple):
    cases: int
    kills: int
    """Of worker, follower and API in all."""
    temporal: int
    minutes: int


FULL = Size(cases=200, kills=21, temporal=3, minutes=30)
SLICE = Size(cases=24, kills=5, temporal=1, minutes=4)
SMALLER = Size(cases=8, kills=3, temporal=0, minutes=4)


@pytest.fixture
def size(full: bool, settings: Settings) -> Size:
    if full:
        return FULL
    return SMALLER if settings.database_url else SLICE


def test_no_crash_loses_or_doubles_anything(
    settings: Settings, size: Size, seed: int, rng: random.Random
) -> None:
    asyncio.run(_shake(settings, size, seed, rng))


async def _shake(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    planned = plans(size.cases, rng)
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        ledger = await _live(town, planned, size, rng)
        town.close()
        _judge(town, ledger)


async def _live(town: Town, planned: list[Plan], size: Size, rng: random.Random) -> Ledger:
    """The ledger after every case was closed."""
    writes = sum(plan.writes for plan in planned)
    schedule = kills(rng, parts=size.kills, temporal=size.temporal, writes=writes)
    async with http_client(town) as http:
        people = People(town, rng, http)
        async with asyncio.TaskGroup() as shaken:
            shaken.create_task(people.play(planned, writes))
            shaken.create_task(carry_out(schedule, town, people.ledger))
        town.note(f"all {writes} writes acknowledged")
        await people.until_closed()
        town.note("all closed")
    await verdict.every_case_ran_once(town, ended=len(planned))
    return people.ledger


def _judge(town: Town, ledger: Ledger) -> None:
    evidence = verdict.Evidence(town.settings)
    verdict.nothing_acknowledged_is_lost(evidence, ledger)
    verdict.nothing_is_doubled(evidence, {c: p.events() for c, p in ledger.cases.items()})
    verdict.references_have_no_gap(evidence)
    letters = sum(len(plan.letters) for plan in ledger.cases.values())
    verdict.each_letter_is_one_letter(evidence, letters)
    verdict.tables_are_what_the_log_makes_of_them(town.settings)
    verdict.nobody_complained(town)
    verdict.no_canary_flew_out(town.settings)
