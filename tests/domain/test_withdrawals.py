"""The sender does not want the matter looked at any more, and what becomes of it (A31)."""

from domain.interventions.refusals import (
    LettersOwed,
    NothingWithdrawn,
    StageForbids,
    WithdrawalUnderDecision,
)
from tests.builders import Case
from tests.domain.at_stage import GIVEN, a_case, carried_out, drafting, refusals, with_units

WISH, STOP, GO_ON = (
    GIVEN[name] for name in ("WithdrawIntervention", "StopOnWithdrawal", "ContinueExOfficio")
)


def kinds(case: Case) -> set[str]:
    return {task.type for task in case.open_tasks} - {"handle_bounce"}


def test_a_wish_is_not_yet_a_decision() -> None:
    case = a_case().withdraw_report()
    assert kinds(case) == {"triage", "decide_withdrawal"}
    assert case.task("decide_withdrawal").candidates == ("KS-06/clerk",)
    assert refusals(case, WISH) == {WithdrawalUnderDecision: {}}


def test_a_matter_that_ends_so_calls_its_referrals_back_before_it_closes() -> None:
    case = with_units().send_letters().withdraw_report().stop_on_withdrawal()
    topics = [type(event).__name__ for event in case.events][-8:]
    assert topics.index("ReferralRecalled") < topics.index("Withdrawn")
    assert kinds(case) == set()
    assert refusals(case, None) == {LettersOwed: {"letters": ["N7.1.R1", "N7.1.R2"]}}
    case.send_letters()
    [closed] = carried_out(case, None)
    assert closed.outcome == "withdrawn"


def test_a_letter_that_fails_becomes_a_task_and_does_not_stop_the_others() -> None:
    case = with_units().send_letters().withdraw_report().stop_on_withdrawal()
    first, second = case.owed()
    case.send_letter(first, bouncing=True).open_needed()
    assert [task.subject for task in case.open_tasks if "N7" in task.subject] == ["N7.R1"]
    case.send_letter(second)
    case.note_bounce("N7.R1")
    assert carried_out(case, None)


def test_the_public_interest_may_ask_for_more() -> None:
    case = with_units().withdraw_report().continue_ex_officio()
    assert case.case.stage == "with_units"
    assert "decide_withdrawal" not in kinds(case)
    case.withdraw_report()
    assert case.task("decide_withdrawal").round == 2


def test_an_answered_case_does_not_close_over_an_open_wish() -> None:
    case = drafting().draft().send_letters().withdraw_report().wait_for_window()
    assert refusals(case, None) == {WithdrawalUnderDecision: {}}


def test_nothing_is_decided_that_nobody_wished() -> None:
    for form in (STOP, GO_ON):
        assert refusals(a_case(), form) == {NothingWithdrawn: {}}
    ended = a_case().withdraw_report().stop_on_withdrawal()
    assert StageForbids in refusals(ended, WISH)
