"""Tasks over HTTP: read, decided, and why not."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from activities.actions import Action
from activities.assignments import PREFIX
from activities.interventions import known_case
from activities.tasks import known_task
from api.auth import Caller, Key, Me
from api.cases import visible_case
from api.decisions import complete
from api.orders import complete_extra_task
from api.services import Here, Services
from api.texts import CaseText, texts_of_task
from domain.assignments import forms as assignments
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.forms import prefilled
from domain.messages import Message, Moment
from domain.people import PersonId, Text, is_text_ref
from domain.references import WHOLE_CASE
from domain.task_types import TASK_TYPES
from domain.tasks.commands import Answer, CompleteTask, TaskOrder, Version
from domain.tasks.model import Task
from domain.tasks.refusals import NotYourTask
from domain.terms import Term
from runtime.store import UnitOfWork

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
    owner: str | None
    """Who delegated it and gets it back."""
    parked_until: Moment | None
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
    prefilled: dict[str, str]
    """What the form starts from, for whoever may read the texts of the case."""


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
    task = visible_task(here, me, reference, by_link=True)
    return TaskPage(
        **{name: getattr(task, name) for name in _SHOWN},
        title_pl=_title(here, task),
        parked_until=task.parked_until if task.is_parked(me.at) else None,
        respond_by=_due(task.respond_by, me),
        complete_by=_due(task.complete_by, me),
        outcomes={
            name: TASK_TYPES[task.type].outcomes[name].form.model_json_schema()
            for name in task.outcomes
        },
        prefilled=_prefilled(here, me, task),
    )


@router.get("/tasks/{reference}/texts")
def read_texts_of_task(reference: str, here: Here, me: Me) -> tuple[CaseText, ...]:
    """The comments on the task and the notes with which it was handed about."""
    task = visible_task(here, me, reference)
    return texts_of_task(here, task.id, me.sight.extent)


@router.get("/tasks/{reference}/actions")
def read_actions(reference: str, here: Here, me: Me) -> tuple[Action, ...]:
    """What the caller may do with the task, and why not."""
    visible_task(here, me, reference, by_link=True)
    return here.rehearsal.actions(reference, me.person, me.at)


@router.post("/tasks/{reference}/actions")
def rehearse_decision(reference: str, attempt: Attempt, here: Here, me: Me) -> Action:
    """Whether this very decision would be taken. Nothing is changed."""
    task = visible_task(here, me, reference, by_link=True)
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
    visible_case(here, me, reference)
    return here.rehearsal.actions_on_case(reference, me.person, me.at)


@router.post("/tasks/{reference}/complete")
async def complete_task(
    reference: str, completion: Completion, here: Here, me: Me, key: Key
) -> Answer:
    """Decide. The answer comes when task and case are saved."""
    me.refuse_other_task(reference)
    command = CompleteTask.model_validate({"task_ref": reference, **dict(completion)})
    return await decided(here, me, key, command)


async def decided(here: Services, me: Caller, key: str, command: CompleteTask) -> Answer:
    """Decide a task of whatever process."""
    if command.task_ref.startswith(f"{PREFIX}-"):
        return await complete_extra_task(here, me.act(key), command)
    return await complete(here, me, key, command)


_SHOWN = frozenset(TaskPage.model_fields) - {
    "title_pl",
    "parked_until",
    "respond_by",
    "complete_by",
    "outcomes",
    "prefilled",
}


def visible_task(here: Services, me: Caller, reference: str, *, by_link: bool = False) -> Task:
    """A task that the caller may see; what is said about it is not for who came by a link."""
    task = known_task(UnitOfWork(here.store), reference)
    me.refuse_other_task(reference)
    if me.link is not None:
        if not by_link:
            raise NotYourTask(link=me.link)
        return task
    if me.person not in (task.assignee, task.owner):
        refuse_if_any(
            access.seeing_task(
                me.sight, me.all_posts, task.candidates, reference, here.data.organisation
            )
        )
    return task


def _prefilled(here: Services, me: Caller, task: Task) -> dict[str, str]:
    if me.sight.extent != "whole" or not task.is_open or task.process == assignments.PROCESS:
        return {}
    order = TaskOrder(type=task.type, subject=task.subject, round=task.round)
    known = prefilled(known_case(UnitOfWork(here.store), task.case_ref), order)
    opened = here.texts.get_many(value for value in known.values() if is_text_ref(value))
    # A text that was erased leaves its field empty.
    shown = {name: opened.get(value, value) for name, value in known.items()}
    return {name: value for name, value in shown.items() if not is_text_ref(value)}


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
