"""Who comes to be missing: cases with tasks for that post look whether anybody is left to decide.

A case knows the roster as it was when it last looked. An absence that is recorded or taken back
afterwards, or a post that is given up, is told to every case with an open task for one of the
posts concerned.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import select

from domain.roster import events
from domain.roster.state import RosterState
from projections.follower import position
from projections.noted import Notes
from projections.tables import inbox_tasks, task_candidates
from runtime.read_side import ReadSide
from runtime.store import Store


class Runs(Protocol):
    """The runs of cases at Temporal."""

    async def look_again(self, reference: str, process: str) -> None:
        """Have the run look at its events anew; without one nothing is to be done."""


NOTE: Final = "roster"
"""Under which the position of the last event stands that was told."""

LOOK_EVERY_SECONDS: Final = 1.0
CASES_PER_SECOND: Final = 30.0
_PAGE: Final = 100
_TOPICS: Final = (
    "roster.AbsenceRecorded",
    "roster.AbsenceWithdrawn",
    "roster.PostVacated",
    "roster.RoleRevoked",
    "roster.SubstitutionEnded",
)

log = structlog.get_logger()


class RosterWatch:
    def __init__(
        self,
        store: Store,
        read_side: ReadSide,
        runs: Runs,
        notes: Notes,
        *,
        per_second: float = CASES_PER_SECOND,
    ) -> None:
        self._store = store
        self._read_side = read_side
        self._runs = runs
        self._notes = notes
        self._between = 1 / per_second
        self._told_to: int | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception as reason:  # whatever is away comes back, and is told then
                log.warning("roster watch goes on trying", reason=type(reason).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Tell the cases of each change that the read tables have reached."""
        for place, event in await asyncio.to_thread(self._changes):
            for reference, process in await asyncio.to_thread(self._concerned, event):
                await self._runs.look_again(reference, process)
                await asyncio.sleep(self._between)
            await asyncio.to_thread(self._notes.keep, NOTE, str(place))
            self._told_to = place

    def _changes(self) -> list[tuple[int, Any]]:
        if self._told_to is None:
            self._told_to = int(self._notes.of(NOTE) or 0)
        with self._read_side.reader().connect() as connection:
            known = position(connection)
        found = self._store.recorder.select_notifications(
            self._told_to, _PAGE, known, _TOPICS, inclusive_of_start=False
        )
        return [(stored.id, self._store.mapper.to_domain_event(stored)) for stored in found]

    def _concerned(self, event: Any) -> list[tuple[str, str]]:
        """Cases, with their process, that have an open task for a post concerned."""
        posts = posts_concerned(event, self._store.roster())
        query = (
            select(inbox_tasks.c.case_ref, inbox_tasks.c.process)
            .distinct()
            .join(task_candidates, task_candidates.c.task_ref == inbox_tasks.c.task_ref)
            .where(task_candidates.c.post.in_(posts))
            .order_by(inbox_tasks.c.case_ref)
        )
        with self._read_side.reader().connect() as connection:
            return [(row.case_ref, row.process) for row in connection.execute(query)]


def posts_concerned(event: Any, roster: RosterState) -> frozenset[str]:
    """Posts for which there may be one person less, or one that was not expected."""
    match event:
        case events.AbsenceRecorded():
            return frozenset(_posts_served_by(event.person, roster))
        case events.AbsenceWithdrawn():
            absence = roster.absences[event.number - 1]
            return frozenset(_posts_served_by(absence.person, roster))
        case events.SubstitutionEnded():
            given = roster.substitutions[event.number - 1]
            return frozenset(_posts_of(given.person, given.post, roster))
        case events.TenureEndEvent():
            return frozenset({event.post, *_posts_served_by(event.person, roster)})
        case _:
            raise TypeError(event)


def _posts_served_by(person: str, roster: RosterState) -> Iterable[str]:
    """Own posts, and those of whom the person replaces."""
    yield from _posts_of(person, None, roster)
    for given in roster.substitutions_by(person):
        yield from _posts_of(given.person, given.post, roster)


def _posts_of(person: str | None, post: str | None, roster: RosterState) -> Iterable[str]:
    if person is not None:
        yield from (held.post for held in roster.tenures_of(person))
    if post is not None:
        yield post
