"""Interventions at the store: every command of the process, each once (§ 9 pt 1-3)."""

from datetime import datetime

from eventsourcing.persistence import StoredEvent
from temporalio import activity

from activities.tasks import TaskDesk, known_task, task_of
from domain.interventions import forms, stops
from domain.interventions.commands import (
    CaseStep,
    CaseView,
    Clock,
    Decided,
    DecisionStep,
    Reach,
    RegisterIntervention,
    StopStep,
)
from domain.interventions.decisions import decide
from domain.interventions.model import Intervention
from domain.interventions.refusals import CaseUnknown
from domain.interventions.rules import letters_due, waiting_for
from domain.messages import SYSTEM, Act
from domain.people import refuse_unsealed
from domain.references import task_ref, workflow_id
from domain.routing import RoutingTable
from domain.tasks.commands import CompleteTask, OpenTask, TaskOrder, WithdrawTask
from domain.tasks.model import Task
from domain.tasks.rules import CaseSide, filled_form, form_problems
from domain.working_days import WARSAW, local_day
from runtime.births import Birth, Born
from runtime.store import Store, UnitOfWork


class InterventionCommands:
    """What the API and the workflow of a case ask of its aggregate."""

    def __init__(self, desk: TaskDesk) -> None:
        self.desk = desk
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
            self.open_tasks(unit, case, step.at)
            return unit, case

        return self.view(*self.store.carry_out(work), step.at)

    def open_tasks(self, unit: UnitOfWork, case: Intervention, at: datetime) -> None:
        """Open what the case needs and has not got; every command that moves it ends with this."""
        for order in forms.tasks_needed(case):
            if task_of(unit, case.reference, order) is None:
                unit.add(self.desk.open(self._task(case, order, at), at))

    @activity.defn(no_thread_cancel_exception=True)
    def decide_intervention_task(self, step: DecisionStep) -> Decided:
        """A person's decision: the task and the case move together, or neither does."""
        command = step.decision.command
        act = step.decision.act.model_copy(update={"at": step.at})

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Task, Intervention]:
            task = known_task(unit, command.task_ref)
            case = known_case(unit, task.case_ref)
            if task.answered(act.command_id) is None:
                refuse_plain_texts(task, command)
                others = self._open_tasks(unit, case)
                self.decide(task, case, step, act)
                self.open_tasks(unit, case, step.at)
                if case.stage == "closed":
                    self._withdraw([other for other in others if other is not task], act)
            return unit, task, case

        unit, task, case = self.store.carry_out(work)
        return Decided(
            answer=self.desk.answer(unit, task, act.command_id, self._stage_after(case, act)),
            view=self.view(unit, case, step.at),
        )

    def decide(self, task: Task, case: Intervention, step: DecisionStep, act: Act) -> None:
        """Move task and case in memory, or refuse; what is refused here has changed nothing."""
        order = TaskOrder(type=task.type, subject=task.subject, round=task.round)
        kind = forms.TASK_TYPES[task.type]
        command = step.decision.command

        def effect(recorded: bool) -> None:
            form = filled_form(kind, command)
            decide(case, order, command.outcome, form, act, self.book, recorded=recorded)

        excluded = forms.excluded(case, order) if task.is_open else {}
        side = CaseSide(kind, on_hold=case.on_hold, excluded=excluded)
        self.desk.decide(task, step.decision, act, side, effect)

    @activity.defn(no_thread_cancel_exception=True)
    def climb_intervention_ladders(self, step: CaseStep) -> CaseView:
        """Remind and escalate what is due now."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, step.reference)
            for task in self._open_tasks(unit, case):
                self.desk.climb(task, step.at)
            return unit, case

        return self.view(*self.store.carry_out(work), step.at)

    @activity.defn(no_thread_cancel_exception=True)
    def close_intervention(self, step: CaseStep) -> CaseView:
        """Close the case and withdraw what is still open of its tasks."""

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, step.reference)
            tasks = self._open_tasks(unit, case)
            close = Act(command_id=f"close:{step.reference}:{case.round}", at=step.at, by=SYSTEM)
            if case.answered(close.command_id) is None:
                case.close(close)
            self._withdraw(tasks, close)
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

    def _withdraw(self, tasks: list[Task], closing: Act) -> None:
        for task in tasks:
            act = closing.model_copy(
                update={"command_id": f"withdraw:{task.task_ref}", "by": SYSTEM}
            )
            task.withdraw(WithdrawTask(reason="case_closed"), act)

    def _stage_after(self, case: Intervention, act: Act) -> str:
        """Where the case stood when the act was done, whatever has happened since."""
        return self.store.as_answered(case, act.command_id).stage

    def _open_tasks(self, unit: UnitOfWork, case: Intervention) -> list[Task]:
        tasks = (task_of(unit, case.reference, order) for order in forms.tasks_needed(case))
        return [task for task in tasks if task is not None and task.is_open]

    def _task(self, case: Intervention, order: TaskOrder, at: datetime) -> OpenTask:
        kind = forms.TASK_TYPES[order.type]
        start = forms.started_at(case, order)
        respond = forms.respond_rule(order)
        term = self.book.deadlines.term
        command = OpenTask(
            task_ref=task_ref(case.reference, order.type, order.subject, order.round),
            workflow_id=workflow_id("intervention", case.reference),
            case_ref=case.reference,
            process="intervention",
            type=order.type,
            subject=order.subject,
            round=order.round,
            candidates=forms.candidates(case, order),
            excluded=forms.excluded(case, order),
            outcomes=tuple(kind.outcomes),
            respond_by=term(respond, start) if respond else None,
            complete_by=term(forms.complete_rule(case, order), start),
            ladder=kind.ladder,
            rungs=(),
            priority="urgent" if case.emergency else kind.priority,
            on_lapse=kind.on_lapse,
            form=order.type,
            form_version=kind.form_version,
        )
        return command.model_copy(update={"rungs": self.desk.rungs(kind.ladder, command, at)})

    def view(self, unit: UnitOfWork, case: Intervention, at: datetime) -> CaseView:
        """The case as its workflow remembers it."""
        return CaseView(
            reference=case.reference,
            position=unit.seen(case),
            version=case.version,
            stage=case.stage,
            round=case.round,
            on_hold=case.on_hold,
            headline=headline(
                case.reference, case.category, case.place.district, self.book.routing
            ),
            units=tuple(sorted({referral.unit for referral in case.open_referrals})),
            waiting=waiting_for(case),
            open_tasks=tuple(self.desk.row(task, at) for task in self._open_tasks(unit, case)),
            letters_due=tuple(letters_due(case)),
            window_ends=case.window.ends_at if case.window else None,
            clocks=tuple(
                Clock(name=name, rule=term.rule, safe_due=term.safe_due, legal_end=term.legal_end)
                for name, term in case.clocks.items()
            ),
            last_events=tuple(
                f"{moment.astimezone(WARSAW):%Y-%m-%d %H:%M} {name}" for moment, name in case.recent
            ),
        )


def known_case(unit: UnitOfWork, reference: str) -> Intervention:
    case = unit.find(Intervention, reference)
    if case is None:
        raise CaseUnknown(reference=reference)
    return case


def refuse_plain_texts(task: Task, command: CompleteTask) -> None:
    """The last look before a decision becomes an event: texts belong into the text store."""
    kind = forms.TASK_TYPES[task.type]
    refuse_unsealed(command)
    if command.outcome in kind.outcomes and not form_problems(kind, command):
        refuse_unsealed(filled_form(kind, command))


def headline(reference: str, category: str, district: str | None, routing: RoutingTable) -> str:
    """`INT-2026-000123 roads.pothole I Stare Miasto`: what operators see; nothing about persons."""
    names = {row.id: f"{row.id} {row.name}" for row in routing.districts}
    return f"{reference} {category} {names.get(district or '', 'bez miejsca')}"


def headline_of(store: Store, routing: RoutingTable, reference: str) -> str:
    """The headline of a case as its events tell it."""
    case = known_case(UnitOfWork(store), reference)
    return headline(case.reference, case.category, case.place.district, routing)
