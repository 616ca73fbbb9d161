"""Terms of a case counted anew: what is still waited for follows the tables, nothing else does."""

from datetime import date
from typing import Any

import pytest

from domain.interventions import recounts
from domain.interventions.refusals import CaseClosed
from domain.interventions.transitions import OPEN_STAGES
from domain.messages import SYSTEM, Act
from runtime.reference_data import load_reference_data
from tests.builders import Case
from tests.domain.at_stage import AT_STAGE, MONDAY, REF
from tests.term_rows import book_with_a_day_off, book_with_a_row

DATA = load_reference_data()
FRIDAY_OFF = book_with_a_day_off(date(2026, 10, 9))
ACT = Act(command_id="recount", at=MONDAY, by=SYSTEM)


def recounted(case: Case, book: Any) -> list[tuple[str, str | None, str, str]]:
    assert recounts.is_outdated(case.case, book)
    recounts.recount(case.case, ACT, book)
    assert not recounts.is_outdated(case.case, book)
    events: list[Any] = list(case.case.collect_events())
    return [(e.clock, e.referral, str(e.new.safe_due), e.cause) for e in events]


def test_the_clocks_that_a_new_day_off_moves_are_named_one_by_one() -> None:
    case = Case(123, MONDAY)
    day_off = book_with_a_day_off(date(2026, 10, 7))
    assert recounted(case, day_off) == [("triage", None, "2026-10-08", "calendar")]
    assert case.case.clocks["triage"].calendar == "2"
    assert case.case.clocks["settlement"].calendar == "1"


def test_an_end_on_the_day_off_rolls_the_safe_due_back_and_the_legal_end_on() -> None:
    case = Case(123, MONDAY).open_needed()
    monday_off = book_with_a_day_off(date(2026, 10, 12))
    assert recounted(case, monday_off) == [("forwarding", None, "2026-10-09", "calendar")]
    assert str(case.case.clocks["forwarding"].legal_end) == "2026-10-13"


def test_what_is_done_is_not_judged_by_another_term_afterwards() -> None:
    case = Case(123, MONDAY).open_needed().send_letters().forward("ZDMK").answer()
    tables = book_with_a_day_off(date(2026, 10, 12))
    assert not recounts.is_outdated(case.case, tables)
    recounts.recount(case.case, ACT, tables)
    assert list(case.case.collect_events()) == []


def test_the_unit_that_was_asked_has_the_new_day_off_too() -> None:
    case = Case(123, MONDAY).open_needed().forward("ZDMK")
    tables = book_with_a_day_off(date(2026, 10, 12))
    assert recounted(case, tables) == [("feedback", "R1", "2026-10-09", "calendar")]
    feedback = case.case.referrals["R1"].feedback_by
    assert feedback is not None
    assert str(feedback.legal_end) == "2026-10-13"


def test_the_time_for_reopening_moves_as_long_as_the_case_is_open() -> None:
    case = AT_STAGE["replied"]()
    window = case.case.window
    assert window is not None
    tables = book_with_a_day_off(window.legal_end)
    assert [each[0] for each in recounted(case, tables)] == ["reopening"]
    assert case.case.window is not None
    assert case.case.window.legal_end > window.legal_end


def test_a_new_dated_row_is_another_cause() -> None:
    case = Case(123, MONDAY)
    longer = book_with_a_row("int.triage", length=3, valid_from=date(2026, 10, 1))
    assert recounted(case, longer) == [("triage", None, "2026-10-08", "recomputed")]


def test_what_newer_tables_have_counted_is_left_alone() -> None:
    """Two workers with different tables must not move a term to and fro."""
    case = Case(123, MONDAY, book=book_with_a_day_off(date(2026, 10, 7)))
    assert str(case.case.clocks["triage"].safe_due) == "2026-10-08"
    assert not recounts.is_outdated(case.case, DATA)
    longer = book_with_a_row("int.triage", length=3, valid_from=date(2026, 10, 1))
    case = Case(123, MONDAY, book=longer)
    assert not recounts.is_outdated(case.case, DATA)


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_terms_may_be_counted_anew_as_long_as_the_case_is_open(stage: str) -> None:
    case = AT_STAGE[stage]()
    assert case.reference == REF
    recounts.recount(case.case, ACT, FRIDAY_OFF)
    assert case.case.stage == stage


def test_a_closed_case_keeps_its_terms() -> None:
    with pytest.raises(CaseClosed):
        recounts.recount(AT_STAGE["closed"]().case, ACT, FRIDAY_OFF)
