"""Who the sender is, put right: whom letters go to from then on, and how the report is handled."""

from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands_records import CorrectData
from domain.interventions.refusals import (
    JoinedElsewhere,
    NothingCorrected,
    OneThingAtATime,
    SupplementAwaited,
)
from domain.people import PersonalData
from tests.builders import Case, resident, sealed
from tests.domain.at_stage import (
    MONDAY,
    a_case,
    approval,
    awaiting_supplement,
    carried_out,
    drafting,
    joined,
    refusals,
)

WHY = sealed("Pomylono rubryki")
RIGHT, WRONG = resident("Bogusław Ćma"), resident("Żaneta Wójcik")
NOBODY = PersonalData()


def correct(sender: Any, reach: str | None = "email", **fields: Any) -> CorrectData:
    return CorrectData.model_validate({"sender": sender, "reach": reach, "reason": WHY} | fields)


def anonymous() -> Case:
    return Case(123, MONDAY, sender=None, reach="none").open_needed()


def owed(case: Case) -> set[str]:
    return {order.key for order in letters.letters_due(case.case)}


def test_the_right_person_takes_the_place_of_the_wrong_one() -> None:
    case = a_case()
    clocks = dict(case.case.clocks)
    [event] = carried_out(case, correct(RIGHT, "post"))
    assert (event.field, event.old, event.sender, event.reach) == ("sender", WRONG, RIGHT, "post")
    assert (case.case.sender, case.case.reach) == (RIGHT, "post")
    assert case.case.former_senders == (WRONG,)
    assert (event.handling, event.clocks, case.case.clocks) == ("motion", None, clocks)


def test_what_went_out_is_not_sent_again_and_what_follows_goes_to_the_right_one() -> None:
    case = Case(123, MONDAY).open_needed().send_letters().forward("ZDMK")
    carried_out(case, correct(RIGHT))
    assert owed(case) == {"N2.1.sender", "N2.1.R1"}


def test_a_letter_that_came_back_is_tried_with_the_right_one() -> None:
    case = a_case()  # its acknowledgement bounced
    assert case.task("handle_bounce", "N1")
    case.put_right(sender=RIGHT, reach="post")
    [again] = letters.letters_due(case.case)
    assert (again.key, again.channel, again.attempt) == ("N1.1.sender", "post", 2)
    assert "handle_bounce" not in {task.type for task in case.open_tasks}
    case.send_letters()
    assert case.case.letters["N1.1.sender"].state == "prepared"
    case.put_right(sender={})
    assert (case.case.letters["N1.1.sender"].state, case.open_tasks[0].type) == ("noted", "triage")


def test_an_address_that_was_found_for_the_wrong_one_is_not_used_any_more() -> None:
    case = a_case()
    case.case.addresses["sender"] = sealed("nowy@example.pl")
    carried_out(case, correct(RIGHT))
    assert case.case.addresses == {}


def test_who_becomes_known_is_owed_everything_that_nobody_was_told() -> None:
    case = anonymous().forward("ZDMK")
    [event] = carried_out(case, correct(RIGHT))
    assert (event.old, event.handling, case.case.is_motion) == (None, "motion", True)
    found = {name: (term.rule, term.start) for name, term in case.case.clocks.items()}
    assert found["acknowledgement"] == ("int.ack", MONDAY)
    assert found["forwarding"] == ("kpa.forward_motion", MONDAY)
    assert found["settlement"] == ("kpa.settle_motion", MONDAY)
    assert found["triage"][0] == "int.triage"
    assert owed(case) == {"N1.1.sender", "N2.1.sender", "N2.1.R1"}
    assert case.case.former_senders == (None,)


def test_a_sender_who_was_never_there_leaves_a_signal() -> None:
    case = a_case()
    [event] = carried_out(case, correct({}, None))
    assert (event.sender, event.reach, event.handling) == (None, "none", "ex_officio")
    rules = {name: term.rule for name, term in case.case.clocks.items()}
    assert rules == {
        "triage": "int.triage",
        "forwarding": "int.forward_signal",
        "settlement": "int.settle_signal",
    }
    assert owed(case) == set()


def test_in_a_later_round_the_month_runs_from_where_it_began() -> None:
    case = drafting().draft().send_letters().ask_to_reopen().reopen()
    began = case.case.clocks["settlement"].start
    assert began > MONDAY
    carried_out(case, correct({}, None))
    assert case.case.clocks["settlement"].start == began


def test_our_own_terms_of_a_signal_stand_still_with_the_case() -> None:
    case = a_case().hold()
    carried_out(case, correct({}, None))
    assert case.case.clocks["settlement"].suspended_since is not None
    carried_out(case, correct(RIGHT))
    assert case.case.clocks["settlement"].suspended_since is None


def test_a_reply_that_nobody_waits_for_opens_the_time_for_reopening() -> None:
    case = approval().approve()
    assert case.case.window is None
    [event] = carried_out(case, correct({}, None))
    assert event.window == case.case.window
    assert case.case.window is not None


@pytest.mark.parametrize(
    ("case", "form", "refusal"),
    [
        (anonymous, correct({}, None), NothingCorrected),
        (a_case, correct(RIGHT, channel="email"), OneThingAtATime),
        (lambda: joined("ending"), correct(RIGHT), JoinedElsewhere),
        (lambda: a_case().ask_supplement(), correct(RIGHT, "none"), SupplementAwaited),
        (lambda: a_case().ask_supplement(), correct({}, None), SupplementAwaited),
    ],
)
def test_what_would_lose_somebody_is_refused(case: Any, form: CorrectData, refusal: Any) -> None:
    assert refusal in refusals(case(), form)


def test_a_call_that_lapsed_keeps_nobody_from_being_put_right() -> None:
    case = awaiting_supplement()
    carried_out(case, correct(RIGHT, "none"))
    assert case.case.sender == RIGHT


def test_personal_data_that_nobody_sealed_is_known_by_how_it_reaches_people() -> None:
    """As a rehearsal plays it, before anything is kept."""
    case = a_case()
    person = {"name": "Bogusław Ćma", "address": "ul. Długa 12, 31-147 Kraków"}
    [event] = carried_out(case, correct(person, "none"))
    assert event.reach == "post"
    assert event.sender != NOBODY
