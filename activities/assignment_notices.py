"""Mail about extra tasks: reminders of their ladders, and that an order was withdrawn (§ 11.1)."""

from datetime import datetime
from typing import Final

from temporalio import activity

from activities.assignments import AssignmentCommands, known_assignment
from activities.task_notices import TaskNotices, waited
from domain.assignments.commands import RecordOrderNotice
from domain.assignments.model import Assignment
from domain.assignments.rules import DO_EXTRA_TASK
from domain.assignments.views import AssignmentView, TellDoer
from domain.messages import SYSTEM, Act
from domain.steps import CaseStep
from domain.tasks.notices import SendTaskNotice
from runtime.store import UnitOfWork

TEMPLATE: Final = "order_withdrawn.txt.j2"


class AssignmentNotices:
    """What was ordered is read in the inbox and not in a mailbox: the order by its number."""

    def __init__(self, commands: AssignmentCommands, notices: TaskNotices) -> None:
        self.commands = commands
        self.store = commands.store
        self.notices = notices
        self.letters = notices.letters

    @activity.defn(no_thread_cancel_exception=True)
    def send_extra_task_notice(self, order: SendTaskNotice) -> AssignmentView:
        """Send the notice of a ladder step while it is owed; a repeat is the same message."""
        at = order.at + waited()
        self.notices.send(order, at)
        return self.commands.take_up_assignment(CaseStep(reference=order.reference, at=at))

    @activity.defn(no_thread_cancel_exception=True)
    def tell_of_withdrawal(self, order: TellDoer) -> AssignmentView:
        """Tell one of the doers that the order was withdrawn, unless that is recorded."""
        at = order.at + waited()
        assignment = known_assignment(UnitOfWork(self.store), order.reference)
        if order.recipient in assignment.notices_owed:
            self._tell(assignment, order.recipient, at)
        return self.commands.take_up_assignment(CaseStep(reference=order.reference, at=at))

    def _tell(self, assignment: Assignment, recipient: str, at: datetime) -> None:
        key = f"withdrawn.{recipient.replace('/', '_')}"
        # Made of what it is, so that no crash can give it another one.
        message_id = f"<{assignment.reference}.{key}@{self.letters.domain}>"
        to, code = self.notices.mailboxes(recipient, DO_EXTRA_TASK, at), None
        if to:
            facts = {
                "reference": assignment.reference,
                "title": self.letters.labels.of(DO_EXTRA_TASK, "task_titles"),
                "ordered_as": self.letters.labels.post(assignment.ordered_as),
            }
            message = self.letters.compose(TEMPLATE, facts, ", ".join(to), at)
            code = self.letters.deliver(message, message_id)
        command = RecordOrderNotice(
            recipient=recipient,
            message_id=message_id,
            result="no_address" if not to else "delivered" if code is None else "bounced",
            code=code,
        )
        act = Act(command_id=f"notice:{assignment.reference}:{key}", at=at, by=SYSTEM)

        def work(unit: UnitOfWork) -> None:
            known_assignment(unit, assignment.reference).record_notice(command, act)

        self.store.carry_out(work)
