"""Several reports of one matter: joined to an earlier case, and parted again (A11, story 4)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands import LetterOrder, Place, Point
from domain.interventions.commands_duplicates import MarkDuplicate, UnlinkDuplicate
from domain.interventions.refusals import CaseUnknown, NotADuplicate, NotJoined
from tests.builders import Case, sealed
from tests.domain.at_stage import refusals
from tests.given import moment

LAMP = Place(district="I", street="ul. Dietla", number="42", point=Point(lat=50.0520, lon=19.9430))
NEAR = Place(district="I", street="Dietla", point=Point(lat=50.0521, lon=19.9431))
FAR = Place(district="I", street="Długa", number="1", point=Point(lat=50.0670, lon=19.9370))


def earlier(**report: Any) -> Case:
    """The lamp in Dietla Street, reported on Tuesday."""
    usual: dict[str, Any] = {"category": "lighting.street", "place": LAMP} | report
    return Case(701, moment("2026-09-01 09:00"), **usual).open_needed()


def later(**report: Any) -> Case:
    """The same lamp, reported by somebody else on Thursday."""
    usual: dict[str, Any] = {"category": "lighting.street", "place": LAMP} | report
    return Case(702, moment("2026-09-03 11:00"), **usual).open_needed()


def due(case: Case) -> list[str]:
    return [order.key for order in letters.letters_due(case.case)]


def why(case: Case, other: Case) -> list[str]:
    """What makes the other case no target."""
    case.neighbours[other.reference] = other
    found = refusals(case, MarkDuplicate(target=other.reference))
    assert set(found) == {NotADuplicate}
    reasons: list[str] = found[NotADuplicate]["why"]
    return reasons


def replied() -> Case:
    case = earlier().send_letters().forward("ZDMK").send_letters()
    return case.answer().accept().draft().send_letters()


def test_the_sender_joins_and_the_case_ends() -> None:
    first, second = earlier(), later().send_letters()
    second.join(first)
    assert due(second) == ["N8.1.sender"]
    second.send_letters().close()
    assert second.case.outcome == "duplicate"
    assert second.open_tasks == []
    joined = first.case.joined["S1"]
    assert (joined.source, joined.sender) == (second.reference, second.case.sender)


def test_units_that_were_asked_are_told_that_they_need_not_answer() -> None:
    second = later().forward("ZDMK").send_letters().join(earlier())
    assert second.case.referrals["R1"].state == "recalled"
    assert due(second) == ["N7.1.R1", "N8.1.sender"]


def test_who_joined_gets_the_notices_from_then_on() -> None:
    first = earlier().send_letters().forward("ZDMK").send_letters()
    later().join(first)
    assert due(first) == []  # the notice of forwarding had gone out before
    first.answer().accept().draft()
    assert due(first) == ["N5.1.sender", "N5.1.S1"]


def test_who_joins_before_the_forwarding_is_told_of_it() -> None:
    first = earlier().send_letters()
    later().join(first)
    first.forward("ZDMK")
    assert due(first) == ["N2.1.R1", "N2.1.sender", "N2.1.S1"]


def test_who_joins_after_the_outcome_gets_a_copy_of_it() -> None:
    first, second = replied(), later().send_letters()
    second.join(first)
    assert due(second) == ["N8.1.sender", "N5c.1.sender"]
    assert due(first) == []
    assert second.case.joining is not None
    assert second.case.joining.outcome == "done"


def test_who_joins_a_closed_case_gets_a_copy_of_its_outcome() -> None:
    first = replied().wait_for_window().close()
    second = later().send_letters().join(first)
    assert due(second) == ["N8.1.sender", "N5c.1.sender"]
    assert due(first) == []


def test_an_anonymous_first_sender_keeps_nobody_from_being_told() -> None:
    first = earlier(sender=None, reach="none").forward("ZDMK").send_letters()
    later().join(first)
    first.answer().accept().draft()
    assert due(first) == ["N5.1.S1"]


def test_only_the_first_sender_opens_the_window() -> None:
    first = earlier().send_letters().forward("ZDMK").send_letters()
    later().join(first)
    first.answer().accept().draft()
    first.send_letter(LetterOrder(kind="N5", round=1, recipient="S1"))
    assert first.case.window is None
    first.send_letters()
    assert first.case.window is not None


def test_the_bounce_of_a_joined_senders_letter_is_dealt_with_in_the_joined_case() -> None:
    first = earlier().send_letters().forward("ZDMK").send_letters()
    later().join(first)
    first.answer().accept().draft()
    first.send_letter(LetterOrder(kind="N5", round=1, recipient="S1"), bouncing=True)
    first.open_needed()
    assert first.task("handle_bounce", "N5.S1").round == 1


@pytest.mark.parametrize(
    ("report", "reasons"),
    [
        ({"category": "lighting.park"}, None),  # the same place
        ({"place": FAR}, None),  # the same subject
        ({"category": "lighting.park", "place": NEAR}, None),  # some steps away
        ({"category": "lighting.park", "place": FAR}, ["another_matter"]),
        ({"category": "lighting.park", "place": Place()}, ["another_matter"]),
    ],
)
def test_it_is_about_the_same_place_or_the_same_subject(
    report: dict[str, Any], reasons: list[str] | None
) -> None:
    first, second = earlier(), later(**report)
    if reasons is None:
        second.join(first)
        assert second.case.joining is not None
    else:
        assert why(second, first) == reasons


def test_a_duplicate_is_nobodys_target() -> None:
    first, second = earlier(), later()
    second.join(first)
    assert why(first, second) == ["ended_as_duplicate", "others_are_joined_to_it"]


def test_a_case_is_no_duplicate_of_itself() -> None:
    first = earlier()
    assert why(first, first) == ["itself"]


def test_what_ended_without_an_outcome_is_no_target() -> None:
    first = earlier().send_letters().requalify().confirm_kind()
    assert why(later(), first) == ["ended_as_transferred"]


@pytest.mark.parametrize(("days", "reasons"), [(90, None), (91, ["closed_too_long_ago"])])
def test_a_closed_case_is_a_target_for_ninety_days(days: int, reasons: list[str] | None) -> None:
    first, second = replied().wait_for_window().close(), later()
    assert first.case.closed_at is not None
    second.at = first.case.closed_at + timedelta(days=days)
    if reasons is None:
        second.join(first)
    else:
        assert why(second, first) == reasons


def test_a_case_that_nobody_knows_is_no_target() -> None:
    assert set(refusals(later(), MarkDuplicate(target="INT-2026-000999"))) == {CaseUnknown}


def test_joined_by_mistake_it_goes_on_with_its_own_clocks() -> None:
    first, second = earlier(), later().send_letters()
    clocks = dict(second.case.clocks)
    second.join(first).send_letters().close().unlink()
    assert (second.case.stage, second.case.outcome) == ("triage", None)
    assert second.case.clocks == clocks
    assert second.task("triage").round == 2
    first.send_letters().forward("ZDMK")
    assert due(first) == ["N2.1.R1", "N2.1.sender"]  # nothing more to who has left
    second.send_letters().forward("ZDMK").send_letters().answer().accept().draft()
    second.send_letters().wait_for_window().close()
    assert second.case.outcome == "done"


def test_it_may_be_joined_again() -> None:
    first, second = earlier(), later().send_letters()
    second.join(first).send_letters().unlink().join(first)
    assert due(second) == ["N8.2.sender"]
    assert list(first.case.joined) == ["S1", "S2"]


def test_what_was_not_joined_cannot_be_parted() -> None:
    form = UnlinkDuplicate(reason=sealed("Inna latarnia"))
    case = replied().wait_for_window().close()
    assert NotJoined in refusals(case, form)
