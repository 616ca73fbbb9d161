"""Erasing a person: not while a case is open, nor while its archive class runs (RODO art. 17)."""

from datetime import date

import pytest

from domain.erasures.commands import CaseOfSubject, EraseSubject
from domain.erasures.model import Erasure
from domain.erasures.refusals import CaseStillOpen, ErasureTooEarly
from domain.messages import Act
from domain.retention import NoRetentionInForce, Retention, RetentionRow
from tests.builders import resident
from tests.given import given, moment

ROW = RetentionRow(
    process="intervention",
    category="B5",
    years=5,
    valid_from=date(2021, 9, 1),
    confirmed=False,
    source="test",
)
SHORTER = ROW.model_copy(update={"years": 2, "category": "B2", "valid_from": date(2028, 1, 1)})
CLASSES = Retention([SHORTER, ROW])
ANNA = resident("Anna")
AT = moment("2032-01-01 08:00")


def case(closed_on: str | None, number: int = 1) -> CaseOfSubject:
    day = date.fromisoformat(closed_on) if closed_on else None
    return CaseOfSubject(reference=f"INT-2026-{number:06d}", process="intervention", closed_on=day)


def erase(*cases: CaseOfSubject) -> EraseSubject:
    return EraseSubject(subject=ANNA, cases=cases)


@pytest.mark.parametrize(
    ("closed_on", "free_from"),
    [
        ("2026-01-01", "2032-01-01"),
        ("2026-12-31", "2032-01-01"),
        ("2027-12-31", "2033-01-01"),
        ("2028-01-01", "2031-01-01"),  # by the row then in force
    ],
)
def test_the_class_keeps_whole_years_after_that_of_closing(closed_on: str, free_from: str) -> None:
    found = CLASSES.free_from("intervention", date.fromisoformat(closed_on))
    assert str(found) == free_from


def test_without_a_class_nothing_may_go() -> None:
    with pytest.raises(NoRetentionInForce):
        CLASSES.free_from("intervention", date(2021, 8, 31))


def test_a_person_goes_once_the_class_of_every_case_has_run_out() -> None:
    story = given(Erasure, at=AT).when(erase(case("2026-11-06")), CLASSES)
    story.then(Erasure.EraseRequested, subject=ANNA, cases=("INT-2026-000001",))
    story.then_nothing_more()


def test_an_open_case_needs_its_person() -> None:
    story = given(Erasure, at=AT).when(erase(case(None), case("2026-11-06", 2)), CLASSES)
    story.refused(CaseStillOpen, cases=["INT-2026-000001"], not_before="2035-01-01")


def test_the_last_day_of_the_class_is_too_early() -> None:
    story = given(Erasure, at=moment("2031-12-31 23:59"))
    story.when(erase(case("2026-11-06"), case("2025-03-01", 2)), CLASSES)
    story.refused(ErasureTooEarly, cases=["INT-2026-000001"], not_before="2032-01-01")


def test_what_is_done_is_recorded_once() -> None:
    act = Act(command_id="erase", at=AT, by="operator")
    erasure = Erasure.request(erase(), act, CLASSES)
    erasure.confirm(act)
    erasure.confirm(act)
    topics = [type(event).__name__ for event in erasure.collect_events()]
    assert topics == ["EraseRequested", "SubjectErased"]
