"""Interventions: receipt, forwarding, answers and feedback, and what is refused by which name."""

from datetime import datetime
from typing import Any

import pytest

from domain.errors import Refusal
from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    ForwardIntervention,
    ReferralOrder,
    RegisterIntervention,
)
from domain.interventions.events import Registered
from domain.interventions.model import Intervention
from domain.interventions.refusals import (
    CategoryUnknown,
    DistrictUnknown,
    FeedbackNotWaiting,
    LeadUnitMissing,
    NothingReported,
    OutsideTheCity,
    PromiseTooFar,
    PromiseWithoutDate,
    ReasonsMissing,
    ReceivedInTheFuture,
    ReferralNotOpen,
    TextNotRedacted,
    TooManyReferrals,
    UnitNotActive,
)
from domain.messages import Message
from domain.references import aggregate_id
from tests.builders import resident, sealed
from tests.domain.at_stage import (
    DATA,
    DONE,
    FORWARD,
    MISSING,
    MONDAY,
    REF,
    a_case,
    carried_out,
    refusals,
    with_units,
)
from tests.given import Story, given, moment

TEXT = sealed("Dziura w jezdni przy ul. Długiej 12, około 40 cm")
ATTACHMENT = {"sha256": "ab" * 32, "media_type": "image/jpeg", "size": 40_000}


def report(**fields: Any) -> RegisterIntervention:
    usual = {
        "received_at": MONDAY,
        "channel": "phone",
        "sender": resident("Żaneta Wójcik"),
        "text": TEXT,
        "category": "roads.pothole",
        "place": {"district": "I", "street": "Długa", "number": "12"},
    }
    return RegisterIntervention.model_validate(usual | fields)


def registering(**fields: Any) -> Story[Intervention]:
    story: Story[Intervention] = given(Intervention, at=MONDAY, by="web-form")
    return story.when(report(**fields), REF, "email", DATA)


def test_a_report_becomes_a_case_with_its_clocks() -> None:
    case = registering().then(Registered, reference=REF, category="roads.pothole")
    due = {name: str(term.safe_due) for name, term in case.aggregate.clocks.items()}
    assert due == {
        "acknowledgement": "2026-10-06",
        "triage": "2026-10-07",
        "forwarding": "2026-10-12",
        "settlement": "2026-11-05",
    }
    assert (case.aggregate.stage, case.aggregate.id) == (
        "triage",
        aggregate_id("intervention", REF),
    )


def test_what_a_councillor_brings_has_a_term_of_its_own() -> None:
    case = registering(brought_by="councillor").aggregate
    assert str(case.clocks["state_notice"].safe_due) == "2026-10-19"


def test_a_dangerous_category_is_an_emergency() -> None:
    registering(category="energy.gas").then(Registered, emergency=True)


def test_an_attachment_alone_is_a_report() -> None:
    registering(text=None, attachments=[ATTACHMENT]).then(Registered, text_ref=None)


