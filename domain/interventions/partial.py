"""A reply in part, and what is told of the rest when it comes (A22, A26).

Once the unit that leads is done and another is late, the head may have the sender told what is
known. The other unit still owes its answer; what it brings is told by a notice of its own (N5b).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions.commands_units import ReplyInPart, WaitForTheRest
from domain.interventions.entities import Referral
from domain.interventions.events_partial import PartialReplyDecided
from domain.interventions.events_units import WaitDecided
from domain.interventions.refusals import NothingToReplyInPart, NoticeTextMissing
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def decide_partial(
    case: "Intervention", referral: str, command: ReplyInPart | WaitForTheRest, act: Act
) -> None:
    refuse_if_any(deciding(case, referral, command, act))
    which = {"reference": case.reference, "referral": referral, "reason_ref": command.reason}
    if isinstance(command, ReplyInPart):
        case.record(PartialReplyDecided, act, **which)
    else:
        case.record(WaitDecided, act, until=None, feedback_by=None, delay_foreseen=False, **which)


def late(case: "Intervention") -> Iterator[Referral]:
    """Who owes an answer, once that of the leading unit is accepted."""
    referrals = case.referrals.values()
    led = any(each.lead and each.state == "accepted" for each in referrals)
    if led and case.stage == "with_units" and not any(r.waits_for_its_way for r in referrals):
        yield from (each for each in referrals if each.owes_answer)


def telling(case: "Intervention", told: str | None) -> Iterator[Refusal]:
    """Whether it is said what the sender is told of an answer that came after the reply."""
    if case.is_replied_in_part and told is None:
        yield NoticeTextMissing(field="told")


def telling_who_has_it(
    case: "Intervention", unit: str, told: str | None, book: Rulebook
) -> Iterator[Refusal]:
    """A body that gives no answer brings nothing that could be told later."""
    if book.routing.has_unit(unit) and not book.routing.unit(unit).gives_feedback:
        yield from telling(case, told)


def deciding(
    case: "Intervention", referral: str, command: ReplyInPart | WaitForTheRest, act: Act
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, type(command).__name__)
    found = next((each for each in late(case) if each.ref == referral), None)
    if found is None or found.feedback_by is None or not found.feedback_by.overdue(act.at):
        yield NothingToReplyInPart(referral=referral)
