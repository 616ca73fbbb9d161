"""Parts are killed while links go out by mail and letters are set on paper: each is one (I9)."""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import closing
from itertools import cycle
from typing import Any, Final, NamedTuple

import pytest

from runtime.clock import SystemClock
from runtime.file_store import FileStore
from runtime.settings import Settings
from runtime.vault import Vault
from tests.chaos import verdict
from tests.chaos.letter_box import LetterBox
from tests.chaos.people import People, http_client
from tests.chaos.plans import UNITS, Plan
from tests.chaos.town import Town, town_at_work

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]

WRITES_OF_A_CASE: Final = 2
"""It is registered and forwarded; then its one question is given to a contractor by a link."""

MAILS_OF_A_CASE: Final = 2
"""To the unit, and to the contractor."""

ON_PAPER: Final = ("N1.1.sender", "N2.1.sender")
LAST: Final = 0.9
PREPARED: Final = "intervention.NoticePrepared"
LINK_SENT: Final = "party.LinkSent"


class Size(NamedTuple):
    cases: int
    kills: int
    """While letters to units go out, and once more while links do."""
    minutes: int

    @property
    def mails(self) -> int:
        return self.cases * MAILS_OF_A_CASE


FULL = Size(cases=150, kills=20, minutes=20)
SLICE = Size(cases=10, kills=3, minutes=4)


def test_links_and_letters_on_paper_are_made_once_whatever_is_killed(
    settings: Settings, full: bool, seed: int, rng: random.Random
) -> None:
    asyncio.run(_send(settings, FULL if full else SLICE, seed, rng))


async def _send(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        async with http_client(town) as http:
            people = People(town, rng, http, decides=("triage",))
            forwarding = _forward(town, people, size, rng)
            await _shake(town, forwarding, size, rng, mails=size.cases)
            await _shake(town, _issue_links(town, people), size, rng, mails=size.mails)
        await verdict.until_recorded(town, size.cases * len(ON_PAPER), [PREPARED])
        town.close()
        evidence = verdict.Evidence(settings)
        verdict.nothing_acknowledged_is_lost(evidence, people.ledger)
        verdict.nothing_is_doubled(evidence, dict.fromkeys(people.ledger.cases, _left()))
        verdict.each_letter_is_one_letter(evidence, size.mails)
        _some_link_was_repeated(evidence)
        _each_paper_lies_in_the_vault(evidence)
        verdict.tables_are_what_the_log_makes_of_them(settings)
        verdict.nobody_complained(town)
        verdict.no_canary_flew_out(settings)


async def _shake(
    town: Town, work: Coroutine[Any, Any, None], size: Size, rng: random.Random, *, mails: int
) -> None:
    """Until so many mails are recorded, parts being killed while they are sent."""
    with closing(LetterBox(town.settings, mails)) as box:
        async with asyncio.TaskGroup() as shaken:
            shaken.create_task(work)
            shaken.create_task(_kill(town, box, size, rng))
    await verdict.until_recorded(town, mails, verdict.SENT)


async def _forward(town: Town, people: People, size: Size, rng: random.Random) -> None:
    for unit in UNITS:
        await people.make_known(_contractor(unit), unit)
    plans = [Plan(n, (rng.choice(UNITS),), by_post=True) for n in range(1, size.cases + 1)]
    await people.play(plans, size.cases * WRITES_OF_A_CASE)
    town.note("all forwarded")


async def _issue_links(town: Town, people: People) -> None:
    async with asyncio.TaskGroup() as links:
        for case, plan in people.ledger.cases.items():
            task = f"{case}-answer_referral-R1-1"
            links.create_task(people.issue_link(_contractor(plan.units[0]), task))
    town.note("all links issued")


async def _kill(town: Town, box: LetterBox, size: Size, rng: random.Random) -> None:
    """Spread over the letters, each in the moment after one: mostly the worker, as long as the
    letter is not recorded; every third time who has the links sent."""
    before, stretch = len(box), size.cases * LAST / size.kills
    for number, name in zip(range(size.kills), cycle(("worker", "worker", "follower"))):
        letter = box.next_letter(before + int((number + rng.random()) * stretch))
        if_still = box.caught if name == "worker" else None
        await town.kill_when(letter, name, if_still=if_still)
        town.note(f"  with {len(box)} letters kept")


def _contractor(unit: str) -> str:
    return f"party-{unit.lower()}"


def _left() -> Counter[str]:
    """The events of a case whose question went to a unit and to its contractor."""
    return Counter(_events())


def _events() -> Iterator[str]:
    yield from ("intervention.Registered", "intervention.Forwarded")
    yield from (f"task.{what} triage-1" for what in ("Opened", "Claimed", "Completed"))
    yield "task.Opened answer_referral-R1-1"
    yield from (f"intervention.{what} N2.1.R1" for what in ("NoticeSent", "NoticeDelivered"))
    yield from ("party.LinkIssued", LINK_SENT)
    for letter in ON_PAPER:
        yield f"{PREPARED} {letter}"
        yield f"task.Opened post_letter-{letter.partition('.')[0]}-1"


def _some_link_was_repeated(evidence: verdict.Evidence) -> None:
    """Otherwise no kill came between such a letter and its record, and nothing was shown."""
    kept = Counter(evidence.kept_letters)
    links = {event.message_id for event in evidence.events if event.TOPIC == LINK_SENT}
    assert any(kept[link] > 1 for link in links)


def _each_paper_lies_in_the_vault(evidence: verdict.Evidence) -> None:
    """One file for each letter, and none that no letter knows."""
    settings = evidence.settings
    prepared: dict[str, set[str]] = {}
    for event in evidence.events:
        if event.TOPIC == PREPARED:
            prepared.setdefault(event.reference, set()).add(event.file)
    with closing(Vault.of(settings, SystemClock(settings.clock_shift))) as vault:
        files = FileStore(vault)
        for reference, known in prepared.items():
            assert len(known) == len(ON_PAPER)
            assert files.uploaded_to(reference) == known
            assert all(files.get(file).startswith(b"%PDF-") for file in known)
