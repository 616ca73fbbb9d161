"""A17: a unit asks for more time before its own is over; A19: answers that stay insufficient."""

from datetime import date, timedelta

import pytest

from domain.interventions.commands_units import GrantExtension, RequestExtension
from domain.interventions.refusals import (
    ExtensionNotRequested,
    ExtensionRequestedAlready,
    ExtensionTooLate,
    FeedbackNotWaiting,
    TermNotLater,
    TooManyExtensions,
)
from tests.builders import Case, sealed
from tests.domain.at_stage import MISSING, carried_out, refusals
from tests.given import moment


def sent() -> Case:
    """Forwarded on Tuesday 6 October: feedback by the 13th, by KS-06 until the 20th at most."""
    case = Case(123, moment("2026-10-05 10:20"), pace=timedelta(seconds=1)).open_needed()
    case.at = moment("2026-10-06 09:10")
    return case.forward("ZDMK")


def request(day: str) -> RequestExtension:
    until = date.fromisoformat(day)
    return RequestExtension(referral="R1", until=until, reason=sealed("Czekamy na części"))


@pytest.mark.parametrize(
    ("day", "who"), [("2026-10-20", "KS-06/clerk"), ("2026-10-21", "deputy_media")]
)
def test_who_decides_depends_on_how_long_it_is_to_last(day: str, who: str) -> None:
    case = sent().instruct("request_extension", request(day), "zdmk-coordinator")
    task = case.task("decide_extension", "R1")
    assert task.candidates == (who,)
    assert task.complete_by is not None
    assert task.complete_by.safe_due == date(2026, 10, 7)


def test_a_granted_extension_moves_the_term_and_begins_the_ladder_anew() -> None:
    case = sent().instruct("request_extension", request("2026-10-20"), "zdmk-coordinator").grant()
    task = case.task("answer_referral", "R1")
    assert task.complete_by == case.case.referrals["R1"].feedback_by
    assert task.complete_by is not None
    assert task.complete_by.safe_due == date(2026, 10, 20)
    assert [f"{rung.fires_at:%m-%d}" for rung in task.rungs][:2] == ["10-16", "10-20"]


def test_a_refused_extension_leaves_the_term() -> None:
    case = sent()
    before = case.case.referrals["R1"].feedback_by
    case.request_extension().refuse()
    assert case.case.referrals["R1"].feedback_by == before
    assert case.request_extension().task("decide_extension", "R1").round == 2


def test_after_the_term_it_is_too_late() -> None:
    case = sent()
    case.at = moment("2026-10-13 23:59")
    assert carried_out(case, request("2026-10-20"))
    case = sent()
    case.at = moment("2026-10-14 00:00")
    assert set(refusals(case, request("2026-10-20"))) == {ExtensionTooLate}


def test_the_new_term_is_later() -> None:
    assert set(refusals(sent(), request("2026-10-13"))) == {TermNotLater}


def test_one_request_at_a_time_and_two_extensions_in_all() -> None:
    case = sent().request_extension()
    assert set(refusals(case, request("2026-11-30"))) == {ExtensionRequestedAlready}
    case.grant().request_extension().grant()
    assert set(refusals(case, request("2026-11-30"))) == {TooManyExtensions}


def test_an_answer_makes_the_request_pointless() -> None:
    case = sent().request_extension().answer()
    assert "decide_extension" not in {task.type for task in case.open_tasks}
    assert set(refusals(case, GrantExtension())) == {ExtensionNotRequested}


def insufficient() -> Case:
    case = sent().answer()
    return case.give_back().answer().give_back().answer().give_back()


def test_the_third_return_goes_up_to_the_deputy() -> None:
    case = insufficient()
    task = case.task("settle_insufficient", "R1")
    assert task.candidates == ("deputy_media",)
    assert {task.type for task in case.open_tasks} == {"settle_insufficient"}
    assert set(refusals(case, MISSING)) == {FeedbackNotWaiting}


def test_the_deputy_takes_it_or_has_it_found_out_otherwise() -> None:
    assert insufficient().accept_as_is().case.referrals["R1"].state == "accepted"
    case = insufficient().take_over()
    assert (case.case.referrals["R1"].state, case.case.stage) == ("written_off", "drafting")


def test_ordered_again_the_unit_answers_and_the_next_return_goes_up_at_once() -> None:
    case = insufficient().order_again()
    assert case.case.referrals["R1"].turn == 4
    case.answer().give_back()
    assert case.task("settle_insufficient", "R1").round == 4
