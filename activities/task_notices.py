"""Reminders and escalations by mail: to staff, and to units as N11 (§ 11.1)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from temporalio import activity

from activities.interventions import InterventionCommands, known_case
from activities.letters import Letters
from activities.tasks import known_task
from domain.assignments import forms as assignments
from domain.interventions.commands import CaseView
from domain.messages import SYSTEM, Act
from domain.references import WHOLE_CASE
from domain.roster.rules import holders_of, is_absent, substitutes_in
from domain.steps import CaseStep
from domain.tasks.model import Task
from domain.tasks.notices import RecordTaskNotice, SendTaskNotice, TaskNotice
from domain.working_days import local_day
from runtime.store import UnitOfWork

TEMPLATES: Final = {"N11": "n11_unit.txt.j2", "reminder": "reminder_staff.txt.j2"}

Kind = Literal["N11", "reminder"]


class TaskNotices:
    """Nothing in them is about a resident: the case by its number, and the task by its title."""

    def __init__(self, commands: InterventionCommands, letters: Letters) -> None:
        self.commands = commands
        self.store = commands.store
        self.book = commands.book
        self.letters = letters

    @activity.defn(no_thread_cancel_exception=True)
    def send_task_notice(self, order: SendTaskNotice) -> CaseView:
        """Send the notice while it is owed; a repeat is the same message."""
        at = order.at + waited()
        self.send(order, at)
        step = CaseStep(reference=order.reference, at=at)
        return self.commands.take_up_intervention(step)

    def send(self, order: SendTaskNotice, at: datetime) -> None:
        """The notice of a task of any process, while it is owed."""
        task = known_task(UnitOfWork(self.store), order.notice.task_ref)
        if task.is_open and order.notice in task.notices_owed:
            self._send(order, task, at)

    def message_id(self, kind: Kind, notice: TaskNotice) -> str:
        """Made of what it is, so that no crash can give it another one."""
        return f"<{notice.task_ref}.{kind}.{notice.key}@{self.letters.domain}>"

    def _send(self, order: SendTaskNotice, task: Task, at: datetime) -> None:
        unit = self._unit_outside(order.notice.recipient)
        kind: Kind = "N11" if unit else "reminder"
        to = self._of_unit(unit) if unit else self.mailboxes(order.notice.recipient, task.type, at)
        message_id = self.message_id(kind, order.notice)
        code = None
        if to:
            facts = self._facts(task, order.notice, unit, at)
            message = self.letters.compose(TEMPLATES[kind], facts, ", ".join(to), at)
            code = self.letters.deliver(message, message_id)
        command = RecordTaskNotice(
            notice=order.notice,
            kind=kind,
            message_id=message_id,
            result="no_address" if not to else "delivered" if code is None else "bounced",
            code=code,
        )
        act = Act(command_id=f"notice:{task.task_ref}:{order.notice.key}", at=at, by=SYSTEM)
        self.store.carry_out(lambda unit: _record(unit, command, act))

    def _unit_outside(self, recipient: str) -> str | None:
        """The unit to whose mailbox it goes, when the recipient is a post there."""
        unit, _, _ = recipient.rpartition("/")
        inside = self.book.organisation.has_unit(unit)
        return unit if self.book.routing.has_unit(unit) and not inside else None

    def _of_unit(self, unit: str) -> tuple[str, ...]:
        address = self.letters.unit(unit).address
        return (address,) if address else ()

    def mailboxes(self, recipient: str, task_type: str, at: datetime) -> tuple[str, ...]:
        """Of a person, or of whoever holds a post and is there or stands in."""
        people = self._people(recipient, task_type, at)
        found = (self.letters.staff.email_of(person) for person in sorted(people))
        return tuple(address for address in found if address is not None)

    def _people(self, recipient: str, task_type: str, at: datetime) -> Iterator[str]:
        """Who holds the post and is there, or stands in; the recipient, if it is a person."""
        roster, day = self.store.roster(), local_day(at)
        if not self.book.organisation.knows_post(recipient):
            yield recipient
            return
        for holder in holders_of(roster, recipient, day):
            if is_absent(roster, holder, day):
                yield from substitutes_in(roster, holder, recipient, task_type, day)
            else:
                yield holder

    def _about(self, task: Task) -> str:
        """What kind of case it is in, for whoever reads it in a mailbox."""
        if task.process == assignments.PROCESS:
            return self.letters.labels.of(task.type, "task_titles")
        case = known_case(UnitOfWork(self.store), task.case_ref)
        return self.book.routing.category(case.category).pl

    def _facts(
        self, task: Task, notice: TaskNotice, unit: str | None, at: datetime
    ) -> dict[str, object]:
        term = task.respond_by if notice.ladder == "respond" else task.complete_by
        return {
            "reference": task.case_ref,
            "category": self._about(task),
            "title": self.letters.labels.of(task.type, "task_titles"),
            "subject": task.subject if task.subject != WHOLE_CASE else None,
            "to_be_taken": notice.ladder == "respond",
            "safe_due": term.safe_due if term else None,
            "late": self.book.deadlines.working_days_late(term, at) if term else 0,
            "escalation": task.escalation_level,
            "unit_name": self.book.routing.unit(unit).name if unit else None,
        }


def _record(unit: UnitOfWork, command: RecordTaskNotice, act: Act) -> None:
    task = known_task(unit, command.notice.task_ref)
    # Finished while its message was on the way: nothing more is noted of it.
    if task.is_open:
        task.record_notice(command, act)


def waited() -> timedelta:
    """A notice may have waited days for its channel."""
    info = activity.info()
    return info.started_time - info.scheduled_time
