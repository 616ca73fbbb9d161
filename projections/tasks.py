"""Tasks, open and finished, with the posts they are offered to and the persons excluded."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import partial

from sqlalchemy import Connection, Table, exists, select

from domain.batches.commands import TaskFilter
from domain.labels import Labels
from domain.references import WHOLE_CASE
from domain.tasks import events
from domain.terms import Term
from projections.batch import Batch, Handler, Projection
from projections.rows import Row
from projections.tables import (
    assignments,
    inbox_tasks,
    interventions,
    task_candidates,
    task_exclusions,
    task_history,
)

CASES: Mapping[str, Table] = {"assignment": assignments, "intervention": interventions}
"""Of each process the table in which its cases stand."""


def held_by(connection: Connection, person: str) -> tuple[str, ...]:
    """The open tasks that a person holds, in the order of their references."""
    columns = inbox_tasks.c
    held = select(columns.task_ref).where(columns.assignee == person).order_by(columns.task_ref)
    return tuple(connection.scalars(held))


def dues_of(connection: Connection, wanted: TaskFilter) -> dict[str, date]:
    """The safe dues of the open tasks that are meant, in the order of their references."""
    columns, posts = inbox_tasks.c, task_candidates.c
    query = select(columns.task_ref, columns.safe_due).where(columns.safe_due.is_not(None))
    for name in ("process", "type", "district"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(columns[name] == value)
    if wanted.due_from is not None:
        query = query.where(columns.safe_due >= wanted.due_from)
    if wanted.due_to is not None:
        query = query.where(columns.safe_due <= wanted.due_to)
    if wanted.unit is not None:
        of_unit = (posts.post == wanted.unit) | posts.post.startswith(
            f"{wanted.unit}/", autoescape=True
        )
        query = query.where(exists().where(posts.task_ref == columns.task_ref, of_unit))
    if wanted.category is not None:
        of_case = interventions.c.reference == columns.case_ref
        named = interventions.c.category == wanted.category
        query = query.where(exists().where(of_case, named))
    found = connection.execute(query.order_by(columns.task_ref))
    return {row.task_ref: row.safe_due for row in found}


def case_moved(case_ref: str, stage: str, batch: Batch) -> None:
    """Show the new stage of a case on its open tasks."""
    rows = batch.rows[inbox_tasks]
    for task_ref in rows.of(case_ref):
        row = rows.change(case_ref, task_ref)
        row["case_stage"] = stage
        row["log_position"] = batch.position


def case_held(case_ref: str, on_hold: bool, batch: Batch) -> None:
    """Show on the open tasks of a case whether it stands still."""
    rows = batch.rows[inbox_tasks]
    for task_ref in rows.of(case_ref):
        row = rows.change(case_ref, task_ref)
        row["on_hold"] = on_hold
        row["log_position"] = batch.position


def _opened(event: events.Opened, batch: Batch, labels: Labels) -> None:
    case = batch.rows[CASES[event.process]].of(event.case_ref).get(event.case_ref, {})
    respond, complete = event.respond_by, event.complete_by
    row: Row = {
        "task_ref": event.task_ref,
        "case_ref": event.case_ref,
        "process": event.process,
        "type": event.type,
        "title_pl": _title(event, labels),
        "subject": event.subject,
        "round": event.round,
        "priority": event.priority,
        "state": "offered",
        "candidates": event.candidates,
        "units": units_of(event.candidates),
        "assignee": None,
        "owner": None,
        "parked_until": None,
        "parked_since": None,
        "parked": 0,
        "parked_spans": [],
        "respond_due": respond.due_at if respond else None,
        **_due(complete),
        "escalation_level": 0,
        "opened_at": event.timestamp,
        "claimed_at": None,
        "case_stage": case.get("stage"),
        "on_hold": case.get("on_hold", False),
        "district": case.get("district"),
        "version": event.originator_version,
        "log_position": batch.position,
    }
    batch.rows[inbox_tasks].put(event.case_ref, event.task_ref, row)
    _offer(event, batch)


def _due(term: Term | None) -> Row:
    """By when it is to be done."""
    return {
        name: getattr(term, name, None) for name in ("safe_due", "legal_end", "due_at", "ends_at")
    }


def _title(event: events.Opened, labels: Labels) -> str:
    title = labels.of(event.type, "task_titles")
    return title if event.subject == WHOLE_CASE else f"{title} ({event.subject})"


def units_of(candidates: Collection[str]) -> list[str]:
    """`KS-06` of `KS-06/clerk`; a post without a unit counts as one."""
    return sorted({post.partition("/")[0] for post in candidates})


def _offer(event: events.Opened, batch: Batch) -> None:
    exclusions = batch.rows[task_exclusions]
    which = {"task_ref": event.task_ref, "case_ref": event.case_ref}
    _offer_to(event.candidates, which, batch)
    for person, reason in event.excluded.items():
        row = {**which, "person": person, "reason": reason}
        exclusions.put(event.case_ref, (event.task_ref, person), row)


def _offer_to(posts: Iterable[str], which: Mapping[str, str], batch: Batch) -> None:
    for post in dict.fromkeys(posts):
        key = (which["task_ref"], post)
        batch.rows[task_candidates].put(which["case_ref"], key, {**which, "post": post})


def _claimed(event: events.Claimed, batch: Batch) -> None:
    _take(event, event.by, batch)


def _assigned(event: events.Assigned, batch: Batch) -> None:
    _take(event, event.assignee, batch)


def _take(event: events.TaskEvent, assignee: str, batch: Batch) -> None:
    row = _taken_up(event, batch)
    row["state"] = "claimed"
    row["assignee"] = assignee
    row["owner"] = None
    row["claimed_at"] = row["claimed_at"] or event.timestamp  # waiting ends with the first claim


def _released(event: events.TaskEvent, batch: Batch) -> None:
    row = _taken_up(event, batch)
    row["state"] = "offered"
    row["assignee"] = None
    row["owner"] = None


def _delegated(event: events.Delegated, batch: Batch) -> None:
    row = _taken_up(event, batch)
    row["state"] = "delegated"
    row["owner"], row["assignee"] = row["assignee"], event.delegate


def _returned(event: events.Returned, batch: Batch) -> None:
    _take(event, event.owner, batch)


def _parked(event: events.Parked, batch: Batch) -> None:
    row = _taken_up(event, batch)
    row["parked_until"] = event.until
    row["parked_since"] = event.timestamp


def _unparked(event: events.Unparked, batch: Batch) -> None:
    _taken_up(event, batch)


def _taken_up(event: events.TaskEvent, batch: Batch) -> Row:
    """The row, brought up to an event that ends a parking, if there is one."""
    row = _task(event, batch)
    until, since = row["parked_until"], row["parked_since"]
    if until is not None:
        ended = min(until, event.timestamp)  # it may have ended by itself
        row["parked"] += int((ended - since).total_seconds())
        row["parked_spans"] = [*row["parked_spans"], [since.isoformat(), ended.isoformat()]]
        row["parked_until"] = row["parked_since"] = None
    return row


def _excluded(event: events.ExclusionAdded, batch: Batch) -> None:
    row = {"task_ref": event.task_ref, "case_ref": batch.part}
    row |= {"person": event.person, "reason": event.reason}
    batch.rows[task_exclusions].put(batch.part, (event.task_ref, event.person), row)
    if event.offered_again:
        _released(event, batch)
    else:
        _task(event, batch)


def _raised(event: events.CandidatesChanged, batch: Batch) -> None:
    if event.offered_again:
        _released(event, batch)
    row = _task(event, batch)
    row["candidates"], row["units"] = event.new, units_of(event.new)
    offered = batch.rows[task_candidates]
    for post in event.old:
        offered.drop(batch.part, (event.task_ref, post))
    _offer_to(event.new, {"task_ref": event.task_ref, "case_ref": batch.part}, batch)


def _commented(event: events.Commented, batch: Batch) -> None:
    # Of a finished task nothing moves any more.
    if event.task_ref in batch.rows[inbox_tasks].of(batch.part):
        _task(event, batch)


def _noted(event: events.TaskEvent, batch: Batch) -> None:
    """Where the task stands has not changed."""
    _task(event, batch)


def _reprioritised(event: events.PriorityChanged, batch: Batch) -> None:
    _task(event, batch)["priority"] = event.new


def _moved(event: events.DeadlineMoved, batch: Batch) -> None:
    row = _task(event, batch)
    if event.which == "respond_by":
        row["respond_due"] = event.new.due_at
    else:
        row.update(_due(event.new))


def _reminded(event: events.Reminded, batch: Batch) -> None:
    _task(event, batch)


def _noticed(event: events.NoticeSent, batch: Batch) -> None:
    _task(event, batch)


def _escalated(event: events.Escalated, batch: Batch) -> None:
    _taken_up(event, batch)["escalation_level"] = event.level


def _completed(event: events.Completed, batch: Batch) -> None:
    _finish(event, batch, state="completed", outcome=event.outcome, late_by=event.late_by)


def _expired(event: events.Expired, batch: Batch) -> None:
    _finish(event, batch, state="expired", outcome=event.outcome, late_by=0)


def _withdrawn(event: events.Withdrawn, batch: Batch) -> None:
    _finish(event, batch, state="withdrawn", outcome=None, late_by=0)


def _finish(event: events.TaskEvent, batch: Batch, **end: object) -> None:
    row = _taken_up(event, batch)
    case_ref, at = row["case_ref"], event.timestamp
    claimed = row["claimed_at"] or at
    batch.rows[inbox_tasks].drop(case_ref, event.task_ref)
    for table in (task_candidates, task_exclusions):
        rows = batch.rows[table]
        of_case = rows.of(case_ref).items()
        for key in [key for key, kept in of_case if kept["task_ref"] == event.task_ref]:
            rows.drop(case_ref, key)
    batch.appended[task_history].add(
        {
            **row,
            **end,
            "finished_at": at,
            "finished_by": event.by,
            "waited": int((claimed - row["opened_at"]).total_seconds()),
            "worked": int((at - claimed).total_seconds()) - row["parked"],
        }
    )


def _task(event: events.TaskEvent, batch: Batch) -> Row:
    """The row of the task, brought up to this event."""
    row = batch.rows[inbox_tasks].change(batch.part, event.task_ref)
    row["version"] = event.originator_version
    row["log_position"] = batch.position
    return row


def projection(labels: Labels) -> Projection:
    handlers: Mapping[str, Handler] = {
        "task.Opened": partial(_opened, labels=labels),
        "task.Claimed": _claimed,
        "task.Assigned": _assigned,
        "task.Released": _released,
        "task.Delegated": _delegated,
        "task.Returned": _returned,
        "task.Parked": _parked,
        "task.Unparked": _unparked,
        "task.ExclusionAdded": _excluded,
        "task.CandidatesChanged": _raised,
        "task.Commented": _commented,
        "task.DraftSaved": _noted,
        "task.DraftRead": _noted,
        "task.PriorityChanged": _reprioritised,
        "task.DeadlineMoved": _moved,
        "task.Reminded": _reminded,
        "task.Escalated": _escalated,
        "task.NoticeSent": _noticed,
        "task.Completed": _completed,
        "task.Expired": _expired,
        "task.Withdrawn": _withdrawn,
    }
    return Projection(
        handlers=handlers,
        tables=dict.fromkeys((inbox_tasks, task_candidates, task_exclusions), "case_ref"),
        appended=(task_history,),
    )
