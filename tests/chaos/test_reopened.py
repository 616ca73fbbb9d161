"""Parts are killed while cases are reopened: the second round is as whole as the first."""

import asyncio
import random
from pathlib import Path
from typing import NamedTuple

import pytest

from runtime.settings import Settings
from tests.chaos import verdict
from tests.chaos.killer import carry_out, kills
from tests.chaos.people import People, http_client
from tests.chaos.plans import UNITS, Plan
from tests.chaos.town import Town, settings_of_the_law, town_at_work
from tests.databases import Database

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]


class Size(NamedTuple):
    cases: int
    kills: int
    temporal: int
    minutes: int


FULL = Size(cases=60, kills=15, temporal=2, minutes=30)
SLICE = Size(cases=6, kills=3, temporal=0, minutes=4)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The sender has the time of the law to ask for another look."""
    return settings_of_the_law(tmp_path / "var", database.url)


def test_no_crash_loses_or_doubles_a_second_round(
    settings: Settings, full: bool, seed: int, rng: random.Random
) -> None:
    asyncio.run(_shake(settings, FULL if full else SLICE, seed, rng))


async def _shake(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    planned = [
        Plan(
            number=n,
            units=tuple(rng.sample(UNITS, rng.choice((1, 2)))),
            sensitive=rng.random() < 0.3,
            reopened=True,
        )
        for n in range(1, size.cases + 1)
    ]
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        people = await _live(town, planned, size, rng)
        await verdict.every_case_ran_once(town, running=size.cases)
        town.close()
        evidence = verdict.Evidence(settings)
        verdict.nothing_acknowledged_is_lost(evidence, people.ledger)
        expected = {case: plan.events() for case, plan in people.ledger.cases.items()}
        verdict.nothing_is_doubled(evidence, expected)
        verdict.each_letter_is_one_letter(evidence, _letters(planned))
        verdict.tables_are_what_the_log_makes_of_them(settings)
        verdict.nobody_complained(town)
        verdict.no_canary_flew_out(settings)


async def _live(town: Town, planned: list[Plan], size: Size, rng: random.Random) -> People:
    """Until every letter of the second round is out."""
    writes = sum(plan.writes for plan in planned)
    schedule = kills(rng, parts=size.kills, temporal=size.temporal, writes=writes)
    async with http_client(town) as http:
        people = People(town, rng, http)
        async with asyncio.TaskGroup() as shaken:
            shaken.create_task(people.play(planned, writes))
            shaken.create_task(carry_out(schedule, town, people.ledger))
        town.note(f"all {writes} writes acknowledged")
    await verdict.until_recorded(town, _letters(planned))
    return people


def _letters(planned: list[Plan]) -> int:
    return sum(len(plan.letters) for plan in planned)
