"""Rows and calendars made for a test of terms."""

from dataclasses import replace
from datetime import date
from typing import Any

from domain.deadlines import Deadlines
from domain.holidays import OneOffHoliday
from domain.rulebook import Rulebook
from domain.terms import Term, TermRule
from domain.working_days import Calendar
from runtime.reference_data import load_reference_data
from tests.given import moment

CALENDAR = load_reference_data().deadlines.calendar


def row(id: str, length: int | None, unit: str, **fields: Any) -> TermRule:
    usual = {
        "process": "intervention",
        "what": "test of counting",
        "starts_at": "receipt",
        "basis": "KPA art. 57",
        "kind": "internal",
        "on_lapse": "ladder",
        "valid_from": "2011-01-01",
        "setting": True,
        "source": "test",
    }
    return TermRule.model_validate({"id": id, "length": length, "unit": unit, **usual, **fields})


def counted(rule: str, start: str, calendar: Calendar = CALENDAR) -> Term:
    """`14 days` from a moment, by a rule made for it."""
    length, unit = rule.split()
    deadlines = Deadlines([row("rule", int(length), unit)], [calendar])
    return deadlines.term("rule", moment(start))


def book_with_a_day_off(day: date) -> Rulebook:
    """The tables with version 2 of the calendar loaded over them."""
    data = load_reference_data()
    calendars = [*data.deadlines.calendars, with_a_day_off(day)]
    return replace(data, deadlines=Deadlines(data.deadlines.rules, calendars))


def book_with_a_row(rule: str, length: int, valid_from: date) -> Rulebook:
    """The tables with a later row of a rule."""
    data = load_reference_data()
    latest = data.deadlines.rule(rule, valid_from)
    new = latest.model_copy(update={"length": length, "valid_from": valid_from})
    rules = [*data.deadlines.rules, new]
    return replace(data, deadlines=Deadlines(rules, data.deadlines.calendars))


def with_a_day_off(day: date) -> Calendar:
    """Version 2 of the calendar."""
    return Calendar("2", [*CALENDAR.holidays, OneOffHoliday(id="day_of_mourning", day=day)])
