"""Starting the workflow of a case: always the same id, so starting twice is starting once."""

from datetime import timedelta

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from domain.messages import StartCase
from domain.references import workflow_id
from workflows import tasks
from workflows.deadline import SHIFT

LOOK_AGAIN = "look_again"
"""The signal on which a workflow reads its case anew."""

KNOWN_POSITION = "known_position"
"""The query that tells up to where a run knows the log of its case."""

_ANSWERING = timedelta(seconds=3)


async def start_case(
    client: Client,
    *,
    workflow: str,
    aggregate: str,
    reference: str,
    headline: str,
    task_queue: str,
    shift: timedelta = timedelta(0),
    signal: str | None = None,
) -> None:
    """Start the workflow of the case unless it runs or has ended well; one that runs is told."""
    try:
        await client.start_workflow(
            workflow,
            StartCase(reference=reference),
            id=workflow_id(aggregate, reference),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=signal,
            memo={SHIFT: shift.total_seconds()} if shift else None,
            static_summary=headline,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(tasks.CASE_REF, reference)]
            ),
        )
    except WorkflowAlreadyStartedError:
        return


async def knows(client: Client, aggregate: str, reference: str, position: int) -> bool:
    """Whether the run of the case has heard of what was saved at this position of the log."""
    run = client.get_workflow_handle(workflow_id(aggregate, reference))
    try:
        known: int = await run.query(KNOWN_POSITION, result_type=int, rpc_timeout=_ANSWERING)
    except (RPCError, WorkflowQueryFailedError):
        return False
    return known >= position
