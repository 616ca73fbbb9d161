"""Extra tasks: a unit does what a superior ordered outside its list (§ 4.18-§ 11.25)."""

import asyncio
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.assignment_notices import AssignmentNotices
    from activities.assignments import AssignmentCommands
    from domain.assignments.views import AssignmentView, TellDoer
    from domain.instructions import CaseAnswer, Instruction
    from domain.interventions.commands import CaseStep, DecisionStep, InstructionStep, StopStep
    from domain.messages import StartCase
    from domain.tasks.commands import Answer, Decision
    from domain.tasks.notices import SendTaskNotice, TaskNotice
    from workflows import assignment_pages, pages, policies, tasks
    from workflows.deadline import WakeUp, now


@workflow.defn
class AssignmentWorkflow:
    """One order. The aggregate holds what is true; here is who is asked and what is awaited."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        self.reference = start.reference
        self._order: AssignmentView | None = None
        self._turn = 0
        self._board = tasks.TaskBoard()
        self._attributes = tasks.SearchAttributes()
        self._wake_up = WakeUp(self._see_to_what_is_due)
        self._messages: dict[str, asyncio.Task[None]] = {}

    @workflow.run
    async def run(self, start: StartCase) -> str:
        """The unit does it in its term, is reminded, or the order is withdrawn and it is told."""
        try:
            return await self._live(start)
        except asyncio.CancelledError:
            await self._note_the_stop()
            raise

    async def _live(self, start: StartCase) -> str:
        self._attributes.remember(workflow.info().typed_search_attributes)
        await self._take_up()
        time = asyncio.create_task(self._wake_up.keep_time())
        while not self.order.closed:
            turn = self._turn
            self._send_messages()
            self._show()
            await self._next_turn(turn)
            if workflow.info().is_continue_as_new_suggested():
                await self._finish(time)
                workflow.continue_as_new(start)
        await self._finish(time)
        return self.order.stage

    @workflow.update(name="complete_task")
    async def complete_task(self, decision: Decision) -> Answer:
        """The unit says that it is done; the answer comes after task and order are saved."""
        # A decision may come before the order is read; then it waits a moment.
        await workflow.wait_condition(lambda: self._order is not None)
        self._board.check(decision, self.reference)
        at = now()
        decided = await policies.at_the_store(
            AssignmentCommands.decide_assignment_task,
            DecisionStep(decision=decision, at=at),
            f"{decision.command.outcome}: {decision.command.task_ref}",
        )
        self._board.finished(decision.command.task_ref, decision.act.by, at)
        self._accept(decided.view)
        return decided.answer

    @workflow.update(name="instruct_case")
    async def instruct_case(self, instruction: Instruction) -> CaseAnswer:
        """What is told the order outside its task; the answer comes after it is saved."""
        await workflow.wait_condition(lambda: self._order is not None)
        command = instruction.command
        instructed = await policies.at_the_store(
            AssignmentCommands.instruct_assignment,
            InstructionStep(instruction=instruction, at=now()),
            f"{command.instruction}: {command.case_ref}",
        )
        self._accept(instructed.view)
        return instructed.answer

    @instruct_case.validator
    def check_instruction(self, instruction: Instruction) -> None:
        tasks.refuse_another_case(instruction.command.case_ref, self.reference)

    @complete_task.validator
    def check_decision(self, decision: Decision) -> None:
        if self._order is not None:
            self._board.check(decision, self.reference)

    @workflow.signal
    async def look_again(self) -> None:
        """Somebody knows more of the order than this run: it is read anew."""
        await workflow.wait_condition(lambda: self._order is not None)
        await self._take_up()

    @workflow.query
    def stage(self) -> str:
        return self._order.stage if self._order else "starting"

    @workflow.query
    def known_position(self) -> int:
        """Up to which position of the log this run knows its order."""
        return self._order.position if self._order else 0

    @workflow.query
    def view(self) -> AssignmentView | None:
        """All that the workflow remembers of its order."""
        return self._order

    @workflow.query
    def next_moments(self) -> list[str]:
        """When the order looks after itself next, and why."""
        return list(pages.moment_lines(self._moments())) if self._order else []

    @property
    def order(self) -> AssignmentView:
        assert self._order is not None  # `_take_up` comes first
        return self._order

    async def _next_turn(self, turn: int) -> None:
        await workflow.wait_condition(lambda: self._turn != turn)

    async def _take_up(self) -> None:
        self._accept(await self._step(AssignmentCommands.take_up_assignment))

    async def _see_to_what_is_due(self) -> None:
        self._accept(await self._step(AssignmentCommands.climb_assignment_ladders))

    async def _step(self, command: policies.Command[CaseStep, AssignmentView]) -> AssignmentView:
        return await policies.step_of_run(
            command, lambda: CaseStep(reference=self.reference, at=now())
        )

    def _send_messages(self) -> None:
        """They go out beside the process: none of them holds a decision."""
        for notice in self._board.notices_due:
            if notice.name not in self._messages:
                self._messages[notice.name] = asyncio.create_task(self._remind(notice))
        for recipient in self.order.notices_due:
            if recipient not in self._messages:
                self._messages[recipient] = asyncio.create_task(self._tell(recipient))

    async def _remind(self, notice: TaskNotice) -> None:
        view = await policies.letter_out(
            AssignmentNotices.send_extra_task_notice,
            SendTaskNotice(reference=self.reference, notice=notice, at=now()),
            f"{notice.ladder} {notice.step:+d}: {notice.recipient}",
        )
        del self._messages[notice.name]
        self._accept(view)

    async def _tell(self, recipient: str) -> None:
        view = await policies.letter_out(
            AssignmentNotices.tell_of_withdrawal,
            TellDoer(reference=self.reference, recipient=recipient, at=now()),
            f"order withdrawn: {recipient}",
        )
        del self._messages[recipient]
        self._accept(view)

    async def _finish(self, time: asyncio.Task[None]) -> None:
        """Nothing of this run may be left under way when it ends."""
        self._wake_up.stop()
        await time
        await asyncio.gather(*self._messages.values())
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._show()

    async def _note_the_stop(self) -> None:
        """Cancelling a run is not a decision: the order stands, and is started again."""
        self._wake_up.stop()
        for message in self._messages.values():
            message.cancel()
        await asyncio.gather(*self._messages.values(), return_exceptions=True)
        await policies.step_of_run(
            AssignmentCommands.note_assignment_stop,
            lambda: StopStep(reference=self.reference, at=now(), run_id=workflow.info().run_id),
        )
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _accept(self, view: AssignmentView) -> None:
        """Remember the order as read; a view read before the one known is dropped."""
        if self._order is None or view.position >= self._order.position:
            self._order = view
            self._board.show(view.open_tasks)
        self._turn += 1

    def _moments(self) -> list[tuple[datetime, str]]:
        return sorted(self._board.moments())

    def _show(self) -> None:
        """Arm the next moment, and tell operators where the order stands."""
        moments = self._moments()
        self._wake_up.set(*(moments[0] if moments else (None, "")))
        workflow.set_current_details(assignment_pages.order_page(self.order, moments))
        self._attributes.show(
            {
                tasks.STAGE: self.order.stage,
                tasks.UNITS: [self.order.unit],
                tasks.WAITING: self.order.waiting,
                **self._board.attributes(now()),
            }
        )
