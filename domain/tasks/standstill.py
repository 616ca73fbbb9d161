"""Which terms of a task stop or go on with those of its case (section 6, hold)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.deadlines import Deadlines
from domain.tasks.commands import Cause, Which
from domain.terms import Term

if TYPE_CHECKING:
    from domain.tasks.model import Task


def in_step(
    task: "Task", on_hold: bool, at: datetime, deadlines: Deadlines
) -> Iterator[tuple[Which, Term, Cause]]:
    """Each term that has to move, with its new value; none when it is in step already."""
    respond_by = None if on_hold and task.responded else task.respond_by
    terms: dict[Which, Term | None] = {"respond_by": respond_by, "complete_by": task.complete_by}
    for which, term in terms.items():
        if term is None or (term.suspended_since is not None) == on_hold:
            continue
        if not on_hold:
            yield which, deadlines.resume(term, at), "resumed_hold"
        elif deadlines.may_stop(term):
            yield which, deadlines.suspend(term, at), "hold"
