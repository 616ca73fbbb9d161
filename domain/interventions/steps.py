"""Single steps of a case that operators take back, give more time, or open again (§ 7 of tasks).

An operator never decides on the merits: what a step asks, and of whom, stays as the process says.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_steps as events
from domain.interventions import forms
from domain.interventions.asks import Now
from domain.interventions.commands_steps import MoveTerm, ReopenStep, TakeTaskBack
from domain.interventions.refusals import (
    NewDatePassed,
    StepNotTakenBack,
    TaskNotAsked,
    TermOfLaw,
)
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.references import step_of
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def take_task_back(case: "Intervention", command: TakeTaskBack, act: Act, book: Rulebook) -> None:
    refuse_if_any(taking_back(case, command, act, book))
    case.record(
        events.TaskTakenBack,
        act,
        reference=case.reference,
        task_ref=command.task,
        reason_ref=command.reason,
    )


def move_term(case: "Intervention", command: MoveTerm, act: Act, book: Rulebook) -> None:
    refuse_if_any(moving_term(case, command, act, book))
    case.record(
        events.TermMoved,
        act,
        reference=case.reference,
        task_ref=command.task,
        reason_ref=command.reason,
        until=command.until,
    )


def reopen_step(case: "Intervention", command: ReopenStep, act: Act, book: Rulebook) -> None:
    refuse_if_any(reopening(case, command, act, book))
    step = step_of(command.task)
    case.record(
        events.StepReopened,
        act,
        reference=case.reference,
        task_ref=command.task,
        reason_ref=command.reason,
        step=step,
        attempt=case.attempts.get(step, 1) + 1,
    )


def taking_back(
    case: "Intervention", command: TakeTaskBack, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "TakeTaskBack")
    if _asked(case, command.task, act, book) is None:
        yield TaskNotAsked(field="task", task=command.task)


def moving_term(
    case: "Intervention", command: MoveTerm, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "MoveTerm")
    order = _asked(case, command.task, act, book)
    if order is None:
        yield TaskNotAsked(field="task", task=command.task)
    else:
        term = forms.task_for(case, order, book).complete_by
        if term is not None and not book.deadlines.may_stop(term):
            yield TermOfLaw(field="task", rule=term.rule, basis=term.basis)
    if command.until < local_day(act.at):
        yield NewDatePassed(field="until", until=str(command.until))


def reopening(
    case: "Intervention", command: ReopenStep, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "ReopenStep")
    waiting = forms.steps_taken_back(case, Now(act.at, book))
    if command.task not in waiting:
        yield StepNotTakenBack(field="task", waiting=sorted(waiting))


def _asked(case: "Intervention", task: str, act: Act, book: Rulebook) -> TaskOrder | None:
    """The step that the task serves, as long as the case waits for it."""
    needed = forms.tasks_needed(case, Now(act.at, book))
    return next((order for order in needed if forms.ref_of(case, order) == task), None)
