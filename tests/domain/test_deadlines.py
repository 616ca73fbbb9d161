"""Terms: counted by dated rows, rolled to working days, overdue or not (§11.1)."""

from datetime import UTC, date, datetime, timedelta

import holidays as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import Deadlines, NoRuleInForce
from domain.terms import RuleHasNoLength
from runtime.reference_data import load_reference_data
from tests.given import moment
from tests.term_rows import CALENDAR, counted, row

DEADLINES = load_reference_data().deadlines
POLISH_DAYS_OFF = oracle.country_holidays("PL", years=range(2010, 2042))


# Start, length, nominal end, legal end, safe due. Stories: interventions.md, by number.
DATED = """
2026-11-20  7 days           2026-11-27 2026-11-27 2026-11-27  ends on a working day
2026-11-14  14 days          2026-11-28 2026-11-30 2026-11-27  ends on a Saturday
2026-12-10  14 days          2026-12-24 2026-12-28 2026-12-23  24 December since 2025
2024-12-10  14 days          2024-12-24 2024-12-24 2024-12-24  24 December before 2025
2026-01-31  1 months         2026-02-28 2026-03-02 2026-02-27  the month is too short
2026-04-03  1 months         2026-05-03 2026-05-04 2026-04-30  3 May
2026-05-21  14 days          2026-06-04 2026-06-05 2026-06-03  Corpus Christi
2027-03-15  14 days          2027-03-29 2027-03-30 2027-03-26  Easter Monday
2026-12-31  2 months         2027-02-28 2027-03-01 2027-02-26  over the year
2028-01-29  1 months         2028-02-29 2028-02-29 2028-02-29  leap year
2026-12-23  3 working_days   2026-12-30 2026-12-30 2026-12-30  24-27 December are off
2018-11-05  7 days           2018-11-12 2018-11-13 2018-11-09  12 November 2018 was off
2018-11-09  1 working_days   2018-11-13 2018-11-13 2018-11-13  12 November 2018 was off
2019-11-08  1 working_days   2019-11-12 2019-11-12 2019-11-12  12 November 2019 was not
2018-03-26  7 days           2018-04-02 2018-04-03 2018-03-30  Easter Monday 2018
2019-06-06  14 days          2019-06-20 2019-06-21 2019-06-19  Corpus Christi 2019
2020-01-31  1 months         2020-02-29 2020-03-02 2020-02-28  leap day on a Saturday
2019-12-30  1 working_days   2019-12-31 2019-12-31 2019-12-31  last day of the year
2019-12-31  1 working_days   2020-01-02 2020-01-02 2020-01-02  New Year
2020-12-23  2 working_days   2020-12-28 2020-12-28 2020-12-28  24 December 2020 worked
2021-03-31  1 months         2021-04-30 2021-04-30 2021-04-30  31 to 30
2021-12-24  1 working_days   2021-12-27 2021-12-27 2021-12-27  from Christmas Eve, then worked
2022-01-03  3 working_days   2022-01-07 2022-01-07 2022-01-07  over Epiphany
2022-07-31  1 months         2022-08-31 2022-08-31 2022-08-31  31 to 31
2022-07-15  1 months         2022-08-15 2022-08-16 2022-08-12  Assumption on a Monday
2023-01-30  1 months         2023-02-28 2023-02-28 2023-02-28  30 to 28
2023-04-28  1 working_days   2023-05-02 2023-05-02 2023-05-02  over 1 May
2023-05-02  1 working_days   2023-05-04 2023-05-04 2023-05-04  over 3 May
2024-02-29  1 months         2024-03-29 2024-03-29 2024-03-29  from the leap day
2024-11-30  3 months         2025-02-28 2025-02-28 2025-02-28  over the year, short month
2025-12-23  1 working_days   2025-12-29 2025-12-29 2025-12-29  24 December first off
2025-12-23  -1 working_days  2025-12-22 2025-12-22 2025-12-22  counted back
2026-01-07  -1 working_days  2026-01-05 2026-01-05 2026-01-05  back over Epiphany
2026-11-12  -3 working_days  2026-11-06 2026-11-06 2026-11-06  back over Independence Day
2026-05-04  -5 working_days  2026-04-24 2026-04-24 2026-04-24  back over 1-3 May
2026-05-02  1 working_days   2026-05-04 2026-05-04 2026-05-04  from a day off
2026-05-22  0 days           2026-05-22 2026-05-22 2026-05-22  at once
2026-05-23  0 days           2026-05-23 2026-05-25 2026-05-22  at once on a Saturday
2027-05-13  14 days          2027-05-27 2027-05-28 2027-05-26  Corpus Christi 2027
2028-04-03  14 days          2028-04-17 2028-04-18 2028-04-14  Easter Monday 2028
2029-03-26  7 days           2029-04-02 2029-04-03 2029-03-30  Easter Monday 2029
2030-06-06  14 days          2030-06-20 2030-06-21 2030-06-19  Corpus Christi 2030
2030-10-31  1 working_days   2030-11-04 2030-11-04 2030-11-04  over All Saints
2030-12-20  2 working_days   2030-12-27 2030-12-27 2030-12-27  Christmas 2030
2030-12-31  60 working_days  2031-03-27 2031-03-27 2031-03-27  into the next year
2026-06-01  60 working_days  2026-08-25 2026-08-25 2026-08-25  over the summer
2026-06-01  30 days          2026-07-01 2026-07-01 2026-07-01  an invoice
"""
CASES = [line.split(maxsplit=6) for line in DATED.strip().splitlines()]


