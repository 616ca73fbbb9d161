"""A running instance of any process: what is asked, decided, sent and awaited for one case."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from domain.instructions import CaseAnswer, Instruction
    from domain.messages import StartCase
    from domain.steps import (
        CaseStep,
        Decided,
        DecisionStep,
        Instructed,
        InstructionStep,
        StopStep,
    )
    from domain.tasks.commands import Answer, Decision, OpenTaskRow
    from domain.tasks.notices import SendTaskNotice, TaskNotice
    from workflows import pages, policies, tasks
    from workflows.deadline import WakeUp, now


class View(Protocol):
    """What every workflow remembers of its case: where it stands and what it waits for."""

    @property
    def position(self) -> int:
        """The end of the event log when this was read; of two views the later one is right."""

    @property
    def stage(self) -> str: ...

    @property
    def closed(self) -> bool: ...

    @property
    def waiting(self) -> str:
        """For whom: the Department, a unit, the sender, or nobody."""

    @property
    def open_tasks(self) -> Sequence[OpenTaskRow]: ...


V = TypeVar("V", bound=View)

Sending = tuple[str, Callable[[], Awaitable[V]]]
"""A message under the name that it is sent under once, and how it is sent."""


@dataclass(frozen=True)
class Commands(Generic[V]):
    """The activities by which a process reaches its aggregate."""

    take_up: policies.Command[CaseStep, V]
    climb: policies.Command[CaseStep, V]
    # In quotes, as pydantic would look for the schema of a view that is only described.
    decide: "policies.Command[DecisionStep, Decided[V]]"
    instruct: "policies.Command[InstructionStep, Instructed[V]]"
    note_stop: policies.Command[StopStep, V]
    remind: policies.Command[SendTaskNotice, V]


class ProcessInstance(ABC, Generic[V]):
    """One case. The aggregate holds what is true; here is who is asked and what is awaited.

    A process says which commands it has, what it sends, shows and does by itself, and tells its
    order in its own `run`.
    """

    commands: Commands[V]

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        self.reference = start.reference
        self._view: V | None = None
        self._turn = 0
        self._board = tasks.TaskBoard()
        self._attributes = tasks.SearchAttributes()
        self._wake_up = WakeUp(self._see_to_what_is_due)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    @abstractmethod
    def messages_due(self) -> Iterator[Sending[V]]:
        """What has to go out now, in its order."""

    @abstractmethod
    def page(self, moments: list[tuple[datetime, str]]) -> str:
        """What operators read of the case."""

    @abstractmethod
    def attributes(self) -> dict[SearchAttributeKey[Any], Any]:
        """What operators search for, besides what the open tasks tell."""

    def own_moments(self) -> Iterator[tuple[datetime, str]]:
        """Moments to come that are not those of a task, each with its reason."""
        return iter(())

    async def by_itself(self) -> None:
        """What the process does of its own, once all that is due was sent."""

    async def live(self, start: StartCase, go_on: Callable[[], Awaitable[None]]) -> str:
        """Go on until the case is closed, and tell at which stage it ended.

        A run whose history has grown long goes on as a new one.
        """
        try:
            self._attributes.remember(workflow.info().typed_search_attributes)
            await self._take_up()
            time = asyncio.create_task(self._wake_up.keep_time())
            while not self.case.closed:
                await go_on()
                if workflow.info().is_continue_as_new_suggested():
                    await self._finish(time)
                    workflow.continue_as_new(start)
            await self._finish(time)
            return self.case.stage
        except asyncio.CancelledError:
            await self._note_the_stop()
            raise

    async def one_turn(self) -> None:
        """Send what is due, and wait for what people decide or time brings."""
        turn = self._turn
        self._send_messages()
        self._show()
        await self.by_itself()
        await workflow.wait_condition(lambda: self._turn != turn)

    @workflow.update(name="complete_task")
    async def complete_task(self, decision: Decision) -> Answer:
        """A person decides; the answer comes after task and case are saved."""
        # A decision may come before the case is read; then it waits a moment.
        await workflow.wait_condition(lambda: self._view is not None)
        self._board.check(decision, self.reference)
        at = now()
        decided = await policies.at_the_store(
            self.commands.decide,
            DecisionStep(decision=decision, at=at),
            f"{decision.command.outcome}: {decision.command.task_ref}",
        )
        self._board.finished(decision.command.task_ref, decision.act.by, at)
        self.accept(decided.view)
        return decided.answer

    @complete_task.validator
    def check_decision(self, decision: Decision) -> None:
        if self._view is not None:
            self._board.check(decision, self.reference)

    @workflow.update(name="instruct_case")
    async def instruct_case(self, instruction: Instruction) -> CaseAnswer:
        """What a person tells the case outside its tasks; the answer comes after it is saved."""
        await workflow.wait_condition(lambda: self._view is not None)
        command = instruction.command
        instructed = await policies.at_the_store(
            self.commands.instruct,
            InstructionStep(instruction=instruction, at=now()),
            f"{command.instruction}: {command.case_ref}",
        )
        self.accept(instructed.view)
        return instructed.answer

    @instruct_case.validator
    def check_instruction(self, instruction: Instruction) -> None:
        tasks.refuse_another_case(instruction.command.case_ref, self.reference)

    @workflow.signal
    async def look_again(self) -> None:
        """Somebody knows more of the case than this run: it is read anew.

        A decision may have been saved in the moment in which its worker and the server died.
        """
        await workflow.wait_condition(lambda: self._view is not None)
        await self._take_up()

    @workflow.query
    def stage(self) -> str:
        return self._view.stage if self._view else "starting"

    @workflow.query
    def known_position(self) -> int:
        """Up to which position of the log this run knows its case."""
        return self._view.position if self._view else 0

    @workflow.query
    def next_moments(self) -> list[str]:
        """When the case looks after itself next, and why."""
        return list(pages.moment_lines(self._moments())) if self._view else []

    @property
    def case(self) -> V:
        """What is remembered of the case."""
        assert self._view is not None  # `_take_up` comes first
        return self._view

    @property
    def is_sending(self) -> bool:
        """Whether a message is on its way."""
        return bool(self._under_way)

    def accept(self, view: V) -> None:
        """Remember the case as read; a view read before the one known is dropped."""
        if self._view is None or view.position >= self._view.position:
            self._view = view
            self._board.show(view.open_tasks)
        self._turn += 1

    async def step(self, command: policies.Command[CaseStep, V]) -> V:
        """A command of the process itself, at this moment."""
        return await policies.step_of_run(
            command, lambda: CaseStep(reference=self.reference, at=now())
        )

    def reminders_due(self) -> Iterator[Sending[V]]:
        """What the ladders of the open tasks owe to their recipients."""
        for notice in self._board.notices_due:
            yield notice.name, partial(self._remind, notice)

    async def _take_up(self) -> None:
        self.accept(await self.step(self.commands.take_up))

    async def _see_to_what_is_due(self) -> None:
        self.accept(await self.step(self.commands.climb))

    async def _remind(self, notice: TaskNotice) -> V:
        return await policies.letter_out(
            self.commands.remind,
            SendTaskNotice(reference=self.reference, notice=notice, at=now()),
            f"{notice.ladder} {notice.step:+d}: {notice.recipient}",
        )

    def _send_messages(self) -> None:
        """They go out beside the process: none of them holds a decision."""
        for name, send in self.messages_due():
            if name not in self._under_way:
                self._under_way[name] = asyncio.create_task(self._send(name, send))

    async def _send(self, name: str, send: Callable[[], Awaitable[V]]) -> None:
        view = await send()
        del self._under_way[name]
        self.accept(view)

    async def _finish(self, time: asyncio.Task[None]) -> None:
        """Nothing of this run may be left under way when it ends."""
        self._wake_up.stop()
        await time
        await asyncio.gather(*self._under_way.values())
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._show()

    async def _note_the_stop(self) -> None:
        """Cancelling a run is not a decision: the case is started again, and somebody is asked."""
        self._wake_up.stop()
        for message in self._under_way.values():
            message.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await policies.step_of_run(
            self.commands.note_stop,
            lambda: StopStep(reference=self.reference, at=now(), run_id=workflow.info().run_id),
        )
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _moments(self) -> list[tuple[datetime, str]]:
        """The moments still to come; what is due is looked at in every turn anyway."""
        return sorted([*self._board.moments(), *self.own_moments()])

    def _show(self) -> None:
        """Arm the next moment, and tell operators where the case stands."""
        moments = self._moments()
        self._wake_up.set(*(moments[0] if moments else (None, "")))
        workflow.set_current_details(self.page(moments))
        self._attributes.show(
            {
                tasks.STAGE: self.case.stage,
                tasks.WAITING: self.case.waiting,
                **self._board.attributes(now()),
                **self.attributes(),
            }
        )
