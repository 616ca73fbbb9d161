"""Matters that a councillor, an MP or a senator passed on: within 14 days they are told the outcome
or the state (KPA art. 237 § 2, 247); editors who asked are told the outcome (art. 248 § 2)."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_deputies as events
from domain.interventions.commands import LetterOrder
from domain.interventions.commands_deputies import TellState
from domain.interventions.refusals import StateToldAlready
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import moment_at, start_of_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

CLOCK = "state_notice"


def tell_state(case: "Intervention", command: TellState, act: Act) -> None:
    refuse_if_any(telling(case))
    case.record(
        events.StateTold,
        act,
        reference=case.reference,
        text_ref=command.text,
        by_letter=case.bringer_ref is not None,
    )


def telling(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "TellState")
    if CLOCK not in case.clocks or case.state_text_ref is not None:
        yield StateToldAlready(brought_by=case.brought_by)


def needed_at(case: "Intervention", book: Rulebook) -> datetime | None:
    """From when on somebody has to write where the matter stands; None when nobody waits for it."""
    if CLOCK not in case.clocks or case.state_text_ref is not None:
        return None
    term = case.clocks[CLOCK]
    lead = book.deadlines.term("int.state_notice_lead", start_of_day(term.safe_due))
    return moment_at(lead.nominal, book.limits.tasks.ladder_hour)


def letters_to_bringer(case: "Intervention") -> Iterator[LetterOrder]:
    """The first N6 is about the state, every later one about the outcome of a round."""
    if case.bringer_ref is None or case.stage == "closed":
        return
    final = case.stage == "replied"
    if CLOCK in case.clocks:
        if case.state_text_ref is not None:
            yield LetterOrder(kind="N6", round=1, recipient="bringer")
        if final:
            yield LetterOrder(kind="N6", round=case.round + 1, recipient="bringer")
    elif final and case.brought_by == "editor":
        yield LetterOrder(kind="N10", round=case.round, recipient="bringer")
