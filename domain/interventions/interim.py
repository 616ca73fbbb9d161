"""What a unit tells before it can answer: interim information (A16)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands import GiveInterimInformation
from domain.interventions.refusals import ReferralNotOpen
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def give_interim_information(
    case: "Intervention", command: GiveInterimInformation, act: Act, book: Rulebook
) -> None:
    refuse_if_any(informing(case, command))
    case.record(
        events.InterimInformationGiven,
        act,
        reference=case.reference,
        referral=command.referral,
        text_ref=command.text,
        expected_on=command.expected_on,
    )


def informing(case: "Intervention", command: GiveInterimInformation) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "GiveInterimInformation")
    found = case.referrals.get(command.referral)
    if found is None or found.state != "sent":
        yield ReferralNotOpen(
            field="referral", referral=command.referral, state=found.state if found else None
        )
