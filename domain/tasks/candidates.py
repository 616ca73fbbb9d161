"""Candidates who are all excluded or absent: to whom a task is raised then (§ 5 of tasks)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.roster.rules import holders_of, is_absent, is_active, substitutes_in
from domain.roster.state import ONE_DAY, RosterState
from domain.tasks.commands import ChangeCandidates
from domain.tasks.staffing import Staffing
from domain.working_days import local_day, start_of_day

if TYPE_CHECKING:
    from domain.tasks.model import Task


def raising(task: "Task", staffing: Staffing, at: datetime) -> ChangeCandidates | None:
    """The next post of the line where somebody may decide, when nobody may any more.

    None also when nobody above may: then it stays where it is, and its ladder tells whom it can.
    """
    day = local_day(at)
    if not task.is_open or _somebody_decides(task, staffing, day):
        return None
    post = _next_post(task, staffing, day)
    return ChangeCandidates(candidates=(post,), reason=_why(task, staffing, day)) if post else None


def raised_at(task: "Task", staffing: Staffing, at: datetime) -> datetime | None:
    """The first moment to come at which it is to be raised, as the roster is known now."""
    for day in sorted(set(_days_of_change(task, staffing.roster, local_day(at)))):
        moment = start_of_day(day)
        if raising(task, staffing, moment) is not None:
            return moment
    return None


def _somebody_decides(task: "Task", staffing: Staffing, day: date) -> bool:
    if task.assignee is not None and _is_there(task, task.assignee, staffing, day):
        return True
    return any(_somebody_at(post, task, staffing, day) for post in task.candidates)


def _somebody_at(post: str, task: "Task", staffing: Staffing, day: date) -> bool:
    """A holder, or a substitute; nobody decides in the place of somebody who is excluded."""
    roster = staffing.roster
    for holder in holders_of(roster, post, day) - _denied(task, staffing).keys():
        substitutes = substitutes_in(roster, holder, post, task.type, day)
        if any(_is_there(task, each, staffing, day) for each in (holder, *substitutes)):
            return True
    return False


def _is_there(task: "Task", person: str, staffing: Staffing, day: date) -> bool:
    roster = staffing.roster
    here = is_active(roster, person, day) and not is_absent(roster, person, day)
    return here and person not in _denied(task, staffing)


def _next_post(task: "Task", staffing: Staffing, day: date) -> str | None:
    above = (p for each in task.candidates for p in staffing.organisation.raised_from(each))
    fit = (p for p in above if p not in task.candidates and _somebody_at(p, task, staffing, day))
    return next(fit, None)


def _why(task: "Task", staffing: Staffing, day: date) -> str:
    """`absent_and_excluded`: what keeps those who hold the posts and their substitutes away."""
    roster, denied = staffing.roster, _denied(task, staffing)
    people: set[str] = set()
    for post in task.candidates:
        for holder in holders_of(roster, post, day):
            people |= {holder, *substitutes_in(roster, holder, post, task.type, day)}
    found = {"excluded" if person in denied else "absent" for person in people}
    return "_and_".join(sorted(found)) or "vacant"


def _denied(task: "Task", staffing: Staffing) -> dict[str, str]:
    return {**task.excluded, **staffing.excluded}


def _days_of_change(task: "Task", roster: RosterState, today: date) -> Iterator[date]:
    """Days after today on which one of those who could decide comes to be missing."""
    for person in _people(task, roster):
        for absence in roster.absences_of(person):
            yield from _after(today, absence.valid_from)
        for held in roster.tenures_of(person):
            yield from _after(today, _day_after(held.valid_to))
        for given in roster.substitutions_by(person):
            yield from _after(today, _day_after(given.valid_to))


def _people(task: "Task", roster: RosterState) -> set[str]:
    """Whoever ever held a post of the candidates, the assignee, and their substitutes."""
    holders = {held.person for post in task.candidates for held in roster.tenures_in(post)}
    holders |= {task.assignee} if task.assignee else set()
    given = [s for holder in holders for s in roster.substitutions_of(holder)]
    given += [s for post in task.candidates for s in roster.substitutions_in(post)]
    return holders | {substitution.substitute for substitution in given}


def _day_after(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + ONE_DAY


def _after(today: date, day: date | None) -> Iterator[date]:
    if day is not None and day > today:
        yield day
