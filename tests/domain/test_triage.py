"""Triage that asks no unit of the City: a matter of others (A4), and one answered at once (A5)."""

from domain.interventions import forms
from domain.interventions.commands_triage import HandOverIntervention, HandOverOrder
from domain.interventions.refusals import (
    FeedbackOwed,
    LettersOwed,
    NobodyToHandOverTo,
    SenderNotReachable,
    TextNotRedacted,
    UnitNotActive,
)
from domain.tasks.commands import TaskOrder
from tests.builders import Case, sealed
from tests.domain.at_stage import GIVEN, MONDAY, a_case, carried_out, refusals


def order(unit: str, *, redacted: bool = True) -> HandOverIntervention:
    one = HandOverOrder(unit=unit, question=sealed("Czuć gaz"), redacted=redacted)
    return HandOverIntervention(referrals=(one,))


def test_a_matter_of_others_ends_with_the_evidence_that_they_have_it() -> None:
    case = a_case().hand_over("EXT-GAZ", "EXT-TAURON")
    assert case.case.stage == "with_units"
    assert [task.type for task in case.open_tasks] == ["handle_bounce"]
    to_the_sender, *to_bodies = sorted(case.owed(), key=lambda each: each.recipient, reverse=True)
    case.send_letter(to_bodies[0])
    assert case.case.stage == "with_units"
    case.send_letter(to_bodies[1])
    assert (case.case.stage, case.case.ending) == ("ending", "handed_over")
    assert refusals(case, None) == {LettersOwed: {"letters": ["N2.1.sender"]}}
    case.send_letter(to_the_sender)
    [closed] = carried_out(case, None)
    assert closed.outcome == "handed_over"


def test_a_letter_that_cannot_be_delivered_is_noted_and_stands_for_the_evidence() -> None:
    case = a_case().hand_over("EXT-GAZ").send_letters(bouncing=True).note_bounce("R1")
    assert (case.case.referrals["R1"].state, case.case.stage) == ("handed_over", "ending")


def test_a_unit_that_answers_keeps_the_case_from_ending_so() -> None:
    case = a_case().forward("ZDMK", "EXT-GAZ").send_letters().answer().accept()
    assert case.case.stage == "drafting"


def test_a_returned_matter_that_others_take_over_ends_as_handed_over() -> None:
    case = a_case().forward("ZDMK").misroute().send_on("R1", "EXT-GAZ").send_letters()
    assert (case.case.stage, case.case.ending) == ("ending", "handed_over")


def test_when_nobody_is_known_to_be_competent_the_sender_is_told_whom_to_ask() -> None:
    case = a_case().hand_over()
    assert case.case.stage == "ending"
    assert [each.key for each in case.owed()] == ["N2.1.sender"]
    case.send_letters()
    assert carried_out(case, None)[0].outcome == "handed_over"


def test_the_sender_who_is_told_has_to_be_reachable() -> None:
    form = HandOverIntervention(guidance=sealed("Prosimy pytać spółdzielnię"))
    case = Case(123, MONDAY, sender=None, reach="none")
    assert refusals(case, form) == {SenderNotReachable: {"anonymous": True}}
    assert refusals(case, HandOverIntervention()) == {NobodyToHandOverTo: {"field": "referrals"}}


def test_only_a_body_outside_the_city_takes_a_matter_over() -> None:
    field = {"field": "referrals.0.unit"}
    assert refusals(a_case(), order("ZDMK")) == {FeedbackOwed: {**field, "unit": "ZDMK"}}
    assert refusals(a_case(), order("XXX")) == {UnitNotActive: {**field, "unit": "XXX"}}
    assert TextNotRedacted in refusals(a_case(), order("EXT-GAZ", redacted=False))


def test_an_answer_at_once_is_where_the_draft_starts_from() -> None:
    case = a_case()
    case.answer_at_once()
    draft = next(task for task in case.open_tasks if task.type == "draft_reply")
    wanted = TaskOrder(type=draft.type, subject=draft.subject, round=draft.round)
    assert forms.prefilled(case.case, wanted) == {
        "outcome": "information_given",
        "text": GIVEN["AnswerAtOnce"].model_dump()["text"],
    }
    case.draft("information_given").send_letters().wait_for_window()
    assert carried_out(case, None)[0].outcome == "information_given"


def test_a_reply_to_units_starts_from_nothing() -> None:
    case = a_case().forward("ZDMK").answer().accept()
    wanted = TaskOrder(type="draft_reply", subject="-", round=1)
    assert forms.prefilled(case.case, wanted) == {}
