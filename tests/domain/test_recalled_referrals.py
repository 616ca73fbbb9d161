"""Referrals called back: which ones, and which units are written to about it (section 8)."""

import pytest

from domain.interventions import recalls
from domain.interventions.commands_units import RecallReferral
from domain.interventions.notices import letter_of, task_about
from domain.interventions.refusals import LeadUnitMissing, ReferralNotOpen
from tests.builders import Case, sealed
from tests.domain.at_stage import a_case, refusals, with_units


def recalled(case: Case) -> list[str]:
    act = case.an_act("ks-06-clerk")
    case.move(lambda: recalls.recall_open_referrals(case.case, act), act)
    return [event.referral for event in case.events if event.TOPIC.endswith("ReferralRecalled")]


def test_every_referral_is_called_back_that_is_not_done_with() -> None:
    case = with_units()
    # R3 was returned, and nobody has sent it on.
    assert recalled(case) == ["R1", "R2", "R3"]
    assert {each.state for each in case.case.referrals.values()} == {"recalled"}
    case = with_units().accept("R1").send_on("R3", "ZZM")
    assert recalled(case) == ["R2", "R4"]


def test_whoever_returned_the_matter_is_not_written_to_again() -> None:
    case = with_units().send_letters()
    recalled(case)
    assert [order.key for order in case.owed()] == ["N7.1.R1", "N7.1.R2"]


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
    task = task_about("handle_bounce", key)
    assert task.subject == subject
    assert letter_of(task) == key


def test_a_unit_asked_by_mistake_is_told_so_and_the_case_goes_on() -> None:
    case = a_case().forward("ZDMK", "ZTP").send_letters().answer("R1").accept("R1").recall("R2")
    assert case.case.stage == "drafting"
    assert "answer_referral" not in {task.type for task in case.open_tasks}
    assert [order.key for order in case.owed()] == ["N7.1.R2"]


def test_without_any_unit_left_the_case_is_qualified_again_and_the_sender_told_anew() -> None:
    case = a_case().forward("ZDMK").send_letters().recall("R1")
    assert case.case.stage == "triage"
    assert case.task("triage").round == 2
    case.forward("ZTP")
    assert {order.key for order in case.owed()} == {"N7.1.R1", "N2.1.R2", "N2b.2.sender"}


def test_the_lead_is_not_called_back_from_under_the_others() -> None:
    case = a_case().forward("ZDMK", "ZTP")
    form = RecallReferral(referral="R1", reason=sealed("Pomyłka"))
    assert set(refusals(case, form)) == {LeadUnitMissing}
    assert set(refusals(case.recall("R2").recall("R1"), form)) >= {ReferralNotOpen}
