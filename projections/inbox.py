"""What a person sees in the inbox (skrzynka zadań) at a moment: the views of tasks.

Each view asks the tables for what might be shown, and the rules that decide for what is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    exists,
    false,
    func,
    literal,
    null,
    select,
)

from domain.organisation import Organisation
from domain.roster.rules import Hat, acting_for, is_active, posts_of
from domain.roster.state import RosterState
from domain.tasks.types import Priority
from domain.working_days import local_day
from projections.listing import Listing, Name, Order, Place
from projections.roster import roster_of
from projections.rows import Row
from projections.tables import inbox_tasks, task_candidates, task_exclusions, task_history

SEE_ALL: Final = frozenset({"operator", "auditor"})
DONE_FOR: Final = timedelta(days=30)

_PRIORITIES: Final[tuple[Priority, ...]] = ("urgent", "high", "normal", "low")

_task = inbox_tasks.c
_finished = task_history.c

_URGENCY: Final = case(
    {name: place for place, name in enumerate(_PRIORITIES)}, value=_task.priority, else_=9
)
_DUE: Final = func.coalesce(_task.safe_due, literal(date.max, _task.safe_due.type))
"""What has no term stands behind all that has one."""

BY_URGENCY: Final = Order(
    (_URGENCY, _DUE, _task.opened_at, _task.task_ref),
    TypeAdapter(tuple[Place, date, datetime, Name]),
)
BY_RETURN: Final = Order((_task.parked_until, _task.task_ref), TypeAdapter(tuple[datetime, Name]))
BY_TERM: Final = Order((_DUE, _task.task_ref), TypeAdapter(tuple[date, Name]))
BY_LATENESS: Final = Order((_task.due_at, _task.task_ref), TypeAdapter(tuple[datetime, Name]))
BY_UNIT: Final = Order(
    (_task.units, _DUE, *BY_URGENCY.keys),
    TypeAdapter(tuple[list[Name], date, Place, date, datetime, Name]),
)
NEWEST_FIRST: Final = Order(
    (_finished.finished_at, _finished.task_ref),
    TypeAdapter(tuple[datetime, Name]),
    descending=True,
)


class Inbox:
    """The views of one person at one moment, in one transaction of the reader."""

    def __init__(
        self, connection: Connection, organisation: Organisation, person: str, at: datetime
    ) -> None:
        self._connection = connection
        self._organisation = organisation
        self._person = person
        self._at = at
        self._day: date = local_day(at)

    def mine(self) -> Listing:
        """Moje: what the person holds and has not put aside."""
        until = _task.parked_until
        return self._open(BY_URGENCY, self._held, until.is_(None) | (until <= self._at))

    def parked(self) -> Listing:
        """Zaparkowane: what the person has put aside, the first to come back first."""
        return self._open(BY_RETURN, self._held, _task.parked_until > self._at)

    def delegated(self) -> Listing:
        """Zlecone: what another does for the person, who gets it back."""
        return self._open(BY_TERM, _task.owner == self._person)

    def to_take(self) -> Listing:
        """Do wzięcia: what is offered to the person's own posts."""
        offered = _task.assignee.is_(None) & _offered_to(self._posts)
        return self._open(BY_URGENCY, offered, _NOT_BLOCKED)

    def as_substitute(self) -> Listing:
        """W zastępstwie: what somebody holds, or is offered, whom the person replaces."""
        replaced = self._replaced()
        order = Order(
            (replaced, *BY_URGENCY.keys), TypeAdapter(tuple[Name, Place, date, datetime, Name])
        )
        may_act = replaced.is_not(None) & ~_excluded(replaced)
        listing = self._open(order, may_act, _NOT_BLOCKED)
        return replace(listing, query=listing.query.add_columns(replaced.label("acting_for")))

    def overdue(self) -> Listing:
        """Po terminie: of the person's unit or line, the latest first."""
        return self._open(BY_LATENESS, _task.due_at <= self._at, self._of_the_team())

    def team(self) -> Listing:
        """Zespół: all of the person's unit or line; `blocked` is why the person may not decide."""
        return self._open(BY_UNIT, self._of_the_team())

    def done(self) -> Listing:
        """Zrobione: what the person finished in the last 30 days."""
        query = select(task_history).where(
            _finished.finished_by == self._person,
            _finished.state == "completed",
            _finished.finished_at > self._at - DONE_FOR,
            _finished.finished_at <= self._at,
        )
        return Listing(self._connection, query, NEWEST_FIRST)

    @cached_property
    def _roster(self) -> RosterState:
        return roster_of(self._connection, self._person, self._day)

    @cached_property
    def _posts(self) -> frozenset[str]:
        return posts_of(self._roster, self._person, self._day)

    @property
    def _held(self) -> ColumnElement[bool]:
        if not is_active(self._roster, self._person, self._day):
            return false()
        return (_task.assignee == self._person) & _NOT_BLOCKED

    def _replaced(self) -> ColumnElement[str | None]:
        """Whom the person replaces in a task: the rule of `Hats.standing`, for all at once."""
        given = [g for g in self._roster.substitutions_by(self._person) if g.include(self._day)]
        types = {name for g in given if g.task_types != "all" for name in g.task_types}
        of_types = {name: _task.type == name for name in sorted(types)}
        of_types[_ANY_OTHER] = _task.type.not_in(types)
        own = _task.assignee.is_(None) & _offered_to(self._posts)
        return case(
            ((_task.assignee == self._person) | own, null()),
            *(
                (of_type & _is_replaced(hat), literal(hat.holder))
                for name, of_type in of_types.items()
                for hat in acting_for(self._roster, self._person, self._day, name)
            ),
        )

    def _of_the_team(self) -> ColumnElement[bool]:
        return _offered_to(filter(self._sees, self._offered_posts))

    @cached_property
    def _offered_posts(self) -> list[str]:
        return list(self._connection.scalars(select(task_candidates.c.post).distinct()))

    def _sees(self, post: str) -> bool:
        """Own unit, or a post that the person stands above."""
        if self._posts & SEE_ALL or post in self._posts:
            return True
        unit = _unit_of(post)
        same_unit = unit is not None and unit in map(_unit_of, self._posts)
        return same_unit or not self._posts.isdisjoint(self._organisation.superiors(post))

    def _open(self, order: Order, *where: ColumnElement[bool]) -> Listing:
        """Open tasks, judged at the moment, with the reason that excludes the person."""
        query = (
            select(inbox_tasks, task_exclusions.c.reason.label("blocked"))
            .outerjoin(
                task_exclusions,
                (task_exclusions.c.task_ref == _task.task_ref)
                & (task_exclusions.c.person == self._person),
            )
            .where(*where)
        )
        return Listing(self._connection, query, order, self._judged)

    def _judged(self, row: Mapping[str, Any]) -> Row:
        due, ends, until = row["due_at"], row["ends_at"], row["parked_until"]
        return {
            **row,
            "parked_until": until if until is not None and self._at < until else None,
            "overdue": due is not None and self._at >= due,
            "legally_overdue": ends is not None and self._at >= ends,
        }


_ANY_OTHER: Final = ""
"""Names no type of task: whoever is replaced in it is replaced in all."""

_NOT_BLOCKED: Final = task_exclusions.c.reason.is_(None)


def _unit_of(post: str) -> str | None:
    return post.rpartition("/")[0] or None


def _offered_to(posts: Iterable[str]) -> ColumnElement[bool]:
    offered = task_candidates.c
    return exists().where(offered.task_ref == _task.task_ref, offered.post.in_(list(posts)))


def _is_replaced(hat: Hat) -> ColumnElement[bool]:
    held = _task.assignee.is_(None) | (_task.assignee == hat.holder)
    return held & _offered_to(hat.posts)


def _excluded(person: ColumnElement[str | None]) -> ColumnElement[bool]:
    denied = task_exclusions.alias("denied")
    return exists().where(denied.c.task_ref == _task.task_ref, denied.c.person == person)
