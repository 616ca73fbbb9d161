"""What a unit tells before it can answer: interim information (A16)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_interim
from domain.interventions.commands import GiveInterimInformation
from domain.interventions.entities import Referral
from domain.interventions.refusals import ReferralNotOpen
from domain.interventions.transitions import of_its_stage, stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def give_interim_information(
    case: "Intervention",
    command: GiveInterimInformation,
    act: Act,
    book: Rulebook,
    recorded_by: str | None = None,
) -> None:
    refuse_if_any(informing(case, command))
    case.record(
        events_interim.InterimInformationGiven,
        act,
        reference=case.reference,
        referral=command.referral,
        text_ref=command.text,
        expected_on=command.expected_on,
        tell_sender=_is_late(case.referrals[command.referral], act, book),
        recorded_by=recorded_by,
    )


def _is_late(referral: Referral, act: Act, book: Rulebook) -> bool:
    """Past the term that the unit had at first, whatever was granted since."""
    return book.deadlines.term("int.feedback", referral.sent_at).overdue(act.at)


def informing(case: "Intervention", command: GiveInterimInformation) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, of_its_stage(case, "GiveInterimInformation"))
    found = case.referrals.get(command.referral)
    if found is None or found.state != "sent":
        yield ReferralNotOpen(
            field="referral", referral=command.referral, state=found.state if found else None
        )
