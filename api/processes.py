"""The workflows of cases as the API meets them: started, told a decision, or away."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.problems import InternalFault, Refused
from domain.catalogue import PROCESSES
from domain.errors import Refusal
from domain.instructions import CaseAnswer
from domain.tasks.commands import Answer
from runtime.plugin import connect
from runtime.settings import Settings
from workflows.starting import LOOK_AGAIN, start_case

if TYPE_CHECKING:
    from api.submissions import Submission

A = TypeVar("A", Answer, CaseAnswer)

_CONNECTING: Final = 2.0
_NOT_HEARD: Final = frozenset({"AcceptedUpdateCompletedWorkflow", "UnprocessedUpdate"})
"""The server's own failures: the run ended meanwhile, or its worker died with the decision."""

_STARTING: Final = 5.0
_DECIDING: Final = 15.0
"""Seconds that a request waits; after them the client repeats it with its key."""

_PAUSE: Final = 1.0

_STARTS_AT_ONCE: Final = 4
"""In a rush the follower starts the rest: starts must not delay decisions."""

log = structlog.get_logger(__name__)


class ProcessAway(Refusal):
    """The process of the case does not answer for now; repeat the request with its key."""


class NotRunning(Exception):
    """No workflow of this case runs."""


class Processes:
    """Temporal, connected when first needed; the client then finds it again by itself."""

    def __init__(self, settings: Settings, client: Client | None = None) -> None:
        self._settings = settings
        self._client = client
        self._connecting = asyncio.Lock()
        self._look_again_at = 0.0
        self._starts: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop on which requests made in threads have cases started."""
        self._loop = loop

    def start_soon(self, process: str, reference: str, headline: str) -> None:
        """Start the workflow of a new case in the background; if it fails, the starter follows."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin, process, reference, headline)

    async def look_again(self, process: str, reference: str, headline: str) -> None:
        """Have the workflow read its case anew, if Temporal can be reached.

        It need not know of a decision that the store already answers for.
        """
        with suppress(ProcessAway):
            await self.start(process, reference, headline, signal=LOOK_AGAIN)

    async def start(
        self,
        process: str,
        reference: str,
        headline: str,
        signal: str | None = None,
        *,
        again: bool = False,
    ) -> None:
        kind = PROCESSES[process]
        client = await self.client()
        try:
            await asyncio.wait_for(
                start_case(
                    client,
                    workflow=kind.workflow,
                    aggregate=kind.name,
                    reference=reference,
                    headline=headline,
                    task_queue=self._settings.task_queue,
                    shift=self._settings.clock_shift,
                    signal=signal,
                    again=again,
                ),
                _STARTING,
            )
        except (RPCError, TimeoutError):
            raise ProcessAway() from None

    async def tell(self, told: "Submission[A]") -> A:
        """Tell the workflow something. Raises NotRunning, ProcessAway, or what was refused."""
        client = await self.client()
        handle = client.get_workflow_handle(told.workflow_id)
        command_id = told.message.act.command_id
        try:
            return await asyncio.wait_for(
                handle.execute_update(
                    told.update, told.message, id=command_id, result_type=told.answer
                ),
                _DECIDING,
            )
        except WorkflowUpdateFailedError as failed:
            raise _refusal(failed) from None
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError):
            raise ProcessAway() from None
        except RPCError as error:
            # Also a workflow that completed: there is nobody left to tell.
            if error.status == RPCStatusCode.NOT_FOUND:
                raise NotRunning from None
            log.warning("process away", status=error.status.name)
            raise ProcessAway() from None

    async def client(self) -> Client:
        now = asyncio.get_running_loop().time
        async with self._connecting:
            if self._client is not None:
                return self._client
            if now() < self._look_again_at:
                raise ProcessAway()
            try:
                self._client = await asyncio.wait_for(connect(self._settings), _CONNECTING)
            except (RPCError, RuntimeError, TimeoutError):
                # Requests must not queue up here, each waiting for its own attempt.
                self._look_again_at = now() + _PAUSE
                raise ProcessAway() from None
            return self._client

    async def is_reachable(self) -> bool:
        try:
            client = await self.client()
            return await client.service_client.check_health(timeout=timedelta(seconds=1))
        except (ProcessAway, RPCError):
            return False

    def _begin(self, process: str, reference: str, headline: str) -> None:
        if len(self._starts) < _STARTS_AT_ONCE:
            start = asyncio.ensure_future(self._start_quietly(process, reference, headline))
            self._starts.add(start)
            start.add_done_callback(self._starts.discard)

    async def _start_quietly(self, process: str, reference: str, headline: str) -> None:
        try:
            await self.start(process, reference, headline)
        except ProcessAway:
            log.info("case left to the starter", case=reference)

    async def close(self) -> None:
        for start in tuple(self._starts):
            start.cancel()
        await asyncio.gather(*self._starts, return_exceptions=True)


def _refusal(failed: WorkflowUpdateFailedError) -> Exception:
    """What the domain refused, as the workflow passed it on; anything else is a fault of ours."""
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type in _NOT_HEARD:
        return NotRunning()
    if isinstance(cause, ApplicationError) and cause.details and isinstance(cause.details[0], dict):
        return Refused(list(cause.details))
    log.error("decision failed", type=getattr(cause, "type", type(cause).__name__))
    return InternalFault()
