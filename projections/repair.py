"""Repair: what the runs of cases and the read tables should be by the log, and are not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from domain.catalogue import PROCESSES
from domain.labels import Labels
from domain.references import aggregate_id
from projections.catalogue import projections
from projections.follower import Follower, position, wait_for
from projections.known_cases import KnownCase, known_cases
from projections.rebuild import rebuild
from projections.verify import Difference, verify
from runtime.read_side import ReadSide
from runtime.store import Store

_PAUSE: Final = 0.1
_AT_ONCE: Final = 8
"""Cases looked at together: a run that is asked may have to be loaded by a worker first."""
_PAGE: Final = 2_000


class CaseRuns(Protocol):
    """The runs of cases at Temporal, seen one by one and in the server's list."""

    async def tell(self, reference: str, process: str) -> None:
        """Have the run look at its events anew, started first if there is none."""

    async def is_up_to(self, reference: str, process: str, position: int) -> bool:
        """Whether the run says that it knows the log up to this position."""

    async def running(self, reference: str, process: str) -> bool:
        """Whether the case has a run under way."""

    async def listed(self, process: str) -> frozenset[str]:
        """Cases that are listed as under way; the list may be some seconds old."""


@dataclass(frozen=True)
class Mended:
    """A case that was not as the log tells it, and what was done."""

    reference: str
    found: str
    did: str
    well: bool

    def __str__(self) -> str:
        so_far = "" if self.well else ", and is not well yet"
        return f"{self.reference}: {self.found}; {self.did}{so_far}"


@dataclass(frozen=True)
class MendedTables:
    """Where the read tables differed from the log, and where they still do."""

    behind: int
    """Events of the log that nobody had brought into them."""
    found: Sequence[Difference]
    left: Sequence[Difference]


@dataclass(frozen=True)
class Times:
    """In seconds."""

    grace: float = 3.0
    """So long a run may be on its way to hear of what was saved just now."""
    patience: float = 30.0
    """So long a case that was mended may take until all is well."""


TIMES: Final = Times()


async def repair_runs(store: Store, runs: CaseRuns, times: Times = TIMES) -> AsyncIterator[Mended]:
    """Every open case runs and knows its end; no closed one runs. Yields what was otherwise."""
    cases = await asyncio.to_thread(lambda: list(known_cases(store)))
    listed = {name: await runs.listed(name) for name in PROCESSES}
    gate = asyncio.Semaphore(_AT_ONCE)

    async def looked_at(case: KnownCase) -> Mended | None:
        async with gate:
            return await _look_at(case, store, runs, times)

    wanted = [
        case for case in cases if not case.closed or case.reference in listed[case.process.name]
    ]
    for start in range(0, len(wanted), _PAGE):
        page = (looked_at(case) for case in wanted[start : start + _PAGE])
        for mended in await asyncio.gather(*page):
            if mended is not None:
                yield mended


def repair_tables(
    store: Store, read_side: ReadSide, labels: Labels, times: Times = TIMES
) -> MendedTables:
    """Bring the read tables up to the log, and build them anew if they differ from it."""
    behind = _bring_up(store, read_side, labels, times.grace)
    found = verify(store, read_side, labels)
    if not found:
        return MendedTables(behind, (), ())
    rebuild(store, read_side, labels)
    return MendedTables(behind, found, verify(store, read_side, labels))


def _bring_up(store: Store, read_side: ReadSide, labels: Labels, grace: float) -> int:
    """By how many events the tables were behind, unless a follower made up for them in time."""
    end = store.position()
    if wait_for(read_side, end, grace):
        return 0
    with read_side.reader().connect() as connection:
        behind = end - position(connection)
    Follower(store, read_side.live, projections(labels)).catch_up()
    return behind


async def _look_at(case: KnownCase, store: Store, runs: CaseRuns, times: Times) -> Mended | None:
    name = case.process.name
    position = await asyncio.to_thread(_end_of, store, case)
    running = await runs.running(case.reference, name)
    if case.closed and not running:
        return None

    async def knows() -> bool:
        return await runs.is_up_to(case.reference, name, position)

    if running and await _becomes(knows, times.grace):
        return None
    await runs.tell(case.reference, name)

    async def well() -> bool:
        # The case may go on, and close, while one looks.
        if not await runs.running(case.reference, name):
            return await asyncio.to_thread(_is_closed, store, case)
        return not case.closed and await knows()

    return Mended(
        reference=case.reference,
        found=f"its run does not know event {position}" if running else "no workflow runs",
        did="told to look again" if running else "started again",
        well=await _becomes(well, times.patience),
    )


def _end_of(store: Store, case: KnownCase) -> int:
    """Where the last event of the case stands; its decisions are saved together with it."""
    found = store.find(case.process.aggregate, case.reference)
    assert found is not None  # its birth was read
    return store.position_of(found, found.version)


def _is_closed(store: Store, case: KnownCase) -> bool:
    kind = case.process
    stored = store.recorder.select_events(aggregate_id(kind.name, case.reference))
    return any(event.topic in kind.ended_by for event in stored)


async def _becomes(condition: Callable[[], Awaitable[bool]], patience: float) -> bool:
    """Whether it comes true in time."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while not await condition():
        if loop.time() >= give_up:
            return False
        await asyncio.sleep(_PAUSE)
    return True
