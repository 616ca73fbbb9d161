"""Starting the workflow of a case: always the same id, so starting twice is starting once."""

from datetime import timedelta

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
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


async def knows(client: Client, aggregate: str, reference: str, command_id: str) -> bool:
    """Whether the history of the case's run holds the decision of this command.

    The server is asked for the Update, and no worker: a Query that meets an Update on its way to
    a worker can make the worker drop it.
    """
    run = client.get_workflow_handle(workflow_id(aggregate, reference))
    try:
        await run.get_update_handle(command_id).result(rpc_timeout=_ANSWERING)
    except (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError):
        return False
    return True
