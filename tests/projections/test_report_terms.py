"""R1: terms at the edges of periods, told by the stories of the process; periods and figures."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.working_days import WARSAW
from projections.reports.document import Report
from projections.reports.facts import CaseFacts, Closing, DelayNotice
from projections.reports.figures import change, nearest_rank, shares
from projections.reports.fold import Known, fold
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.r1 import r1
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.term_rows import book_with_a_day_off

REFERENCE = load_reference_data()


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, 40, tzinfo=WARSAW)


def month_of(month: int, case: CaseFacts, as_of: datetime) -> Report:
    period = Period(date(2026, month, 1), date(2026 + month // 12, month % 12 + 1, 1))
    return r1(Parameters(period, as_of), Known((case,), 1), REFERENCE)


def settlement(report: Report) -> dict[str, Any]:
    """What is not zero or empty in the row of the settlement."""
    table = report.table("R1.6")
    columns = table.columns[table.columns.index("cases") :]
    cells = {name: table.column(name)["settlement"] for name in columns}
    return {name: cell for name, cell in cells.items() if cell}


def summary(report: Report) -> dict[str, int]:
    return {key: n for key, n in report.table("R1.1").column("period").items() if n}


@pytest.fixture(scope="module")
def announced(tmp_path_factory: pytest.TempPathFactory) -> CaseFacts:
    """Story 2, told in short: received on 29 October, a date announced on 24 November, answered
    on 4 December."""
    store = Store(Settings(var=tmp_path_factory.mktemp("log")))
    case = Case(123, at(10, 29, 19), store=store, pace=timedelta(minutes=1))
    case.open_needed().send_letters()
    case.at = at(11, 2)
    case.forward("ZDMK").send_letters()
    case.at = at(11, 24)
    case.open_needed().tell_of_delay(days=11)
    case.at = at(11, 27)
    case.answer().accept()
    case.at = at(12, 4)
    case.draft().send_letters()
    [facts] = fold(store, store.position()).cases
    store.close()
    return facts


@pytest.fixture
def silent_unit(announced: CaseFacts) -> CaseFacts:
    """The same without a notice of delay."""
    assert [str(notice.new_date) for notice in announced.delay_notices] == ["2026-12-11"]
    return replace(announced, delay_notices=())


def test_in_october_the_case_is_received_and_open(announced: CaseFacts) -> None:
    report = month_of(10, announced, at(12, 20))
    assert summary(report) == {"received": 1, "registered": 1, "open": 1}
    assert settlement(report) == {"cases": 1, "running": 1}


def test_at_the_end_of_november_it_is_overdue_and_not_late(announced: CaseFacts) -> None:
    report = month_of(11, announced, at(12, 20))
    assert summary(report) == {"forwarded": 1, "with_feedback": 1, "open": 1, "overdue": 1}
    assert settlement(report) == {"cases": 1, "running": 1}
    assert report.table("R1.9").column("announced") == {announced.reference: date(2026, 12, 11)}
    assert report.table("R1.9").column("days_late") == {announced.reference: 0}


def test_on_the_first_of_december_the_announced_date_runs(announced: CaseFacts) -> None:
    so_far = replace(announced, answered_at=None)
    report = month_of(12, so_far, at(12, 1))
    assert settlement(report) == {"cases": 1, "announced_running": 1, "longest": 1}
    assert summary(report) == {"open": 1, "overdue": 1}


def test_in_december_it_is_answered_as_announced_and_the_cause_is_the_unit(
    announced: CaseFacts,
) -> None:
    report = month_of(12, announced, at(12, 20))
    assert summary(report) == {"answered": 1, "open": 1}
    assert settlement(report) == {"cases": 1, "announced": 1, "longest": 4}
    assert report.table("R1.8").column("cases") == {"unit": 1, "sender": 0, "us": 0}
    assert report.table("R1.8").column("median")["unit"] == 4
    assert report.table("R1.8").column("median_working")["unit"] == 4


def test_without_a_notice_of_delay_it_is_late_and_the_cause_is_who_held_it_then(
    silent_unit: CaseFacts,
) -> None:
    report = month_of(12, silent_unit, at(12, 20))
    assert settlement(report) == {"cases": 1, "late": 1, "longest": 4}
    assert report.table("R1.8").column("cases") == {"unit": 0, "sender": 0, "us": 1}


def test_a_notice_of_delay_given_after_the_end_does_not_count(silent_unit: CaseFacts) -> None:
    too_late = DelayNotice(at(12, 1), date(2026, 12, 11))
    report = month_of(12, replace(silent_unit, delay_notices=(too_late,)), at(12, 20))
    assert settlement(report)["late"] == 1


def test_a_report_does_not_know_an_answer_given_after_its_period(announced: CaseFacts) -> None:
    early = month_of(11, replace(announced, answered_at=None), at(11, 30, 23))
    late = month_of(11, announced, at(12, 20))
    assert early.tables == late.tables


def test_a_promise_is_waited_for_until_its_case_ends_as_something_else(
    announced: CaseFacts,
) -> None:
    asked = announced.referrals["R1"]
    promised = tuple(
        replace(each, result="planned", promised_on=date(2027, 1, 15)) for each in asked.answers
    )
    referrals = {"R1": replace(asked, answers=promised)}
    case = replace(announced, referrals=referrals, closings=(Closing(at(12, 10), "transferred"),))
    november, december = (month_of(month, case, at(12, 20)).table("R1.11") for month in (11, 12))
    for unit in ("ZDMK", "total"):
        assert november.column("waiting")[unit] == 1
        assert november.column("nearest")[unit] == date(2027, 1, 15)
        assert december.column("waiting")[unit] == 0
        assert december.column("nearest")[unit] is None


@pytest.mark.parametrize("outcome", ["duplicate", "transferred", "left_without_consideration"])
def test_what_ended_outside_the_terms_has_a_row_of_its_own(
    silent_unit: CaseFacts, outcome: str
) -> None:
    ended = replace(silent_unit, answered_at=None, closings=(Closing(at(11, 3), outcome),))
    report = month_of(11, ended, at(12, 20))
    assert settlement(report) == {}
    row = {"duplicate": "joined", "transferred": "transferred"}.get(outcome, "unconsidered")
    assert summary(report) == {"forwarded": 1, "with_feedback": 1, "closed": 1, row: 1}


def test_a_case_parted_from_its_duplicate_is_open_again(silent_unit: CaseFacts) -> None:
    parted = replace(
        silent_unit,
        closings=(Closing(at(11, 3), "duplicate"), Closing(at(11, 20), "done")),
        parted=(at(11, 10),),
    )
    assert [parted.open(at(11, day)) for day in (3, 4, 11, 21)] == [True, False, True, False]
    assert summary(month_of(11, parted, at(12, 20)))["closed"] == 2


def test_a_straight_case_is_in_time_by_both_measures(tmp_path: Path) -> None:
    store = Store(Settings(var=tmp_path))
    case = Case(1, at(10, 5), store=store, pace=timedelta(minutes=1)).open_needed().send_letters()
    case.at = at(10, 6)
    case.forward("ZDMK").send_letters()
    case.at = at(10, 9)
    case.answer().accept()
    case.at = at(10, 13)
    case.draft().send_letters()
    [facts] = fold(store, store.position()).cases
    store.close()
    report = month_of(10, facts, at(11, 4))
    assert settlement(report) == {
        "cases": 1,
        "own": 1,
        "legal": 1,
        "legal_share": Decimal("100.0"),
    }
    assert report.table("R1.7").column("forwarded")["up_to_1"] == 1
    assert report.table("R1.2").column("own")["ZDMK"] == 1
    assert report.table("R1.3").column("median")["total"] == Decimal("8.0")


def test_news_before_the_answer_is_the_first_information(store: Store) -> None:
    case = Case(1, at(10, 5), store=store, pace=timedelta(minutes=1)).open_needed()
    case.forward("ZDMK").at = at(10, 7)
    case.inform().at = at(10, 12)
    case.answer()
    [facts] = fold(store, store.position()).cases
    units = month_of(10, facts, at(11, 4)).table("R1.2")
    assert units.column("first_information")["ZDMK"] == Decimal("2.0")
    assert units.column("median")["ZDMK"] == Decimal("7.0")


def days(text: str) -> Period:
    return Period(*map(date.fromisoformat, text.split("/")))


@pytest.mark.parametrize(
    ("period", "kind", "previous", "last_year"),
    [
        ("2026-10-01/2026-11-01", "month", "2026-09-01/2026-10-01", "2025-10-01/2025-11-01"),
        ("2026-01-01/2026-02-01", "month", "2025-12-01/2026-01-01", "2025-01-01/2025-02-01"),
        ("2026-10-01/2027-01-01", "quarter", "2026-07-01/2026-10-01", "2025-10-01/2026-01-01"),
        ("2026-02-01/2026-05-01", "free", "2025-11-04/2026-02-01", "2025-02-01/2025-05-01"),
        ("2026-07-01/2027-01-01", "half_year", "2026-01-01/2026-07-01", "2025-07-01/2026-01-01"),
        ("2026-01-01/2027-01-01", "year", "2025-01-01/2026-01-01", "2025-01-01/2026-01-01"),
        ("2026-11-02/2026-11-09", "week", "2026-10-26/2026-11-02", "2025-11-03/2025-11-10"),
        ("2026-12-28/2027-01-04", "week", "2026-12-21/2026-12-28", "2025-12-22/2025-12-29"),
        ("2024-02-29/2024-03-01", "day", "2024-02-28/2024-02-29", "2023-02-28/2023-03-01"),
    ],
)  # fmt: skip
def test_a_period_is_compared_with_the_one_before_and_that_of_the_last_year(
    period: str, kind: str, previous: str, last_year: str
) -> None:
    wanted = days(period)
    assert wanted.kind == kind
    assert wanted.previous == days(previous)
    assert wanted.last_year == days(last_year)


def test_a_period_ends_at_midnight_in_warsaw_also_when_the_clocks_change() -> None:
    october = days("2026-10-01/2026-11-01")
    assert october.ends_at - october.starts_at == timedelta(days=31, hours=1)
    assert not october.covers(october.ends_at)
    assert october.covers(october.starts_at)


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30))
def test_shares_make_a_hundred_and_keep_the_order_of_the_counts(counts: list[int]) -> None:
    found = shares(counts)
    assert sum(found) == (Decimal("100.0") if any(counts) else 0)
    exact = [Decimal(100 * count) / (sum(counts) or 1) for count in counts]
    assert all(abs(a - b) < Decimal("0.1") for a, b in zip(found, exact, strict=True))


def test_a_median_is_a_value_that_was_there() -> None:
    assert nearest_rank([4, 1, 3, 2], 50) == 2
    assert nearest_rank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90) == 10
    assert nearest_rank([], 50) is None


def test_a_change_from_nothing_is_empty() -> None:
    assert change(5, 0) is None
    assert change(3, 4) == Decimal("-25.0")
    assert change(2, 3) == Decimal("-33.3")


def test_new_tables_after_a_reopening_move_the_term_of_that_round(store: Store) -> None:
    case = Case(1, at(10, 5), store=store).open_needed().send_letters().forward("ZDMK")
    case.send_letters().answer().accept().draft().send_letters().ask_to_reopen().reopen()
    known = fold(store, store.position()).cases[0]
    [(since, anew)] = known.settlements
    case.load(book_with_a_day_off(anew.legal_end))
    recounted = fold(store, store.position()).cases[0]
    assert recounted.clocks["settlement"] == known.clocks["settlement"]
    assert recounted.settlement(case.at + timedelta(days=1)).legal_end > anew.legal_end
    assert recounted.settlement(since + timedelta(seconds=1)) == anew


def test_a_sender_put_right_after_a_reopening_moves_the_term_of_that_round(store: Store) -> None:
    case = Case(1, at(10, 5), store=store).open_needed().send_letters().forward("ZDMK")
    case.send_letters().answer().accept().draft().send_letters().ask_to_reopen().reopen()
    known = fold(store, store.position()).cases[0]
    case.put_right(sender={})
    corrected = fold(store, store.position()).cases[0]
    assert corrected.clocks["settlement"] == known.clocks["settlement"]
    assert corrected.settlement(case.at + timedelta(days=1)).rule == "int.settle_signal"


def test_a_standstill_after_a_reopening_moves_the_term_of_that_round(store: Store) -> None:
    case = Case(1, at(10, 5), store=store, sender=None).open_needed().forward("ZDMK")
    case.answer().accept().draft().ask_to_reopen().reopen()
    known = fold(store, store.position()).cases[0]
    case.hold().at += timedelta(days=9)
    case.resume()
    resumed = fold(store, store.position()).cases[0]
    assert resumed.clocks["settlement"] == known.clocks["settlement"]
    later = case.at + timedelta(days=1)
    assert resumed.settlement(later).legal_end > known.settlement(later).legal_end