@pytest.mark.parametrize(
    ("start", "length", "unit", "nominal", "legal_end", "safe_due"),
    [case[:6] for case in CASES],
    ids=[f"{case[0]} {case[6]}" for case in CASES],
)
def test_a_term_ends_on_its_dates(
    start: str, length: str, unit: str, nominal: str, legal_end: str, safe_due: str
) -> None:
    term = counted(f"{length} {unit}", f"{start} 10:00")
    assert [term.nominal, term.legal_end, term.safe_due] == [
        date.fromisoformat(day) for day in (nominal, legal_end, safe_due)
    ]
    assert term.due_at == moment(f"{safe_due} 00:00") + timedelta(days=1)
    assert term.ends_at == moment(f"{legal_end} 00:00") + timedelta(days=1)


# Rule, moment of the start, safe due, legal end: every date of the stories of interventions.md.
STORIES = """
int.ack               2026-10-05 10:20  2026-10-06 2026-10-06  1
int.triage            2026-10-05 10:20  2026-10-07 2026-10-07  1
kpa.forward_motion    2026-10-05 10:20  2026-10-12 2026-10-12  1
kpa.settle_motion     2026-10-05 10:20  2026-11-05 2026-11-05  1
int.unit_ack          2026-10-06 09:10  2026-10-07 2026-10-07  1
int.feedback          2026-10-06 09:10  2026-10-13 2026-10-13  1
int.reopen_window     2026-10-13 12:00  2026-10-27 2026-10-27  1
int.ack               2026-10-29 19:40  2026-10-30 2026-10-30  2
int.triage            2026-10-29 19:40  2026-11-02 2026-11-02  2
kpa.forward_motion    2026-10-29 19:40  2026-11-05 2026-11-05  2
kpa.settle_motion     2026-10-29 19:40  2026-11-27 2026-11-30  2
int.unit_ack          2026-11-02 09:00  2026-11-03 2026-11-03  2
int.feedback          2026-11-02 09:00  2026-11-09 2026-11-09  2
int.silence_decision  2026-11-17 09:00  2026-11-19 2026-11-19  2
int.delay_notice_lead 2026-11-27 00:00  2026-11-24 2026-11-24  2
int.misroute          2026-05-21 12:00  2026-05-25 2026-05-25  3
int.reroute           2026-05-22 12:00  2026-05-25 2026-05-25  3
int.misroute          2026-05-25 12:00  2026-05-27 2026-05-27  3
int.competence        2026-05-27 12:00  2026-05-29 2026-05-29  3
int.feedback          2026-05-28 12:00  2026-06-03 2026-06-05  3
kpa.settle_motion     2026-05-20 12:00  2026-06-19 2026-06-22  3
int.triage            2026-12-21 12:00  2026-12-23 2026-12-23  5
int.requalify_confirm 2026-12-22 12:00  2026-12-23 2026-12-23  5
kpa.forward_complaint 2026-12-21 12:00  2026-12-28 2026-12-28  5
rm2002.supplement     2026-04-28 12:00  2026-05-05 2026-05-05  6
kpa.settle_motion     2026-04-27 12:00  2026-05-27 2026-05-27  6
int.reopen_window     2026-03-20 12:00  2026-04-03 2026-04-03  7
int.reopen_review     2026-03-30 12:00  2026-04-01 2026-04-01  7
kpa.settle_motion     2026-03-30 12:00  2026-04-30 2026-04-30  7
int.reopen_window     2026-04-17 12:00  2026-04-30 2026-05-04  7
int.ack               2026-12-30 12:00  2026-12-31 2026-12-31  8
int.triage            2026-12-30 12:00  2027-01-04 2027-01-04  8
kpa.forward_motion    2026-12-30 12:00  2027-01-05 2027-01-07  8
kpa.settle_motion     2026-12-30 12:00  2027-01-29 2027-02-01  8
int.feedback          2026-12-31 12:00  2027-01-07 2027-01-07  8
kpa.forward_motion    2026-11-14 22:10  2026-11-20 2026-11-23  9
int.reopen_window     2026-11-20 12:00  2026-12-04 2026-12-04  10
int.promise_confirm   2027-05-31 00:00  2027-06-03 2027-06-03  10
kpa.deputy_notice     2026-06-08 12:00  2026-06-22 2026-06-22  12
kpa.settle_motion     2026-06-08 12:00  2026-07-08 2026-07-08  12
"""


