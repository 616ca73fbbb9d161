"""Extra tasks at the store: ordered, done and withdrawn, each once (§ 4.18-§ 11.25)."""

from collections.abc import Callable
from datetime import datetime

from eventsourcing.persistence import StoredEvent
from temporalio import activity

from activities.tasks import TaskDesk, known_task, refuse_plain_texts
from domain.assignments import forms
from domain.assignments.commands import MoveTerm, OrderExtraTask, ReportDone, WithdrawOrder
from domain.assignments.headlines import headline
from domain.assignments.instructions import filled_form as filled_instruction
from domain.assignments.instructions import instructing
from domain.assignments.model import Assignment
from domain.assignments.rules import task_of
from domain.assignments.views import AssignmentView
from domain.errors import Refusal, refuse_if_any
from domain.instructions import CaseAnswer, Instruction
from domain.interventions.refusals import CaseUnknown
from domain.messages import SYSTEM, Act
from domain.people import refuse_unsealed
from domain.steps import CaseStep, Decided, DecisionStep, Instructed, InstructionStep, StopStep
from domain.tasks.commands import Decision, WithdrawTask
from domain.tasks.model import Task
from domain.tasks.refusals import ActorNotProven
from domain.tasks.rules import CaseSide, filled_form
from domain.working_days import WARSAW, local_day
from runtime.births import Birth, Born
from runtime.store import Store, UnitOfWork

PREFIX = "ORD"


