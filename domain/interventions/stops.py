"""A workflow that was cancelled in the Temporal UI: noted, and justified by a person (A33)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands import CloseInError, RestartWorkflow
from domain.interventions.records import end_as_registered_in_error
from domain.interventions.refusals import NothingToJustify
from domain.interventions.transitions import stage_allows
from domain.messages import Act

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def note_stop(case: "Intervention", act: Act) -> None:
    """Cancelling is not a decision: the case stays as it is, and somebody has to say why."""
    refuse_if_any(stage_allows(case.stage, "StopWorkflow"))
    case.record(events.WorkflowStopped, act, reference=case.reference, number=case.stops + 1)


def justify_stop(case: "Intervention", command: RestartWorkflow | CloseInError, act: Act) -> None:
    refuse_if_any(justifying(case, type(command).__name__))
    if isinstance(command, RestartWorkflow):
        case.record(
            events.StopJustified,
            act,
            reference=case.reference,
            number=case.stops,
            reason_ref=command.reason,
        )
        return
    end_as_registered_in_error(case, command.reason, act)


def justifying(case: "Intervention", command: str) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, command)
    if case.stopped_at is None:
        yield NothingToJustify()
