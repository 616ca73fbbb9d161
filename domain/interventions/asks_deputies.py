"""The task of telling an MP, a senator or a councillor where the matter stands."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.commands_deputies import TellState
from domain.interventions.deputies import CLOCK, needed_at
from domain.interventions.transitions import UNANSWERED
from domain.references import WHOLE_CASE
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _states(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    at = needed_at(case, now.book)
    if case.stage in UNANSWERED and at is not None and at <= now.at:
        yield TaskOrder(type="state_notice", subject=WHOLE_CASE, round=case.round)


def _moments(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    at = needed_at(case, book)
    if case.stage in UNANSWERED and at is not None:
        yield at, f"the {case.brought_by} has to be told where the matter stands"


ASKS = (
    Ask(
        TaskType(
            name="state_notice",
            outcomes={"sent": Outcome(TellState)},
            complete="kpa.deputy_notice",
        ),
        needed=_states,
        started_at=lambda case, order: case.received_at,
        complete_by=lambda case, order, book: case.clocks[CLOCK],
        moments=_moments,
    ),
)
