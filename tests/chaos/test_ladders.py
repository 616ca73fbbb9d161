"""Workers are killed at the hour of the ladders: no step is taken twice and none is left out, and
each that is told by mail is told once."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from runtime.clock import SystemClock
from runtime.settings import Settings
from runtime.staff import Staff
from runtime.store import Store
from runtime.vault import Vault
from tests.chaos import verdict
from tests.chaos.people import People, http_client
from tests.chaos.plans import Plan
from tests.chaos.town import LOOK_EVERY, Town, settings_of_the_law, town_at_work
from tests.databases import Database

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.system,
    pytest.mark.usefixtures("postgres_in_full_size_only"),
]

NINE: Final = datetime(2026, 10, 7, 7, 0, tzinfo=UTC)
"""9:00 in Kraków on the Wednesday on which the triage of Monday's reports is due."""

BEFORE: Final = timedelta(seconds=75)
"""Enough to open the town, to register and to forward; if it is not, units are reminded of less."""

MONDAY_MORNING: Final = timedelta(days=2)
STEPS: Final = ("task.Reminded", "task.Escalated")
TOLD: Final = "task.NoticeSent"
OFTEN_FORWARDED: Final = 4
"""Every fourth report is with its unit by nine; all others lie in triage."""

CLERKS: Final = ("clerk-a", "clerk-b", "clerk-c")
UNIT_AT_ONCE: Final = """\
- id: int.unit_ack
  process: intervention
  what: unit takes the referral on the day on which it gets it
  length: 0
  unit: working_days
  starts_at: referral sent
  basis: none, this test only
  kind: internal
  on_lapse: ladder
  valid_from: 2021-09-02
  setting: true
  source: a test
  test: true
"""


class Size(NamedTuple):
    cases: int
    kills: int
    minutes: int


FULL = Size(cases=200, kills=20, minutes=20)
SLICE = Size(cases=12, kills=2, minutes=4)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "deadlines.yaml").write_text(UNIT_AT_ONCE)
    settings = settings_of_the_law(tmp_path / "var", database.url, NINE - BEFORE)
    return settings.model_copy(update={"tables": tables, "allow_test_terms": True})


def test_each_step_is_taken_and_told_once(
    settings: Settings, full: bool, seed: int, rng: random.Random
) -> None:
    asyncio.run(_climb(settings, FULL if full else SLICE, seed, rng))


async def _climb(settings: Settings, size: Size, seed: int, rng: random.Random) -> None:
    plans = [_plan(number) for number in range(1, size.cases + 1)]
    forwarded = sum(plan.left_at != "triage" for plan in plans)
    async with town_at_work(settings, seed) as town, asyncio.timeout(size.minutes * 60):
        _give_addresses(settings)
        async with http_client(town) as http:
            people = People(town, rng, http)
            await people.play(plans, size.cases + forwarded)
            with closing(Store(settings)) as store:
                await _kill_at_nine(town, Ladders(store, settings.mail_directory), size)
        await verdict.every_case_ran_once(town, running=size.cases)
        town.close()
        _judge(settings)


def _plan(number: int) -> Plan:
    left_at = "triage" if number % OFTEN_FORWARDED else "answer_referral"
    return Plan(number, ("ZDMK",), age=MONDAY_MORNING, left_at=left_at)


def _give_addresses(settings: Settings) -> None:
    """Nobody is reminded by mail whose address is not known."""
    with closing(Vault.of(settings, SystemClock(settings.clock_shift))) as vault:
        for person in CLERKS:
            Staff(vault).enrol(person, person, f"{person}@um.krakow.invalid")


class Ladders:
    """What the log and the mailboxes tell of the steps of nine so far."""

    def __init__(self, store: Store, mailboxes: Path) -> None:
        self._store = store
        self._mailboxes = mailboxes

    def lying(self) -> list[Any]:
        """The tasks that nobody does, as they were opened."""
        done = {event.task_ref for event in self._logged("task.Completed")}
        return [event for event in self._logged("task.Opened") if event.task_ref not in done]

    def owed(self) -> set[str]:
        """Those of them that have a step at nine."""
        return {
            event.task_ref
            for event in self.lying()
            if any(rung.fires_at == NINE for rung in event.rungs)
        }

    def taken(self) -> set[str]:
        return {event.task_ref for event in self._logged(*STEPS)}

    def told(self) -> set[str]:
        return {event.task_ref for event in self._logged(TOLD)}

    def next_step(self, owed: set[str]) -> Callable[[], bool]:
        """Whether a step was saved after those that are known now, or all of them are."""
        known = len(self.taken())
        return self._grown(lambda: len(self.taken()) > known or owed <= self.taken())

    def next_letter(self, owed: set[str]) -> Callable[[], bool]:
        """Whether the mail server has one more letter, which is not recorded yet, or all are."""
        known = self._letters()
        all_told = self._grown(lambda: owed <= self.told())
        return lambda: self._letters() > known or all_told()

    def _grown(self, condition: Callable[[], bool]) -> Callable[[], bool]:
        """The log is read again only once it has grown."""
        last = -1

        def look() -> bool:
            nonlocal last
            position = self._store.position()
            if position == last:
                return False
            last = position
            return condition()

        return look

    def _letters(self) -> int:
        return sum(1 for _ in self._mailboxes.glob("*/*.eml"))

    def _logged(self, *topics: str) -> list[Any]:
        stored = self._store.recorder.select_notifications(None, verdict.EVERYTHING, topics=topics)
        return [self._store.mapper.to_domain_event(each) for each in stored]


async def _kill_at_nine(town: Town, ladders: Ladders, size: Size) -> None:
    """A worker dies when a step is saved, before it tells the run of its case; and when a letter
    about one was sent, before it is recorded."""
    while len(ladders.lying()) < size.cases:
        await asyncio.sleep(LOOK_EVERY)
    owed = ladders.owed()
    for _ in range(size.kills):
        await town.kill_when(ladders.next_step(owed), "worker")
    for _ in range(size.kills):
        await town.kill_when(ladders.next_letter(owed), "worker")
    while not owed <= ladders.taken() & ladders.told():
        await asyncio.sleep(LOOK_EVERY)
    town.note("every step was taken and told")


def _judge(settings: Settings) -> None:
    evidence = verdict.Evidence(settings)
    steps = [event for event in evidence.events if event.TOPIC in STEPS]
    taken = Counter((each.task_ref, each.ladder, each.step) for each in steps)
    assert set(taken.values()) == {1}
    assert len({event.command_id for event in steps}) == len(steps)
    _judge_letters(evidence, steps)
    verdict.tables_are_what_the_log_makes_of_them(settings)
    verdict.no_canary_flew_out(settings)


def _judge_letters(evidence: verdict.Evidence, steps: list[Any]) -> None:
    """To each recipient of each step one letter, under a Message-ID that no other one has."""
    told = [event for event in evidence.events if event.TOPIC == TOLD]
    owed = Counter((e.task_ref, e.ladder, e.step, to) for e in steps for to in e.recipients)
    assert Counter((e.task_ref, e.ladder, e.step, e.recipient) for e in told) == owed
    assert {event.result for event in told} == {"delivered"}
    recorded = {event.message_id for event in told}
    assert len(recorded) == len(told)
    kept = {each for each in evidence.kept_letters if ".N11." in each or ".reminder." in each}
    assert kept == recorded
    # Otherwise the town was opened too late, and nothing was shown of units.
    assert {event.kind for event in told} == {"N11", "reminder"}
