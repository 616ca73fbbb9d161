"""Runs as starter, repair and watches meet them: started, asked what they know, or away."""

import asyncio
from collections.abc import Callable

from temporalio.client import Client

from domain.catalogue import PROCESSES
from domain.parties.commands import LinkLetter
from runtime.plugin import connect
from runtime.settings import Settings
from workflows.starting import (
    LOOK_AGAIN,
    is_running,
    is_up_to,
    knows,
    listed_as_running,
    look_again,
    start_case,
    start_link_letter,
)


class CaseRuns:
    """Temporal, connected when first needed; whoever waits for it tries again."""

    def __init__(self, settings: Settings, headline_of: Callable[[str, str], str]) -> None:
        self._settings = settings
        self._headline_of = headline_of
        self._client: Client | None = None

    async def start(self, reference: str, process: str) -> None:
        """Start the workflow of the case; one that runs is left alone."""
        await self._start(reference, process, None)

    async def tell(self, reference: str, process: str) -> None:
        """Have the run of the case look at its events anew, started first if there is none."""
        await self._start(reference, process, LOOK_AGAIN)

    async def look_again(self, reference: str, process: str) -> None:
        """Have the run of the case look at its events anew; without one nothing is to be done."""
        await look_again(await self._connected(), PROCESSES[process].name, reference)

    async def send_link(self, letter: LinkLetter) -> None:
        """Start the workflow of a letter with a link; one that runs is left alone."""
        settings = self._settings
        await start_link_letter(
            await self._connected(), letter, settings.task_queue, settings.clock_shift
        )

    async def _start(self, reference: str, process: str, signal: str | None) -> None:
        kind = PROCESSES[process]
        # Who asks knows the case as open; the run of a case that is closed after all ends at once.
        await start_case(
            await self._connected(),
            workflow=kind.workflow,
            aggregate=kind.name,
            reference=reference,
            headline=await asyncio.to_thread(self._headline_of, reference, process),
            task_queue=self._settings.task_queue,
            shift=self._settings.clock_shift,
            signal=signal,
            again=True,
        )

    async def is_up_to(self, reference: str, process: str, position: int) -> bool:
        """Whether the run of the case says that it knows the log up to this position."""
        kind = PROCESSES[process]
        return await is_up_to(await self._connected(), kind.name, reference, position)

    async def knows(self, reference: str, process: str, command_id: str) -> bool:
        """Whether the run of the case has heard of this decision."""
        return await knows(await self._connected(), PROCESSES[process].name, reference, command_id)

    async def running(self, reference: str, process: str) -> bool:
        """Whether the case has a run under way."""
        return await is_running(await self._connected(), PROCESSES[process].name, reference)

    async def listed(self, process: str) -> frozenset[str]:
        """Cases that are listed as under way; the list may be some seconds old."""
        kind = PROCESSES[process]
        return await listed_as_running(await self._connected(), kind.workflow, kind.name)

    async def _connected(self) -> Client:
        self._client = self._client or await connect(self._settings)
        return self._client
