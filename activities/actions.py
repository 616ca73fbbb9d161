"""What a person may do now and why not: the very decisions, played in memory and thrown away."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from activities.assignments import AssignmentCommands, known_assignment
from activities.interventions import InterventionCommands, known_case
from activities.tasks import TaskCommand, known_task
from domain.assignments import forms as assignments
from domain.errors import Refusal, refusals_of
from domain.instructions import InstructCase
from domain.interventions import replies
from domain.interventions.commands import SubmitReply
from domain.interventions.instructions import is_written_down
from domain.messages import Act, Message
from domain.steps import CaseStep, DecisionStep
from domain.task_types import TASK_TYPES
from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    CompleteTask,
    DeclareConflict,
    DelegateTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    SaveDraft,
    Standing,
    UnparkTask,
)
from domain.tasks.model import Task
from domain.tasks.rules import CaseSide, Hats, deciding_standing
from domain.tasks.rules_housekeeping import parked_until
from domain.working_days import local_day
from runtime.store import UnitOfWork

_REHEARSAL: Final = "rehearsal"
_NO_TEXT: Final = f"text:{'0' * 32}"
_ABOUT_FIELDS: Final = frozenset(
    {"FieldsMissing", "NoteRequired", "PromiseWithoutDate", "ReasonsMissing"}
)
"""What these miss is asked for, as long as nothing was filled in."""


class Reason(Message):
    """One refusal that the attempt would meet."""

    refusal: str
    sentence: str
    facts: dict[str, Any]


class Action(Message):
    """One thing to do with a task: whether the person may, by what right, and if not, why."""

    command: str
    outcome: str | None = None
    allowed: bool
    mode: str | None
    """`yourself`, `acting_for`, `recording` or `override`."""
    acting_for: str | None = None
    needs: tuple[str, ...] = ()
    """Fields that have to be filled in first."""
    reasons: tuple[Reason, ...] = ()
    limits: tuple[Reason, ...] = ()
    """What the attempt would meet with some values of its fields, though not with others."""


class Rehearsal:
    """Plays commands on freshly loaded aggregates with the guards that decide; nothing is saved."""

    def __init__(self, commands: InterventionCommands) -> None:
        self.commands = commands
        self.assignments = AssignmentCommands(commands.desk)
        self.desk = commands.desk
        self.store = commands.store

    def actions(self, reference: str, person: str, at: datetime) -> tuple[Action, ...]:
        """Everything that could be done with a task; fields are not filled in yet.

        What needs a person, a day or a priority is allowed when there is any that would do.
        """
        task = self._task(reference)
        unfilled = (
            CompleteTask(task_ref=reference, expected_version=task.version, outcome=outcome)
            for outcome in task.outcomes
        )
        hats = self.desk.hats(person, at, task)
        own, above = Standing(mode="yourself"), hats.override(task)
        others = _eligible(task, hats) - {person}
        delegate = DelegateTask(delegate=min(others, default=person), note=_REHEARSAL)
        assign = AssignTask(assignee=min(_eligible(task, hats), default=person), reason=_REHEARSAL)
        draft = SaveDraft(author=task.assignee or person, draft=_NO_TEXT, size=0)
        park = ParkTask(until=self._earliest(at))
        priority = ChangePriority(
            priority="high" if task.priority != "high" else "normal", note=_REHEARSAL
        )

        def action(
            name: str, standing: Standing | None, command: TaskCommand, *needs: str
        ) -> Action:
            """Played on a task of its own, as the next one is not to see what it did."""
            fresh, act = self._task(reference), self._act(person, at)
            found = refusals_of(lambda: self.desk.move(fresh, command, act))
            return _action(name, standing, found, needs=needs)

        return (
            action("claim", hats.standing(task), ClaimTask()),
            action("release", own, ReleaseTask()),
            action("assign", above, assign, "assignee", "reason"),
            action("delegate", own, delegate, "delegate", "note"),
            action("return", own, ReturnTask()),
            action("park", own, park, "until"),
            action("unpark", own, UnparkTask()),
            action("conflict", own, DeclareConflict()),
            action("comment", own, CommentOnTask(text=_REHEARSAL), "text"),
            action("draft", own, draft, "fields"),
            action("priority", above, priority, "priority", "note"),
            *(self.rehearse(command, person, at, filled=False) for command in unfilled),
        )

    def actions_on_case(self, reference: str, person: str, at: datetime) -> dict[str, Any]:
        """The same for every open task of a case, by task."""
        view = self.commands.take_up_intervention(CaseStep(reference=reference, at=at))
        return {row.task_ref: self.actions(row.task_ref, person, at) for row in view.open_tasks}

    def rehearse(
        self, command: CompleteTask, person: str, at: datetime, *, filled: bool = True
    ) -> Action:
        """Whether this decision would be taken; without fields, what it needs is no refusal."""
        act = self._act(person, at)
        step = DecisionStep(decision=self.desk.signer.decision(command, act), at=at)
        unit = UnitOfWork(self.store)
        task = known_task(unit, command.task_ref)
        hats = self.desk.hats(person, at, task)
        standing = deciding_standing(task, command, hats, CaseSide(TASK_TYPES[task.type]))
        found = refusals_of(lambda: self._decide(unit, task, step, act))
        action = _action("complete", standing, found, command.outcome, filled)
        if filled or not action.allowed or task.type != "draft_reply":
            return action
        return action.model_copy(update={"limits": tuple(self._unapprovable(unit, task, act))})

    def _unapprovable(self, unit: UnitOfWork, task: Task, act: Act) -> Iterator[Reason]:
        """Whether nobody could approve the reply, once it is written, if it is for the press."""
        case, book = known_case(unit, task.case_ref), self.desk.book
        reply = SubmitReply(outcome="done", text=_NO_TEXT, sensitive=frozenset({"media"}))
        for refusal in replies.approvable(case, reply, act, book, self.store.roster()):
            yield Reason.model_validate(refusal.as_data())

    def instruct(
        self, command: InstructCase, person: str, at: datetime, *, filled: bool = False
    ) -> Action:
        """Whether this instruction would be taken; without fields, what it needs is no refusal."""
        act = self._act(person, at)
        signed = self.desk.signer.instruction(command, act)
        unit = UnitOfWork(self.store)
        case = known_case(unit, command.case_ref)
        found = refusals_of(lambda: self.commands.instruct(unit, case, signed, act, sealed=False))
        posts, organisation = self.desk.posts(person, at), self.desk.book.organisation
        written_down = is_written_down(command, case, posts, organisation)
        standing = Standing(mode="recording" if written_down else "yourself")
        return _action(command.instruction, standing, found, filled=filled)

    def instruct_order(
        self, command: InstructCase, person: str, at: datetime, *, filled: bool = False
    ) -> Action:
        """The same to an extra task."""
        act = self._act(person, at)
        signed = self.desk.signer.instruction(command, act)
        unit = UnitOfWork(self.store)
        order = known_assignment(unit, command.case_ref)
        told = self.assignments.instruct
        found = refusals_of(lambda: told(unit, order, signed, act, sealed=False))
        return _action(command.instruction, Standing(mode="yourself"), found, filled=filled)

    def _decide(self, unit: UnitOfWork, task: Task, step: DecisionStep, act: Act) -> None:
        if task.process == assignments.PROCESS:
            assignment = known_assignment(unit, task.case_ref)
            self.assignments.decide(task, assignment, step.decision, act)
        else:
            case = known_case(unit, task.case_ref)
            self.commands.decide(unit, task, case, step, act)

    def _earliest(self, at: datetime) -> date:
        """The first day until which anything could be put aside now."""
        today = local_day(at)
        later = parked_until(today, self.desk.book.limits.tasks) > at
        return today if later else today + timedelta(days=1)

    def _task(self, reference: str) -> Task:
        return known_task(UnitOfWork(self.store), reference)

    def _act(self, person: str, at: datetime) -> Act:
        return Act(command_id=f"{person}:{_REHEARSAL}", at=at, by=person)


def _eligible(task: Task, hats: Hats) -> frozenset[str]:
    return hats.eligible(task) - task.excluded.keys()


def _action(
    command: str,
    standing: Standing | None,
    found: Iterable[Refusal],
    outcome: str | None = None,
    filled: bool = True,
    needs: tuple[str, ...] = (),
) -> Action:
    met = [refusal for refusal in found if filled or refusal.name() not in _ABOUT_FIELDS]
    missing = [refusal for refusal in found if refusal not in met]
    return Action(
        command=command,
        outcome=outcome,
        allowed=not met,
        mode=standing.mode if standing else None,
        acting_for=standing.acting_for if standing else None,
        needs=(*needs, *dict.fromkeys(field for each in missing for field in _fields_of(each))),
        reasons=tuple(Reason.model_validate(refusal.as_data()) for refusal in met),
    )


def offered(command: str, found: Iterable[Refusal], *needs: str) -> Action:
    """What is neither a task's nor a case's own, with all that stands against it."""
    return _action(command, Standing(mode="yourself"), list(found), needs=needs)


def _fields_of(refusal: Refusal) -> list[str]:
    if "field" in refusal.facts:
        return [refusal.facts["field"]]
    return [each["field"] for each in refusal.facts.get("fields", ())]
