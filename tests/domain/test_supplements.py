"""A report that says too little: the call, the answer, the silence and what it leads to (A6-A8)."""

from datetime import timedelta

from domain.interventions import lapses
from domain.interventions.commands_sender import LeaveWithoutConsideration
from domain.interventions.refusals import (
    AlreadyAskedToSupplement,
    CallNotDelivered,
    SenderNotReachable,
    SupplementAwaited,
)
from domain.interventions.rules import waiting_for
from tests.builders import Case
from tests.domain.at_stage import DATA, GIVEN, MONDAY, a_case, carried_out, refusals

ASK, SAID = GIVEN["AskSupplement"], GIVEN["SupplementIntervention"]
LEAVE, GO_ON = GIVEN["LeaveWithoutConsideration"], GIVEN["ConsiderAsItIs"]


def asked() -> Case:
    """The call was delivered."""
    return a_case().ask_supplement().send_letters()


def kinds(case: Case) -> list[tuple[str, int]]:
    return [(task.type, task.round) for task in case.open_tasks if task.type != "handle_bounce"]


def test_only_a_sender_who_can_be_written_to_is_called() -> None:
    anonymous = Case(123, MONDAY, sender=None, reach="none")
    assert refusals(anonymous, ASK) == {SenderNotReachable: {"anonymous": True}}
    by_phone = Case(123, MONDAY, reach="none")
    assert refusals(by_phone, ASK) == {SenderNotReachable: {"anonymous": False}}


def test_the_sender_is_called_once_a_round() -> None:
    case = asked().supplement()
    assert refusals(case, ASK) == {AlreadyAskedToSupplement: {"round": 1}}


def test_our_own_clocks_stand_still_and_those_of_law_run_on() -> None:
    case = asked()
    standing = {name for name, term in case.case.clocks.items() if term.suspended_since}
    assert standing == {"triage"}
    assert case.case.clocks["settlement"] == a_case().case.clocks["settlement"]


def test_the_seven_days_run_from_the_delivery_of_the_call() -> None:
    case = a_case().ask_supplement()
    assert "supplement" not in case.case.clocks
    case.at += timedelta(days=2)
    sent_at = case.at
    case.send_letters()
    term = case.case.clocks["supplement"]
    assert (term.rule, term.start) == ("rm2002.supplement", sent_at)


def test_what_was_added_brings_the_case_back_with_the_time_that_was_left() -> None:
    case = asked()
    before = a_case().case.clocks["triage"]
    case.at += timedelta(days=3)
    case.supplement()
    assert kinds(case) == [("triage", 2)]
    term = case.case.clocks["triage"]
    assert term.suspended_since is None
    assert term.safe_due > before.safe_due
    assert case.task("triage").complete_by == term
    assert "supplement" not in case.case.clocks


def test_a_supplement_is_taken_also_after_its_time_until_something_is_decided() -> None:
    case = asked().wait_for_supplement()
    assert kinds(case) == [("decide_incomplete", 1)]
    case.supplement()
    assert kinds(case) == [("triage", 2)]


def test_silence_lapses_at_the_end_of_the_term_and_not_before() -> None:
    case = asked()
    end = case.case.clocks["supplement"].ends_at
    assert end
    assert lapses.due(case.case, end - timedelta(seconds=1), DATA) is None
    found = lapses.due(case.case, end, DATA)
    assert found
    assert found[0].command_id == f"lapse:{case.reference}:supplement:1"
    case.at = end
    case.let_lapse()
    assert lapses.due(case.case, end, DATA) is None
    assert case.case.clocks["triage"].suspended_since is None


def test_the_sender_is_waited_for_until_the_lapse_and_then_the_head() -> None:
    case = asked()
    assert waiting_for(case.case) == "sender"
    assert refusals(case, LEAVE) == {SupplementAwaited: {}}
    case.wait_for_supplement()
    assert waiting_for(case.case) == "us"
    assert case.task("decide_incomplete").candidates == ("KS-06/head",)


def test_the_head_leaves_the_report_without_consideration() -> None:
    case = asked().wait_for_supplement()
    [event] = carried_out(case, LeaveWithoutConsideration(reason=None))
    assert (event.outcome, case.case.stage) == ("left_without_consideration", "closed")


def test_or_has_it_decided_on_what_is_known() -> None:
    case = asked().wait_for_supplement().consider_as_it_is()
    assert kinds(case) == [("triage", 2)]
    assert refusals(case, ASK) == {AlreadyAskedToSupplement: {"round": 1}}


def test_silence_on_a_call_that_never_came_has_no_effect() -> None:
    case = a_case().ask_supplement().send_letters(bouncing=True).note_bounce("N3")
    assert "supplement" not in case.case.clocks
    assert kinds(case) == [("decide_incomplete", 1)]
    assert refusals(case, LEAVE) == {CallNotDelivered: {}}
    [event] = carried_out(case, GO_ON)
    assert event.clocks["triage"].suspended_since is None


def test_a_call_that_arrives_after_the_supplement_starts_no_clock() -> None:
    case = a_case().ask_supplement()
    [late] = [order for order in case.owed() if order.kind == "N3"]
    case.supplement().send_letter(late)
    assert "supplement" not in case.case.clocks


def test_the_call_is_written_to_the_sender_and_to_nobody_twice() -> None:
    case = a_case().ask_supplement()
    assert [order.key for order in case.owed()] == ["N3.1.sender"]
    case.send_letters().supplement()
    assert case.owed() == []


def test_what_was_said_is_kept_by_reference() -> None:
    [event] = carried_out(asked(), SAID)
    assert event.text_ref.startswith("text:")
