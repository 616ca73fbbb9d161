"""Temporal loses everything: repair starts each case again where its events say it stands."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from temporalio.client import Client

from domain.references import workflow_id
from runtime.plugin import connect
from runtime.settings import Settings
from tests.chaos import verdict
from tests.chaos.people import LOOK_EVERY, People, http_client
from tests.chaos.plans import UNITS, Plan
from tests.chaos.town import Town, settings_of_the_law, town_at_work
from tests.databases import Database
from workflows.interventions import InterventionWorkflow

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]


class Left(NamedTuple):
    """How far a case goes before Temporal is lost."""

    stage: str
    writes: int
    plan: dict[str, Any]


EVERYWHERE: Final = (
    Left("triage", 1, {"left_at": "triage"}),
    Left("triage", 2, {"triage": "requalify", "left_at": "confirm_requalification"}),
    Left("awaiting_supplement", 2, {"triage": "ask_supplement"}),
    Left("with_units", 2, {"left_at": "answer_referral"}),
    Left("with_units", 3, {"left_at": "check_feedback"}),
    Left("with_units", 3, {"misrouted": True, "left_at": "reroute"}),
    Left("drafting", 4, {"left_at": "draft_reply"}),
    Left("approval", 5, {"sensitive": True, "left_at": "approve_reply"}),
    Left("replied", 5, {}),
    Left("replied", 6, {"reopened": True, "left_at": "review_reopening"}),
    Left("closed", 2, {"triage": "hand_over"}),
)


class Size(NamedTuple):
    cases: int
    minutes: int


FULL = Size(cases=300, minutes=30)
SLICE = Size(cases=22, minutes=4)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """A case that was replied to is open for as long as the sender may ask to reopen it."""
    return settings_of_the_law(tmp_path / "var", database.url)


def test_every_case_runs_again_where_it_stood(
    settings: Settings, full: bool, seed: int, rng: random.Random
) -> None:
    asyncio.run(_lose(settings, FULL if full else SLICE, seed, rng))


async def _lose(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    left = [EVERYWHERE[n % len(EVERYWHERE)] for n in range(size.cases)]
    plans = [Plan(n, (rng.choice(UNITS),), **each.plan) for n, each in enumerate(left)]
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        async with http_client(town) as http:
            people = People(town, rng, http)
            await people.play(plans, sum(each.writes for each in left))
            stages = {ref: left[plan.number].stage for ref, plan in people.ledger.cases.items()}
            await _until_still(people, stages)
        await _wipe_and_repair(town, stages)
        town.close()


async def _until_still(people: People, stages: dict[str, str]) -> None:
    """Until every case is where it is left, and has no letter under way."""
    for reference, stage in stages.items():
        await people.until_at(reference, stage)
        while any(
            letter["state"] is None
            for letter in (await people.read("clerk-a", f"/cases/{reference}/explain"))["letters"]
        ):
            await asyncio.sleep(LOOK_EVERY)


async def _wipe_and_repair(town: Town, stages: dict[str, str]) -> None:
    living = sorted(ref for ref, stage in stages.items() if stage != "closed")
    before = await _known_at_temporal(town, living)
    assert {ref: known["stage"] for ref, known in before.items()} == {
        ref: stages[ref] for ref in living
    }
    facts, letters = _facts(town)

    await town.wipe_temporal()
    repaired = await asyncio.to_thread(town.ks, "verify", "--repair")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    # The follower may have started one before, on which something had just been decided.
    mended = {line.partition(":")[0] for line in repaired.stdout.splitlines() if "INT-" in line}
    assert mended
    assert mended <= set(living)

    await verdict.every_case_ran_once(town, running=len(living))
    assert await _known_at_temporal(town, living) == before
    assert _facts(town) == (facts, letters)
    assert set(letters.values()) == {1}


async def _known_at_temporal(town: Town, cases: list[str]) -> dict[str, dict[str, Any]]:
    """What each run remembers of its case: stage, tasks and terms, and when it looks next."""
    client = await connect(town.settings)
    return {reference: await _known(client, reference) for reference in cases}


async def _known(client: Client, reference: str) -> dict[str, Any]:
    run = client.get_workflow_handle(workflow_id("intervention", reference))
    view = await run.query(InterventionWorkflow.view)
    assert view is not None
    moments = await run.query(InterventionWorkflow.next_moments)
    return {**view.model_dump(exclude={"position"}), "next_moments": moments}


def _facts(town: Town) -> tuple[int, Counter[str]]:
    """How many events there are, and each letter by how often it was kept."""
    evidence = verdict.Evidence(town.settings)
    return len(evidence.events), Counter(evidence.kept_letters)
