"""The event store: units of work, conflicts, snapshots, positions, and events of an older form."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError

from domain.aggregates import Snapshot
from domain.errors import Refusal
from domain.messages import SYSTEM, Act
from domain.roster.commands import GrantRole, OpenRoster
from domain.roster.model import ROSTER_ID, Roster
from domain.roster.rules import posts_of
from domain.roster.state import RosterState
from domain.tasks.commands import WithdrawTask
from domain.tasks.model import Task
from runtime.settings import Settings
from runtime.store import CONFLICTS_BEFORE_GIVING_UP, Store, StoreBusy, UnitOfWork
from tests.builders import Case
from tests.given import moment

MONDAY = moment("2026-10-05 10:20")
TRIAGE = "INT-2026-000001-triage-1"
HIRED = date(2026, 1, 1)


class NotToday(Refusal):
    """Nothing is done today."""


@pytest.fixture
def case(store: Store) -> Case:
    """A case in triage with its task."""
    return Case(1, MONDAY, store=store).open_needed()


def act(command_id: str) -> Act:
    return Act(command_id=command_id, at=MONDAY, by=SYSTEM)


def topics(store: Store, after: int = 0) -> list[str]:
    found = store.recorder.select_notifications(after, 10_000, inclusive_of_start=False)
    return [stored.topic for stored in found]


def remind(task: Task, step: int) -> None:
    """A fact that stands beside any other."""
    task.record(
        Task.Reminded,
        act(f"ladder:{step}"),
        task_ref=task.task_ref,
        ladder="standard",
        step=step,
        recipients=("KS-06/clerk",),
        skipped=(),
    )


def known(unit: UnitOfWork) -> Task:
    task = unit.find(Task, TRIAGE)
    assert task is not None
    return task


# One command, one save


def test_several_aggregates_are_saved_in_one_step(store: Store, case: Case) -> None:
    before = store.position()
    case.forward("ZDMK")
    assert topics(store, before) == [
        "task.Claimed",
        "task.Completed",
        "intervention.Forwarded",
        "task.Opened",
    ]


def test_a_conflict_in_one_aggregate_saves_none_of_them(store: Store, case: Case) -> None:
    task = store.find(Task, TRIAGE)
    other = store.find(Task, TRIAGE)
    assert task is not None
    assert other is not None
    remind(other, 1)
    store.save_all([other])
    before = store.position()
    remind(task, 2)
    roster = Roster.open(OpenRoster(), act("open"))
    with pytest.raises(IntegrityError):
        store.save_all([roster, task])
    assert store.position() == before
    assert store.load(ROSTER_ID) is None


def test_work_that_fails_saves_nothing(store: Store, case: Case) -> None:
    before = store.position()

    def work(unit: UnitOfWork) -> None:
        known(unit).withdraw(WithdrawTask(reason="case_closed"), act("w"))
        unit.add(Roster.open(OpenRoster(), act("open")))
        raise NotToday()

    with pytest.raises(NotToday):
        store.carry_out(work)
    assert store.position() == before
    task = store.find(Task, TRIAGE)
    assert task is not None
    assert task.is_open


def test_the_same_aggregate_is_loaded_once_in_one_work(store: Store, case: Case) -> None:
    unit = UnitOfWork(store)
    assert known(unit) is known(unit)
    assert unit.find(Task, "INT-2026-000001-triage-2") is None


def test_a_conflict_is_met_by_doing_the_work_again_and_both_facts_stand(
    store: Store, case: Case
) -> None:
    both_loaded = Barrier(2)
    tries: list[int] = []

    def work_of(step: int) -> int:
        def work(unit: UnitOfWork) -> None:
            task = known(unit)
            tries.append(step)
            if tries.count(step) == 1:
                both_loaded.wait(10)
            remind(task, step)

        store.carry_out(work)
        return step

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work_of, (1, 2))) == [1, 2]
    task = store.find(Task, TRIAGE)
    assert task is not None
    assert task.fired == {("standard", 1), ("standard", 2)}
    assert sorted(tries) in ([1, 1, 2], [1, 2, 2])


def test_whoever_always_comes_too_late_is_told_that_the_store_is_busy(
    store: Store, case: Case
) -> None:
    tries = 0

    def work(unit: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        mine = known(unit)
        faster = store.find(Task, TRIAGE)
        assert faster is not None
        remind(faster, 1_000 + tries)
        store.save_all([faster])
        remind(mine, tries)

    with pytest.raises(StoreBusy):
        store.carry_out(work)
    assert tries == CONFLICTS_BEFORE_GIVING_UP


def test_a_refusal_that_a_change_meanwhile_may_have_caused_is_looked_at_again(
    store: Store, case: Case
) -> None:
    tries = 0

    def work(unit: UnitOfWork) -> str:
        nonlocal tries
        tries += 1
        task = known(unit)
        if tries == 1:
            case.forward("ZDMK")
            # The task was read before the decision and the case after it.
            raise NotToday(task=task.state)
        return task.state

    assert store.carry_out(work) == "completed"
    assert tries == 2


def test_a_refusal_is_final_when_nothing_has_changed(store: Store, case: Case) -> None:
    tries = 0

    def work(unit: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        known(unit).withdraw(WithdrawTask(reason="case_closed"), act("w"))
        raise NotToday()

    with pytest.raises(NotToday):
        store.carry_out(work)
    assert tries == 1


def test_twenty_at_once_on_one_aggregate_all_leave_their_fact(store: Store, case: Case) -> None:
    def work_of(step: int) -> None:
        store.carry_out(lambda unit: remind(known(unit), step))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work_of, range(20)))
    task = store.find(Task, TRIAGE)
    assert task is not None
    assert task.fired == {("standard", step) for step in range(20)}
    assert task.version == 21


# Where things stand in the log


def test_a_unit_of_work_has_seen_what_it_saved_and_what_was_there_before(
    store: Store, case: Case
) -> None:
    before = store.position()

    def work(unit: UnitOfWork) -> UnitOfWork:
        remind(known(unit), 1)
        return unit

    unit = store.carry_out(work)
    assert unit.seen(known(unit)) == store.position() == store.position_of(known(unit), 2)
    assert unit.seen(case.case) == before


def test_a_unit_of_work_knows_where_stands_what_it_saved_and_what_was_there_before(
    store: Store, case: Case
) -> None:
    def work(unit: UnitOfWork) -> UnitOfWork:
        remind(known(unit), 1)
        assert unit.position_of(known(unit)) == 0
        return unit

    unit = store.carry_out(work)
    task = known(unit)
    assert unit.position_of(task) == store.position_of(task, 2) > 0
    before = store.load(task.id, 1)
    assert unit.position_of(before) == store.position_of(task, 1) > 0
    assert unit.position_of(case.case) == store.position_of(case.case, case.case.version) > 0


def test_an_aggregate_can_be_seen_as_a_command_left_it(store: Store, case: Case) -> None:
    case.forward("ZDMK")
    task = store.find(Task, TRIAGE)
    assert task is not None
    then = store.as_answered(task, "INT-2026-000001:2")
    assert (then.state, then.version, task.version) == ("offered", 1, 3)
    assert store.as_answered(task, "unknown") is task


def test_every_version_of_an_aggregate_has_its_place_in_the_log(store: Store, case: Case) -> None:
    case.forward("ZDMK")
    task = store.find(Task, TRIAGE)
    assert task is not None
    log = store.recorder.select_notifications(None, 1_000)
    for version in (1, 2, 3):
        [stored] = [e for e in log if (e.originator_id, e.originator_version) == (task.id, version)]
        assert store.position_of(task, version) == stored.id
    assert store.position_of(task, 4) == 0


def test_an_empty_log_ends_at_zero(store: Store) -> None:
    assert store.position() == 0


def test_saving_nothing_has_no_position(store: Store, case: Case) -> None:
    assert store.save_all([case.case]) == {}


# The roster


def staffed(store: Store, clerks: int) -> Roster:
    roster = Roster.open(OpenRoster(), act("open"))
    for number in range(clerks):
        grant(roster, number)
    store.save_all([roster])
    return roster


def grant(roster: Roster, number: int) -> None:
    command = GrantRole(post="KS-06/clerk", person=f"clerk-{number}", valid_from=HIRED)
    roster.grant_role(command, act(f"grant-{number}"))


def test_the_roster_is_restored_from_its_snapshot_and_what_came_after(store: Store) -> None:
    roster = staffed(store, 249)
    used: list[Any] = []

    def note(_: Any, events: Any) -> Any:
        used.extend(events)
        return used

    store.repository.get(ROSTER_ID, projector_func=note)
    assert isinstance(used[0], Snapshot)
    assert [event.originator_version for event in used] == list(range(200, 251))
    restored = store.load(ROSTER_ID)
    assert restored.state == roster.state
    assert restored.version == roster.version == 250
    assert (restored.answered("open"), restored.answered("grant-150")) == (1, 152)


def test_a_restored_roster_goes_on(store: Store) -> None:
    staffed(store, 120)
    restored = store.load(ROSTER_ID)
    grant(restored, 500)
    store.save_all([restored])
    assert posts_of(store.roster(), "clerk-500", HIRED) == {"KS-06/clerk"}
    assert posts_of(store.roster(), "clerk-7", HIRED) == {"KS-06/clerk"}


def test_before_it_is_opened_the_roster_is_empty(store: Store) -> None:
    assert store.roster() == RosterState()


def test_the_roster_is_read_again_only_when_it_has_changed(store: Store) -> None:
    staffed(store, 1)
    assert store.roster() is store.roster()


def test_a_change_by_another_process_is_seen(store: Store, settings: Settings) -> None:
    staffed(store, 1)
    assert posts_of(store.roster(), "clerk-9", HIRED) == frozenset()
    with closing(Store(settings)) as elsewhere:
        roster = elsewhere.load(ROSTER_ID)
        grant(roster, 9)
        elsewhere.save_all([roster])
    assert posts_of(store.roster(), "clerk-9", HIRED) == {"KS-06/clerk"}


# How long loading takes (printed, as no figure is promised here)


def test_the_time_of_loading_is_shown(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    case = Case(1, MONDAY, store=store).open_needed()
    task = case.task("triage")
    lines = []
    for events in (10, 100, 1000):
        while task.version < events:
            remind(task, task.version)
        store.save_all([task])
        begun = time.perf_counter()
        for _ in range(5):
            found = store.find(Task, TRIAGE)
        took = timedelta(seconds=(time.perf_counter() - begun) / 5)
        assert found is not None
        assert found.version == events
        lines.append(f"{events:5} events loaded in {took / timedelta(milliseconds=1):6.2f} ms")
    with capsys.disabled():
        kind = "sqlite" if store.is_sqlite else "postgres"
        print("", *(f"{kind}: {line}" for line in lines), sep="\n")  # noqa: T201  asked for here
