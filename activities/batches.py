"""Batches at the store: every task has its turn in a transaction of its own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from activities.tasks import TaskDesk, known_task
from domain.batches import rules
from domain.batches.commands import (
    BatchPage,
    ItemResult,
    MoveDeadlines,
    ReassignTasksOf,
    TaskFilter,
)
from domain.batches.model import Batch
from domain.batches.refusals import BatchUnknown, FilterUnknown, HolderChanged
from domain.catalogue import PROCESSES
from domain.errors import Refusal, refusals_of, refuse_if_any
from domain.messages import Act
from domain.people import refuse_unsealed
from domain.task_types import TASK_TYPES
from domain.tasks.commands import AssignTask
from domain.tasks.model import Task
from domain.tasks.refusals import NotYourTask
from runtime.store import UnitOfWork


class Batches:
    """Starts batches and carries them out; both can be asked again and go on where they were."""

    def __init__(self, desk: TaskDesk) -> None:
        self.desk = desk
        self.store = desk.store

    def find(self, batch_id: str) -> Batch | None:
        return self.store.find(Batch, batch_id)

    def start(
        self, batch_id: str, command: ReassignTasksOf, tasks: tuple[str, ...], act: Act
    ) -> None:
        """Fix which tasks the batch is about; a repetition is about the same."""
        refuse_unsealed(command)
        self.refuse(command, tasks, act)

        def work(unit: UnitOfWork) -> None:
            if unit.find(Batch, batch_id) is None:
                unit.add(Batch.reassign(batch_id, command, tasks, act))

        self.store.carry_out(work)

    def refuse(self, command: ReassignTasksOf, tasks: Sequence[str], act: Act) -> None:
        """What stands against the whole; the guards of each task are asked in its turn."""
        refuse_if_any(rules.reassigning(command, tasks))
        unit = UnitOfWork(self.store)
        found = [known_task(unit, task) for task in tasks]
        above = (self.desk.hats(act.by, act.at, task).override(task) for task in found)
        if not any(above):
            raise NotYourTask(assignee=command.person)

    def run(self, batch_id: str, at: datetime) -> BatchPage:
        """Give every task that still waits its turn."""
        batch = self._known(UnitOfWork(self.store), batch_id)
        for task_ref in batch.waiting:
            self._one(batch_id, task_ref, at)
        return self.finish(batch_id, at)

    def start_moving(
        self, batch_id: str, command: MoveDeadlines, days: dict[str, date], act: Act
    ) -> None:
        """Fix which tasks are meant, and to which day; a repetition is about the same."""
        refuse_unsealed(command)
        self.refuse_moving(command, days, act)

        def work(unit: UnitOfWork) -> None:
            if unit.find(Batch, batch_id) is None:
                unit.add(Batch.move(batch_id, command, days, act))

        self.store.carry_out(work)

    def refuse_moving(self, command: MoveDeadlines, days: Mapping[str, date], act: Act) -> None:
        """What stands against the whole; the case of each task is asked in its turn."""
        refuse_if_any(self._unknown(command.filter))
        refuse_if_any(rules.moving(command, days, act))

    def _unknown(self, filter: TaskFilter) -> Iterator[Refusal]:
        """A name that is misspelt finds nothing, and would be taken for no task."""
        book = self.desk.book
        unit, district = filter.unit, filter.district
        known = {
            "process": filter.process is None or filter.process in PROCESSES,
            "type": filter.type is None or filter.type in TASK_TYPES,
            "unit": unit is None or self._is_unit(unit),
            "district": district is None or book.routing.has_district(district),
            "category": filter.category is None or book.routing.has_category(filter.category),
        }
        for name, is_known in known.items():
            if not is_known:
                yield FilterUnknown(field=f"filter.{name}")

    def _is_unit(self, unit: str) -> bool:
        book = self.desk.book
        own = book.organisation.has_unit(unit) or book.organisation.knows_post(unit)
        return own or book.routing.has_unit(unit)

    def note(self, batch_id: str, task_ref: str, refusals: tuple[str, ...], at: datetime) -> None:
        """What became of one task that its own case was asked about."""

        def work(unit: UnitOfWork) -> None:
            batch = self._known(unit, batch_id)
            name = f"{batch_id}:{task_ref}"
            batch.note(task_ref, refusals, Act(command_id=name, at=at, by=batch.started_by))

        self.store.carry_out(work)

    def finish(self, batch_id: str, at: datetime) -> BatchPage:
        """Close it once every task had its turn."""

        def finish(unit: UnitOfWork) -> None:
            known = self._known(unit, batch_id)
            known.finish(Act(command_id=f"{batch_id}:finish", at=at, by=known.started_by))

        self.store.carry_out(finish)
        return self.page(batch_id)

    def page(self, batch_id: str) -> BatchPage:
        batch = self._known(UnitOfWork(self.store), batch_id)
        done = [result for result in batch.results.values() if result is not None]
        return BatchPage(
            id=batch.batch_id,
            kind=batch.kind,
            person=batch.person,
            to=batch.to,
            filter=batch.filter,
            started_by=batch.started_by,
            started_at=batch.started_at,
            finished_at=batch.finished_at,
            succeeded=sum(not refusals for refusals in done),
            refused=sum(bool(refusals) for refusals in done),
            results=tuple(
                ItemResult(task_ref=task_ref, until=batch.days.get(task_ref), refusals=refusals)
                for task_ref, refusals in batch.results.items()
            ),
        )

    def _one(self, batch_id: str, task_ref: str, at: datetime) -> None:
        """One task and its result, saved together."""

        def work(unit: UnitOfWork) -> None:
            batch = self._known(unit, batch_id)
            if batch.results[task_ref] is not None:
                return
            act = Act(command_id=f"{batch_id}:{task_ref}", at=at, by=batch.started_by)
            task = known_task(unit, task_ref)
            found = refusals_of(lambda: self._reassign(task, batch, act))
            if found and unit.is_outdated():
                raise found[0]  # judged on what is no more so: once again
            batch.note(task_ref, tuple(refusal.name() for refusal in found), act)

        self.store.carry_out(work)

    def _reassign(self, task: Task, batch: Batch, act: Act) -> None:
        if task.is_open and task.assignee != batch.person:
            raise HolderChanged(assignee=task.assignee)
        assert batch.to is not None  # as in every batch that reassigns
        self.desk.move(task, AssignTask(assignee=batch.to, reason=batch.reason_ref), act)

    def _known(self, unit: UnitOfWork, batch_id: str) -> Batch:
        batch = unit.find(Batch, batch_id)
        if batch is None:
            raise BatchUnknown(batch=batch_id[:50])
        return batch
