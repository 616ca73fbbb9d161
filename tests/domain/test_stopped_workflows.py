"""A run is cancelled: the case stays where it is, and a person says why."""

from domain.interventions.commands import CloseInError, RestartWorkflow
from domain.interventions.refusals import NothingToJustify, StageForbids
from tests.builders import sealed
from tests.domain.at_stage import a_case, drafting, refusals, with_units

RESTART = RestartWorkflow(reason=sealed("Pomyłka w konsoli"))
IN_ERROR = CloseInError(reason=sealed("Zgłoszenie próbne"))


def test_a_stop_changes_nothing_but_that_somebody_is_asked() -> None:
    before = drafting()
    stopped = drafting().stop()
    assert stopped.case.stage == "drafting"
    assert {task.type for task in stopped.open_tasks} == {
        *(task.type for task in before.open_tasks),
        "justify_stop",
    }
    [task] = [task for task in stopped.open_tasks if task.type == "justify_stop"]
    assert task.candidates == ("KS-06/head", "operator")


def test_once_justified_nobody_is_asked_again_until_the_next_stop() -> None:
    case = a_case().stop().restart()
    assert "justify_stop" not in {task.type for task in case.open_tasks}
    again = case.stop()
    assert [task.round for task in again.open_tasks if task.type == "justify_stop"] == [2]


def test_a_case_registered_by_mistake_calls_its_referrals_back_and_ends() -> None:
    case = with_units().send_letters().stop().close_in_error()
    assert (case.case.stage, case.case.open_referrals) == ("ending", ())
    assert {task.type for task in case.open_tasks} <= {"handle_bounce"}
    [ended] = [each for each in case.events if type(each).__name__ == "RegisteredInError"]
    assert ended.reason_ref == IN_ERROR.reason
    assert {order.key for order in case.owed()} == {"N7.1.R1", "N7.1.R2"}
    assert case.send_letters().close().case.outcome == "registered_in_error"


def test_where_the_outcome_is_decided_a_stop_does_not_change_it() -> None:
    case = with_units().requalify().confirm_kind().stop()
    assert refusals(case, IN_ERROR) == {
        StageForbids: {"stage": "ending", "command": "CloseInError"}
    }
    assert case.restart().send_letters().close().case.outcome == "transferred"


def test_without_a_stop_there_is_nothing_to_justify() -> None:
    for form in (RESTART, IN_ERROR):
        assert refusals(a_case(), form) == {NothingToJustify: {}}
