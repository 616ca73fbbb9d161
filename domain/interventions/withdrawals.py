"""The sender does not want the matter looked at any more (A31)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_sender as events
from domain.interventions.commands_sender import (
    ContinueExOfficio,
    StopOnWithdrawal,
    WithdrawIntervention,
)
from domain.interventions.recalls import recall_open_referrals
from domain.interventions.refusals import NothingWithdrawn, WithdrawalUnderDecision
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def withdraw(case: "Intervention", command: WithdrawIntervention, act: Act, book: Rulebook) -> None:
    """A wish, and not yet a decision: the public interest may ask for more."""
    refuse_if_any(withdrawing(case))
    case.record(
        events.WithdrawalReceived,
        act,
        reference=case.reference,
        number=case.withdrawals + 1,
        text_ref=command.text,
    )


def decide_withdrawal(
    case: "Intervention", command: StopOnWithdrawal | ContinueExOfficio, act: Act
) -> None:
    refuse_if_any(deciding_withdrawal(case, type(command).__name__))
    decided = {"reference": case.reference, "number": case.withdrawals}
    if isinstance(command, ContinueExOfficio):
        case.record(events.ContinuedExOfficio, act, reason_ref=command.reason, **decided)
        return
    recall_open_referrals(case, act, command.reason)
    case.record(events.Withdrawn, act, reason_ref=command.reason, **decided)


def withdrawing(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "WithdrawIntervention")
    if case.withdrawal_received_at is not None:
        yield WithdrawalUnderDecision()


def deciding_withdrawal(case: "Intervention", command: str) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, command)
    if case.withdrawal_received_at is None:
        yield NothingWithdrawn()
