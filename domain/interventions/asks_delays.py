"""The task of telling the sender that the settlement will be late (A30)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.commands_units import GiveDelayNotice
from domain.interventions.delays import notice_needed_at
from domain.interventions.transitions import transition_of
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _may_be_late(case: "Intervention") -> bool:
    """KPA art. 245 is about the motion of somebody."""
    return case.is_motion and case.stage in transition_of("GiveDelayNotice").stages


def _notices(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if not _may_be_late(case):
        return
    if case.delay_foreseen or now.at >= notice_needed_at(case, now.book):
        number = len(case.delay_notices) + 1
        yield TaskOrder(type="delay_notice", subject=f"D{number}", round=case.round)


def _moments(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    if _may_be_late(case):
        yield notice_needed_at(case, book), "the sender has to be told of the delay"


ASKS = (
    Ask(
        TaskType(
            name="delay_notice",
            outcomes={"sent": Outcome(GiveDelayNotice)},
            complete="kpa.settle_motion",
        ),
        needed=_notices,
        started_at=lambda case, order: case.settle_by.start,
        # The notice is in time until the end that it moves.
        complete_by=lambda case, order, book: case.settle_by,
        moments=_moments,
    ),
)
