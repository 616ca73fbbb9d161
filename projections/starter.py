"""The starter: starts every case that has no workflow (a case begins also while Temporal is away),
and has a case look at its events that may not know what was decided in it.

A case runs when the log holds a task that was opened for it, the first act of its workflow; where
the task stands with the birth (an extra task), the run itself is asked. A decision is saved
before the history of its workflow holds it: after a crash in between the person is answered from
the store, and the workflow would go on waiting for the decision. So a while after the last
decision in a case the server is asked whether its run has heard of it.

The starter's own position is kept beside the events: nothing before it waits for the starter, and
whatever waits after it is found again from there.
"""

import asyncio
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import BigInteger, Column, MetaData, String, Table, select, update

from domain.catalogue import PROCESSES
from domain.references import case_of
from runtime.database import create_tables, insert_new, write_engine
from runtime.settings import Settings
from runtime.store import Store


class Runs(Protocol):
    """The runs of cases at Temporal."""

    async def start(self, reference: str, process: str) -> None:
        """Start the case; one that runs is left alone."""

    async def tell(self, reference: str, process: str) -> None:
        """Have the run look at its events anew, started first if there is none."""

    async def is_up_to(self, reference: str, process: str, position: int) -> bool:
        """Whether the run says that it knows the log up to this position."""

    async def knows(self, reference: str, process: str, command_id: str) -> bool:
        """Whether the run has heard of this decision."""


GRACE_SECONDS: Final = 3.0
"""In this time the API starts the case itself."""
CASES_PER_SECOND: Final = 30.0
"""A backlog must not hold up what people decide meanwhile."""
CASES_ON_THEIR_WAY: Final = 200
"""Started and not seen running yet: when workers cannot follow, more starts only add to it."""
AGAIN_AFTER_SECONDS: Final = 10.0
DECIDED_SECONDS: Final = 15.0
"""So long after the last decision in a case its run is asked whether it knows of it."""

_LOOK_EVERY_SECONDS: Final = 0.25
_PAGE: Final = 2_000
_SCHEMA: Final = "public"

_tables = MetaData()
_positions = Table(
    "starter_position",
    _tables,
    Column("name", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

log = structlog.get_logger()


@dataclass
class _Waiting:
    """A case that nobody has seen running, or in which something was decided."""

    process: str
    position: int
    start_at: float
    """When to act, by the clock of the event loop."""
    started: bool = False
    command_id: str = ""
    """Of the last decision."""


class Starter:
    def __init__(
        self,
        settings: Settings,
        store: Store,
        runs: Runs,
        *,
        grace: float = GRACE_SECONDS,
        per_second: float = CASES_PER_SECOND,
        again_after: float = AGAIN_AFTER_SECONDS,
        decided_after: float = DECIDED_SECONDS,
    ) -> None:
        self._store = store
        self._runs = runs
        self._grace = grace
        self._between = 1 / per_second
        self._again_after = again_after
        self._born_by = {process.born_by: process.name for process in PROCESSES.values()}
        self._decided_after = decided_after
        self._processes = {process.prefix: process.name for process in PROCESSES.values()}
        self._ended_by = frozenset(
            topic for process in PROCESSES.values() for topic in process.ended_by
        )
        self._stopped_by = {process.stopped_by: process.name for process in PROCESSES.values()}
        self._told_by = {
            topic: process.name for process in PROCESSES.values() for topic in process.told_by
        }
        self._topics = (
            *self._born_by,
            *self._ended_by,
            *self._stopped_by,
            *self._told_by,
            "task.Opened",
            "task.Completed",
        )
        self._engine = write_engine(settings.database_url or settings.events_db, schema=_SCHEMA)
        create_tables(self._engine, _tables, schema=_SCHEMA)
        self._waiting: dict[str, _Waiting] = {}
        self._decided: dict[str, _Waiting] = {}
        self.read_to = self._kept = self._load_position()

    @property
    def waiting(self) -> frozenset[str]:
        """Cases not yet seen running."""
        return frozenset(self._waiting)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
                await self.start_due()
            except Exception as reason:  # whatever is away comes back; cases must not wait for us
                log.warning("starter goes on trying", reason=type(reason).__name__)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Note which cases were born and which run, up to the end of the log."""
        while await self._read_page():
            pass
        left = chain(self._waiting.values(), self._decided.values())
        position = min((case.position for case in left), default=self.read_to + 1) - 1
        if position != self._kept:
            await asyncio.to_thread(self._keep_position, position)
            self._kept = position

    async def start_due(self) -> None:
        """Start what has waited long enough, and tell who does not know, one after the other."""
        now = asyncio.get_running_loop().time
        for reference, case in list(self._decided.items()):
            if case.start_at <= now():
                if not await self._runs.knows(reference, case.process, case.command_id):
                    await self._runs.tell(reference, case.process)
                del self._decided[reference]
                await asyncio.sleep(self._between)
        on_their_way = sum(case.started for case in self._waiting.values())
        for reference, case in list(self._waiting.items()):
            may_start = case.started or on_their_way < CASES_ON_THEIR_WAY
            if case.start_at <= now() and may_start:
                if await self._says_it_runs(reference, case):
                    del self._waiting[reference]
                    continue
                await self._runs.start(reference, case.process)
                on_their_way += not case.started
                case.started = True
                case.start_at = now() + self._again_after
                await asyncio.sleep(self._between)

    def close(self) -> None:
        self._engine.dispose()

    async def _says_it_runs(self, reference: str, case: _Waiting) -> bool:
        """Asked only where the log does not tell it."""
        if not PROCESSES[case.process].begins_with_a_task:
            return False
        return await self._runs.is_up_to(reference, case.process, case.position)

    async def _read_page(self) -> bool:
        """True when there is more to read."""
        end, page = await asyncio.to_thread(self._page)
        now = asyncio.get_running_loop().time()
        for stored, event in page:
            self._note(stored.topic, stored.id, event, now)
        self.read_to = page[-1][0].id if len(page) == _PAGE else max(end, self.read_to)
        return len(page) == _PAGE

    def _note(self, topic: str, position: int, event: Any, now: float) -> None:
        if process := self._born_by.get(topic) or self._stopped_by.get(topic):
            self._waiting[event.reference] = _Waiting(process, position, now + self._grace)
        elif topic == "task.Opened":
            if not PROCESSES[event.process].begins_with_a_task:
                self._waiting.pop(event.case_ref, None)
        elif topic in self._ended_by:
            self._waiting.pop(event.reference, None)
            decided = self._decided.get(event.reference)
            # What ended by the decision itself may still have a run that does not know of it.
            if decided is not None and decided.command_id != event.command_id:
                del self._decided[event.reference]
        else:
            case = event.reference if topic in self._told_by else case_of(event.task_ref)
            process = self._processes.get(case.partition("-")[0])
            if process is None:  # nothing runs that could fall behind
                return
            self._decided[case] = _Waiting(
                process, position, now + self._decided_after, command_id=event.command_id
            )

    def _page(self) -> tuple[int, list[tuple[Any, Any]]]:
        """The end of the log, and the next events that matter before it."""
        end = self._store.position()
        found = self._store.recorder.select_notifications(
            self.read_to, _PAGE, end, self._topics, inclusive_of_start=False
        )
        return end, [(stored, self._store.mapper.to_domain_event(stored)) for stored in found]

    def _load_position(self) -> int:
        with self._engine.begin() as connection:
            connection.execute(insert_new(connection, _positions).values(name="all", position=0))
            return connection.scalar(select(_positions.c.position)) or 0

    def _keep_position(self, position: int) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(_positions).values(position=position))
