"""Ladders: who is reminded and told, step by step, when a term runs out (§11.1)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, Self

from pydantic import model_validator

from domain.messages import Instant, Message
from domain.terms import Term
from domain.working_days import Calendar, local_day, moment_at

Anchor = Literal["respond_by", "complete_by.safe_due", "complete_by", "opened_at"]
StepUnit = Literal["working_days", "hours", "minutes"]
Deed = Literal["remind", "escalate", "letter", "task"]
Recipient = Literal[
    "candidates",
    "assignee",
    "assignee_or_candidates",
    "head",
    "deputy",
    "director",
    "coordinator",
    "unit_head",
    "deputy_media",
    "director_and_presidents_office",
    "contractor",
    "case_owner",
    "second_duty_officer",
]


class Step(Message):
    """What is done when, counted from the anchor of the ladder; negative is before it."""

    at: int
    unit: StepUnit
    do: Deed
    to: Recipient


class Ladder(Message):
    id: str
    anchor: Anchor
    what: str
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _steps_ascend_in_one_unit(self) -> Self:
        if len({step.unit for step in self.steps}) > 1:
            raise ValueError("the steps have different units")
        if any(lower.at >= upper.at for lower, upper in pairwise(self.steps)):
            raise ValueError("the steps do not ascend")
        return self


class Rung(Message):
    """A step at its moment. `step` is its distance from the anchor and its name in the ladder."""

    ladder: str
    step: int
    unit: StepUnit
    fires_at: Instant
    do: Deed
    to: Recipient


class DueRung(Message):
    """The rung to fire now, and the lower ones that were passed over and never will be fired."""

    rung: Rung
    skipped: tuple[int, ...]


def rungs(
    ladder: Ladder,
    *,
    opened_at: datetime,
    respond_by: Term | None,
    complete_by: Term | None,
    calendar: Calendar,
    hour: time,
) -> tuple[Rung, ...]:
    """The steps at their moments, without those that lie before the opening.

    `opened_at` is the opening of the task or, later, the decision that gave it a new term. There
    are no rungs while the term is missing or stands still.
    """
    anchor: tuple[datetime, date] | None = opened_at, local_day(opened_at)
    if ladder.anchor != "opened_at":
        anchor = _end_of(respond_by if ladder.anchor == "respond_by" else complete_by)
    if anchor is None:
        return ()
    moments = [(step, _moment_of(step, *anchor, calendar, hour)) for step in ladder.steps]
    return tuple(
        Rung(ladder=ladder.id, step=step.at, unit=step.unit, fires_at=at, do=step.do, to=step.to)
        for step, at in moments
        if at >= opened_at
    )


def due(
    rungs: Iterable[Rung],
    fired: Collection[tuple[str, int]],
    now: datetime,
    calendar: Calendar,
    hour: time,
) -> DueRung | None:
    """The highest rung that is due, of the first ladder that has one; ask until there is none.

    `fired` names the steps fired or skipped before, as (ladder, step). Below the highest of them
    nothing fires any more, as somebody above has been told. A ladder in working days fires only
    on a working day from the hour on, also after an outage.
    """
    reached: dict[str, list[Rung]] = {}
    for rung in remaining(rungs, fired):
        if rung.fires_at <= now:
            reached.setdefault(rung.ladder, []).append(rung)
    for *lower, highest in reached.values():
        if _fires(highest, now, calendar, hour) <= now:
            return DueRung(rung=highest, skipped=tuple(rung.step for rung in lower))
    return None


def next_moment(
    rungs: Iterable[Rung],
    fired: Collection[tuple[str, int]],
    now: datetime,
    calendar: Calendar,
    hour: time,
) -> datetime | None:
    """When to look again: now, when a rung is due; None when nothing remains to be fired."""
    moments = (_fires(rung, now, calendar, hour) for rung in remaining(rungs, fired))
    return min(moments, default=None)


def _end_of(term: Term | None) -> tuple[datetime, date] | None:
    if term is None or term.due_at is None or term.suspended_since is not None:
        return None
    return term.due_at, term.safe_due


def _moment_of(step: Step, moment: datetime, day: date, calendar: Calendar, hour: time) -> datetime:
    match step.unit:
        case "working_days":
            # A term in hours may end on a day off; the ladder then hangs on the next working day.
            first = calendar.next_working_day(day)
            return moment_at(calendar.add_working_days(first, step.at), hour)
        case "hours":
            return moment + timedelta(hours=step.at)
        case "minutes":
            return moment + timedelta(minutes=step.at)


def remaining(rungs: Iterable[Rung], fired: Collection[tuple[str, int]]) -> list[Rung]:
    """Those above the highest step of their ladder that is done with, in ascending order."""
    done: dict[str, int] = {}
    for ladder, step in fired:
        done[ladder] = max(step, done.get(ladder, step))
    left = (rung for rung in rungs if rung.ladder not in done or rung.step > done[rung.ladder])
    return sorted(left, key=lambda rung: rung.step)


def _fires(rung: Rung, now: datetime, calendar: Calendar, hour: time) -> datetime:
    """The first moment from now on at which this rung may fire."""
    moment = max(rung.fires_at, now)
    if rung.unit != "working_days":
        return moment
    day = calendar.next_working_day(local_day(moment))
    return max(moment, moment_at(day, hour))