class AssignmentCommands:
    """What the API and the workflow of an order ask of its aggregate and its one task."""

    def __init__(self, desk: TaskDesk) -> None:
        self.desk = desk
        self.store = desk.store
        self.book = desk.book

    def order(self, command: OrderExtraTask, act: Act, key: str, digest: str) -> Born:
        """Order an extra task, and offer it to the unit in the same transaction."""
        refuse_unsealed(command)

        def first_events(reference: str) -> list[StoredEvent]:
            assignment = self.ordered(command, act, reference)
            task = forms.task_for(reference, command.unit, act.at, self.book)
            rungs = {"rungs": self.desk.rungs(task, act.at)}
            opened = self.desk.open(task.model_copy(update=rungs), act.at)
            return [*self.store.first_events(assignment), *self.store.first_events(opened)]

        return self.store.bear(
            Birth(
                client=act.by,
                key=key,
                digest=digest,
                prefix=PREFIX,
                year=local_day(act.at).year,
                first_events=first_events,
            )
        )

    def ordered(self, command: OrderExtraTask, act: Act, reference: str) -> Assignment:
        """The order in memory, or why it is refused."""
        posts = self.desk.posts(act.by, act.at)
        return Assignment.order(command, act, reference, posts, self.book.organisation)

    @activity.defn(no_thread_cancel_exception=True)
    def take_up_assignment(self, step: CaseStep) -> AssignmentView:
        """Where the order stands, as its events tell; its term follows the tables of today."""
        return self._look_after(step, self.desk.arm, self.desk.recount)

    @activity.defn(no_thread_cancel_exception=True)
    def climb_assignment_ladders(self, step: CaseStep) -> AssignmentView:
        """What time alone does: remind and escalate what is due."""
        return self._look_after(step, self.desk.recount, self.desk.climb)

    def _look_after(
        self, step: CaseStep, *chores: Callable[[Task, datetime], object]
    ) -> AssignmentView:
        """Do the chores of the task as long as it is open, and find who may do it."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Assignment]:
            assignment = known_assignment(unit, step.reference)
            task = known_task(unit, task_of(step.reference))
            if task.is_open:
                for chore in chores:
                    chore(task, step.at)
                self.desk.raise_candidates(task, step.at, {})
            return unit, assignment

        return self.view(*self.store.carry_out(work), step.at)

    @activity.defn(no_thread_cancel_exception=True)
    def decide_assignment_task(self, step: DecisionStep) -> Decided[AssignmentView]:
        """The unit's decision: the task and the order move together, or neither does."""
        act = step.decision.act.model_copy(update={"at": step.at})
        command = step.decision.command

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Task, Assignment]:
            task = known_task(unit, command.task_ref)
            assignment = known_assignment(unit, task.case_ref)
            if task.answered(act.command_id) is None:
                refuse_plain_texts(forms.DO_EXTRA_TASK, command)
                self.decide(task, assignment, step.decision, act)
            return unit, task, assignment

        unit, task, assignment = self.store.carry_out(work)
        return Decided(
            answer=self.desk.answer(unit, task, act.command_id, None),
            view=self.view(unit, assignment, step.at),
        )

    def decide(self, task: Task, assignment: Assignment, decision: Decision, act: Act) -> None:
        """Move both in memory, or refuse; what is refused here has changed nothing."""
        kind = forms.DO_EXTRA_TASK

        def effect(recorded: bool) -> None:
            form = filled_form(kind, decision.command)
            assert isinstance(form, ReportDone)  # the only form of this task
            assignment.report_done(form, act)

        self.desk.decide(task, decision, act, CaseSide(kind), effect)

    @activity.defn(no_thread_cancel_exception=True)
    def instruct_assignment(self, step: InstructionStep) -> Instructed[AssignmentView]:
        """What is told the order outside its task."""
        act = step.instruction.act.model_copy(update={"at": step.at})

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Assignment]:
            assignment = known_assignment(unit, step.instruction.command.case_ref)
            if assignment.answered(act.command_id) is None:
                self.instruct(unit, assignment, step.instruction, act)
            return unit, assignment

        unit, assignment = self.store.carry_out(work)
        return Instructed(
            answer=self.instructed(assignment, act.command_id),
            view=self.view(unit, assignment, step.at),
        )

    def instruct(
        self,
        unit: UnitOfWork,
        assignment: Assignment,
        instruction: Instruction,
        act: Act,
        *,
        sealed: bool = True,
    ) -> None:
        """Move the order and its task in memory, or refuse. Texts are not `sealed` yet when it is
        only tried whether it would be taken."""
        command, posts = instruction.command, self.desk.posts(act.by, act.at)
        refusals: list[Refusal] = [] if self.desk.is_proven(instruction) else [ActorNotProven()]
        refusals += instructing(command, assignment, act.by, posts, self.book.organisation)
        refuse_if_any(refusals)
        form = filled_instruction(command)
        if sealed:
            refuse_unsealed(form)
        task = known_task(unit, task_of(assignment.reference))
        match form:
            case WithdrawOrder():
                told = (task.assignee,) if task.assignee else task.candidates
                assignment.withdraw(form, act, told)
                task.withdraw(WithdrawTask(reason="order_withdrawn"), _withdrawal(task, act))
            case MoveTerm():
                assignment.move_term(form, act, self.book)
                self.desk.give_until(task, form.until, act.at)

    def instructed(self, assignment: Assignment, command_id: str) -> CaseAnswer:
        """The answer to an instruction that was carried out, now or before."""
        then = self.store.as_answered(assignment, command_id)
        return CaseAnswer(
            case_ref=then.reference,
            stage=then.stage,
            version=then.version,
            position=self.store.position_of(then, then.version),
        )

    @activity.defn(no_thread_cancel_exception=True)
    def note_assignment_stop(self, step: StopStep) -> AssignmentView:
        """Note that a run was cancelled, so that another one goes on."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Assignment]:
            assignment = known_assignment(unit, step.reference)
            stop = Act(command_id=f"stop:{step.reference}:{step.run_id}", at=step.at, by=SYSTEM)
            if assignment.answered(stop.command_id) is None and not assignment.closed:
                assignment.note_stop(stop)
            return unit, assignment

        return self.view(*self.store.carry_out(work), step.at)

    def view(self, unit: UnitOfWork, assignment: Assignment, at: datetime) -> AssignmentView:
        """The order as its workflow remembers it."""
        task = known_task(unit, task_of(assignment.reference))
        return AssignmentView(
            reference=assignment.reference,
            position=unit.seen(assignment),
            version=assignment.version,
            stage=assignment.stage,
            closed=assignment.closed,
            unit=assignment.unit,
            headline=headline(assignment.reference, assignment.unit),
            open_tasks=(self.desk.row(task, at),) if task.is_open else (),
            notices_due=assignment.notices_owed,
            last_events=tuple(
                f"{moment.astimezone(WARSAW):%Y-%m-%d %H:%M} {name}"
                for moment, name in assignment.recent
            ),
        )


def _withdrawal(task: Task, act: Act) -> Act:
    """The system takes the task back because of what somebody did."""
    return act.model_copy(update={"command_id": f"withdraw:{task.task_ref}", "by": SYSTEM})


def known_assignment(unit: UnitOfWork, reference: str) -> Assignment:
    found = unit.find(Assignment, reference)
    if found is None:
        raise CaseUnknown(reference=reference[:30])
    return found


def headline_of_order(store: Store, reference: str) -> str:
    """The headline of an order as its events tell it."""
    return headline(reference, known_assignment(UnitOfWork(store), reference).unit)
