"""A case on hold: what stands still, what runs on, and how it goes on (A32).

Terms of our own and of contracts stop, and go on with the working days that were left. A term of
an act runs on whatever the Office does with the case, unless its row says otherwise.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_holds as events
from domain.interventions import supplements
from domain.interventions.commands_holds import HoldCase, ResumeCase
from domain.interventions.entities import Referral
from domain.interventions.refusals import HeldAlready, NotOnHold
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def hold_case(case: "Intervention", command: HoldCase, act: Act, book: Rulebook) -> None:
    refuse_if_any(holding(case))

    def stopped(term: Term | None) -> Term | None:
        if term is None or term.suspended_since is not None or not book.deadlines.may_stop(term):
            return None
        return book.deadlines.suspend(term, act.at)

    waiting = [referral for referral in case.referrals.values() if referral.state == "sent"]
    terms = _moved(case, stopped, _not_met(case), waiting)
    number, reason = len(case.standstills) + 1, command.reason
    case.record(
        events.Held, act, reference=case.reference, number=number, reason_ref=reason, **terms
    )


def resume_case(case: "Intervention", command: ResumeCase, act: Act, book: Rulebook) -> None:
    refuse_if_any(resuming(case))

    since = case.standstills[-1].since
    waits_for_sender = supplements.awaited(case)

    def gone_on(term: Term | None) -> Term | None:
        if term is None or term.suspended_since is None:
            return None
        if waits_for_sender and term.suspended_since < since:
            return None  # the call for a supplement had stopped it before
        return book.deadlines.resume(term, act.at)

    terms = _moved(case, gone_on, case.clocks, case.referrals.values())
    number, reason = len(case.standstills), command.reason
    case.record(
        events.Resumed, act, reference=case.reference, number=number, reason_ref=reason, **terms
    )


def holding(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "HoldCase")
    if case.on_hold:
        yield HeldAlready(since=case.standstills[-1].since.isoformat())


def resuming(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "ResumeCase")
    if not case.on_hold:
        yield NotOnHold()


def standing(case: "Intervention", term: Term, book: Rulebook) -> Term:
    """A term that was counted from a fact of the case, with what the case stood still since."""
    if not book.deadlines.may_stop(term):
        return term
    for stop in case.standstills:
        if stop.until is None or stop.until > term.start:
            term = book.deadlines.suspend(term, max(stop.since, term.start))
            term = term if stop.until is None else book.deadlines.resume(term, stop.until)
    return term


def _moved(
    case: "Intervention",
    move: Callable[[Term | None], Term | None],
    clocks: Iterable[str],
    referrals: Iterable[Referral],
) -> Mapping[str, Any]:
    """The terms that move, with their new values."""
    waiting = tuple(referrals)
    return {
        "clocks": _those({name: move(case.clocks[name]) for name in clocks}),
        "claims": _those({referral.ref: move(referral.claim_by) for referral in waiting}),
        "feedback": _those({referral.ref: move(referral.feedback_by) for referral in waiting}),
        "window": move(case.window),
    }


def _those(moved: Mapping[str, Term | None]) -> dict[str, Term]:
    return {name: term for name, term in moved.items() if term is not None}


def _not_met(case: "Intervention") -> Iterator[str]:
    """The clocks of the case that still wait for what they were set for."""
    met = {"acknowledgement"} if "N1.1.sender" in case.letters else set()
    if case.stage not in ("triage", "awaiting_supplement"):
        met.add("triage")
    yield from (name for name in case.clocks if name not in met)
