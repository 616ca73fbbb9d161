"""The inbox over HTTP: the tasks of the caller, view by view."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from api.auth import Me
from api.cursors import Cursor, read_cursor, write_cursor
from api.reading import AtPosition, tables
from api.services import Here, Services
from domain.messages import Message, Moment
from projections.follower import position
from projections.inbox import Inbox
from projections.listing import Listing
from projections.rows import Row
from projections.task_times import in_working_days

MOST_AT_ONCE: Final = 500

router = APIRouter(tags=["tasks"])


class View(StrEnum):
    MINE = "mine"
    OFFERED = "offered"
    ACTING = "acting"
    PARKED = "parked"
    DELEGATED = "delegated"
    OVERDUE = "overdue"
    TEAM = "team"
    DONE = "done"


_LISTINGS: Final[Mapping[View, Callable[[Inbox], Listing]]] = {
    View.MINE: Inbox.mine,
    View.OFFERED: Inbox.to_take,
    View.ACTING: Inbox.as_substitute,
    View.PARKED: Inbox.parked,
    View.DELEGATED: Inbox.delegated,
    View.OVERDUE: Inbox.overdue,
    View.TEAM: Inbox.team,
    View.DONE: Inbox.done,
}


class InboxPage(Message):
    """One view at one moment."""

    view: View
    label_pl: str
    at: Moment
    items: list[dict[str, Any]]
    total: int
    """How many there are in all; `items` holds some of them."""
    next: str | None
    """The cursor of the page behind this one."""
    log_position: int


@router.get("/inbox", dependencies=[AtPosition])
def read_inbox(
    here: Here,
    me: Me,
    view: View = View.MINE,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE,
) -> InboxPage:
    """The tasks of one view, in its order."""
    with tables(here) as connection:
        listing = _LISTINGS[view](Inbox(connection, here.data.organisation, me.person, me.at))
        kind = listing.order.cursor
        page = listing.page(limit, read_cursor(cursor, kind) if cursor else None)
        return InboxPage(
            view=view,
            label_pl=here.data.labels.of(view, "views"),
            at=me.at,
            items=[_with_days(here, row) for row in page.rows] if view is View.DONE else page.rows,
            total=listing.total(),
            next=write_cursor(page.last, kind) if page.last else None,
            log_position=position(connection),
        )


def _with_days(here: Services, row: Row) -> Row:
    return row | in_working_days(row, here.data.deadlines.calendar)