@pytest.mark.parametrize(
    ("fields", "refusal", "field"),
    [
        ({"text": None}, NothingReported, "text"),
        ({"received_at": moment("2026-10-05 10:21")}, ReceivedInTheFuture, "received_at"),
        ({"category": "roads.dragon"}, CategoryUnknown, "category"),
        ({"place": {"district": "XIX"}}, DistrictUnknown, "place.district"),
        ({"place": {"point": {"lat": 52.23, "lon": 21.01}}}, OutsideTheCity, "place.point"),
    ],
)
def test_a_wrong_report_is_refused_by_its_field(
    fields: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    registering(**fields).refused(refusal, field=field)


def test_everything_wrong_with_a_report_is_told_at_once() -> None:
    wrong = {"text": None, "category": "roads.dragon", "place": {"district": "XIX"}}
    registering(**wrong).refused(NothingReported, CategoryUnknown, DistrictUnknown)


def orders(*units: str, **fields: Any) -> ForwardIntervention:
    return ForwardIntervention(
        referrals=tuple(
            ReferralOrder.model_validate(
                {"unit": unit, "question": sealed(unit), "lead": number == 0} | fields
            )
            for number, unit in enumerate(units)
        )
    )


def test_each_unit_gets_a_referral_of_its_own_and_the_first_leads() -> None:
    events = carried_out(a_case(), orders("ZDMK", "ZTP"))
    assert [(event.referral, event.unit, event.lead) for event in events] == [
        ("R1", "ZDMK", True),
        ("R2", "ZTP", False),
    ]
    assert {event.command_id for event in events} == {"the-decision"}


def test_the_unit_has_its_own_clocks_and_the_event_says_what_the_table_proposed() -> None:
    [event] = carried_out(a_case(), FORWARD, at=moment("2026-10-06 09:10"))
    assert (str(event.claim_by.safe_due), str(event.feedback_by.safe_due)) == (
        "2026-10-07",
        "2026-10-13",
    )
    proposed = event.routing
    assert (proposed.version, proposed.rule, proposed.unit) == ("1", "roads.pothole", "ZDMK")
    assert proposed.inputs == a_case().case.matter.inputs()
    assert proposed.inputs.keys() == {"category", "district", "street"}
    assert proposed.reason.startswith("Kategoria wskazuje")


def test_what_is_handed_over_has_no_feedback_clock() -> None:
    handed = ReferralOrder(unit="ZTP", question=sealed("Do załatwienia"), mode="hand_over")
    form = FORWARD.model_copy(update={"referrals": (*FORWARD.referrals, handed)})
    events = carried_out(a_case(), form)
    assert [event.feedback_by is None for event in events] == [False, True]


def test_a_unit_that_does_not_exist_is_refused_by_its_place_in_the_list() -> None:
    found = refusals(a_case(), orders("ZDMK", "XYZ"))
    assert found == {UnitNotActive: {"field": "referrals.1.unit", "unit": "XYZ"}}


def test_a_company_gets_only_a_redacted_text() -> None:
    found = refusals(a_case(), orders("MPO"))
    assert found == {TextNotRedacted: {"field": "referrals.0.redacted", "unit": "MPO"}}
    assert carried_out(a_case(), orders("MPO", redacted=True))


@pytest.mark.parametrize(
    "form",
    [
        orders("ZDMK", "ZTP", lead=True),
        orders("ZDMK", lead=False),
        orders("ZDMK", mode="hand_over"),
    ],
)
def test_exactly_one_unit_leads_and_it_answers(form: ForwardIntervention) -> None:
    assert set(refusals(a_case(), form)) == {LeadUnitMissing}


def test_at_most_twelve_units_are_asked() -> None:
    assert len(carried_out(a_case(), orders(*["ZDMK"] * 12))) == 12
    assert set(refusals(a_case(), orders(*["ZDMK"] * 13))) == {TooManyReferrals}


def test_an_answer_waits_for_its_check() -> None:
    case = with_units("ZDMK", "ZTP")
    carried_out(case, DONE, "R2")
    states = {ref: referral.state for ref, referral in case.case.referrals.items()}
    assert states == {"R1": "answered", "R2": "answered"}
    assert case.case.referrals["R2"].answered_by == ("clerk-a",)


@pytest.mark.parametrize("subject", ["R1", "R9"])
def test_what_was_answered_or_never_asked_cannot_be_answered(subject: str) -> None:
    found = refusals(with_units(), DONE, subject=subject)
    assert found[ReferralNotOpen]["referral"] == subject


@pytest.mark.parametrize("result", ["not_possible", "no_basis"])
def test_a_negative_answer_needs_reasons(result: str) -> None:
    found = refusals(with_units(), AnswerReferral(), subject="R2", outcome=result)
    assert found == {ReasonsMissing: {"field": "text"}}


def test_a_plan_needs_a_date() -> None:
    found = refusals(with_units(), DONE, subject="R2", outcome="planned")
    assert found == {PromiseWithoutDate: {"field": "promised_on"}}


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        ("2026-10-06", False),
        ("2026-10-07", True),
        ("2027-10-07", True),
        ("2027-10-08", False),
    ],
)
def test_a_plan_lies_between_today_and_twelve_months_on(day: str, allowed: bool) -> None:
    form = DONE.model_copy(update={"promised_on": datetime.fromisoformat(day).date()})
    at = moment("2026-10-07 15:00")
    if allowed:
        [event] = carried_out(with_units(), form, "R2", "planned", at)
        assert str(event.promised_on) == day
    else:
        found = refusals(with_units(), form, subject="R2", outcome="planned", at=at)
        assert found == {PromiseTooFar: {"field": "promised_on", "promised_on": day, "months": 12}}


def test_the_last_accepted_answer_leads_to_the_draft() -> None:
    case = with_units("ZDMK", "ZTP")
    carried_out(case, AcceptFeedback(), "R1")
    assert case.case.stage == "with_units"
    carried_out(case, DONE, "R2")
    carried_out(case, AcceptFeedback(), "R2")
    assert case.case.stage == "drafting"


@pytest.mark.parametrize("form", [AcceptFeedback(), MISSING])
def test_only_an_answer_can_be_checked(form: Message) -> None:
    found = refusals(with_units(), form, subject="R2")
    assert found == {FeedbackNotWaiting: {"referral": "R2", "state": "sent"}}


def test_a_returned_answer_has_the_shorter_term() -> None:
    case = with_units()
    [event] = carried_out(case, MISSING, at=moment("2026-10-09 12:00"))
    assert (event.number, event.feedback_by.rule) == (1, "int.rework")
    assert (case.case.referrals["R1"].state, case.case.referrals["R1"].turn) == ("sent", 2)


def test_an_answer_is_returned_to_its_unit_twice_at_most() -> None:
    case = with_units("ZDMK")
    for _ in range(2):
        case.give_back().answer()
    [event] = carried_out(case, MISSING)
    assert (event.number, event.feedback_by) == (3, None)
    assert case.case.referrals["R1"].state == "answered"
