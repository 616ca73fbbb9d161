"""What an exception becomes on its way through Temporal: a refusal, an outage, or a fault."""

from collections.abc import Sequence
from sqlite3 import OperationalError as SqliteAway
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import InterfaceError, OperationalError
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, FailureError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from domain.errors import Refusal, Refusals
from domain.tasks.refusals import ActorNotProven
from runtime.store import StoreBusy

AWAY = (PersistenceError, OperationalError, InterfaceError, SqliteAway, StoreBusy)
"""The store did not answer. Only these are retried: all else would fail again.

The event store passes on what SQLite says of a transaction that cannot begin as SQLite says it.
"""

STORE_AWAY = "StoreAway"
FAULT = "InternalFault"

log = structlog.get_logger(__name__)


class RefusalsBecomeFailures(Interceptor):
    """The one place where exceptions of the domain and the store are turned into failures."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Activities(next)

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _Workflows


class _Activities(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except FailureError:
            raise
        except Exception as error:
            raise as_failure(error) from error


class _Workflows(WorkflowInboundInterceptor):
    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        try:
            return await super().handle_update_handler(input)
        except FailureError:
            raise
        except Exception as error:
            # Anything else would fail the workflow task for ever, and with it the whole case.
            workflow.logger.exception("update failed", extra={"update": input.update})
            raise ApplicationError(str(type(error)), type=FAULT, non_retryable=True) from None


def as_failure(error: Exception) -> ApplicationError:
    """Refusals and faults are final; an outage is tried again."""
    match error:
        case Refusal():
            return _refused([error])
        case Refusals():
            return _refused(error.refusals)
        case _ if isinstance(error, AWAY):
            log.warning("store away", error=type(error).__name__)
            return ApplicationError("the store is away", type=STORE_AWAY)
        case _:
            # The message of an unknown exception may hold anything, so it stays in the log.
            log.exception("activity failed", activity=activity.info().activity_type)
            return ApplicationError(type(error).__name__, type=FAULT, non_retryable=True)


def _refused(refusals: Sequence[Refusal]) -> ApplicationError:
    """The first refusal names the failure; the details hold all of them as data."""
    if any(isinstance(refusal, ActorNotProven) for refusal in refusals):
        log.warning("unproven decision", workflow_id=activity.info().workflow_id)
    first = refusals[0]
    return ApplicationError(
        first.sentence(),
        *(refusal.as_data() for refusal in refusals),
        type=first.name(),
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )
