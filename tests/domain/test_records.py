"""The record of a case kept right: corrected, filed into, closed when there is no such matter."""

from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands import Place
from domain.interventions.commands_records import CorrectData, FileDocument
from domain.interventions.refusals import (
    CategoryUnknown,
    DistrictUnknown,
    NothingCorrected,
    OneThingAtATime,
    ReferralUnknown,
)
from tests.builders import sealed
from tests.domain.at_stage import AT_STAGE, a_case, carried_out, refusals, with_units

WHY = sealed("Pomyłka przy rejestracji")
RONDO = sealed("Dziura na rondzie")


def correct(**fields: Any) -> CorrectData:
    return CorrectData(reason=WHY, **fields)


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("category", "roads.bridge"),
        ("channel", "email"),
        ("place", Place(district="IV", street="Łokietka")),
    ],
)
def test_a_thing_is_put_right_and_the_old_value_stays(field: str, new: Any) -> None:
    case = a_case()
    before = getattr(case.case, field)
    [event] = carried_out(case, correct(**{field: new}))
    told = before.model_dump(mode="json", exclude_none=True) if field == "place" else before
    assert (event.field, event.old, event.reason_ref) == (field, told, WHY)
    assert getattr(case.case, field) == new


def test_a_text_is_put_right_by_reference() -> None:
    case = a_case()
    before = case.case.text_ref
    [event] = carried_out(case, correct(text=RONDO))
    assert (event.old, event.text_ref) == (before, RONDO)
    assert case.case.text_ref == RONDO


def test_terms_stay_as_they_were_promised() -> None:
    case = a_case()
    before = dict(case.case.clocks)
    case.put_right(category="roads.bridge")
    assert (case.case.clocks, case.case.emergency) == (before, False)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"category": "roads.nowhere"}, CategoryUnknown),
        ({"place": Place(district="XXIX")}, DistrictUnknown),
        ({"category": "roads.pothole"}, NothingCorrected),
        ({"category": "roads.bridge", "channel": "email"}, OneThingAtATime),
        ({}, OneThingAtATime),
    ],
)
def test_what_is_not_a_correction_is_refused(fields: dict[str, Any], refusal: Any) -> None:
    assert set(refusals(a_case(), correct(**fields))) == {refusal}


def test_a_case_registered_in_error_calls_its_referrals_back_and_ends() -> None:
    case = with_units().send_letters()
    case.register_in_error()
    assert case.case.stage == "ending"
    assert not case.case.open_referrals
    owed = [order.key for order in letters.letters_due(case.case)]
    assert [key for key in owed if key.startswith("N7")], "the units are told"
    case.send_letters().close()
    assert case.case.outcome == "registered_in_error"


@pytest.mark.parametrize("stage", AT_STAGE)
def test_a_document_is_filed_at_any_stage_and_changes_nothing(stage: str) -> None:
    case = AT_STAGE[stage]()
    before = case.case.stage, len(case.open_tasks)
    case.file_document()
    assert (case.case.stage, len(case.open_tasks)) == before


def test_a_document_is_about_a_referral_of_the_case() -> None:
    form = FileDocument(text=WHY, from_whom="unit", referral="R7")
    assert set(refusals(a_case(), form)) == {ReferralUnknown}
