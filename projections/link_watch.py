"""Links on their way: every letter with a link that the log owes gets the workflow that sends it.

The log alone says what is owed, so a Temporal that was away or wiped delays a letter and loses
none: a letter that is not recorded as sent is asked for again after a while, and what is under
way already is left alone.
"""

import asyncio
from typing import Any, Final, Protocol

import structlog

from domain.parties import events
from domain.parties.commands import LinkLetter
from projections.noted import Notes
from runtime.store import Store

NOTE: Final = "links"
"""Under which a position stands before which every letter is settled."""

LOOK_EVERY_SECONDS: Final = 1.0
AGAIN_AFTER_SECONDS: Final = 60.0
_PAGE: Final = 500
_TOPICS: Final = ("party.LinkIssued", "party.ResendingOrdered", "party.LinkSent")

log = structlog.get_logger()


class Runs(Protocol):
    async def send_link(self, letter: LinkLetter) -> None:
        """Start the workflow of the letter; one that runs is left alone."""


class LinkWatch:
    def __init__(
        self, store: Store, runs: Runs, notes: Notes, *, again_after: float = AGAIN_AFTER_SECONDS
    ) -> None:
        self._store = store
        self._runs = runs
        self._notes = notes
        self._again_after = again_after
        self._read_to: int | None = None
        self._owed: dict[str, tuple[int, LinkLetter]] = {}
        self._asked: dict[str, float] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception as reason:  # whatever is away comes back, and is asked then
                log.warning("link watch goes on trying", reason=type(reason).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Have everything sent that is owed and was not asked for lately."""
        while await asyncio.to_thread(self._read_page):
            pass
        now = asyncio.get_running_loop().time
        for key, (_, letter) in tuple(self._owed.items()):
            if now() - self._asked.get(key, -self._again_after) >= self._again_after:
                await self._runs.send_link(letter)
                self._asked[key] = now()

    def _read_page(self) -> bool:
        """Take in what is new; False at the end of the log."""
        if self._read_to is None:
            self._read_to = int(self._notes.of(NOTE) or 0)
        found = self._store.recorder.select_notifications(
            self._read_to, _PAGE, topics=_TOPICS, inclusive_of_start=False
        )
        for stored in found:
            self._take_in(stored.id, self._store.mapper.to_domain_event(stored))
            self._read_to = stored.id
        if found:
            settled = min((place - 1 for place, _ in self._owed.values()), default=self._read_to)
            self._notes.keep(NOTE, str(settled))
        return len(found) == _PAGE

    def _take_in(self, place: int, event: Any) -> None:
        match event:
            case events.LinkIssued() if event.by_mail:
                self._owe(place, event, 1)
            case events.ResendingOrdered():
                self._owe(place, event, event.attempt)
            case events.LinkSent():
                key = _letter(event, event.attempt).key
                self._owed.pop(key, None)
                self._asked.pop(key, None)

    def _owe(self, place: int, event: Any, attempt: int) -> None:
        letter = _letter(event, attempt)
        self._owed[letter.key] = (place, letter)


def _letter(event: Any, attempt: int) -> LinkLetter:
    return LinkLetter(party_id=event.party_id, number=event.number, attempt=attempt)
