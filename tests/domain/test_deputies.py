"""Matters that a councillor, an MP or a senator passed on, and those of editors (N6, N10)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands_deputies import TellState
from domain.interventions.refusals import StateToldAlready
from tests.builders import Case, sealed
from tests.domain.at_stage import refusals
from tests.given import moment

MONDAY = moment("2026-06-08 10:00")
MINUTE = timedelta(minutes=1)
EMAIL = sealed("radna@example.pl")


def passed_on(by: str = "councillor", **report: Any) -> Case:
    usual: dict[str, Any] = {"brought_by": by, "brought_by_email": EMAIL, "pace": MINUTE} | report
    return Case(123, MONDAY, **usual).open_needed().send_letters().forward("ZZM").send_letters()


def due(case: Case) -> list[str]:
    return [order.key for order in letters.letters_due(case.case)]


def when_asked(case: Case) -> Case:
    case.at = moment("2026-06-17 09:00")
    return case.open_needed()


def test_three_working_days_before_its_end_somebody_is_asked() -> None:
    case = passed_on()
    case.at = moment("2026-06-17 08:50")
    assert "state_notice" not in {task.type for task in case.open_needed().open_tasks}
    task = when_asked(case).task("state_notice")
    assert task.complete_by
    assert str(task.complete_by.safe_due) == "2026-06-22"


def test_the_state_is_told_once_and_later_the_outcome() -> None:
    case = when_asked(passed_on()).tell_state()
    assert due(case) == ["N6.1.bringer"]
    case.send_letters()
    assert refusals(case, TellState(text=sealed("x"))).keys() == {StateToldAlready}
    case.answer().accept().draft().approve()
    assert due(case) == ["N6.2.bringer", "N5.1.sender"]


def test_an_outcome_in_time_needs_no_word_on_the_state() -> None:
    case = passed_on().answer().accept().draft().approve().send_letters()
    assert "state_notice" not in {task.type for task in when_asked(case).open_tasks}
    assert "N6.2.bringer" in case.case.letters


def test_without_an_address_it_is_told_otherwise_and_recorded() -> None:
    case = when_asked(passed_on(brought_by_email=None)).tell_state()
    assert due(case) == []
    told = next(event for event in case.events if type(event).__name__ == "StateTold")
    assert not told.by_letter


def test_an_editor_who_asked_is_told_the_outcome() -> None:
    case = passed_on("editor").answer().accept().draft()
    assert due(case) == ["N10.1.bringer", "N5.1.sender"]


@pytest.mark.parametrize("by", ["none", "editor"])
def test_of_others_nobody_asks_for_the_state(by: str) -> None:
    assert "state_notice" not in {task.type for task in when_asked(passed_on(by)).open_tasks}
