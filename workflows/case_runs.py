"""The runs of cases as the starter meets them: started, asked what they know, or away."""

import asyncio
from collections.abc import Callable

from temporalio.client import Client

from domain.catalogue import PROCESSES
from runtime.plugin import connect
from runtime.settings import Settings
from workflows.starting import LOOK_AGAIN, knows, start_case


class CaseRuns:
    """Temporal, connected when first needed; whoever waits for it tries again."""

    def __init__(self, settings: Settings, headline_of: Callable[[str, str], str]) -> None:
        self._settings = settings
        self._headline_of = headline_of
        self._client: Client | None = None

    async def start(self, reference: str, process: str) -> None:
        """Start the workflow of the case, or have the one that runs look at its events."""
        kind = PROCESSES[process]
        await start_case(
            await self._connected(),
            workflow=kind.workflow,
            aggregate=kind.name,
            reference=reference,
            headline=await asyncio.to_thread(self._headline_of, reference, process),
            task_queue=self._settings.task_queue,
            shift=self._settings.clock_shift,
            signal=LOOK_AGAIN,
        )

    async def knows(self, reference: str, process: str, command_id: str) -> bool:
        """Whether the run of the case has heard of this decision."""
        return await knows(await self._connected(), PROCESSES[process].name, reference, command_id)

    async def _connected(self) -> Client:
        self._client = self._client or await connect(self._settings)
        return self._client
