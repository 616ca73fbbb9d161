"""Tasks of the receipt: what the report is, and who gets it (§ 9.1-2)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.commands import ForwardIntervention
from domain.interventions.commands_duplicates import MarkDuplicate
from domain.interventions.commands_sender import AskSupplement
from domain.interventions.commands_transfers import ProposeRequalification
from domain.interventions.commands_triage import (
    AnswerAtOnce,
    HandOverIntervention,
    LeaveAside,
)
from domain.references import WHOLE_CASE
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _triage(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    if case.stage == "triage" and case.proposal is None:
        yield TaskOrder(type="triage", subject=WHOLE_CASE, round=case.triages)


ASKS = (
    Ask(
        TaskType(
            name="triage",
            outcomes={
                "forward": Outcome(ForwardIntervention),
                "hand_over": Outcome(HandOverIntervention),
                "answer_at_once": Outcome(AnswerAtOnce),
                "ask_supplement": Outcome(AskSupplement),
                "requalify": Outcome(ProposeRequalification),
                "duplicate": Outcome(MarkDuplicate),
                "leave_without_consideration": Outcome(LeaveAside),
            },
            complete="int.triage",
        ),
        needed=_triage,
        started_at=lambda case, order: case.triage_since,
        complete_by=lambda case, order, book: case.clocks["triage"],
    ),
)
