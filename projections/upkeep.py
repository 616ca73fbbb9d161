"""Upkeep of the read side: is what people are shown what the log says?"""

import structlog
from temporalio import activity

from domain.labels import Labels
from domain.messages import Message
from projections.verify import verify
from runtime.read_side import ReadSide
from runtime.store import Store

log = structlog.get_logger()

SHOWN = 20


class ReadSideChecked(Message):
    """The result of one check; nobody's data is in it, only where tables differ."""

    position: int
    differences: int
    places: tuple[str, ...]
    """Table and column of the first few."""


class ReadSideUpkeep:
    """Checks that need the event store and the read tables at once."""

    def __init__(self, store: Store, read_side: ReadSide, labels: Labels) -> None:
        self._store = store
        self._read_side = read_side
        self._labels = labels

    @activity.defn(no_thread_cancel_exception=True)
    def check_read_side(self) -> ReadSideChecked:
        """Fold the whole log anew and compare every table with the live one."""
        found = verify(self._store, self._read_side, self._labels)
        places = tuple(dict.fromkeys(f"{each.table}.{each.column}" for each in found))[:SHOWN]
        if found:
            log.error("read side differs from the log", differences=len(found), places=places)
        return ReadSideChecked(
            position=self._store.position(), differences=len(found), places=places
        )
