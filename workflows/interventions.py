"""Interventions: a report is forwarded, feedback is obtained, the sender is told (§ 9 pt 1-3)."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.interventions import InterventionCommands
    from activities.letters import Letters
    from activities.task_notices import TaskNotices
    from domain.interventions.commands import CaseView, LetterOrder, SendLetter
    from domain.messages import StartCase
    from workflows import pages, policies, tasks
    from workflows.deadline import now
    from workflows.instance import Commands, ProcessInstance, Sending


HOLDS_ARE_SEARCHED = "holds-are-searched"
"""The change with which a run began to tell the server that its case is on hold (ADR 0013)."""


@workflow.defn
class InterventionWorkflow(ProcessInstance[CaseView]):
    """One case, from the report to its closing."""

    commands = Commands(
        take_up=InterventionCommands.take_up_intervention,
        climb=InterventionCommands.climb_intervention_ladders,
        decide=InterventionCommands.decide_intervention_task,
        instruct=InterventionCommands.instruct_intervention,
        note_stop=InterventionCommands.note_stop,
        remind=TaskNotices.send_task_notice,
    )

    @workflow.run
    async def run(self, start: StartCase) -> str:
        """§ 9: take the report in, forward it, obtain feedback, tell the sender, close."""
        return await self.live(start, self._go_on)

    async def _go_on(self) -> None:
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

    @workflow.query
    def view(self) -> CaseView | None:
        """All that the workflow remembers of its case."""
        return self._view

    @workflow.query
    def referrals(self) -> list[str]:
        """Every question to a unit, where it stands and until when."""
        return list(pages.referral_lines(self._view)) if self._view else []

    @workflow.query
    def clocks(self) -> list[str]:
        """The terms of the case and the rules that they are counted by."""
        return list(pages.clock_lines(self._view)) if self._view else []

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
        """One turn after the other, as long as the case stands there."""
        while self.case.stage in stages and not workflow.info().is_continue_as_new_suggested():
            await self.one_turn()

    async def by_itself(self) -> None:
        """Close the case when nothing is due, open or on its way."""
        if self._may_close():
            await self._close()

    def _may_close(self) -> bool:
        if self.case.letters_due or self.is_sending or self.case.open_tasks:
            return False
        ends = self.case.window_ends
        over = ends is not None and ends <= now()
        return self.case.stage == "ending" or (self.case.stage == "replied" and over)

    async def _close(self) -> None:
        try:
            self.accept(await self.step(InterventionCommands.close_intervention))
        except ApplicationError as refusal:
            # An open promise, say: the case stays as it is until something changes.
            workflow.logger.info("not closed yet", extra={"refusal": refusal.type})

    def messages_due(self) -> Iterator[Sending[CaseView]]:
        """The letters of the case, and the reminders of its tasks."""
        for letter in self.case.letters_due:
            yield letter.key, partial(self._send_letter, letter)
        yield from self.reminders_due()

    async def _send_letter(self, letter: LetterOrder) -> CaseView:
        return await policies.letter_out(
            Letters.send_intervention_letter,
            SendLetter(reference=self.reference, letter=letter, at=now()),
            f"{letter.kind} to {letter.recipient}, round {letter.round}",
        )

    def own_moments(self) -> Iterator[tuple[datetime, str]]:
        """When time alone asks something of people, and when the time for reopening ends."""
        for each in self.case.upcoming:
            if each.at > now():
                yield each.at, each.why
        ends = self.case.window_ends
        if self.case.stage == "replied" and ends is not None and ends > now():
            yield ends, "the time for reopening ends"

    def page(self, moments: list[tuple[datetime, str]]) -> str:
        return pages.case_page(self.case, moments)

    def attributes(self) -> dict[SearchAttributeKey[Any], Any]:
        return {
            tasks.UNITS: list(self.case.units),
            tasks.ROUND: self.case.round,
            **self._hold(),
        }

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
