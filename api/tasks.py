"""Tasks over HTTP: read, taken, given, decided, and why not."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from activities.actions import Action
from activities.interventions import known_case
from activities.tasks import known_task
from api.auth import Caller, Key, Me
from api.decisions import case_key, complete
from api.first_answers import IsSame, first_answer
from api.services import Here, Services
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.forms import TASK_TYPES
from domain.messages import Act, Message, Moment
from domain.people import PersonId, Text
from domain.references import WHOLE_CASE
from domain.tasks import events, rules
from domain.tasks.commands import (
    Answer,
    AssignTask,
    ClaimTask,
    CompleteTask,
    ReleaseTask,
    Version,
)
from domain.tasks.model import Task
from domain.terms import Term
from runtime.store import UnitOfWork
from runtime.text_store import seal_texts

router = APIRouter(tags=["tasks"])

Outcome = Annotated[str, Field(min_length=1, max_length=40)]


class Due(Message):
    """Until when, and by which rule."""

    rule: str
    basis: str
    safe_due: date
    legal_end: date
    due_at: Moment | None
    overdue: bool
    legally_overdue: bool


class TaskPage(Message):
    """One task as it stands, with what may be decided in it."""

    task_ref: str
    case_ref: str
    process: str
    type: str
    title_pl: str
    subject: str
    round: int
    priority: str
    state: str
    candidates: tuple[str, ...]
    excluded: dict[str, str]
    assignee: str | None
    respond_by: Due | None
    complete_by: Due | None
    escalation_level: int
    opened_at: Moment
    version: int
    outcome: str | None
    finished_by: str | None
    finished_at: Moment | None
    outcomes: dict[str, dict[str, Any]]
    """By outcome the JSON schema of its form."""


class Attempt(Message):
    """A decision as one asks whether it would be taken."""

    outcome: Outcome
    expected_version: Version | None = None
    fields: dict[str, Any] | None = None
    """Without fields, those that are missing are named and not counted as a refusal."""
    acting_for: PersonId | None = None
    note: Text | None = None


class Completion(Message):
    """A decision; the task is named by the address."""

    expected_version: Version
    outcome: Outcome
    fields: Annotated[dict[str, Any], Field(default_factory=dict)]
    acting_for: PersonId | None = None
    note: Text | None = None


@router.get("/tasks/{reference}")
def read_task(reference: str, here: Here, me: Me) -> TaskPage:
    """An open or finished task. It is read from the task itself: its version is decided upon."""
    task = _visible_task(here, me, reference)
    return TaskPage(
        **{name: getattr(task, name) for name in _SHOWN},
        title_pl=_title(here, task),
        respond_by=_due(task.respond_by, me),
        complete_by=_due(task.complete_by, me),
        outcomes={
            name: TASK_TYPES[task.type].outcomes[name].form.model_json_schema()
            for name in task.outcomes
        },
    )


@router.get("/tasks/{reference}/actions")
def read_actions(reference: str, here: Here, me: Me) -> tuple[Action, ...]:
    """What the caller may do with the task, and why not."""
    _visible_task(here, me, reference)
    return here.rehearsal.actions(reference, me.person, me.at)


@router.post("/tasks/{reference}/actions")
def rehearse_decision(reference: str, attempt: Attempt, here: Here, me: Me) -> Action:
    """Whether this very decision would be taken. Nothing is changed."""
    task = _visible_task(here, me, reference)
    command = CompleteTask(
        task_ref=reference,
        expected_version=attempt.expected_version or task.version,
        outcome=attempt.outcome,
        fields=attempt.fields or {},
        acting_for=attempt.acting_for,
        note=attempt.note,
    )
    filled = attempt.fields is not None
    return here.rehearsal.rehearse(command, me.person, me.at, filled=filled)


@router.get("/cases/{reference}/actions")
def read_actions_on_case(reference: str, here: Here, me: Me) -> dict[str, tuple[Action, ...]]:
    """What the caller may do with every open task of the case, by task."""
    case = known_case(UnitOfWork(here.store), reference)
    units = [referral.unit for referral in case.referrals.values()]
    refuse_if_any(access.seeing(me.sight, reference, units))
    return here.rehearsal.actions_on_case(reference, me.person, me.at)


@router.post("/tasks/{reference}/claim")
def claim_task(
    reference: str, here: Here, me: Me, key: Key, command: ClaimTask | None = None
) -> Answer:
    """Take an offered task."""
    act = me.act(key)
    return _handle(here, reference, command or ClaimTask(), act, _is(events.Claimed))


@router.post("/tasks/{reference}/release")
def release_task(
    reference: str, here: Here, me: Me, key: Key, command: ReleaseTask | None = None
) -> Answer:
    """Give a task back to those it was offered to."""
    act = me.act(key)
    return _handle(here, reference, command or ReleaseTask(), act, _is(events.Released))


@router.post("/tasks/{reference}/assign")
def assign_task(reference: str, command: AssignTask, here: Here, me: Me, key: Key) -> Answer:
    """Give a task to a certain person: for the head of a candidate unit, and posts above."""
    act = me.act(key)
    same = _is(events.Assigned, assignee=command.assignee)
    unit = UnitOfWork(here.store)
    if answer := first_answer(here, unit, reference, act, same):
        return answer
    task = known_task(unit, reference)
    # Before the reason is kept.
    refuse_if_any(rules.assigning(task, command, act, here.desk.hats(me.person, me.at, task)))
    with here.sealing:
        sealed = seal_texts(
            command,
            key_ref=case_key(task.case_ref),
            command_id=act.command_id,
            texts=here.texts,
        )
    return here.desk.handle(reference, sealed, act)


@router.post("/tasks/{reference}/complete")
async def complete_task(
    reference: str, completion: Completion, here: Here, me: Me, key: Key
) -> Answer:
    """Decide. The answer comes when task and case are saved."""
    command = CompleteTask.model_validate({"task_ref": reference, **dict(completion)})
    return await complete(here, me, key, command)


_SHOWN = frozenset(TaskPage.model_fields) - {"title_pl", "respond_by", "complete_by", "outcomes"}


def _handle(
    here: Services,
    reference: str,
    command: ClaimTask | ReleaseTask,
    act: Act,
    is_same: IsSame,
) -> Answer:
    known = first_answer(here, UnitOfWork(here.store), reference, act, is_same)
    return known or here.desk.handle(reference, command, act)


def _is(kind: type, **fields: Any) -> IsSame:
    def is_same(event: Any) -> bool:
        return isinstance(event, kind) and _agree(vars(event), fields)

    return is_same


def _agree(values: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    return all(values[name] == value for name, value in expected.items())


def _visible_task(here: Services, me: Caller, reference: str) -> Task:
    task = known_task(UnitOfWork(here.store), reference)
    if task.assignee != me.person:
        refuse_if_any(
            access.seeing_task(
                me.sight, me.all_posts, task.candidates, reference, here.data.organisation
            )
        )
    return task


def _title(here: Services, task: Task) -> str:
    title = here.data.labels.of(task.type, "task_titles")
    return title if task.subject == WHOLE_CASE else f"{title} ({task.subject})"


def _due(term: Term | None, me: Caller) -> Due | None:
    if term is None:
        return None
    return Due(
        rule=term.rule,
        basis=term.basis,
        safe_due=term.safe_due,
        legal_end=term.legal_end,
        due_at=term.due_at,
        overdue=term.overdue(me.at),
        legally_overdue=term.legally_overdue(me.at),
    )
