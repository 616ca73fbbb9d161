"""A unit said by which day it will act, and says on that day whether it did (A28, story 10)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands import AnswerReferral
from domain.interventions.commands_promises import GiveUpPromise, KeepPromise, MovePromise
from domain.interventions.refusals import (
    NoPromiseOpen,
    PromiseNotLater,
    PromiseOpen,
    PromiseTooFar,
)
from tests.builders import Case, sealed
from tests.domain.at_stage import refusals
from tests.given import moment

WEDNESDAY = moment("2026-11-18 10:00")
SPRING = date(2027, 5, 31)


def planned(day: date = SPRING) -> Case:
    """Trees are to be planted by that day, and the sender was told so."""
    case = Case(123, WEDNESDAY, pace=timedelta(minutes=10)).open_needed().forward("ZZM")
    form = AnswerReferral(text=sealed("Posadzimy drzewa"), promised_on=day)
    case.decide("answer_referral", "planned", form, "R1")
    return case.accept().draft("planned").send_letters()


def due(case: Case) -> list[str]:
    return [order.key for order in letters.letters_due(case.case)]


def test_the_case_waits_for_the_day_and_then_asks_the_unit() -> None:
    case = planned().wait_for_window()
    assert refusals(case, None) == {PromiseOpen: {"referrals": ["R1"]}}
    assert case.open_tasks == []
    case.wait_for_promise()
    [task] = case.open_tasks
    assert (task.type, task.candidates) == ("confirm_promise", ("ZZM/coordinator",))
    assert task.opened_at == moment("2027-05-31 09:00")
    assert task.complete_by
    assert str(task.complete_by.safe_due) == "2027-06-03"


def test_a_kept_promise_ends_the_case_as_planned() -> None:
    case = planned().wait_for_promise().keep_promise()
    assert due(case) == ["N9.1.sender"]
    assert case.send_letters().close().case.outcome == "planned"


def test_a_moved_promise_is_told_and_waits_for_its_new_day() -> None:
    case = planned().wait_for_promise()
    form = MovePromise(new_date=date(2027, 6, 30), reason=sealed("Deszcze"))
    case.decide("confirm_promise", "new_date", form, "R1").send_letters()
    assert case.open_tasks == []
    assert PromiseOpen in refusals(case, None)
    case.wait_for_promise()
    again = case.task("confirm_promise", "R1")
    assert (again.round, again.opened_at) == (2, moment("2027-06-30 09:00"))
    case.keep_promise()
    assert due(case) == ["N9.2.sender"]


def test_on_a_broken_promise_the_deputy_decides() -> None:
    case = planned().wait_for_promise().break_promise()
    assert due(case) == ["N9.1.sender"]
    [task] = case.open_tasks
    assert (task.type, task.candidates) == ("decide_promise", ("deputy_media",))
    case.wait_for_broken().wait_for_promise().keep_promise().send_letters()
    assert case.close().case.outcome == "planned"


def test_what_is_given_up_was_not_done() -> None:
    case = planned().wait_for_promise().break_promise().give_up_promise().send_letters()
    assert case.close().case.outcome == "not_possible"
    assert [key for key in case.case.letters if key.startswith("N9")] == [
        "N9.1.sender",
        "N9.2.sender",
    ]


def test_joined_senders_are_told_of_promises_too() -> None:
    first = planned()
    second = Case(124, first.at, category=first.case.category).open_needed()
    second.join(first)
    first.wait_for_promise().keep_promise()
    assert due(first) == ["N9.1.sender", "N9.1.S1"]


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2027, 5, 31), PromiseNotLater),
        (date(2027, 5, 1), PromiseNotLater),
        (date(2028, 6, 1), PromiseTooFar),
    ],
)
def test_a_new_day_is_later_and_within_a_year(day: date, refusal: Any) -> None:
    case = planned().wait_for_promise()
    form = MovePromise(new_date=day, reason=sealed("Deszcze"))
    assert set(refusals(case, form)) == {refusal}


def test_only_a_broken_promise_is_given_up() -> None:
    case = planned().wait_for_promise()
    assert set(refusals(case, GiveUpPromise(reason=sealed("x")))) == {NoPromiseOpen}
    case.keep_promise()
    assert set(refusals(case, KeepPromise())) == {NoPromiseOpen}


def test_an_answer_that_was_sent_back_promises_nothing() -> None:
    case = Case(123, WEDNESDAY).open_needed().forward("ZZM").answer(result="planned").give_back()
    assert case.case.promises == {}
    case.answer().accept()
    assert case.case.promises == {}
