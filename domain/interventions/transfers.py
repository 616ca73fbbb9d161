"""A report that is something else: proposed, and confirmed by another person (A9, A10).

What it turns out to be is handed to the register of that kind by letter. The first date of
receipt stays, and the term of the new kind runs from it.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from domain.errors import Refusal, refusals_of, refuse_if_any
from domain.interventions import events_transfers as events
from domain.interventions.commands_transfers import (
    ConfirmRequalification,
    ProposeRequalification,
    RejectRequalification,
)
from domain.interventions.recalls import recall_open_referrals
from domain.interventions.refusals import (
    KindUnknown,
    NothingProposed,
    OwnerMissing,
    OwnerNotOfTheCity,
    RequalificationOpen,
    UnitNotActive,
)
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.requalification import Kind
from domain.rulebook import Rulebook
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def propose(
    case: "Intervention",
    command: ProposeRequalification,
    act: Act,
    book: Rulebook,
    *,
    review: int | None = None,
) -> None:
    """A clerk sees that the report is of another kind (A9), or the head that a request is (A27)."""
    refuse_if_any(proposing(case, command, act, book))
    kind = book.requalification.kind(command.kind, local_day(act.at))
    owner = command.to or (kind.owner if kind else None)
    assert owner is not None  # the guard above
    case.record(
        events.RequalificationProposed,
        act,
        reference=case.reference,
        number=case.proposals + 1,
        kind=command.kind,
        to=owner,
        reason_ref=command.reason,
        review=review,
    )


def decide_proposal(
    case: "Intervention",
    command: ConfirmRequalification | RejectRequalification,
    act: Act,
    book: Rulebook,
) -> None:
    """The head decides whether it is (A10)."""
    refuse_if_any(deciding(case, type(command).__name__, act, book))
    assert case.proposal is not None  # the guard above
    if isinstance(command, RejectRequalification):
        case.record(
            events.RequalificationRejected,
            act,
            reference=case.reference,
            number=case.proposals,
            kind=case.proposal.kind,
            reason_ref=command.reason,
        )
        return
    kind = book.requalification.kind(case.proposal.kind, local_day(act.at))
    assert kind is not None  # the guard above
    recall_open_referrals(case, act)
    case.record(
        events.Requalified,
        act,
        reference=case.reference,
        number=case.proposals,
        kind=kind.id,
        owner=case.proposal.to,
        row_valid_from=kind.valid_from,
        target_ref=None,
        received_at=case.received_at,
        terms={rule: book.deadlines.term(rule, case.received_at) for rule in kind.terms},
        note_ref=command.note,
    )


def proposing(
    case: "Intervention", command: ProposeRequalification, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "ProposeRequalification")
    if case.proposal is not None:
        yield RequalificationOpen(kind=case.proposal.kind)
    kind = book.requalification.kind(command.kind, local_day(act.at))
    if kind is None or not kind.proposed:
        known = list(book.requalification.proposable(local_day(act.at)))
        yield KindUnknown(field="kind", kind=command.kind, known=known)
    else:
        yield from _countable(case, kind, book)
        yield from _owned(kind, command, act, book)


def deciding(case: "Intervention", command: str, act: Act, book: Rulebook) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, command)
    if case.proposal is None:
        yield NothingProposed()
        return
    kind = book.requalification.kind(case.proposal.kind, local_day(act.at))
    if command == "ConfirmRequalification" and kind is None:
        yield KindUnknown(kind=case.proposal.kind)


def _countable(case: "Intervention", kind: Kind, book: Rulebook) -> Iterator[Refusal]:
    """Some terms have no length until the operator gives them one."""
    for rule in kind.terms:
        yield from refusals_of(partial(book.deadlines.term, rule, case.received_at))


def _owned(
    kind: Kind, command: ProposeRequalification, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    """Whether it is known whose register it goes into; only a unit of the City keeps one."""
    if command.to is None:
        if kind.owner is None:
            yield OwnerMissing(field="to", kind=kind.id)
        return
    if not book.routing.unit_active(command.to, local_day(act.at)):
        yield UnitNotActive(field="to", unit=command.to)
    elif kind.owner is not None or book.routing.unit(command.to).is_separate_controller:
        yield OwnerNotOfTheCity(field="to", unit=command.to, owner=kind.owner)
