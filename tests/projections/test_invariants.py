"""What holds between the log and the tables at every position (T9, T10, I5, I15)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import Connection, Table, select

from domain.interventions import rules
from domain.interventions.entities import TERMINAL, Referral
from domain.interventions.events import FeedbackAccepted, Forwarded
from domain.interventions.model import Intervention
from domain.labels import Labels
from domain.tasks.model import Task
from projections.catalogue import projections
from projections.follower import Follower, position
from projections.interventions import find
from projections.rows import Row
from projections.tables import (
    inbox_tasks,
    referrals,
    task_candidates,
    task_exclusions,
    task_history,
)
from projections.tasks import units_of
from runtime.read_side import ReadSide
from runtime.store import Store
from tests.projections.contents import caught_up, contents, folded_anew, rows_of
from tests.projections.histories import FEW, choices, played


@dataclass
class Moment:
    """The log and the tables after one more event."""

    events: list[Any]
    aggregate: Any
    """The one to which the event happened."""
    connection: Connection


def each_position(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int]
) -> Iterator[Moment]:
    """Play a history and follow it event by event."""
    follower = Follower(store, read_side.live, projections(labels), page=1)
    follower.catch_up()
    before = follower.position
    played(store, numbers)
    known: dict[Any, Any] = {}
    events: list[Any] = []
    for stored in store.recorder.select_notifications(None, 100_000):
        event: Any = store.mapper.to_domain_event(stored)
        events.append(event)
        if stored.id > before:
            known[event.originator_id] = event.mutate(known.get(event.originator_id))
            assert follower.step()
            with read_side.reader().connect() as connection:
                assert position(connection) == stored.id
                yield Moment(events, known[event.originator_id], connection)


@pytest.mark.walk
@FEW
@given(numbers=choices)
def test_a_case_rebuilt_from_events_is_its_row_at_every_position(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int]
) -> None:
    for now in each_position(store, read_side, labels, numbers):
        if isinstance(now.aggregate, Intervention):
            row = find(now.connection, now.aggregate.reference)
            assert row is not None
            assert_holds(row, of_case(now.aggregate))
            for shown, referral in zip(
                row["referrals"], now.aggregate.referrals.values(), strict=True
            ):
                assert_holds(shown, of_referral(referral))
            assert {
                f"{letter['kind']}.{letter['round']}.{letter['recipient']}": (
                    letter["message_id"],
                    letter["state"],
                    letter["sent_at"],
                )
                for letter in row["letters"]
            } == {
                key: (letter.message_id, letter.state, letter.sent_at)
                for key, letter in now.aggregate.letters.items()
            }


@pytest.mark.walk
@FEW
@given(numbers=choices)
def test_a_task_rebuilt_from_events_is_its_row_at_every_position(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int]
) -> None:
    for now in each_position(store, read_side, labels, numbers):
        task = now.aggregate
        if isinstance(task, Task):
            table, other = inbox_tasks, task_history
            if not task.is_open:
                table, other = other, table
            (row,) = of_one(now.connection, table, task)
            assert_holds(row, of_task(task))
            assert of_one(now.connection, other, task) == []
            posts = {row["post"] for row in of_one(now.connection, task_candidates, task)}
            denied = {
                row["person"]: row["reason"]
                for row in of_one(now.connection, task_exclusions, task)
            }
            assert posts == (set(task.candidates) if task.is_open else set())
            assert denied == (task.excluded if task.is_open else {})


@pytest.mark.walk
@FEW
@given(numbers=choices)
def test_what_was_opened_is_completed_or_withdrawn_or_open_at_every_position(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int]
) -> None:
    for now in each_position(store, read_side, labels, numbers):
        opened = offered(now.events)
        open_rows = rows_of(now.connection, inbox_tasks)
        finished = rows_of(now.connection, task_history)
        assert opened == counted(open_rows) + counted(finished)
        ends = (Task.Completed, Task.Expired, Task.Withdrawn)
        assert len(finished) == sum(isinstance(event, ends) for event in now.events)


@pytest.mark.walk
@FEW
@given(numbers=choices)
def test_what_was_sent_to_a_unit_is_in_one_of_the_states_at_every_position(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int]
) -> None:
    for now in each_position(store, read_side, labels, numbers):
        sent = Counter(e.unit for e in now.events if isinstance(e, Forwarded))
        accepted = sum(isinstance(e, FeedbackAccepted) for e in now.events)
        rows = rows_of(now.connection, referrals)
        assert sent == Counter(row["unit"] for row in rows)
        states = Counter(row["state"] for row in rows)
        assert set(states) <= {"sent", "answered", *TERMINAL}
        assert states["accepted"] == accepted


@pytest.mark.walk
@FEW
@given(numbers=choices)
def test_the_live_tables_equal_those_made_anew(
    store: Store, read_side: ReadSide, labels: Labels, numbers: list[int]
) -> None:
    played(store, numbers)
    caught_up(store, read_side.live(), labels, page=17)
    assert contents(read_side.live()) == folded_anew(store, read_side, labels, page=2_000)


def offered(events: list[Any]) -> Counter[Any]:
    """Tasks by process, type and the units that they were offered to last."""
    kinds: dict[str, tuple[str, str]] = {}
    counts: Counter[Any] = Counter()
    for event in events:
        if isinstance(event, Task.Opened):
            kinds[event.task_ref] = (event.process, event.type)
            counts.update((*kinds[event.task_ref], u) for u in units_of(event.candidates))
        if isinstance(event, Task.CandidatesChanged):
            counts.subtract((*kinds[event.task_ref], u) for u in units_of(event.old))
            counts.update((*kinds[event.task_ref], u) for u in units_of(event.new))
    return +counts


def assert_holds(row: Row, expected: Row) -> None:
    assert {name: row[name] for name in expected} == expected


def counted(rows: list[Row]) -> Counter[Any]:
    return Counter((row["process"], row["type"], unit) for row in rows for unit in row["units"])


def of_one(connection: Connection, table: Table, task: Task) -> list[Row]:
    query = select(table).where(table.c.task_ref == task.task_ref)
    return [dict(row) for row in connection.execute(query).mappings()]


def of_case(case: Intervention) -> Row:
    settlement = case.clocks["settlement"]
    return {
        "stage": case.stage,
        "round": case.round,
        "category": case.category,
        "district": case.place.district,
        "received_at": case.received_at,
        "waiting": rules.waiting_for(case),
        "units": [*dict.fromkeys(referral.unit for referral in case.referrals.values())],
        "drafts": case.drafts,
        "outcome": case.outcome,
        "settlement_safe_due": settlement.safe_due,
        "settlement_due_at": settlement.due_at,
        "window_ends": case.window.ends_at if case.window else None,
        "last_event_at": case.modified_on,
        "version": case.version,
    }


def of_referral(referral: Referral) -> Row:
    return {
        "referral": referral.ref,
        "unit": referral.unit,
        "lead": referral.lead,
        "turn": referral.turn,
        "state": referral.state,
        "result": referral.result,
        "sent_at": referral.sent_at,
        "answered_at": referral.answered_at,
        "promised_on": referral.promised_on,
        "feedback_safe_due": referral.feedback_by.safe_due if referral.feedback_by else None,
    }


def of_task(task: Task) -> Row:
    expected: Row = {
        "state": task.state,
        "assignee": task.assignee,
        "owner": task.owner,
        "parked_until": task.parked_until,
        "priority": task.priority,
        "candidates": list(task.candidates),
        "escalation_level": task.escalation_level,
        "opened_at": task.opened_at,
        "version": task.version,
        "due_at": task.complete_by.due_at if task.complete_by else None,
    }
    if not task.is_open:
        expected |= {
            "outcome": task.outcome,
            "finished_by": task.finished_by,
            "finished_at": task.finished_at,
            "version": task.settled_version,  # comments follow, and are not counted
        }
    return expected
