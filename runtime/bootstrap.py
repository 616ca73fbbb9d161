"""What Temporal must have before the first case: the namespace, its retention and attributes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.mendable import Mendable
from runtime.schedules import keep_schedules
from runtime.settings import Settings

T = TypeVar("T")

RETENTION: Final = timedelta(days=30)
"""How long the Temporal UI shows a closed case; the record itself is in the event store."""

SEARCH_ATTRIBUTES: Final = {
    "CaseRef": "Keyword",
    "Stage": "Keyword",
    "Units": "KeywordList",
    "NextDue": "Datetime",
    "Overdue": "Bool",
    "Escalation": "Int",
    "Round": "Int",
    "Waiting": "Keyword",
    "OnHold": "Bool",
}
"""For operators in the Temporal UI; by the names that Temporal gives the types."""

PATIENCE: Final = timedelta(seconds=60)
_PAUSE: Final = 0.05

_TYPES: Final = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}


class TemporalAway(Mendable):
    """No Temporal server answered in time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"No Temporal server answers at {settings.temporal_address} (TEMPORAL_ADDRESS)."
        )


class WorkerAway(Mendable):
    """Nobody asks Temporal for the work of cases."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"No worker asks for work in queue {settings.task_queue} (KS_TASK_QUEUE): "
            "start `ks worker`."
        )


class NamespaceNotReady(Mendable):
    """The namespace or a search attribute is not there, or is of another type."""

    def __init__(self, settings: Settings, what: str) -> None:
        super().__init__(
            f"Namespace {settings.temporal_namespace} (TEMPORAL_NAMESPACE): {what}. "
            "`ks bootstrap` makes what is missing."
        )


async def reach_temporal(settings: Settings, patience: timedelta = PATIENCE) -> Client:
    """A client for what is done around cases, as soon as the server answers."""

    async def attempt() -> Client | None:
        try:
            # No codec: nothing of a case passes here, and this client is there at once.
            return await Client.connect(
                settings.temporal_address, namespace=settings.temporal_namespace
            )
        except RuntimeError:  # what the SDK raises when it cannot connect
            return None

    client = await _until(attempt, patience)
    if client is None:
        raise TemporalAway(settings)
    return client


async def reach_worker(settings: Settings, patience: timedelta = PATIENCE) -> None:
    """Return as soon as the server answers and somebody works for it."""
    client = await reach_temporal(settings, patience)
    if not await _until(lambda: pollers_of(client, settings.task_queue), patience):
        raise WorkerAway(settings)


async def bootstrap_temporal(settings: Settings, patience: timedelta = PATIENCE) -> Client:
    """Make namespace, retention, search attributes and schedules; again changes nothing."""
    client = await reach_temporal(settings, patience)
    await _keep_namespace(client)
    await _add_attributes(client, settings)
    await wait_until_ready(client, settings, patience)
    await keep_schedules(client, settings)
    return client


async def wait_until_ready(
    client: Client, settings: Settings, patience: timedelta = PATIENCE
) -> None:
    """Until a case can be started: a new attribute is known to the server a moment later."""

    async def attempt() -> bool:
        try:
            await client.count_workflows(" AND ".join(f"{n} IS NULL" for n in SEARCH_ATTRIBUTES))
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return False
            raise
        return True

    if not await _until(attempt, patience):
        missing = sorted(SEARCH_ATTRIBUTES.keys() - (await attributes_of(client)).keys())
        raise NamespaceNotReady(settings, f"not usable, missing: {', '.join(missing) or 'itself'}")


async def attributes_of(client: Client) -> dict[str, int]:
    """The search attributes of the namespace with their types; empty when it does not exist."""
    try:
        found = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return {}
        raise
    return {name: int(kind) for name, kind in found.custom_attributes.items()}


async def pollers_of(client: Client, task_queue: str) -> Mapping[str, datetime]:
    """Who asks this queue for the work of workflows, and since when; nobody while the server is
    away. Whoever is killed is listed for some minutes more."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    try:
        found = await client.workflow_service.describe_task_queue(request)
    except RPCError:
        return {}
    return {each.identity: each.last_access_time.ToDatetime(UTC) for each in found.pollers}


async def _keep_namespace(client: Client) -> None:
    retention = Duration(seconds=int(RETENTION.total_seconds()))
    service = client.workflow_service
    try:
        found = await service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        await _register(client, retention)
        return
    if found.config.workflow_execution_retention_ttl != retention:
        await service.update_namespace(
            UpdateNamespaceRequest(
                namespace=client.namespace,
                config=NamespaceConfig(workflow_execution_retention_ttl=retention),
            )
        )


async def _register(client: Client, retention: Duration) -> None:
    try:
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(
                namespace=client.namespace, workflow_execution_retention_period=retention
            )
        )
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise


async def _add_attributes(client: Client, settings: Settings) -> None:
    wanted = {name: _TYPES[kind] for name, kind in SEARCH_ATTRIBUTES.items()}
    found = await attributes_of(client)
    wrong = sorted(name for name, kind in wanted.items() if found.get(name, kind) != kind)
    if wrong:
        raise NamespaceNotReady(settings, f"of another type: {', '.join(wrong)}")
    missing = {name: kind for name, kind in wanted.items() if name not in found}
    if missing:
        await _until(lambda: _added(client, missing), PATIENCE)


async def _added(client: Client, missing: dict[str, IndexedValueType.ValueType]) -> bool:
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        # A namespace that was registered just now is not known everywhere yet.
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise
    return True


async def _until(attempt: Callable[[], Awaitable[T]], patience: timedelta) -> T:
    """Try until the answer counts as yes, or patience ends; the last answer."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience.total_seconds()
    while not (answer := await attempt()) and loop.time() < give_up:
        await asyncio.sleep(_PAUSE)
    return answer
