"""A referral comes back: in time or with a note, on to another unit, and settled by the head."""

from typing import Any

import pytest

from domain.errors import Refusal
from domain.interventions.commands import (
    DecideCompetence,
    InsistOnUnit,
    RerouteReferral,
    ReturnReferral,
)
from domain.interventions.refusals import (
    CompetenceAlreadyDecided,
    ReasonsMissing,
    ReferralNotOpen,
    ReferralNotReturned,
    ReturnTooLate,
    TextNotRedacted,
    UnitNotActive,
)
from tests.builders import Case, sealed
from tests.domain.at_stage import a_case, carried_out, refusals, with_units
from tests.given import moment

NOT_OURS = ReturnReferral(reason=sealed("To nie nasze"))
DECIDED = DecideCompetence(unit="ZDMK", reason=sealed("Mapa zarządców"))


def returned(unit: str = "ZDMK") -> Case:
    return a_case().forward(unit).misroute("R1", suggested="ZTP")


def test_a_returned_referral_asks_a_clerk_to_send_it_on() -> None:
    case = returned()
    assert [(task.type, task.subject) for task in case.open_tasks if task.subject == "R1"] == [
        ("reroute", "R1")
    ]
    assert case.case.stage == "with_units"


def test_the_second_return_asks_the_head() -> None:
    case = returned().send_on("R1", "ZTP").misroute("R2")
    task = next(task for task in case.open_tasks if task.subject == "R2")
    assert (task.type, task.candidates) == ("settle_competence", ("KS-06/head",))


def test_the_other_unit_gets_a_referral_of_its_own_with_the_question_and_the_lead() -> None:
    case = returned()
    question = case.case.referrals["R1"].question_ref
    [sent] = carried_out(case, RerouteReferral(unit="ZTP"), "R1")
    assert (sent.referral, sent.unit, sent.lead, sent.replaces) == ("R2", "ZTP", True, "R1")
    assert sent.question_ref == question
    assert sent.feedback_by.rule == "int.feedback"


def test_a_case_does_not_go_on_while_a_returned_referral_waits_for_its_way() -> None:
    case = a_case().forward("ZDMK", "ZTP").misroute("R2").answer("R1").accept("R1")
    assert case.case.stage == "with_units"
    case.send_on("R2", "ZZM").answer("R3").accept("R3")
    assert case.case.stage == "drafting"


def test_after_two_working_days_a_return_needs_a_note_and_counts_as_late() -> None:
    case = a_case().forward("ZDMK")
    late = moment("2026-10-12 10:00")
    assert refusals(case, NOT_OURS, at=late)[ReturnTooLate]["field"] == "note"
    explained = NOT_OURS.model_copy(update={"note": sealed("Czekaliśmy na mapę")})
    [event] = carried_out(case, explained, at=late)
    assert event.late


def test_the_unit_that_the_head_named_cannot_return_the_matter() -> None:
    case = returned().send_on("R1", "ZTP").misroute("R2").send_on("R2", "ZDMK")
    assert refusals(case, NOT_OURS, subject="R3") == {CompetenceAlreadyDecided: {"unit": "ZDMK"}}


def test_another_unit_may_still_return_its_own_referral() -> None:
    case = returned().send_on("R1", "ZTP").misroute("R2").send_on("R2", "ZDMK")
    assert "ZTP" not in case.case.competent


def test_insisting_sends_it_to_the_same_unit_with_reasons() -> None:
    [sent] = carried_out(returned("MPO"), InsistOnUnit(reason=sealed("To wasz przystanek")), "R1")
    assert (sent.unit, sent.redacted, sent.replaces) == ("MPO", True, "R1")


@pytest.mark.parametrize(
    ("form", "refusal", "field"),
    [
        (RerouteReferral(unit="ZDMK"), ReasonsMissing, "reason"),
        (RerouteReferral(unit="XXX"), UnitNotActive, "unit"),
        (RerouteReferral(unit="MPO"), TextNotRedacted, "redacted"),
        (DECIDED.model_copy(update={"unit": "XXX"}), UnitNotActive, "unit"),
    ],
)
def test_sending_on_is_refused_by_the_field(form: Any, refusal: type[Refusal], field: str) -> None:
    assert refusals(returned(), form)[refusal]["field"] == field


def test_a_suggested_unit_has_to_exist() -> None:
    form = NOT_OURS.model_copy(update={"suggested": "XXX"})
    assert refusals(a_case().forward("ZDMK"), form)[UnitNotActive]["field"] == "suggested"


@pytest.mark.parametrize("subject", ["R1", "R2", "R9"])
def test_only_a_returned_referral_is_sent_on_and_only_once(subject: str) -> None:
    case = with_units("ZDMK", "ZTP")
    found = refusals(case, RerouteReferral(unit="ZZM"), subject=subject)
    assert ReferralNotReturned in found
    sent_on = returned().send_on("R1", "ZTP")
    assert ReferralNotReturned in refusals(sent_on, DECIDED, subject="R1")


@pytest.mark.parametrize("subject", ["R1", "R3"])
def test_only_an_open_referral_is_returned(subject: str) -> None:
    assert ReferralNotOpen in refusals(with_units(), NOT_OURS, subject=subject)
