"""A report that says too little: the sender is called to supplement it (A6-A8)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.attachments import attached
from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_sender as events
from domain.interventions.commands_sender import (
    AskSupplement,
    ConsiderAsItIs,
    LeaveWithoutConsideration,
    SupplementIntervention,
)
from domain.interventions.refusals import (
    AlreadyAskedToSupplement,
    CallNotDelivered,
    SenderNotReachable,
    SupplementAwaited,
)
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def ask_supplement(case: "Intervention", command: AskSupplement, act: Act, book: Rulebook) -> None:
    """What is missing is asked for once a round (A6)."""
    refuse_if_any(asking(case))
    case.record(
        events.SupplementAsked,
        act,
        reference=case.reference,
        round=case.round,
        question_ref=command.question,
        clocks=_standing_still(case, act, book),
    )


def supplement(
    case: "Intervention", command: SupplementIntervention, act: Act, book: Rulebook
) -> None:
    """What the sender adds; also after the time for it, as long as nothing was decided (A7)."""
    refuse_if_any(stage_allows(case.stage, "SupplementIntervention"))
    case.record(
        events.Supplemented,
        act,
        reference=case.reference,
        round=case.round,
        text_ref=command.text,
        attachments=command.attachments,
        files=attached(command.files),
        clocks=_running_again(case, act, book),
    )


def lapse(case: "Intervention", act: Act, book: Rulebook) -> None:
    """The time for the supplement is over (A8)."""
    refuse_if_any(stage_allows(case.stage, "LapseSupplement"))
    case.record(
        events.SupplementLapsed,
        act,
        reference=case.reference,
        round=case.round,
        clocks=_running_again(case, act, book),
    )


def decide_incomplete(
    case: "Intervention",
    command: LeaveWithoutConsideration | ConsiderAsItIs,
    act: Act,
    book: Rulebook,
) -> None:
    refuse_if_any(deciding_incomplete(case, type(command).__name__))
    if isinstance(command, LeaveWithoutConsideration):
        case.end("left_without_consideration", act, reason_ref=command.reason)
        return
    case.record(
        events.IncompleteAccepted,
        act,
        reference=case.reference,
        round=case.round,
        reason_ref=command.reason,
        clocks=_running_again(case, act, book),
    )


def asking(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "AskSupplement")
    if case.reach == "none":
        yield SenderNotReachable(anonymous=case.sender is None)
    if case.round in case.supplements:
        yield AlreadyAskedToSupplement(round=case.round)


def deciding_incomplete(case: "Intervention", command: str) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, command)
    if not undecided(case):
        yield SupplementAwaited()
    if command == "LeaveWithoutConsideration" and call_failed(case):
        yield CallNotDelivered()


def ends(case: "Intervention", book: Rulebook) -> Iterator[tuple[datetime, str]]:
    """When the time for the supplement ends, as long as it is awaited."""
    term = case.clocks.get("supplement")
    if awaited(case) and term is not None and term.ends_at is not None:
        yield term.ends_at, str(case.round)


def awaited(case: "Intervention") -> bool:
    """Whether it is the sender's turn."""
    return case.stage == "awaiting_supplement" and not undecided(case)


def undecided(case: "Intervention") -> bool:
    """Whether somebody has to decide about a report that was not supplemented."""
    if case.stage != "awaiting_supplement":
        return False
    return case.supplements[case.round].lapsed_at is not None or call_failed(case)


def call_failed(case: "Intervention") -> bool:
    """The call could not be delivered, so its time never began."""
    letter = case.letters.get(f"N3.{case.round}.sender")
    return letter is not None and letter.state == "noted"


def undecided_since(case: "Intervention") -> datetime:
    key = f"N3.{case.round}.sender"
    asked = case.supplements[case.round]
    return asked.lapsed_at or case.bounced_at.get(key) or asked.asked_at


def term_of_call(case: "Intervention", act: Act, book: Rulebook) -> Term | None:
    """The time that the delivery of the call gives; none when the call is out of date."""
    if case.stage != "awaiting_supplement":
        return None
    return book.deadlines.term("rm2002.supplement", act.at)


def _standing_still(case: "Intervention", act: Act, book: Rulebook) -> dict[str, Term]:
    """Our own clocks, and those of law only if their rows say so; the receipt is confirmed
    whatever the report says."""
    return {
        name: book.deadlines.suspend(term, act.at)
        for name, term in case.clocks.items()
        if name != "acknowledgement"
        and term.suspended_since is None
        and book.deadlines.may_stop(term)
    }


def _running_again(case: "Intervention", act: Act, book: Rulebook) -> dict[str, Term]:
    if case.on_hold:
        return {}  # they go on with the case
    return {
        name: book.deadlines.resume(term, act.at)
        for name, term in case.clocks.items()
        if term.suspended_since is not None
    }
