"""The delay that the sender is told of in time, with reasons and a new date (KPA art. 245; A30)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions.commands_units import GiveDelayNotice
from domain.interventions.events_delays import DelayNotified
from domain.interventions.refusals import DelayNoticeWithoutDate, NotAMotion
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day, start_of_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def give_delay_notice(
    case: "Intervention", command: GiveDelayNotice, act: Act, book: Rulebook
) -> None:
    refuse_if_any(delaying(case, command, act))
    term = case.settle_by
    case.record(
        DelayNotified,
        act,
        reference=case.reference,
        number=len(case.delay_notices) + 1,
        round=case.round,
        new_date=command.new_date,
        reason_ref=command.reason,
        previous_end=term.legal_end,
        announced=book.deadlines.extend(term, command.new_date),
        # KPA art. 36: of a delay the sender is told also when the term has passed.
        late=term.legally_overdue(act.at),
    )


def delaying(case: "Intervention", command: GiveDelayNotice, act: Act) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "GiveDelayNotice")
    if not case.is_motion:
        yield NotAMotion()
    earliest = max(case.settle_by.legal_end, local_day(act.at))
    if command.new_date <= earliest:
        yield DelayNoticeWithoutDate(field="new_date", later_than=str(earliest))


def notice_needed_at(case: "Intervention", book: Rulebook) -> datetime:
    """From when on somebody has to write that the settlement will be late."""
    term = case.settle_by
    lead = book.deadlines.term("int.delay_notice_lead", start_of_day(term.safe_due))
    return start_of_day(lead.nominal)


def foresees_delay(case: "Intervention", until: date, book: Rulebook) -> bool:
    """Whether a unit is given time beyond the day on which the delay has to be told (A17, A20).

    A reply in part does not wait for it.
    """
    return not case.is_partial and until > local_day(notice_needed_at(case, book))
