"""Single steps that operators take back, give more time, or open again."""

from datetime import date

from domain.interventions.commands_steps import MoveTerm, ReopenStep, TakeTaskBack
from domain.interventions.refusals import (
    NewDatePassed,
    StepNotTakenBack,
    TaskNotAsked,
    TermOfLaw,
)
from tests.builders import Case, sealed
from tests.domain.at_stage import REF, a_case, refusals, with_units
from tests.given import moment

WHY = sealed("Trafiło do osoby, która odeszła")
TRIAGE = f"{REF}-triage-1"


def test_a_task_that_is_taken_back_is_withdrawn_and_the_case_waits() -> None:
    case = a_case()
    task = case.task("triage")
    case.take_back(task)
    assert task.state == "withdrawn"
    assert case.case.stage == "triage"
    assert "triage" not in {each.type for each in case.open_tasks}


def test_a_step_is_opened_again_by_a_task_of_its_own() -> None:
    case = a_case()
    first = case.task("triage")
    case.take_back(first).reopen_step(first)
    again = case.task("triage")
    assert again.task_ref == f"{REF}-triage-1.2"
    assert (again.candidates, again.outcomes) == (first.candidates, first.outcomes)
    case.take_back(again).reopen_step(again)
    assert case.task("triage").task_ref == f"{REF}-triage-1.3"
    assert case.forward("ZDMK").case.stage == "with_units"


def test_only_what_was_taken_back_is_opened_again() -> None:
    assert set(refusals(a_case(), ReopenStep(task=TRIAGE, reason=WHY))) == {StepNotTakenBack}
    case = a_case()
    task = case.task("triage")
    case.take_back(task).reopen_step(task)
    assert set(refusals(case, ReopenStep(task=TRIAGE, reason=WHY))) == {StepNotTakenBack}


def test_only_what_the_case_waits_for_is_taken_back() -> None:
    unknown = TakeTaskBack(task=f"{REF}-draft_reply-1", reason=WHY)
    assert set(refusals(a_case(), unknown)) == {TaskNotAsked}
    case = a_case()
    case.take_back(case.task("triage"))
    assert set(refusals(case, TakeTaskBack(task=TRIAGE, reason=WHY))) == {TaskNotAsked}


def test_a_task_whose_term_is_moved_has_a_ladder_of_its_own() -> None:
    case = with_units()
    task = case.task("answer_referral", "R2")
    case.at = moment("2026-10-13 10:00")
    case.climb(task)
    assert task.fired
    case.move_term(task, date(2026, 10, 20))
    assert task.complete_by
    assert str(task.complete_by.safe_due) == "2026-10-20"
    assert not {step for step in task.fired if step[0] != "respond"}
    assert all(rung.fires_at > moment("2026-10-13 10:00") for rung in task.rungs)


def test_a_term_of_law_is_not_moved() -> None:
    case = Case(123, moment("2026-10-05 10:20")).open_needed().forward("ZDMK")
    case.at = moment("2026-11-02 10:00")
    case.open_needed()
    notice = case.task("delay_notice", "D1")
    form = MoveTerm(task=notice.task_ref, until=date(2026, 12, 1), reason=WHY)
    assert set(refusals(case, form)) == {TermOfLaw}


def test_a_term_is_not_moved_into_the_past() -> None:
    form = MoveTerm(task=TRIAGE, until=date(2026, 10, 1), reason=WHY)
    assert set(refusals(a_case(), form)) == {NewDatePassed}
