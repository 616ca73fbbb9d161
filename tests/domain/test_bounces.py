"""Letters that came back, and those that a person takes to the post (A25)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands import RegisterIntervention
from domain.interventions.commands_bounces import (
    GiveOtherwise,
    RecordPosting,
    RecordReceipt,
    SendByPost,
)
from domain.interventions.refusals import (
    LetterNotThere,
    ReceivedBeforeSent,
    ReceivedInTheFuture,
    ReplyNotDelivered,
)
from domain.interventions.rules import reach_of
from domain.people import PersonalData
from tests.builders import Case, sealed
from tests.domain.at_stage import MONDAY, a_case, drafting, refusals
from tests.given import moment


def due(case: Case) -> list[tuple[str, str, int]]:
    return [(o.key, o.channel, o.attempt) for o in letters.letters_due(case.case)]


def replied() -> Case:
    """Its notice of outcome came back."""
    return drafting().draft().send_letters(bouncing=True)


def by_post() -> Case:
    """The sender has a postal address and no other."""
    return Case(123, MONDAY, reach="post", pace=timedelta(hours=1)).open_needed()


def test_what_came_back_goes_out_once_more_to_the_right_address() -> None:
    case = replied().correct_address("N5")
    assert due(case) == [("N5.1.sender", "email", 2)]
    assert case.case.addresses == {"sender": sealed("poprawny@example.pl")}
    case.send_letters()
    assert case.case.letters["N5.1.sender"].state == "delivered"
    assert case.case.window is not None


def test_what_comes_back_again_is_another_task() -> None:
    case = replied().correct_address("N5").send_letters(bouncing=True)
    assert case.task("handle_bounce", "N5.2").round == 1
    case.send_by_post("N5.2")
    assert due(case) == [("N5.1.sender", "post", 3)]


def test_a_letter_by_post_is_printed_posted_and_received() -> None:
    case = replied().send_by_post("N5").send_letters()
    assert case.case.letters["N5.1.sender"].state == "prepared"
    assert [task.type for task in case.open_tasks if task.subject == "N5.2"] == ["post_letter"]
    case.post("N5.2")
    assert case.case.window is None
    assert ReplyNotDelivered in refusals(case, None)
    case.at = moment("2026-10-20 12:00")
    case.receipt("N5.2")
    assert case.case.window is not None
    assert str(case.case.window.legal_end) == "2026-11-03"


def test_the_time_runs_from_the_day_on_the_receipt_and_not_from_its_entry() -> None:
    case = replied().send_by_post("N5").send_letters().post("N5.2")
    case.at = moment("2026-10-26 12:00")
    form = RecordReceipt(received_on=date(2026, 10, 20))
    case.decide("post_receipt", "received", form, "N5.2")
    assert case.case.window is not None
    assert str(case.case.window.legal_end) == "2026-11-03"


def test_a_letter_that_the_post_brings_back_is_dealt_with_as_any_other() -> None:
    case = replied().send_by_post("N5").send_letters().post("N5.2").came_back("N5.2")
    assert case.task("handle_bounce", "N5.2").round == 1
    case.note_bounce("N5.2").wait_for_window()
    assert case.case.letters["N5.1.sender"].state == "noted"


def test_who_was_told_in_another_way_has_been_told() -> None:
    case = replied().give_otherwise("N5")
    assert case.case.letters["N5.1.sender"].settled
    assert case.case.window is not None


def test_a_body_that_got_the_matter_otherwise_has_it_from_that_day() -> None:
    case = a_case().hand_over("EXT-GAZ").send_letters(bouncing=True)
    case.at = moment("2026-10-13 10:00")
    case.give_otherwise("R1")
    assert case.case.referrals["R1"].state == "handed_over"


def test_only_what_something_hangs_on_needs_a_receipt() -> None:
    case = by_post().send_letters().post("N1")
    assert case.case.letters["N1.1.sender"].state == "delivered"


def test_a_sender_without_e_mail_is_written_to_by_post() -> None:
    case = by_post()
    assert due(case) == [("N1.1.sender", "post", 1)]
    case.send_letters().post("N1").forward("ZDMK")
    assert due(case) == [("N2.1.R1", "email", 1), ("N2.1.sender", "post", 1)]
    case.send_letters().post("N2").answer().accept().draft().send_letters().post("N5").receipt("N5")
    assert case.wait_for_window().close().case.outcome == "done"


def test_a_joined_sender_without_e_mail_is_written_to_by_post() -> None:
    first = Case(701, MONDAY).open_needed().send_letters()
    second = Case(704, MONDAY, reach="post", category=first.case.category).open_needed()
    second.join(first)
    first.forward("ZDMK")
    assert ("N2.1.S1", "post", 1) in due(first)


@pytest.mark.parametrize(
    ("sender", "reach"),
    [
        (None, "none"),
        (PersonalData(name="Jan Śliwa", phone="600 100 200"), "none"),
        (PersonalData(address="ul. Długa 1, 31-147 Kraków"), "none"),
        (PersonalData(name="Jan Śliwa", address="ul. Długa 1, 31-147 Kraków"), "post"),
        (PersonalData(name="Jan Śliwa", address="ul. Długa 1", email="j@example.pl"), "email"),
    ],
)
def test_how_the_sender_is_written_to(sender: PersonalData | None, reach: str) -> None:
    command = RegisterIntervention(
        received_at=MONDAY, channel="letter", sender=sender, text="Dziura", category="roads.pothole"
    )
    assert reach_of(command) == reach


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        (RecordPosting(posted_on=date(2026, 10, 5)), LetterNotThere),
        (RecordReceipt(received_on=date(2026, 10, 5)), LetterNotThere),
        (
            GiveOtherwise(channel="phone", received_on=date(2027, 1, 1), note=sealed("x")),
            ReceivedInTheFuture,
        ),
        (
            GiveOtherwise(channel="phone", received_on=date(2026, 10, 4), note=sealed("x")),
            ReceivedBeforeSent,
        ),
    ],
)
def test_what_is_told_of_a_letter_has_to_fit(form: Any, refusal: Any) -> None:
    assert set(refusals(a_case(), form)) == {refusal}


def test_only_what_came_back_is_sent_again() -> None:
    case = a_case()
    case.note_bounce("N1")
    assert set(refusals(case, SendByPost())) == {LetterNotThere}
