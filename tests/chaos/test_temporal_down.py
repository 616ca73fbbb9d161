"""A report is taken in whoever is away, and its process is started once (story 11)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import UUID

import httpx
import pytest

from runtime.settings import Settings
from tests.chaos import verdict
from tests.chaos.people import LOOK_EVERY, http_client
from tests.chaos.plans import Plan
from tests.chaos.town import MONDAY, TEMPORAL, Town, town_at_work

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]

SECONDS = 240
FORM = Plan(1, ("ZDMK",)).report(MONDAY)

Story = Callable[[Town, "Callers"], Awaitable[None]]
Play = Callable[[Story], None]


class Callers:
    """The web site, and KS-06 that looks into its inbox."""

    def __init__(self, town: Town, http: httpx.AsyncClient) -> None:
        self._town = town
        self._http = http

    async def send_form(self, key: UUID) -> httpx.Response:
        """Sent again until there is an answer."""
        headers = self._headers("web-form") | {"Idempotency-Key": str(key)}
        while True:
            try:
                return await self._http.post("/interventions", json=FORM, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(LOOK_EVERY)

    async def until_offered(self, cases: set[str]) -> None:
        """Until the first task of these cases, and of no others, is in the inbox."""
        headers, offered = self._headers("clerk-a"), set[str]()
        while offered != cases:
            answer = await self._http.get("/inbox", params={"view": "offered"}, headers=headers)
            offered = {task["case_ref"] for task in answer.json()["items"]}
            await asyncio.sleep(LOOK_EVERY)

    def _headers(self, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._town.tokens[person]}"}


@pytest.fixture
def play(settings: Settings, seed: int) -> Play:
    async def in_town(story: Story) -> None:
        async with (
            town_at_work(settings, seed) as town,
            asyncio.timeout(SECONDS),
            http_client(town) as http,
        ):
            await story(town, Callers(town, http))

    return lambda story: asyncio.run(in_town(story))


async def began_once(town: Town, cases: set[str]) -> None:
    """Each case was born once, and has one process, which opened its first task once."""
    await verdict.every_case_ran_once(town, running=len(cases))
    evidence = verdict.Evidence(town.settings)
    assert set(evidence.cases) == cases
    verdict.references_have_no_gap(evidence)
    for case in cases:
        events = evidence.of_case(case)
        assert events["intervention.Registered"] == events["task.Opened triage-1"] == 1


def test_story_11_a_form_sent_three_times_while_temporal_is_away_becomes_one_case(
    play: Play, rng: random.Random
) -> None:
    async def story(town: Town, callers: Callers) -> None:
        key = UUID(int=rng.getrandbits(128))
        town.take_down(TEMPORAL)
        answers = [await callers.send_form(key) for _ in range(3)]
        assert [a.status_code for a in answers] == [HTTPStatus.CREATED, *[HTTPStatus.OK] * 2]
        assert len({answer.text for answer in answers}) == 1

        town.bring_back(TEMPORAL)
        case = answers[0].json()["reference"]
        await callers.until_offered({case})
        await began_once(town, {case})

    play(story)


def test_a_report_is_worked_on_although_the_api_was_killed_after_the_answer(
    play: Play, rng: random.Random
) -> None:
    async def story(town: Town, callers: Callers) -> None:
        cases: set[str] = set()
        for _ in range(3):
            key = UUID(int=rng.getrandbits(128))
            first = await callers.send_form(key)
            town.kill("api")
            again = await callers.send_form(key)
            assert (first.status_code, again.status_code) == (HTTPStatus.CREATED, HTTPStatus.OK)
            assert first.text == again.text
            cases.add(first.json()["reference"])
        await callers.until_offered(cases)
        await began_once(town, cases)

    play(story)
