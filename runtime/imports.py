"""Imports of registers as the log tells of them: which are under way, and how far they came."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from domain.imports import events
from domain.imports.commands import ImportPage
from domain.imports.refusals import ImportUnknown
from domain.imports.rules import stands_still
from runtime.store import Store

_PAGE: Final = 2_000
_CALLED_BY: Final = 12
"""Digits of the SHA-256 of its file by which people call an import."""

_ENDS: Final = {events.Finished.TOPIC: "finished", events.Abandoned.TOPIC: "abandoned"}
_BEGINS: Final = (events.Begun.TOPIC, events.TakenUpAgain.TOPIC)


def import_id(file: str) -> str:
    return file[:_CALLED_BY]


def known_imports(store: Store) -> tuple[ImportPage, ...]:
    """Every import in the order in which they were begun, without the count of their rows."""
    found: dict[str, ImportPage] = {}
    for position, event in _events(store, (*_BEGINS, *_ENDS)):
        found[event.file] = _after(found.get(event.file), event, position)
    return tuple(found.values())


def imports_under_way(store: Store) -> tuple[ImportPage, ...]:
    """Those that have neither been finished nor given up, with the rows they took over so far."""
    open_ones = [page for page in known_imports(store) if page.state == "under_way"]
    return tuple(with_rows(store, open_ones)) if open_ones else ()


def with_rows(store: Store, pages: Sequence[ImportPage]) -> Iterator[ImportPage]:
    """How many rows of each file became cases, and when the last one did."""
    taken: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for _, event in _events(store, (events.RowTaken.TOPIC,)):
        taken[event.file] += 1
        last[event.file] = event.timestamp
    for page in pages:
        counted = {"taken": taken[page.file], "last_row_at": last.get(page.file)}
        yield page.model_copy(update=counted)


def page_of(store: Store, id: str) -> ImportPage:
    """The import that people call so. Raises ImportUnknown."""
    found = [page for page in known_imports(store) if page.id == id]
    if not found:
        raise ImportUnknown(id=id[:_CALLED_BY])
    (page,) = with_rows(store, found)
    return page


def how_far(page: ImportPage, now: datetime) -> str:
    """`rejestr.csv (import 5d41402abc4b): 1234 of 2000 rows, the last one 3 minutes ago`."""
    ago = max(int((now - page.last_sign_at).total_seconds() // 60), 0)
    what = "the last one" if page.last_row_at else "begun"
    minutes = "minute" if ago == 1 else "minutes"
    return f"{page.name} (import {page.id}): {page.taken} of {page.rows} rows, " + (
        f"{what} {ago} {minutes} ago"
    )


def what_to_do(page: ImportPage, now: datetime) -> str | None:
    """For an import that nobody is working at any more; None while it goes on."""
    if not stands_still(page.last_sign_at, now):
        return None
    return f"go on with `ks import {page.name}`, or `ks imports abandon {page.id}`"


def _after(page: ImportPage | None, event: Any, position: int) -> ImportPage:
    if page is None:
        return ImportPage(
            id=import_id(event.file),
            file=event.file,
            name=event.name,
            rows=event.rows,
            state="under_way",
            begun_at=event.timestamp,
        )
    if event.TOPIC in _ENDS:
        end = {"state": _ENDS[event.TOPIC], "ended_at": event.timestamp}
        return page.model_copy(update={**end, "ended_position": position})
    again = {"state": "under_way", "name": event.name, "begun_at": event.timestamp}
    return page.model_copy(update={**again, "ended_at": None, "ended_position": None})


def _events(store: Store, topics: Sequence[str]) -> Iterator[tuple[int, Any]]:
    after = 0
    while page := store.recorder.select_notifications(
        after, _PAGE, topics=topics, inclusive_of_start=False
    ):
        for stored in page:
            yield stored.id, store.mapper.to_domain_event(stored)
        after = page[-1].id
