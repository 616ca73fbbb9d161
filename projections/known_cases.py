"""All cases that the log tells of, open and closed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.catalogue import PROCESSES, Process
from runtime.store import Store

_PAGE: Final = 2_000


@dataclass(frozen=True)
class KnownCase:
    """A case as the log tells it."""

    reference: str
    process: Process
    closed: bool


def known_cases(store: Store) -> Iterator[KnownCase]:
    """In the order of their birth."""
    by_birth = {process.born_by: process for process in PROCESSES.values()}
    ends = frozenset(topic for process in PROCESSES.values() for topic in process.ended_by)
    born: dict[str, Process] = {}
    closed: set[str] = set()
    for topic, event in _events(store, (*by_birth, *ends)):
        if topic in ends:
            closed.add(event.reference)
        else:
            born[event.reference] = by_birth[topic]
    for reference, process in born.items():
        yield KnownCase(reference, process, reference in closed)


def _events(store: Store, topics: Sequence[str]) -> Iterator[tuple[str, Any]]:
    after = 0
    while page := store.recorder.select_notifications(
        after, _PAGE, topics=topics, inclusive_of_start=False
    ):
        for stored in page:
            yield stored.topic, store.mapper.to_domain_event(stored)
        after = page[-1].id
