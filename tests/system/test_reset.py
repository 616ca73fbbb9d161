"""A run that is reset in the Temporal UI writes no fact twice and sends no letter twice."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.enums.v1 import ResetReapplyExcludeType as Kind
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus

from domain.references import workflow_id
from domain.steps import CaseStep
from tests.system.conftest import Play
from tests.system.office import PATIENCE, Office
from tests.system.test_repair import (
    at_drafting,
    message_ids,
    replied,
    settled,
    where,
)
from workflows.starting import LOOK_AGAIN, is_up_to

pytestmark = pytest.mark.system


async def history_of(office: Office, ref: str) -> tuple[str, list[Any]]:
    """The run under way, and what the server knows of it."""
    run = (await office.handle(ref).describe()).run_id
    assert run is not None
    handle = office.client.get_workflow_handle(workflow_id("intervention", ref), run_id=run)
    return run, list((await handle.fetch_history()).events)


def points_of(history: list[Any]) -> Iterator[int]:
    """Every event to which the UI lets a run be reset."""
    for event in history:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            yield event.event_id


def before_any_decision(history: list[Any]) -> int:
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    first = next(event.event_id for event in history if event.event_type == accepted)
    # The task in which a decision is accepted is completed just before.
    return [point for point in points_of(history) if point < first - 1][-1]


def kinds_after(history: list[Any], point: int) -> set[int]:
    return {event.event_type for event in history if event.event_id > point}


async def reset(
    office: Office, ref: str, run: str, point: int, leave_out: tuple[Kind.ValueType, ...] = ()
) -> None:
    """To the end of this workflow task; what came after is given to the new run but for some."""
    begun = await office.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=office.client.namespace,
            workflow_execution=WorkflowExecution(
                workflow_id=workflow_id("intervention", ref), run_id=run
            ),
            reason="an operator tries it",
            workflow_task_finish_event_id=point,
            request_id=str(uuid4()),
            reset_reapply_exclude_types=leave_out,
        )
    )
    assert (await office.handle(ref).describe()).run_id == begun.run_id != run


async def well_again(office: Office, ref: str) -> None:
    """The new run knows its case to the end, and nothing of it is on its way."""
    case = office.case(ref)
    position = office.store.position_of(case, case.version)
    async with asyncio.timeout(PATIENCE):
        while not await is_up_to(office.client, "intervention", ref, position):
            await asyncio.sleep(0.01)
        await nothing_on_its_way(office, ref)
        await settled(office, ref)


async def nothing_on_its_way(office: Office, ref: str) -> None:
    await office.view(ref)
    while (await office.handle(ref).describe()).raw_description.pending_activities:
        await asyncio.sleep(0.01)


async def closed(office: Office, ref: str) -> None:
    """The time for reopening is over, and the run hears of it."""
    window = office.case(ref).window
    assert window is not None
    assert window.ends_at is not None
    over = CaseStep(reference=ref, at=window.ends_at)
    await asyncio.to_thread(office.workshop.commands.close_intervention, over)
    await office.handle(ref).signal(LOOK_AGAIN)
    assert await office.handle(ref).result() == "closed"


@pytest.mark.parametrize("leave_out", [(), (Kind.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,)])
def test_a_run_reset_to_any_point_of_its_history_repeats_nothing(
    on_the_real_server: Play, leave_out: tuple[Kind.ValueType, ...]
) -> None:
    async def story(office: Office) -> None:
        ref = await replied(office)
        before = where(await settled(office, ref))
        facts, letters = office.store.position(), message_ids(office)
        run, history = await history_of(office, ref)
        points = list(points_of(history))
        # Some points lie between a letter that was asked for and the note that it is out.
        assert EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED in kinds_after(history, points[0])

        for point in points:
            await reset(office, ref, run, point, leave_out)
            if leave_out:
                # The new run waits where the old one was then; this is what repair tells it.
                await nothing_on_its_way(office, ref)
                await office.handle(ref).signal(LOOK_AGAIN)
            await well_again(office, ref)
            assert office.store.position() == facts, f"facts after a reset to {point}"
            assert message_ids(office) == letters, f"letters after a reset to {point}"
            assert where(await office.view(ref)) == before
        assert set(letters.values()) == {1}

    on_the_real_server(story, "2026-10-05 10:20")


def test_people_go_on_deciding_after_a_reset(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await at_drafting(office)
        await settled(office, ref)
        run, history = await history_of(office, ref)
        await reset(office, ref, run, next(points_of(history)))
        await well_again(office, ref)
        # A decision of the run that was reset is answered as it was then.
        triage = office.task(f"{ref}-triage-1")
        assert triage is not None
        assert triage.state == "completed"
        draft = await office.opened(ref, "draft_reply")
        reply = {"outcome": "done", "text": "Naprawiono ubytek."}
        answer = await office.decide("clerk-a", draft, "submitted", reply)
        assert answer.case_stage == "replied"
        topics = office.events(ref)
        assert topics.count("intervention.Forwarded") == 1
        assert topics.count("intervention.ReplySubmitted") == 1

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_run_that_forgot_decisions_learns_of_them_with_the_next_one(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await at_drafting(office)
        await settled(office, ref)
        run, history = await history_of(office, ref)
        forgotten = (Kind.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,)
        await reset(office, ref, run, before_any_decision(history), forgotten)
        await office.view(ref)
        draft = await office.opened(ref, "draft_reply")
        reply = {"outcome": "done", "text": "Naprawiono ubytek."}
        answer = await office.decide("clerk-a", draft, "submitted", reply)
        assert answer.case_stage == (await office.view(ref)).stage == "replied"
        await well_again(office, ref)
        assert set(message_ids(office).values()) == {1}

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_reset_of_a_closed_case_ends_at_once(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await replied(office)
        await settled(office, ref)
        await closed(office, ref)
        run, history = await history_of(office, ref)
        facts, letters = office.store.position(), message_ids(office)
        for point in points_of(history):
            await reset(office, ref, run, point)
            assert await office.handle(ref).result() == "closed"
            described = await office.handle(ref).describe()
            assert described.status is WorkflowExecutionStatus.COMPLETED
        assert (office.store.position(), message_ids(office)) == (facts, letters)

    on_the_real_server(story, "2026-10-05 10:20")
