"""A run is cancelled: the case stays where it is, and a person says why."""

from domain.interventions.commands import CloseInError, RestartWorkflow
from domain.interventions.refusals import NothingToJustify
from tests.builders import sealed
from tests.domain.at_stage import a_case, carried_out, drafting, refusals

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


def test_a_case_registered_by_mistake_is_closed_as_such() -> None:
    case = a_case().stop()
    [closed] = carried_out(case, IN_ERROR)
    assert (closed.outcome, closed.reason_ref) == ("registered_in_error", IN_ERROR.reason)
    assert case.case.stage == "closed"


def test_without_a_stop_there_is_nothing_to_justify() -> None:
    for form in (RESTART, IN_ERROR):
        assert refusals(a_case(), form) == {NothingToJustify: {}}
