"""How a term was counted, told to the person who asks."""

from datetime import date

from runtime.reference_data import load_reference_data
from tests.given import moment

DEADLINES = load_reference_data().deadlines


def test_an_explanation_names_every_day_the_rule_and_the_calendar() -> None:
    term = DEADLINES.term("int.check_feedback", moment("2026-11-10 10:00"))
    explanation = DEADLINES.explain(term)
    assert [(str(day.day), day.number, day.day_off) for day in explanation.days] == [
        ("2026-11-11", None, "independence_day"),
        ("2026-11-12", 1, None),
    ]
    assert explanation.sentences == (
        "int.check_feedback: check whether the feedback answers the question, 1 working day from"
        " answer (internal rule; internal, a setting; row valid from 2021-09-01; source: default,"
        " a setting).",
        "The day of the start, Tue 2026-11-10, is not counted.",
        "Not counted: Wed 2026-11-11 (independence_day).",
        "The nominal end is Thu 2026-11-12.",
        "Safe due Thu 2026-11-12, legal end Thu 2026-11-12.",
        "Days off are those of calendar version 1.",
    )


def test_an_explanation_shows_the_days_an_end_was_rolled_over() -> None:
    term = DEADLINES.term("kpa.settle_motion", moment("2026-10-29 19:40"))
    explanation = DEADLINES.explain(term)
    assert [(str(off.day), off.reason) for off in explanation.rolled_forward] == [
        ("2026-11-29", "sunday")
    ]
    assert [(str(off.day), off.reason) for off in explanation.rolled_back] == [
        ("2026-11-29", "sunday"),
        ("2026-11-28", "saturday"),
    ]
    assert "Safe due Fri 2026-11-27, legal end Mon 2026-11-30." in explanation.sentences


def test_an_explanation_tells_of_suspensions_and_extensions() -> None:
    term = DEADLINES.extend(
        DEADLINES.term("int.feedback", moment("2026-11-02 09:00")), date(2026, 11, 29)
    )
    held = DEADLINES.suspend(term, moment("2026-11-24 10:00"))
    assert DEADLINES.explain(held).sentences[3:] == (
        "A decision set the new end Sun 2026-11-29.",
        "Sun 2026-11-29 is a day off (sunday): the legal end is rolled forward to a working day,"
        " the safe due back.",
        "The clock stood still from Tue 2026-11-24 and has not gone on yet, with 3 working days"
        " left to the safe due.",
        "Safe due Fri 2026-11-27, legal end Mon 2026-11-30.",
        "Days off are those of calendar version 1.",
    )


def test_an_explanation_of_hours_gives_the_time() -> None:
    assert DEADLINES.explain(
        DEADLINES.term("int.press_proof", moment("2026-11-13 15:00"))
    ).sentences[1:3] == (
        "The time runs without a break from Fri 2026-11-13 15:00.",
        "It ends on Fri 2026-11-13 at 19:00.",
    )
