"""Extra tasks at the store: ordered and done, each once."""

from eventsourcing.persistence import StoredEvent

from activities.tasks import TaskDesk, known_task, refuse_plain_texts
from domain.assignments import forms
from domain.assignments.commands import OrderExtraTask, ReportDone
from domain.assignments.model import Assignment
from domain.interventions.refusals import CaseUnknown
from domain.messages import Act
from domain.people import refuse_unsealed
from domain.tasks.commands import Answer, Decision
from domain.tasks.model import Task
from domain.tasks.rules import CaseSide, filled_form
from domain.working_days import local_day
from runtime.births import Birth, Born
from runtime.store import UnitOfWork

PREFIX = "ORD"


class AssignmentCommands:
    """No workflow waits for them: what is decided is saved by whoever asks."""

    def __init__(self, desk: TaskDesk) -> None:
        self.desk = desk
        self.store = desk.store

    def order(self, command: OrderExtraTask, act: Act, key: str, digest: str) -> Born:
        """Order an extra task, and offer it to the unit in the same transaction."""
        refuse_unsealed(command)

        def first_events(reference: str) -> list[StoredEvent]:
            assignment = self.ordered(command, act, reference)
            task = forms.task_for(reference, command.unit, act.at, self.desk.book)
            opened = self.desk.open(task, act.at)
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
        organisation = self.desk.book.organisation
        return Assignment.order(command, act, reference, posts, organisation)

    def complete(self, decision: Decision) -> Answer:
        """The unit's decision: the task and the order move together, or neither does."""
        command, act = decision.command, decision.act

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Task]:
            task = known_task(unit, command.task_ref)
            if task.answered(act.command_id) is None:
                refuse_plain_texts(forms.DO_EXTRA_TASK, command)
                self.decide(task, known_assignment(unit, task.case_ref), decision)
            return unit, task

        unit, task = self.store.carry_out(work)
        return self.desk.answer(unit, task, act.command_id, None)

    def decide(self, task: Task, assignment: Assignment, decision: Decision) -> None:
        """Move both in memory, or refuse; what is refused here has changed nothing."""
        kind, act = forms.DO_EXTRA_TASK, decision.act

        def effect(recorded: bool) -> None:
            form = filled_form(kind, decision.command)
            assert isinstance(form, ReportDone)  # the only form of this task
            assignment.report_done(form, act)

        self.desk.decide(task, decision, act, CaseSide(kind), effect)


def known_assignment(unit: UnitOfWork, reference: str) -> Assignment:
    found = unit.find(Assignment, reference)
    if found is None:
        raise CaseUnknown(reference=reference[:30])
    return found