@pytest.mark.parametrize(
    ("rule", "day", "at", "safe_due", "legal_end", "story"),
    [line.split() for line in STORIES.strip().splitlines()],
)
def test_the_stories_have_the_dates_that_were_written_for_them(
    rule: str, day: str, at: str, safe_due: str, legal_end: str, story: str
) -> None:
    term = DEADLINES.term(rule, moment(f"{day} {at}"))
    assert (str(term.safe_due), str(term.legal_end)) == (safe_due, legal_end), f"story {story}"


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        ("24 hours", "2026-11-13 15:00", "2026-11-14 15:00"),  # from Friday into the week-end
        ("72 hours", "2026-04-30 18:00", "2026-05-03 18:00"),  # over 1 May, ends on 3 May
        ("24 hours", "2026-03-28 12:00", "2026-03-29 13:00"),  # the night has 23 hours
        ("24 hours", "2026-10-24 12:00", "2026-10-25 11:00"),  # the night has 25 hours
        ("72 hours", "2026-03-27 12:00", "2026-03-30 13:00"),
        ("6 hours", "2026-10-24 23:00", "2026-10-25 04:00"),
        ("15 minutes", "2026-11-14 22:10", "2026-11-14 22:25"),
        ("0 minutes", "2026-11-14 22:10", "2026-11-14 22:10"),
    ],
)
def test_hours_and_minutes_run_through_week_ends_and_clock_changes(
    rule: str, start: str, end: str
) -> None:
    term = counted(rule, start)
    assert term.due_at == term.ends_at == moment(end).astimezone(UTC)
    assert term.safe_due == term.legal_end == term.nominal == moment(end).date()


@given(
    length=st.integers(0, 70),
    unit=st.sampled_from(["days", "working_days"]),
    start=st.datetimes(datetime(2011, 1, 1), datetime(2039, 12, 31)),
)
def test_terms_agree_with_a_naive_count_day_by_day(length: int, unit: str, start: datetime) -> None:
    def off(day: date) -> bool:
        return day.isoweekday() > 5 or day in POLISH_DAYS_OFF

    end, left = start.date(), length
    while left:
        end += timedelta(days=1)
        left -= unit == "days" or not off(end)
    forward = backward = end
    while off(forward):
        forward += timedelta(days=1)
    while off(backward):
        backward -= timedelta(days=1)
    term = counted(f"{length} {unit}", f"{start:%Y-%m-%d %H:%M}")
    assert (term.nominal, term.legal_end, term.safe_due) == (end, forward, backward)


