"""Extra tasks: a unit does what a superior ordered outside its list (§ 4.18-§ 11.25)."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from activities.assignment_notices import AssignmentNotices
    from activities.assignments import AssignmentCommands
    from domain.assignments.views import AssignmentView, TellDoer
    from domain.messages import StartCase
    from workflows import assignment_pages, policies, tasks
    from workflows.deadline import now
    from workflows.instance import Commands, ProcessInstance, Sending


@workflow.defn
class AssignmentWorkflow(ProcessInstance[AssignmentView]):
    """One order, and the one task that it gives its unit."""

    commands = Commands(
        take_up=AssignmentCommands.take_up_assignment,
        climb=AssignmentCommands.climb_assignment_ladders,
        decide=AssignmentCommands.decide_assignment_task,
        instruct=AssignmentCommands.instruct_assignment,
        note_stop=AssignmentCommands.note_assignment_stop,
        remind=AssignmentNotices.send_extra_task_notice,
    )

    @workflow.run
    async def run(self, start: StartCase) -> str:
        """The unit does it in its term, is reminded, or the order is withdrawn and it is told."""
        return await self.live(start, self.one_turn)

    @workflow.query
    def view(self) -> AssignmentView | None:
        """All that the workflow remembers of its order."""
        return self._view

    def messages_due(self) -> Iterator[Sending[AssignmentView]]:
        """Reminders, and the news that the order was withdrawn."""
        yield from self.reminders_due()
        for recipient in self.case.notices_due:
            yield recipient, partial(self._tell, recipient)

    def page(self, moments: list[tuple[datetime, str]]) -> str:
        return assignment_pages.order_page(self.case, moments)

    def attributes(self) -> dict[SearchAttributeKey[Any], Any]:
        return {tasks.UNITS: [self.case.unit]}

    async def _tell(self, recipient: str) -> AssignmentView:
        return await policies.letter_out(
            AssignmentNotices.tell_of_withdrawal,
            TellDoer(reference=self.reference, recipient=recipient, at=now()),
            f"order withdrawn: {recipient}",
        )
