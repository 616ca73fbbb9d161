"""The batch after a change of the tables: every open case is asked to count its terms anew.

A case does so by itself whenever it is looked at; the batch has all of them looked at now, and
not when the next of their moments comes. To ask twice is harmless.
"""

import asyncio
from hashlib import sha256
from typing import Final, Protocol

import structlog

from domain.deadlines import Deadlines
from projections.known_cases import KnownCase, known_cases
from projections.noted import Notes
from runtime.store import Store


class Runs(Protocol):
    """The runs of cases at Temporal."""

    async def look_again(self, reference: str, process: str) -> None:
        """Have the run look at its events anew. Without one nothing is to be done: whatever
        starts the case counts its terms, and one that was closed meanwhile stays closed."""


NOTE: Final = "tables"
"""Under which the tables stand by which all open cases were asked to count."""

CASES_PER_SECOND: Final = 30.0
"""What people decide meanwhile must not wait for the batch."""

_AGAIN_AFTER_SECONDS: Final = 5.0

log = structlog.get_logger()


async def ask_open_cases(store: Store, runs: Runs, *, per_second: float = CASES_PER_SECOND) -> int:
    """How many were asked."""
    open_cases = await asyncio.to_thread(_open_cases, store)
    for case in open_cases:
        await runs.look_again(case.reference, case.process.name)
        await asyncio.sleep(1 / per_second)
    return len(open_cases)


async def ask_after_a_change(
    store: Store, runs: Runs, deadlines: Deadlines, notes: Notes
) -> int | None:
    """Ask them unless all were asked by these very tables; None when they were."""
    tables = digest_of(deadlines)
    while await asyncio.to_thread(notes.of, NOTE) != tables:
        try:
            asked = await ask_open_cases(store, runs)
        except Exception as reason:  # whatever is away comes back
            log.warning("recount goes on trying", reason=type(reason).__name__)
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)
            continue
        await asyncio.to_thread(notes.keep, NOTE, tables)
        log.info("open cases count their terms by new tables", cases=asked)
        return asked
    return None


def digest_of(deadlines: Deadlines) -> str:
    """Names the dated rows and the calendars; equal tables have equal names."""
    rows = [row.model_dump_json() for row in deadlines.rules]
    days = [
        f"{calendar.version} {holiday.model_dump_json()}"
        for calendar in deadlines.calendars
        for holiday in calendar.holidays
    ]
    return sha256("\n".join([*sorted(rows), *days]).encode()).hexdigest()


def _open_cases(store: Store) -> list[KnownCase]:
    return [case for case in known_cases(store) if not case.closed]