def test_overdue_begins_when_the_safe_due_is_over_and_legally_overdue_with_the_legal_end() -> None:
    term = DEADLINES.term("kpa.settle_motion", moment("2026-10-29 19:40"))
    assert not term.overdue(moment("2026-11-27 23:59"))
    assert term.overdue(moment("2026-11-28 00:00"))
    assert not term.legally_overdue(moment("2026-11-30 23:59"))
    assert term.legally_overdue(moment("2026-12-01 00:00"))


@pytest.mark.parametrize(
    ("at", "late"),
    [
        ("2026-11-09 23:59", 0),
        ("2026-11-10 00:00", 1),
        ("2026-11-11 12:00", 1),
        ("2026-11-13 12:00", 3),
    ],
)
def test_lateness_is_counted_in_working_days_after_the_safe_due(at: str, late: int) -> None:
    term = DEADLINES.term("int.check_feedback", moment("2026-11-06 10:00"))
    assert DEADLINES.working_days_late(term, moment(at)) == late


def test_the_row_in_force_on_the_day_the_clock_starts_applies() -> None:
    rows = [row("int.ack", 1, "working_days"), row("int.ack", 2, "days", valid_from="2026-06-01")]
    deadlines = Deadlines(rows, [CALENDAR])
    assert deadlines.term("int.ack", moment("2026-05-31 23:59")).unit == "working_days"
    assert deadlines.term("int.ack", moment("2026-06-01 00:00")).unit == "days"


def test_two_rows_of_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match=r"int\.ack: two rows are valid from 2011-01-01"):
        Deadlines([row("int.ack", 1, "days"), row("int.ack", 2, "days")], [CALENDAR])


def test_a_rule_that_is_unknown_or_not_yet_in_force_is_refused() -> None:
    with pytest.raises(NoRuleInForce):
        DEADLINES.term("int.unheard_of", moment("2026-05-31 12:00"))
    with pytest.raises(NoRuleInForce) as refusal:
        DEADLINES.term("cru", moment("2026-06-30 12:00"))
    assert refusal.value.facts == {"rule": "cru", "day": date(2026, 6, 30)}
    assert DEADLINES.term("cru", moment("2026-07-01 12:00")).length == 30


@pytest.mark.parametrize("rule", ["commission", "press.correction_periodical"])
def test_a_rule_without_a_length_can_be_loaded_but_not_counted(rule: str) -> None:
    assert DEADLINES.rule(rule, date(2026, 1, 1)).length is None
    with pytest.raises(RuleHasNoLength):
        DEADLINES.term(rule, moment("2026-05-31 12:00"))


def test_at_once_is_due_on_the_same_day() -> None:
    term = DEADLINES.term("kpa.forward_application", moment("2026-05-22 12:00"))
    assert (term.length, term.unit) == (0, "days")
    assert term.safe_due == term.legal_end == date(2026, 5, 22)


@pytest.mark.parametrize(
    ("length", "unit"),
    [(None, "days"), (7, "configurable"), (-7, "days"), (-2, "hours"), (1, "at_once")],
)
def test_a_row_whose_length_does_not_fit_its_unit_is_refused(length: int | None, unit: str) -> None:
    with pytest.raises(ValueError, match=r"length|back"):
        row("int.ack", length, unit)


def test_every_task_type_of_an_intervention_has_a_row_of_its_own() -> None:
    borrowed = {
        "int.decide_incomplete": "int.reroute",
        "int.justify_stop": "int.reroute",
        "int.decide_partial": "int.check_feedback",
        "int.settle_insufficient": "int.silence_decision",
    }
    day = date(2026, 1, 1)
    for own, other in borrowed.items():
        assert DEADLINES.rule(own, day).measure() == DEADLINES.rule(other, day).measure()
    assert DEADLINES.rule("int.chase", day).measure() == (1, "working_days")


def test_rows_for_tests_are_named() -> None:
    rows = [
        row("int.ack", 1, "days"),
        row("int.ack", 0, "minutes", valid_from="2026-01-01", test=1),
    ]
    assert Deadlines(rows, [CALENDAR]).test_rules == (rows[1],)
    assert DEADLINES.test_rules == ()
