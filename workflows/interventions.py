"""Interventions: a report is forwarded, feedback is obtained, the sender is told (§ 9 pt 1-3)."""

import asyncio
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.interventions import InterventionCommands
    from activities.letters import Letters
    from activities.task_notices import TaskNotices
    from domain.instructions import CaseAnswer, Instruction
    from domain.interventions.commands import (
        CaseStep,
        CaseView,
        DecisionStep,
        InstructionStep,
        LetterOrder,
        SendLetter,
        StopStep,
    )
    from domain.messages import StartCase
    from domain.tasks.commands import Answer, Decision
    from domain.tasks.notices import SendTaskNotice, TaskNotice
    from workflows import pages, policies, tasks
    from workflows.deadline import WakeUp, now


HOLDS_ARE_SEARCHED = "holds-are-searched"
"""The change with which a run began to tell the server that its case is on hold (ADR 0013)."""


@workflow.defn
class InterventionWorkflow:
    """One case. The aggregate holds what is true; here is who is asked and what is awaited."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        self.reference = start.reference
        self._case: CaseView | None = None
        self._turn = 0
        self._board = tasks.TaskBoard()
        self._attributes = tasks.SearchAttributes()
        self._wake_up = WakeUp(self._see_to_what_is_due)
        self._letters: dict[str, asyncio.Task[None]] = {}

    @workflow.run
    async def run(self, start: StartCase) -> str:
        """§ 9: take the report in, forward it, obtain feedback, tell the sender, close."""
        try:
            return await self._live(start)
        except asyncio.CancelledError:
            await self._note_the_stop()
            raise

    async def _live(self, start: StartCase) -> str:
        self._attributes.remember(workflow.info().typed_search_attributes)
        await self._take_up()
        time = asyncio.create_task(self._wake_up.keep_time())
        while not self.case.closed:
            match self.case.stage:
                case "triage":
                    await self._triage()
                case "awaiting_supplement":
                    await self._await_the_supplement()
                case "with_units":
                    await self._collect_answers()
                case "drafting" | "approval":
                    await self._reply()
                case "replied":
                    await self._close_after_the_window()
                case "ending":
                    await self._end()
            if workflow.info().is_continue_as_new_suggested():
                await self._finish(time)
                workflow.continue_as_new(start)
        await self._finish(time)
        return self.case.stage

    @workflow.update(name="complete_task")
    async def complete_task(self, decision: Decision) -> Answer:
        """A person decides; the answer comes after task and case are saved."""
        # A decision may come before the case is read; then it waits a moment.
        await workflow.wait_condition(lambda: self._case is not None)
        self._board.check(decision, self.reference)
        at = now()
        decided = await policies.at_the_store(
            InterventionCommands.decide_intervention_task,
            DecisionStep(decision=decision, at=at),
            f"{decision.command.outcome}: {decision.command.task_ref}",
        )
        self._board.finished(decision.command.task_ref, decision.act.by, at)
        self._accept(decided.view)
        return decided.answer

    @workflow.update(name="instruct_case")
    async def instruct_case(self, instruction: Instruction) -> CaseAnswer:
        """What a person tells the case outside its tasks; the answer comes after it is saved."""
        await workflow.wait_condition(lambda: self._case is not None)
        command = instruction.command
        instructed = await policies.at_the_store(
            InterventionCommands.instruct_intervention,
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
        if self._case is not None:
            self._board.check(decision, self.reference)

    @workflow.signal
    async def look_again(self) -> None:
        """Somebody knows more of the case than this run: it is read anew.

        A decision may have been saved in the moment in which its worker and the server died.
        """
        await workflow.wait_condition(lambda: self._case is not None)
        await self._take_up()

    @workflow.query
    def stage(self) -> str:
        return self._case.stage if self._case else "starting"

    @workflow.query
    def known_position(self) -> int:
        """Up to which position of the log this run knows its case."""
        return self._case.position if self._case else 0

    @workflow.query
    def view(self) -> CaseView | None:
        """All that the workflow remembers of its case."""
        return self._case

    @workflow.query
    def referrals(self) -> list[str]:
        """Every question to a unit, where it stands and until when."""
        return list(pages.referral_lines(self._case)) if self._case else []

    @workflow.query
    def clocks(self) -> list[str]:
        """The terms of the case and the rules that they are counted by."""
        return list(pages.clock_lines(self._case)) if self._case else []

    @workflow.query
    def next_moments(self) -> list[str]:
        """When the case looks after itself next, and why."""
        return list(pages.moment_lines(self._moments())) if self._case else []

    @property
    def case(self) -> CaseView:
        assert self._case is not None  # `_take_up` comes first
        return self._case

    async def _take_up(self) -> None:
        self._accept(await self._step(InterventionCommands.take_up_intervention))

    async def _triage(self) -> None:
        """KS-06 decides to whom the matter goes."""
        await self._while_at("triage")

    async def _await_the_supplement(self) -> None:
        """The sender says what was missing, or the time for it ends and the head decides."""
        await self._while_at("awaiting_supplement")

    async def _collect_answers(self) -> None:
        """The units answer, KS-06 checks whether the answer answers."""
        await self._while_at("with_units")

    async def _reply(self) -> None:
        """KS-06 writes the outcome; what is sensitive is approved by another person."""
        await self._while_at("drafting", "approval")

    async def _close_after_the_window(self) -> None:
        """The sender may ask to reopen until the window ends; then the case closes."""
        await self._while_at("replied")

    async def _end(self) -> None:
        """The outcome is decided; the case closes as soon as its last letters are out."""
        await self._while_at("ending")

    async def _while_at(self, *stages: str) -> None:
        """Send what is due, and wait for what people decide."""
        while self.case.stage in stages and not workflow.info().is_continue_as_new_suggested():
            turn = self._turn
            self._send_letters()
            self._show()
            if self._may_close():
                await self._close()
            await self._next_turn(turn)

    async def _next_turn(self, turn: int) -> None:
        await workflow.wait_condition(lambda: self._turn != turn)

    def _may_close(self) -> bool:
        if self.case.letters_due or self._letters or self.case.open_tasks:
            return False
        ends = self.case.window_ends
        over = ends is not None and ends <= now()
        return self.case.stage == "ending" or (self.case.stage == "replied" and over)

    async def _close(self) -> None:
        try:
            self._accept(await self._step(InterventionCommands.close_intervention))
        except ApplicationError as refusal:
            # An open promise, say: the case stays as it is until something changes.
            workflow.logger.info("not closed yet", extra={"refusal": refusal.type})

    async def _see_to_what_is_due(self) -> None:
        self._accept(await self._step(InterventionCommands.climb_intervention_ladders))

    async def _step(self, command: policies.Command[CaseStep, CaseView]) -> CaseView:
        return await policies.step_of_run(
            command, lambda: CaseStep(reference=self.reference, at=now())
        )

    def _send_letters(self) -> None:
        """Letters go out beside the process: none of them holds a decision."""
        for letter in self.case.letters_due:
            if letter.key not in self._letters:
                self._letters[letter.key] = asyncio.create_task(self._send(letter))
        for notice in self._board.notices_due:
            if notice.name not in self._letters:
                self._letters[notice.name] = asyncio.create_task(self._remind(notice))

    async def _send(self, letter: LetterOrder) -> None:
        view = await policies.letter_out(
            Letters.send_intervention_letter,
            SendLetter(reference=self.reference, letter=letter, at=now()),
            f"{letter.kind} to {letter.recipient}, round {letter.round}",
        )
        del self._letters[letter.key]
        self._accept(view)

    async def _remind(self, notice: TaskNotice) -> None:
        view = await policies.letter_out(
            TaskNotices.send_task_notice,
            SendTaskNotice(reference=self.reference, notice=notice, at=now()),
            f"{notice.ladder} {notice.step:+d}: {notice.recipient}",
        )
        del self._letters[notice.name]
        self._accept(view)

    async def _finish(self, time: asyncio.Task[None]) -> None:
        """Nothing of this run may be left under way when it ends."""
        self._wake_up.stop()
        await time
        await asyncio.gather(*self._letters.values())
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._show()

    async def _note_the_stop(self) -> None:
        """Cancelling a run is not a decision: the case is started again, and somebody is asked."""
        self._wake_up.stop()
        for letter in self._letters.values():
            letter.cancel()
        await asyncio.gather(*self._letters.values(), return_exceptions=True)
        await policies.step_of_run(
            InterventionCommands.note_stop,
            lambda: StopStep(reference=self.reference, at=now(), run_id=workflow.info().run_id),
        )
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _accept(self, view: CaseView) -> None:
        """Remember the case as read; a view read before the one known is dropped."""
        if self._case is None or view.position >= self._case.position:
            self._case = view
            self._board.show(view.open_tasks)
        self._turn += 1

    def _moments(self) -> list[tuple[datetime, str]]:
        """The moments still to come; what is due is looked at in every turn anyway."""
        moments = list(self._board.moments())
        moments += [(each.at, each.why) for each in self.case.upcoming if each.at > now()]
        ends = self.case.window_ends
        if self.case.stage == "replied" and ends is not None and ends > now():
            moments.append((ends, "the time for reopening ends"))
        return sorted(moments)

    def _show(self) -> None:
        """Arm the next moment, and tell operators where the case stands."""
        moments = self._moments()
        self._wake_up.set(*(moments[0] if moments else (None, "")))
        workflow.set_current_details(pages.case_page(self.case, moments))
        self._attributes.show(
            {
                tasks.STAGE: self.case.stage,
                tasks.UNITS: list(self.case.units),
                tasks.ROUND: self.case.round,
                tasks.WAITING: self.case.waiting,
                **self._board.attributes(now()),
                **self._hold(),
            }
        )

    def _hold(self) -> dict[SearchAttributeKey[Any], Any]:
        """Whether the case stands still, from the first time that it does.

        Runs that were under way before this was added have no such step in their histories; they
        go on without it, and their cases show it from their next run on.
        """
        if not self.case.on_hold and not self._attributes.knows(tasks.ON_HOLD):
            return {}
        if not workflow.patched(HOLDS_ARE_SEARCHED):
            return {}
        return {tasks.ON_HOLD: self.case.on_hold}
