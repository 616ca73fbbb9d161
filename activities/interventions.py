"""Interventions at the store: every command of the process, each once (§ 9 pt 1-3)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from eventsourcing.persistence import StoredEvent
from temporalio import activity

from activities.case_view import case_view
from activities.tasks import TaskDesk, candidates_named, known_task, refuse_plain_texts
from domain.errors import Refusal, refuse_if_any
from domain.instructions import CaseAnswer, Instruction
from domain.interventions import comments, forms, lapses, records, recounts, replies, stops
from domain.interventions.asks import Now
from domain.interventions.commands import CaseView, Reach, RegisterIntervention, SubmitReply
from domain.interventions.commands_records import FileDocument
from domain.interventions.comments import CommentOnCase
from domain.interventions.decisions import decide
from domain.interventions.headlines import headline
from domain.interventions.instruction_types import is_sender
from domain.interventions.instructions import INSTRUCTIONS, instructing, is_written_down
from domain.interventions.instructions import filled_form as filled_instruction
from domain.interventions.model import Intervention
from domain.interventions.others import Others
from domain.interventions.refusals import CaseUnknown
from domain.messages import SYSTEM, Act
from domain.people import refuse_unsealed
from domain.routing import RoutingTable
from domain.steps import CaseStep, Decided, DecisionStep, Instructed, InstructionStep, StopStep
from domain.tasks.commands import OpenTask, TaskOrder, WithdrawTask
from domain.tasks.model import Task
from domain.tasks.refusals import ActorNotProven
from domain.tasks.rules import CaseSide, filled_form
from domain.working_days import local_day
from runtime.births import Birth, Born
from runtime.store import Store, UnitOfWork


class InterventionCommands:
    """What the API and the workflow of a case ask of its aggregate."""

    def __init__(
        self, desk: TaskDesk, settle: Callable[[Intervention], object] = lambda case: None
    ) -> None:
        """`settle` is told of every case that was saved: in the vault follows what the events of
        the case say of its sender. Without a vault there is nothing to follow."""
        self.desk = desk
        self.settle = settle
        self.store = desk.store
        self.book = desk.book

    def register(
        self, command: RegisterIntervention, act: Act, key: str, digest: str, reach: Reach
    ) -> Born:
        """Take a sealed report in under a reference of its own; the same key is the same case.

        `digest` is of the report as it was sent, so that a repetition can be told from another.
        """

        refuse_unsealed(command)

        def first_events(reference: str) -> list[StoredEvent]:
            case = Intervention.register(command, act, reference, reach, self.book)
            return self.store.first_events(case)

        return self.store.bear(
            Birth(
                client=act.by,
                key=key,
                digest=digest,
                prefix="INT",
                year=local_day(act.at).year,
                first_events=first_events,
            )
        )

    @activity.defn(no_thread_cancel_exception=True)
    def take_up_intervention(self, step: CaseStep) -> CaseView:
        """Where the case stands, as its events tell; what it asks of people is opened."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, step.reference)
            self._recount(unit, case, step.at)
            self._lapse(unit, case, step.at)
            self._open_tasks(unit, case, step.at)
            return unit, case

        return self.view(*self.store.carry_out(work), step.at)

    def move(
        self, unit: UnitOfWork, case: Intervention, act: Act, change: Callable[[], object]
    ) -> None:
        """Let the case change; what it asked of people follows in the same save.

        A task that it needs no more is withdrawn, and one that it needs now is opened.
        """
        asked, moved = self._tasks_open(unit, case, act.at), case.terms_moved
        dates = {task.task_ref: self._date_given(case, task) for task in asked}
        change()
        needed = {self._ref(case, order) for order in self._needed(case, act.at)}
        for task in asked:
            if task.is_open and task.task_ref not in needed:
                task.withdraw(_reason_to_withdraw(task, case), _withdrawal(task, act))
                continue
            if task.is_open and case.terms_moved.get(task.task_ref) != moved.get(task.task_ref):
                self.desk.give_until(task, case.terms_moved[task.task_ref], act.at)
            if task.is_open and forms.TASK_TYPES[task.type].stands_still:
                self.desk.keep_in_step(task, case.on_hold, act.at)
            if task.is_open and self._date_given(case, task) != dates[task.task_ref]:
                self._give_the_term_of(case, task, act.at)
        self._open_tasks(unit, case, act.at)

    @activity.defn(no_thread_cancel_exception=True)
    def decide_intervention_task(self, step: DecisionStep) -> Decided[CaseView]:
        """A person's decision: the task and the case move together, or neither does."""
        command = step.decision.command
        act = step.decision.act.model_copy(update={"at": step.at})

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Task, Intervention]:
            task = known_task(unit, command.task_ref)
            case = known_case(unit, task.case_ref)
            if task.answered(act.command_id) is None:
                refuse_plain_texts(forms.TASK_TYPES[task.type], command)
                self.move(unit, case, act, lambda: self.decide(unit, task, case, step, act))
            return unit, task, case

        unit, task, case = self.store.carry_out(work)
        return Decided(
            answer=self.desk.answer(unit, task, act.command_id, self._stage_after(case, act)),
            view=self.view(unit, case, step.at),
        )

    @activity.defn(no_thread_cancel_exception=True)
    def instruct_intervention(self, step: InstructionStep) -> Instructed[CaseView]:
        """What a person tells the case outside its tasks."""
        command = step.instruction.command
        act = step.instruction.act.model_copy(update={"at": step.at})

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, command.case_ref)
            if case.answered(act.command_id) is None:
                self.move(unit, case, act, lambda: self.instruct(unit, case, step.instruction, act))
            return unit, case

        unit, case = self.store.carry_out(work)
        return Instructed(
            answer=self.instructed(unit, case, act.command_id),
            view=self.view(unit, case, step.at),
        )

    def instruct(
        self,
        unit: UnitOfWork,
        case: Intervention,
        instruction: Instruction,
        act: Act,
        *,
        sealed: bool = True,
    ) -> None:
        """Move the case in memory, or refuse; what is refused here has changed nothing.

        Texts are not `sealed` yet when it is only tried whether it would be taken.
        """
        command = instruction.command
        own, book = frozenset({act.by}), self.book
        posts = own if is_sender(act.by) else self.desk.posts(act.by, act.at)
        refusals: list[Refusal] = [] if self.desk.is_proven(instruction) else [ActorNotProven()]
        candidates = candidates_named(unit, command.case_ref, command.fields.get("task"))
        refusals += instructing(command, case, posts, book.organisation, candidates)
        refuse_if_any(refusals)
        form = filled_instruction(command)
        if sealed:
            refuse_unsealed(form)
        recorded_by = act.by if is_written_down(command, case, posts, book.organisation) else None
        kind = INSTRUCTIONS[command.instruction]
        kind.give(case, form, act, book, others_of(unit), recorded_by)

    def file_document(self, reference: str, command: FileDocument, act: Act) -> CaseAnswer:
        """Put a document onto the file, of which neither tasks nor the workflow need know."""
        refuse_unsealed(command)

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, reference)
            if case.answered(act.command_id) is None:
                records.file_document(case, command, act)
            return unit, case

        return self.instructed(*self.store.carry_out(work), act.command_id)

    def comment(self, reference: str, command: CommentOnCase, act: Act) -> CaseAnswer:
        """Add a remark, of which neither its tasks nor its workflow need know."""
        refuse_unsealed(command)

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, reference)
            if case.answered(act.command_id) is None:
                comments.comment(case, command, act)
            return unit, case

        return self.instructed(*self.store.carry_out(work), act.command_id)

    def instructed(self, unit: UnitOfWork, case: Intervention, command_id: str) -> CaseAnswer:
        """The answer to an instruction that was carried out, now or before."""
        then = self.store.as_answered(case, command_id)
        return CaseAnswer(
            case_ref=then.reference,
            stage=then.stage,
            version=then.version,
            position=unit.position_of(then),
        )

    def decide(
        self, unit: UnitOfWork, task: Task, case: Intervention, step: DecisionStep, act: Act
    ) -> None:
        """Move task and case in memory, or refuse; what is refused here has changed nothing."""
        order = TaskOrder(type=task.type, subject=task.subject, round=task.round)
        kind = forms.TASK_TYPES[task.type]
        command = step.decision.command

        def effect(recorded: bool) -> None:
            form = filled_form(kind, command)
            others, outcome = others_of(unit), command.outcome
            if isinstance(form, SubmitReply):
                roster = self.store.roster()
                refuse_if_any(replies.approvable(case, form, act, self.book, roster))
            decide(case, order, outcome, form, act, self.book, recorded=recorded, others=others)

        excluded = self._excluded(case, order, task.candidates, act.at) if task.is_open else {}
        side = CaseSide(kind, on_hold=case.on_hold, excluded=excluded)
        self.desk.decide(task, step.decision, act, side, effect)

    @activity.defn(no_thread_cancel_exception=True)
    def climb_intervention_ladders(self, step: CaseStep) -> CaseView:
        """What time alone does: end what has lapsed, remind and escalate what is due, and open
        what is needed."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, step.reference)
            self._recount(unit, case, step.at)
            self._lapse(unit, case, step.at)
            for task in self._tasks_open(unit, case, step.at):
                self.desk.climb(task, step.at)
            self._open_tasks(unit, case, step.at)
            return unit, case

        return self.view(*self.store.carry_out(work), step.at)

    @activity.defn(no_thread_cancel_exception=True)
    def close_intervention(self, step: CaseStep) -> CaseView:
        """Close the case and withdraw what is still open of its tasks."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, step.reference)
            close = Act(command_id=_closing_of(case), at=step.at, by=SYSTEM)
            if case.answered(close.command_id) is None:
                self.move(unit, case, close, lambda: case.close(close))
            return unit, case

        return self.view(*self.store.carry_out(work), step.at)

    @activity.defn(no_thread_cancel_exception=True)
    def note_stop(self, step: StopStep) -> CaseView:
        """Note that a run was cancelled: a person has to say why, and the case goes on."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, step.reference)
            stop = Act(command_id=f"stop:{step.reference}:{step.run_id}", at=step.at, by=SYSTEM)
            if case.answered(stop.command_id) is None and case.stage != "closed":
                stops.note_stop(case, stop)
            return unit, case

        return self.view(*self.store.carry_out(work), step.at)

    def _lapse(self, unit: UnitOfWork, case: Intervention, at: datetime) -> None:
        """Let happen what time alone brought about, the earliest first."""
        while (found := lapses.due(case, at, self.book)) is not None:
            act, happen = found
            self.move(unit, case, act, happen)

    def _date_given(self, case: Intervention, task: Task) -> date | None:
        """The end that a decision of the case gave to what this task asks for."""
        ask = forms.ASKS[task.type]
        return ask.due(case, _order_of(task), self.book).extended_to if ask.moved_by else None

    def _give_the_term_of(self, case: Intervention, task: Task, at: datetime) -> None:
        """The date is that of the open task too, and its ladder begins anew."""
        ask, order = forms.ASKS[task.type], _order_of(task)
        assert ask.moved_by is not None  # or there would be no date
        term, cause = ask.due(case, order, self.book), ask.moved_by(case, order)
        self.desk.move_deadline(task, "complete_by", term, cause, at)

    def _stage_after(self, case: Intervention, act: Act) -> str:
        """Where the case stood when the act was done, whatever has happened since."""
        return self.store.as_answered(case, act.command_id).stage

    def _recount(self, unit: UnitOfWork, case: Intervention, at: datetime) -> None:
        """Let the terms that are still waited for follow the tables of today."""
        if case.stage == "closed":
            return
        if recounts.is_outdated(case, self.book):
            act = Act(command_id=f"recount:{case.reference}:{case.version}", at=at, by=SYSTEM)
            self.move(unit, case, act, lambda: recounts.recount(case, act, self.book))
        for task in self._tasks_open(unit, case, at):
            self.desk.recount(task, at)

    def _needed(self, case: Intervention, at: datetime) -> Iterator[TaskOrder]:
        return forms.tasks_needed(case, Now(at, self.book))

    def _tasks_open(self, unit: UnitOfWork, case: Intervention, at: datetime) -> list[Task]:
        tasks = (unit.find(Task, self._ref(case, order)) for order in self._needed(case, at))
        return [task for task in tasks if task is not None and task.is_open]

    def _open_tasks(self, unit: UnitOfWork, case: Intervention, at: datetime) -> None:
        """Open what the case needs and has not got, where somebody is there to decide it."""
        for order in self._needed(case, at):
            task = unit.find(Task, self._ref(case, order))
            if task is None:
                task = self.desk.open(self._task(case, order, at), at)
                unit.add(task)
                if case.on_hold and forms.TASK_TYPES[task.type].stands_still:
                    self.desk.keep_in_step(task, case.on_hold, at)
            excluded = self._excluded(case, order, task.candidates, at)
            self.desk.raise_candidates(task, at, excluded)

    def _ref(self, case: Intervention, order: TaskOrder) -> str:
        return forms.ref_of(case, order)

    def _task(self, case: Intervention, order: TaskOrder, at: datetime) -> OpenTask:
        command = forms.task_for(case, order, self.book)
        excluded = self._excluded(case, order, command.candidates, at)
        known = {"rungs": self.desk.rungs(command, at), "excluded": excluded}
        return command.model_copy(update=known)

    def _excluded(
        self, case: Intervention, order: TaskOrder, candidates: tuple[str, ...], at: datetime
    ) -> dict[str, str]:
        """Who may not decide; and who had better not, as long as somebody else can."""
        excluded, avoided = forms.excluded(case, order), forms.avoided(case, order)
        both = excluded | avoided
        if avoided and self.desk.somebody_else(candidates, both, at):
            return both
        return excluded

    def view(self, unit: UnitOfWork, case: Intervention, at: datetime) -> CaseView:
        """The case as its workflow remembers it, once all that follows from it is done."""
        self.settle(case)
        rows = tuple(self.desk.row(task, at) for task in self._tasks_open(unit, case, at))
        return case_view(case, unit.seen(case), rows, at, self.book)


def _closing_of(case: Intervention) -> str:
    """A case that was joined to another one by mistake is closed once more."""
    again = f":{case.unlinks}" if case.unlinks else ""
    return f"close:{case.reference}:{case.round}{again}"


def _reason_to_withdraw(task: Task, case: Intervention) -> WithdrawTask:
    if case.stage == "closed":
        return WithdrawTask(reason="case_closed")
    taken_back = task.task_ref in case.taken_back
    return WithdrawTask(reason="taken_back" if taken_back else "not_needed")


def _order_of(task: Task) -> TaskOrder:
    return TaskOrder(type=task.type, subject=task.subject, round=task.round)


def _withdrawal(task: Task, act: Act) -> Act:
    """The system takes a task back because of what somebody did."""
    return act.model_copy(update={"command_id": f"withdraw:{task.task_ref}", "by": SYSTEM})


def others_of(unit: UnitOfWork) -> Others:
    """Other cases by reference, saved with the case at hand or not at all."""
    return lambda reference: unit.find(Intervention, reference)


def known_case(unit: UnitOfWork, reference: str) -> Intervention:
    case = unit.find(Intervention, reference)
    if case is None:
        raise CaseUnknown(reference=reference)
    return case


def headline_of(store: Store, routing: RoutingTable, reference: str) -> str:
    """The headline of a case as its events tell it."""
    case = known_case(UnitOfWork(store), reference)
    return headline(case.reference, case.category, case.place.district, routing)
