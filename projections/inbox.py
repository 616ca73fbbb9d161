"""What a person sees in the inbox (skrzynka zadań) at a moment: the views of tasks.

Each view asks the tables for what might be shown, and the rules that decide for what is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Connection, Select, case, exists, select

from domain.organisation import Organisation
from domain.roster.rules import acting_for, is_active, posts_of
from domain.roster.state import RosterState
from domain.tasks.model import Task
from domain.tasks.rules import Hats
from domain.tasks.types import Priority
from domain.working_days import local_day
from projections.roster import roster_of
from projections.rows import Row
from projections.tables import inbox_tasks, task_candidates, task_exclusions, task_history

SEE_ALL: Final = frozenset({"operator", "auditor"})
DONE_FOR: Final = timedelta(days=30)

_PRIORITIES: Final[tuple[Priority, ...]] = ("urgent", "high", "normal", "low")


@dataclass(frozen=True)
class _Facts:
    """As much of a task as the rules of standing look at."""

    candidates: tuple[str, ...]
    assignee: str | None


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

    def mine(self) -> list[Row]:
        """Moje: what the person holds and has not put aside."""
        until = inbox_tasks.c.parked_until
        return self._held(until.is_(None) | (until <= self._at))

    def parked(self) -> list[Row]:
        """Zaparkowane: what the person has put aside, the first to come back first."""
        rows = self._held(inbox_tasks.c.parked_until > self._at)
        return sorted(rows, key=lambda row: (row["parked_until"], row["task_ref"]))

    def delegated(self) -> list[Row]:
        """Zlecone: what another does for the person, who gets it back."""
        rows = self._open(inbox_tasks.c.owner == self._person)
        return sorted(rows, key=lambda row: (row["safe_due"] or date.max, row["task_ref"]))

    def to_take(self) -> list[Row]:
        """Do wzięcia: what is offered to the person's own posts."""
        rows = self._open(inbox_tasks.c.assignee.is_(None), _offered_to(self._posts))
        return [row for row in rows if row["blocked"] is None]

    def as_substitute(self) -> list[Row]:
        """W zastępstwie: what somebody holds, or is offered, whom the person replaces."""
        return sorted(self._replaced(), key=lambda row: str(row["acting_for"]))

    def overdue(self) -> list[Row]:
        """Po terminie: of the person's unit or line, the latest first."""
        rows = self._open(inbox_tasks.c.due_at <= self._at, self._of_the_team())
        return sorted(rows, key=lambda row: (row["due_at"], row["task_ref"]))

    def team(self) -> list[Row]:
        """Zespół: all of the person's unit or line; `blocked` is why the person may not decide."""
        rows = self._open(self._of_the_team())
        return sorted(rows, key=lambda row: (row["units"], row["safe_due"] or date.max))

    def done(self) -> list[Row]:
        """Zrobione: what the person finished in the last 30 days."""
        columns = task_history.c
        found = self._connection.execute(
            select(task_history)
            .where(
                columns.finished_by == self._person,
                columns.state == "completed",
                columns.finished_at > self._at - DONE_FOR,
                columns.finished_at <= self._at,
            )
            .order_by(columns.finished_at.desc(), columns.task_ref)
        )
        return [dict(row) for row in found.mappings()]

    @cached_property
    def _roster(self) -> RosterState:
        return roster_of(self._connection, self._person, self._day)

    @cached_property
    def _posts(self) -> frozenset[str]:
        return posts_of(self._roster, self._person, self._day)

    def _held(self, where: ColumnElement[bool]) -> list[Row]:
        if not is_active(self._roster, self._person, self._day):
            return []
        rows = self._open(inbox_tasks.c.assignee == self._person, where)
        return [row for row in rows if row["blocked"] is None]

    def _replaced(self) -> Iterator[Row]:
        given = [g for g in self._roster.substitutions_by(self._person) if g.include(self._day)]
        types = {name for g in given if g.task_types != "all" for name in g.task_types}
        every = {name: self._hats(name) for name in types}
        other = self._hats("")
        hats = [hat for each in (other, *every.values()) for hat in each.acting]
        people = [hat.holder for hat in hats]
        posts = frozenset(post for hat in hats for post in hat.posts)
        for row in self._open(inbox_tasks.c.assignee.in_(people) | _offered_to(posts)):
            standing = every.get(row["type"], other).standing(_as_task(row))
            if standing is not None and standing.mode == "acting_for":
                reason = row["blocked"] or self._exclusions(row).get(standing.acting_for or "")
                if reason is None:
                    yield row | {"acting_for": standing.acting_for}

    def _hats(self, task_type: str) -> Hats:
        acting = acting_for(self._roster, self._person, self._day, task_type)
        return Hats(self._person, self._posts, self._organisation, acting)

    def _of_the_team(self) -> ColumnElement[bool]:
        return _offered_to(frozenset(filter(self._sees, self._offered_posts)))

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

    def _open(self, *where: ColumnElement[bool]) -> list[Row]:
        """Open tasks in the order of urgency, judged at the moment."""
        query: Select[Any] = (
            select(inbox_tasks, task_exclusions.c.reason.label("blocked"))
            .outerjoin(
                task_exclusions,
                (task_exclusions.c.task_ref == inbox_tasks.c.task_ref)
                & (task_exclusions.c.person == self._person),
            )
            .where(*where)
            .order_by(
                case(
                    {name: place for place, name in enumerate(_PRIORITIES)},
                    value=inbox_tasks.c.priority,
                ),
                inbox_tasks.c.safe_due.is_(None),
                inbox_tasks.c.safe_due,
                inbox_tasks.c.opened_at,
                inbox_tasks.c.task_ref,
            )
        )
        return [self._judged(row) for row in self._connection.execute(query).mappings()]

    def _judged(self, row: Any) -> Row:
        due, ends, until = row["due_at"], row["ends_at"], row["parked_until"]
        return {
            **row,
            "parked_until": until if until is not None and self._at < until else None,
            "overdue": due is not None and self._at >= due,
            "legally_overdue": ends is not None and self._at >= ends,
        }

    def _exclusions(self, row: Row) -> dict[str, str]:
        found = self._connection.execute(
            select(task_exclusions.c.person, task_exclusions.c.reason).where(
                task_exclusions.c.task_ref == row["task_ref"]
            )
        )
        return {row.person: row.reason for row in found}


def _unit_of(post: str) -> str | None:
    return post.rpartition("/")[0] or None


def _offered_to(posts: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(
        task_candidates.c.task_ref == inbox_tasks.c.task_ref, task_candidates.c.post.in_(posts)
    )


def _as_task(row: Row) -> Task:
    return cast(Task, _Facts(tuple(row["candidates"]), row["assignee"]))
