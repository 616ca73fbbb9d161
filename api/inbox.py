"""The inbox over HTTP: the tasks of the caller, view by view."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from api.auth import Me
from api.reading import AtPosition, tables
from api.services import Here
from domain.messages import Message, Moment
from projections.follower import position
from projections.inbox import Inbox
from projections.rows import Row

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


_ROWS: Final[Mapping[View, Callable[[Inbox], list[Row]]]] = {
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
    """How many there are; `items` holds the first of them."""
    log_position: int


@router.get("/inbox", dependencies=[AtPosition])
def read_inbox(
    here: Here,
    me: Me,
    view: View = View.MINE,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE,
) -> InboxPage:
    """The tasks of one view, in its order."""
    with tables(here) as connection:
        inbox = Inbox(connection, here.data.organisation, me.person, me.at)
        rows = _ROWS[view](inbox)
        return InboxPage(
            view=view,
            label_pl=here.data.labels.of(view, "views"),
            at=me.at,
            items=rows[:limit],
            total=len(rows),
            log_position=position(connection),
        )
