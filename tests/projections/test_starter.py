"""The starter: no case stays without its workflow, none is started over and over."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from activities.assignments import AssignmentCommands
from domain.assignments.commands import OrderExtraTask
from domain.interventions import stops
from domain.messages import SYSTEM, Act
from domain.tasks.events import Completed
from projections.starter import CASES_ON_THEIR_WAY, Starter
from runtime.settings import Settings
from runtime.store import Store
from tests.activities.desk import Desk
from tests.builders import PLACES, Case, sealed
from tests.projections.histories import START


class Temporal:
    """Notes what was started; while it is away every start fails."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.started: list[tuple[str, str]] = []
        self.known = False
        self.asked_about: list[str] = []
        self.told: list[tuple[str, str]] = []

    async def start(self, reference: str, process: str) -> None:
        self.asked += 1
        if self.away:
            raise ConnectionError
        self.started.append((reference, process))

    async def tell(self, reference: str, process: str) -> None:
        if self.away:
            raise ConnectionError
        self.told.append((reference, process))

    async def look_again(self, reference: str, process: str) -> None:
        await self.tell(reference, process)

    async def knows(self, reference: str, process: str, command_id: str) -> bool:
        self.asked_about.append(command_id)
        return self.known

    async def is_up_to(self, reference: str, process: str, position: int) -> bool:
        return (reference, process) in self.started


@contextmanager
def starter_of(
    settings: Settings, store: Store, temporal: Temporal, **options: float
) -> Iterator[Starter]:
    at_once = {"grace": 0.0, "per_second": 1_000_000.0}
    with closing(Starter(settings, store, temporal, **(at_once | options))) as starter:
        yield starter


async def one_round(starter: Starter) -> None:
    await starter.look()
    await starter.start_due()


def test_a_case_without_a_workflow_is_started_once(settings: Settings, store: Store) -> None:
    temporal = Temporal()
    case = Case(1, START, store=store)

    async def story() -> None:
        with starter_of(settings, store, temporal) as starter:
            await one_round(starter)
            await one_round(starter)
            assert starter.waiting == {case.reference}
            case.open_needed()
            await one_round(starter)
            assert starter.waiting == set()

    asyncio.run(story())
    assert temporal.started == [(case.reference, "intervention")]


def test_a_case_that_runs_is_left_alone(settings: Settings, store: Store) -> None:
    temporal = Temporal()
    Case(1, START, store=store).open_needed()

    async def story() -> None:
        with starter_of(settings, store, temporal) as starter:
            await one_round(starter)
            assert starter.waiting == set()

    asyncio.run(story())
    assert temporal.started == []


