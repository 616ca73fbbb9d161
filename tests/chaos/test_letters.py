"""A worker is killed between letter and event: what is repeated is one letter (story 11, I9)."""

import asyncio
import random
from collections import Counter
from contextlib import closing
from typing import Final, NamedTuple

import pytest

from runtime.settings import Settings
from tests.chaos import verdict
from tests.chaos.letter_box import LetterBox
from tests.chaos.people import Ledger, People, http_client
from tests.chaos.plans import UNITS, Plan
from tests.chaos.town import Town, town_at_work

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]

UNITS_OF_A_CASE: Final = 2
WRITES_OF_A_CASE: Final = 2
"""It is registered and forwarded, and left there."""

LAST: Final = 0.9
"""Share of the letters after which nobody is killed."""


class Size(NamedTuple):
    letters: int
    kills: int
    minutes: int


FULL = Size(letters=1_000, kills=100, minutes=40)
SLICE = Size(letters=30, kills=4, minutes=4)


def test_story_11_a_letter_repeated_after_a_crash_is_the_same_letter(
    settings: Settings, full: bool, seed: int, rng: random.Random
) -> None:
    asyncio.run(_send(settings, FULL if full else SLICE, seed, rng))


async def _send(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        with closing(LetterBox(town.settings, size.letters)) as box:
            ledger = await _live(town, box, size, rng)
        town.close()
        _judge(town, ledger, box, size)


async def _live(town: Town, box: LetterBox, size: Size, rng: random.Random) -> Ledger:
    number = size.letters // UNITS_OF_A_CASE
    plans = [
        Plan(n, tuple(rng.sample(UNITS, UNITS_OF_A_CASE)), anonymous=True)
        for n in range(1, number + 1)
    ]
    async with http_client(town) as http, asyncio.TaskGroup() as shaken:
        people = People(town, rng, http, decides=("triage",))
        shaken.create_task(people.play(plans, number * WRITES_OF_A_CASE))
        shaken.create_task(_kill_workers(town, box, size, rng))
    town.note("all written")
    await verdict.until_recorded(town, size.letters)
    town.note("all recorded")
    return people.ledger


async def _kill_workers(town: Town, box: LetterBox, size: Size, rng: random.Random) -> None:
    """Spread over the letters, each time while one is kept and not recorded yet."""
    for moment in sorted(rng.uniform(0, LAST) * size.letters for _ in range(size.kills)):
        letter = box.next_letter(int(moment))
        await town.kill_when(letter, "worker", if_still=box.caught)
        town.note(f"  with {len(box)} letters kept")


def _judge(town: Town, ledger: Ledger, box: LetterBox, size: Size) -> None:
    evidence = verdict.Evidence(town.settings)
    verdict.nothing_acknowledged_is_lost(evidence, ledger)
    verdict.nothing_is_doubled(evidence, dict.fromkeys(ledger.cases, _forwarded()))
    verdict.each_letter_is_one_letter(evidence, size.letters)
    verdict.nobody_complained(town)
    # What was caught was sent again, unless its record became whole in the moment of the kill.
    assert box.catches > size.kills / 2
    assert len(evidence.kept_letters) - size.letters > box.catches / 2


def _forwarded() -> Counter[str]:
    """The events of a case that was forwarded to its units."""
    events = Counter({"intervention.Registered": 1, "intervention.Forwarded": UNITS_OF_A_CASE})
    events.update(f"task.{what} triage-1" for what in ("Opened", "Claimed", "Completed"))
    for place in range(1, UNITS_OF_A_CASE + 1):
        events[f"task.Opened answer_referral-R{place}-1"] = 1
        events.update(f"intervention.{n} N2.1.R{place}" for n in ("NoticeSent", "NoticeDelivered"))
    return events
