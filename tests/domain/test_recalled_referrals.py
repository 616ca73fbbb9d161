"""Referrals called back: which ones, and which units are written to about it (section 8)."""

import pytest

from domain.interventions import recalls
from domain.interventions.notices import bounce_of, letter_of
from tests.builders import Case
from tests.domain.at_stage import with_units


def recalled(case: Case) -> list[str]:
    act = case.an_act("ks-06-clerk")
    case.move(lambda: recalls.recall_open_referrals(case.case, act), act)
    return [event.referral for event in case.events if event.TOPIC.endswith("ReferralRecalled")]


def test_every_referral_is_called_back_that_is_not_done_with() -> None:
    case = with_units()
    assert recalled(case) == ["R1", "R2"]  # R3 was returned
    assert {ref: each.state for ref, each in case.case.referrals.items()} == {
        "R1": "recalled",
        "R2": "recalled",
        "R3": "returned",
    }


def test_only_a_unit_that_was_written_to_is_written_to_again() -> None:
    case = with_units()
    [first] = [order for order in case.owed() if order.recipient == "R1"]
    case.send_letter(first)
    recalled(case)
    assert [order.key for order in case.owed() if order.recipient in ("R1", "R2")] == ["N7.1.R1"]


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        ("N5.1.sender", "N5"),
        ("N2.2.sender", "N2"),
        ("N2.1.R1", "R1"),
        ("N7.1.R12", "N7.R12"),
        ("N5.1.S2", "N5.S2"),
    ],
)
def test_a_bounce_names_its_letter(key: str, subject: str) -> None:
    task = bounce_of(key)
    assert task.subject == subject
    assert letter_of(task) == key