def test_a_case_just_registered_is_left_to_whoever_registered_it(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    Case(1, START, store=store)

    async def story() -> None:
        with starter_of(settings, store, temporal, grace=60) as starter:
            await one_round(starter)
            assert len(starter.waiting) == 1

    asyncio.run(story())
    assert temporal.started == []


def test_a_start_without_effect_is_repeated(settings: Settings, store: Store) -> None:
    temporal = Temporal()
    case = Case(1, START, store=store)

    async def story() -> None:
        with starter_of(settings, store, temporal, again_after=0) as starter:
            await one_round(starter)
            await one_round(starter)

    asyncio.run(story())
    assert temporal.started == [(case.reference, "intervention")] * 2


def test_while_temporal_is_away_the_starter_goes_on_trying(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    temporal.away = True
    case = Case(1, START, store=store)

    async def story() -> None:
        with starter_of(settings, store, temporal) as starter:
            running = asyncio.create_task(starter.run())
            async with asyncio.timeout(60):
                while temporal.asked < 2:
                    await asyncio.sleep(0.005)
                temporal.away = False
                while not temporal.started:
                    await asyncio.sleep(0.005)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    asyncio.run(story())
    assert temporal.started == [(case.reference, "intervention")]


def test_after_a_restart_only_what_does_not_run_is_found_again(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    temporal.away = True
    runs, waits = Case(1, START, store=store).open_needed(), Case(2, START, store=store)
    Case(3, START, store=store).whole_way()

    async def story() -> None:
        with starter_of(settings, store, temporal, grace=60) as starter:
            await one_round(starter)
            assert starter.waiting == {waits.reference}
        with starter_of(settings, store, temporal, grace=60) as starter:
            assert starter.read_to == store.position_of(runs.tasks[f"{runs.reference}-triage-1"], 1)
            await one_round(starter)
            assert starter.waiting == {waits.reference}

    asyncio.run(story())


def test_a_backlog_is_started_no_faster_than_allowed(settings: Settings, store: Store) -> None:
    temporal = Temporal()
    for number in range(1, 6):
        Case(number, START, store=store)

    async def story() -> float:
        with starter_of(settings, store, temporal, per_second=50) as starter:
            await starter.look()
            began = asyncio.get_running_loop().time()
            await starter.start_due()
            return asyncio.get_running_loop().time() - began

    took = asyncio.run(story())
    assert len(temporal.started) == 5
    assert took >= 4 / 50


def test_a_run_that_has_not_heard_of_the_last_decision_is_told_to_look_again(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    case = Case(1, START, store=store).open_needed().forward("ZDMK").open_needed()

    async def story() -> None:
        with starter_of(settings, store, temporal, decided_after=0) as starter:
            await one_round(starter)
            await one_round(starter)

    asyncio.run(story())
    assert temporal.told == [(case.reference, "intervention")]


def test_a_run_that_knows_of_the_last_decision_is_left_alone(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    case = Case(1, START, store=store).open_needed().forward("ZDMK").open_needed()
    temporal.known = True
    (decided,) = {
        event.command_id
        for event in store.events.get(case.tasks[f"{case.reference}-triage-1"].id)
        if isinstance(event, Completed)
    }

    async def story() -> None:
        with starter_of(settings, store, temporal, decided_after=0) as starter:
            await one_round(starter)

    asyncio.run(story())
    assert (temporal.told, temporal.asked_about) == ([], [decided])


def test_a_case_is_told_who_joined_it_and_who_left(settings: Settings, store: Store) -> None:
    """It hears of neither: another case was decided."""
    temporal = Temporal()
    first, second = (Case(n, START, store=store, place=PLACES[0]).open_needed() for n in (1, 2))

    async def story() -> None:
        with starter_of(settings, store, temporal, decided_after=0) as starter:
            second.join(first)
            await one_round(starter)
            assert (first.reference, "intervention") in temporal.told
            temporal.told.clear()
            second.unlink()
            await one_round(starter)
            assert (first.reference, "intervention") in temporal.told

    asyncio.run(story())


def test_nobody_asks_what_a_case_that_has_ended_knows(settings: Settings, store: Store) -> None:
    temporal = Temporal()
    Case(1, START, store=store).whole_way()

    async def story() -> None:
        with starter_of(settings, store, temporal, decided_after=0) as starter:
            await one_round(starter)

    asyncio.run(story())
    assert temporal.started == []


def test_a_case_whose_run_was_cancelled_is_started_again(settings: Settings, store: Store) -> None:
    temporal = Temporal()
    case = Case(1, START, store=store).open_needed()
    stops.note_stop(case.case, Act(command_id="stop:1", at=case.at, by=SYSTEM))
    store.save_all([case.case])

    async def story() -> None:
        with starter_of(settings, store, temporal) as starter:
            await one_round(starter)

    asyncio.run(story())
    assert temporal.started == [(case.reference, "intervention")]


def test_no_more_cases_are_started_than_workers_can_follow(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    for number in range(1, CASES_ON_THEIR_WAY + 6):
        Case(number, START, store=store)

    async def story() -> None:
        with starter_of(settings, store, temporal) as starter:
            await one_round(starter)
            await one_round(starter)

    asyncio.run(story())
    assert len(temporal.started) == CASES_ON_THEIR_WAY


def ordered(settings: Settings, store: Store) -> tuple[Desk, str]:
    """An extra task, which stands in the log together with its order."""
    desk = Desk(settings, store).staff()
    command = OrderExtraTask(unit="KS-06", text=sealed("Dyżur w sobotę"))
    commands = AssignmentCommands(desk.tasks)
    born = commands.order(command, desk.act("director-a", "director-a:k-1"), "k-1", "digest")
    return desk, born.reference


def test_an_extra_task_is_started_until_its_run_says_that_it_runs(
    settings: Settings, store: Store
) -> None:
    temporal = Temporal()
    _, reference = ordered(settings, store)

    async def story() -> None:
        with starter_of(settings, store, temporal, again_after=0) as starter:
            await one_round(starter)
            assert starter.waiting == {reference}
            await one_round(starter)
            assert starter.waiting == set()
            await one_round(starter)

    asyncio.run(story())
    assert temporal.started == [(reference, "assignment")]


def test_a_run_that_has_not_heard_that_the_extra_task_is_done_is_told(
    settings: Settings, store: Store
) -> None:
    """The order ends with the decision itself, and a worker may have died just then."""
    temporal = Temporal()
    desk, reference = ordered(settings, store)
    task = desk.task(reference, "do_extra_task")
    done = desk.decision("head-a", task, "done", {"note": sealed("Dyżur był")})
    AssignmentCommands(desk.tasks).decide_assignment_task(done)

    async def story() -> None:
        with starter_of(settings, store, temporal, decided_after=0) as starter:
            await one_round(starter)

    asyncio.run(story())
    assert temporal.told == [(reference, "assignment")]
