"""Reports that nobody signs: signals on which the Office acts, by the setting of their day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.anonymous import AnonymousReports, AnonymousRow, Handling
from domain.interventions import letters
from domain.interventions.commands_duplicates import MarkDuplicate
from domain.interventions.commands_triage import LeaveAside
from domain.interventions.commands_units import GiveDelayNotice
from domain.interventions.refusals import AlarmOpen, NotAMotion, NotLeftAside, StageForbids
from domain.rulebook import Rulebook
from domain.working_days import local_day
from runtime.reference_data import load_reference_data
from tests.builders import Case, sealed
from tests.domain.at_stage import MONDAY, carried_out, refusals

DATA = load_reference_data()
ASIDE = LeaveAside(reason=sealed("Zgłoszenie bez podpisu"))


def row(handling: Handling, since: str) -> AnonymousRow:
    return AnonymousRow.model_validate(
        {
            "id": "anonymous",
            "handling": handling,
            "basis": "§ 8",
            "valid_from": since,
            "setting": True,
            "source": "test",
        }
    )


def book_of(*rows: AnonymousRow) -> Rulebook:
    return replace(DATA, anonymous=AnonymousReports(rows))


def anonymous(handling: Handling = "ex_officio", **report: Any) -> Case:
    """A report that nobody signed, under this setting."""
    book = book_of(row(handling, "2026-01-01"))
    case = Case(123, MONDAY, book=book, sender=None, reach="none", **report)
    return case.open_needed()


def rules_of(case: Case) -> dict[str, str]:
    return {name: term.rule for name, term in case.case.clocks.items()}


def test_what_nobody_signs_is_a_signal_with_terms_of_our_own() -> None:
    case = anonymous()
    assert (case.case.handling, case.case.is_motion) == ("ex_officio", False)
    assert rules_of(case) == {
        "triage": "int.triage",
        "forwarding": "int.forward_signal",
        "settlement": "int.settle_signal",
    }
    due = {name: str(term.safe_due) for name, term in case.case.clocks.items()}
    assert due == {"triage": "2026-10-07", "forwarding": "2026-10-12", "settlement": "2026-11-05"}
    assert case.events[0].handling == "ex_officio"


def test_as_a_motion_it_has_the_terms_of_one() -> None:
    case = anonymous("motion")
    assert case.case.is_motion
    assert rules_of(case)["settlement"] == "kpa.settle_motion"
    late = case.case.settle_by.due_at
    assert late is not None
    case.at = late
    assert case.open_needed().task("delay_notice", "D1")


@pytest.mark.parametrize("brought_by", ["councillor", "mp", "senator", "editor"])
def test_whoever_passes_a_matter_on_is_its_author(brought_by: str) -> None:
    assert anonymous(brought_by=brought_by).case.handling == "motion"


def test_the_row_of_the_day_of_receipt_applies() -> None:
    setting = AnonymousReports(
        [row("without_consideration", "2026-10-06"), row("ex_officio", "2026-01-01")]
    )
    day = local_day(MONDAY)
    assert setting.handling(day) == "ex_officio"
    assert setting.handling(day + timedelta(days=1)) == "without_consideration"
    assert setting.handling(day - timedelta(days=365)) == "motion"


def test_nobody_is_told_of_a_delay_and_no_letter_is_owed() -> None:
    case = anonymous().forward("ZDMK")
    over = case.case.settle_by.ends_at
    assert over is not None
    case.at = over
    case.open_needed()
    assert "delay_notice" not in {task.type for task in case.open_tasks}
    assert [order.recipient for order in letters.letters_due(case.case)] == ["R1"]
    notice = GiveDelayNotice(new_date=local_day(over) + timedelta(days=9), reason=sealed("Mróz"))
    assert NotAMotion in refusals(case, notice)


def test_a_signal_goes_the_whole_way_and_closes() -> None:
    case = anonymous().forward("ZDMK").answer("R1").accept("R1").draft().send_letters()
    case.wait_for_window().close()
    assert (case.case.stage, case.case.outcome) == ("closed", "done")


def test_it_is_left_aside_only_where_the_setting_allows_it() -> None:
    [event] = carried_out(anonymous("without_consideration"), ASIDE)
    assert (event.outcome, event.reason_ref) == ("left_without_consideration", ASIDE.reason)
    assert refusals(anonymous(), ASIDE) == {NotLeftAside: {"handling": "ex_officio"}}
    assert NotLeftAside in refusals(Case(123, MONDAY).open_needed(), ASIDE)
    forwarded = anonymous("without_consideration").forward("ZDMK")
    assert StageForbids in refusals(forwarded, ASIDE)


def test_a_danger_is_not_left_aside_before_somebody_has_telephoned() -> None:
    case = anonymous("without_consideration", category="energy.gas")
    assert AlarmOpen in refusals(case, ASIDE)
    carried_out(case.deny_emergency(), ASIDE)


def test_a_motion_that_joins_a_signal_makes_it_one() -> None:
    signal = Case(122, MONDAY, sender=None, reach="none", category="roads.pothole").open_needed()
    motion = Case(123, MONDAY + timedelta(days=3), category="roads.pothole").open_needed()
    motion.neighbours[signal.reference] = signal
    carried_out(motion, MarkDuplicate(target=signal.reference))
    target = signal.case
    assert (target.is_motion, target.handling) == (True, "motion")
    assert target.clocks["settlement"] == motion.case.clocks["settlement"]
    assert target.clocks["acknowledgement"] == motion.case.clocks["acknowledgement"]


def test_a_signal_that_joins_a_motion_changes_nothing_of_it() -> None:
    motion = Case(122, MONDAY, category="roads.pothole").open_needed()
    before = dict(motion.case.clocks)
    signal = anonymous(category="roads.pothole")
    signal.neighbours[motion.reference] = motion
    carried_out(signal, MarkDuplicate(target=motion.reference))
    assert (motion.case.is_motion, motion.case.clocks) == (True, before)
