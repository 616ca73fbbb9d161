"""Starting the workflow of a case: always the same id, so starting twice is starting once."""

from datetime import timedelta

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
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
from temporalio.service import RPCError, RPCStatusCode

from domain.messages import StartCase
from domain.parties.commands import LinkLetter
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
    again: bool = False,
) -> None:
    """Start the workflow of the case unless it runs or has ended well; one that runs is told.

    `again` also when it has ended well: a case may open again (a report parted from its duplicate).
    """
    reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
    if not again:
        reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
    try:
        await client.start_workflow(
            workflow,
            StartCase(reference=reference),
            id=workflow_id(aggregate, reference),
            task_queue=task_queue,
            id_reuse_policy=reuse,
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


async def start_link_letter(
    client: Client, letter: LinkLetter, task_queue: str, shift: timedelta
) -> None:
    """Start the workflow that sends a letter with a link, unless it runs already."""
    await client.start_workflow(
        "LinkLetterWorkflow",
        letter,
        id=letter.key,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        memo={SHIFT: shift.total_seconds()} if shift else None,
        static_summary=f"link {letter.number} to {letter.party_id}",
    )


async def look_again(client: Client, aggregate: str, reference: str) -> None:
    """Have the run of the case read its events anew; without a run there is nobody to do so."""
    try:
        await client.get_workflow_handle(workflow_id(aggregate, reference)).signal(LOOK_AGAIN)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise


async def is_running(client: Client, aggregate: str, reference: str) -> bool:
    """Whether the case has a run under way, as the server knows it and not its list."""
    try:
        found = await client.get_workflow_handle(workflow_id(aggregate, reference)).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return found.status is WorkflowExecutionStatus.RUNNING


async def listed_as_running(client: Client, workflow: str, aggregate: str) -> frozenset[str]:
    """Cases in the server's list of what is under way, which may be some seconds old."""
    listed = client.list_workflows(f"ExecutionStatus = 'Running' AND WorkflowType = '{workflow}'")
    return frozenset([each.id.removeprefix(f"{aggregate}-") async for each in listed])


async def is_up_to(client: Client, aggregate: str, reference: str, position: int) -> bool:
    """Whether the run of the case knows it up to this position of the log, as it says itself."""
    run = client.get_workflow_handle(workflow_id(aggregate, reference))
    try:
        known: int = await run.query(KNOWN_POSITION, result_type=int, rpc_timeout=_ANSWERING)
    except (RPCError, WorkflowQueryFailedError):
        return False
    return known >= position


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
