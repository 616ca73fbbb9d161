"""R1: its numbers against a second computation, its two times, and its renderings."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.working_days import WARSAW
from projections.reports.command import (
    FORMATS,
    Wanted,
    WrongReport,
    files_of,
    parameters_of,
    rendered,
    run,
)
from projections.reports.document import Report, Table
from projections.reports.fold import fold, known_at
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.r1 import TABLES
from projections.reports.r1_cases import Sources
from projections.reports.r1_checks import ReportContradictsItself, check_r1
from projections.reports.view import Filters, PeriodView
from projections.reports.writers import as_csv, as_json, as_terminal, as_text
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.projections.comparing import assert_month
from tests.projections.naive_r1 import Naive
from tests.projections.random_log import BEGIN, random_log

REFERENCE = load_reference_data()
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in range(8, 13))
LATE = datetime(2027, 6, 1, tzinfo=WARSAW)
MID_OCTOBER = datetime(2026, 10, 14, 13, 30, tzinfo=WARSAW)
PERSONAL = ("Długa", "Żaneta", "person:", "text:")


def r1(store: Store, first: date, to: date, as_of: datetime, **filters: str) -> Report:
    parameters = Parameters(Period(first, to), as_of, Filters(**filters))
    return rendered("R1", parameters, store, REFERENCE)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One for all tests that only read."""
    store = Store(Settings(var=tmp_path_factory.mktemp("log")))
    random_log(store, 13, cases=64)
    yield store
    store.close()


def test_every_number_equals_that_of_a_second_computation(store: Store) -> None:
    random_log(store, 11, cases=16)
    for as_of in (LATE, MID_OCTOBER):
        assert_like_the_second_computation(store, as_of)


@pytest.mark.parametrize("as_of", [LATE, MID_OCTOBER])
def test_so_does_every_number_of_a_longer_log(log: Store, as_of: datetime) -> None:
    assert_like_the_second_computation(log, as_of)


def assert_like_the_second_computation(store: Store, as_of: datetime) -> None:
    naive = Naive(store, as_of)
    for before, first, to in (
        (AUGUST, SEPTEMBER, OCTOBER),
        (SEPTEMBER, OCTOBER, NOVEMBER),
        (OCTOBER, NOVEMBER, DECEMBER),
    ):
        assert_month(r1(store, first, to, as_of), naive, before, first, to)


def test_cases_that_a_period_passes_over_would_have_counted_nothing(log: Store) -> None:
    cases, passed_over = fold(log, log.position()).cases, 0
    texts = REFERENCE.report_texts.reports["R1"]
    monday = date(2026, 7, 27)
    while (monday := monday + timedelta(days=7)) < date(2027, 3, 1):
        period = Period(monday, monday + timedelta(days=7))
        usual, of_all = PeriodView(cases, period, LATE), PeriodView(cases, period, LATE)
        of_all.__dict__["current"] = [*cases]
        passed_over += len(cases) - len(usual.current)
        usually, by_all = (
            [table(Sources(view, view, view, REFERENCE, texts)) for table in TABLES]
            for view in (usual, of_all)
        )
        assert usually == by_all
    assert passed_over > 10 * len(cases)


def test_the_random_log_has_something_for_every_table(log: Store) -> None:
    report = r1(log, SEPTEMBER, DECEMBER, LATE)
    assert all(table.rows for table in report.tables)
    summary = report.table("R1.1").column("period")
    assert all(summary[key] for key in ("received", "answered", "closed", "open", "overdue"))
    verdicts = report.table("R1.6")
    assert all(
        sum(verdicts.column(name).values()) for name in ("own", "announced", "late", "running")
    )
    assert report.table("R1.2").column("escalations")["total"]
    assert report.table("R1.11").column("made")["total"]


def test_a_past_moment_gives_the_same_bytes_after_more_was_recorded(store: Store) -> None:
    random_log(store, 5, cases=6, until=MID_OCTOBER)
    Case(900, MID_OCTOBER + timedelta(hours=1), store=store)
    before, length = renderings(store), store.position()
    random_log(store, 6, cases=3)  # with acts before the moment, too: they came too late for it
    assert store.position() > length
    assert renderings(store) == before


def renderings(store: Store) -> list[dict[str, str]]:
    report = r1(store, OCTOBER, NOVEMBER, MID_OCTOBER)
    return [files_of(report, format) for format in FORMATS]


def test_the_position_of_a_moment_is_the_end_of_what_was_recorded_by_then(store: Store) -> None:
    assert known_at(store, LATE).position == 0
    Case(901, BEGIN, store=store)
    at = BEGIN + timedelta(days=1)
    Case(902, at, store=store)
    assert known_at(store, BEGIN - timedelta(seconds=1)).position == 0
    assert known_at(store, at - timedelta(seconds=1)).position == 1
    assert known_at(store, at).position == known_at(store, LATE).position == store.position() == 2
    assert [case.reference for case in fold(store, 1).cases] == ["INT-2026-000901"]


def test_all_renderings_carry_the_same_numbers(log: Store) -> None:
    report = r1(log, OCTOBER, NOVEMBER, LATE)
    document = json.loads(as_json(report))
    files, shown = as_csv(report), as_terminal(report)
    for table, as_document in zip(report.tables, document["tables"], strict=True):
        keys = [column["key"] for column in as_document["columns"]]
        headings, *rows = csv.reader(io.StringIO(files[f"{table.id}.csv"]), delimiter=";")
        assert headings == [column["label"] for column in as_document["columns"]]
        in_json = [[spelled(row[key]) for key in keys] for row in as_document["rows"]]
        assert rows == in_json
        assert [[as_text(cell) for cell in row.cells] for row in table.rows] == in_json
        assert words_of(section(shown, f"{table.id} {table.title}")) >= {
            word for row in rows for cell in row for word in cell.split()
        }
    about = [each.split(";") for each in files["R1.csv"].splitlines()]
    assert about == [[e["label"], str(e["value"])] for e in document["about"].values()]


def spelled(value: str | float | None) -> str:
    """As people read it: with a decimal comma, and empty when there is nothing."""
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", ",")
    return "" if value is None else str(value)


def section(shown: str, title: str) -> str:
    _, _, rest = shown.partition(f"\n{title}\n")
    return rest.partition("\nR1.")[0]


def words_of(text: str) -> set[str]:
    return set(text.split())


def test_the_cells_of_the_terminal_stand_in_the_order_of_the_table(log: Store) -> None:
    report = r1(log, OCTOBER, NOVEMBER, LATE)
    lines = [
        line.split() for line in section(as_terminal(report), "R1.7 Czas przekazania").splitlines()
    ]
    for row in report.table("R1.7").rows:
        assert " ".join(map(as_text, row.cells)).split() in lines


def test_no_rendering_tells_who_wrote_nor_the_street(log: Store) -> None:
    report = r1(log, SEPTEMBER, DECEMBER, LATE)
    text = "".join(text for format in FORMATS for text in files_of(report, format).values())
    assert [name for name in PERSONAL if name in text] == []


def test_a_filter_narrows_every_table_to_the_same_cases(log: Store) -> None:
    whole = r1(log, OCTOBER, NOVEMBER, LATE)
    expected = whole.table("R1.4").column("received")["XVIII"]
    narrowed = r1(log, OCTOBER, NOVEMBER, LATE, district="XVIII")
    assert narrowed.table("R1.1").column("period")["received"] == expected
    of_unit = r1(log, SEPTEMBER, DECEMBER, LATE, unit="ZZM").table("R1.2")
    everything = r1(log, SEPTEMBER, DECEMBER, LATE).table("R1.2")
    assert of_unit.rows[0] == next(row for row in everything.rows if row.key == "ZZM")
    assert [row.key for row in of_unit.rows] == ["ZZM", "total"]


@pytest.mark.parametrize(
    ("table", "column", "key", "check"),
    [
        ("R1.1", "period", "open", "R1.1 open cases balance"),
        ("R1.1", "period", "overdue", "R1.9 lists what R1.1 counts as overdue"),
        ("R1.2", "sent", "total", "R1.2 sent is accounted for (I5)"),
        ("R1.3", "received", "total", "R1.3 received adds up"),
        ("R1.4", "received", "unknown", "R1.4 received adds up"),
        ("R1.5", "received", "total", "R1.5 received adds up"),
        ("R1.5", "share", "total", "R1.5 shares make a whole"),
        ("R1.6", "late", "settlement", "R1.6 every term has one verdict (P5)"),
        ("R1.6", "own", "feedback", "R1.6 in time by its own term is in time by law (P4)"),
        ("R1.7", "forwarded", "more", "R1.7 forwarded adds up"),
        ("R1.10", "cases", "done", "R1.10 cases adds up"),
    ],
)
def test_a_failed_check_names_itself(
    log: Store, table: str, column: str, key: str, check: str
) -> None:
    report = r1(log, OCTOBER, NOVEMBER, LATE)
    view = PeriodView(fold(log, log.position()).cases, Period(OCTOBER, NOVEMBER), LATE)
    check_r1(report.tables, view)
    tampered = [
        falsified(each, column, key) if each.id == table else each for each in report.tables
    ]
    with pytest.raises(ReportContradictsItself) as raised:
        check_r1(tampered, view)
    assert raised.value.check == check
    assert str(raised.value).startswith(f"{check}: ")


def falsified(table: Table, column: str, key: str) -> Table:
    place = table.columns.index(column)
    rows = [
        replace(row, cells=(*row.cells[:place], row.cells[place] + 99, *row.cells[place + 1 :]))  # type: ignore[operator]  # a number
        if row.key == key
        else row
        for row in table.rows
    ]
    return replace(table, rows=tuple(rows))


def test_every_table_and_heading_has_its_polish_text(log: Store) -> None:
    texts = REFERENCE.report_texts.reports["R1"].tables
    report = r1(log, OCTOBER, NOVEMBER, LATE)
    assert [table.id for table in report.tables] == list(texts)
    for table in report.tables:
        assert list(table.columns) == list(texts[table.id].columns)
    assert {each.key for each in report.about} <= set(REFERENCE.report_texts.about)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to": "2026-09-01"}, "--to: 2026-09-01 is not after --from 2026-10-01"),
        ({"to": "2026-10-01"}, "--to: 2026-10-01 is not after --from 2026-10-01"),
        ({"first": "1.10.2026"}, "--from: 1.10.2026 is not a day"),
        ({"first": "0001-01-01"}, "--from: the year of 0001-01-01"),
        ({"report": "R7"}, "REPORT: R7 is not known; there is R1."),
        ({"as_of": "noon"}, "--as-of: noon is not a moment"),
        ({"as_of": "2099-01-01T00:00"}, "--as-of: 2099-01-01T00:00 has not come yet"),
        ({"format": "pdf"}, "--format: pdf is not one of table, csv, json"),
        ({"format": "csv"}, "--out: csv is a file for each table"),
        ({"filters": Filters(district="XX")}, "--district: XX is not in the tables of data"),
        ({"filters": Filters(unit="NIKT")}, "--unit: NIKT is not in the tables of data"),
    ],
)
def test_a_report_that_cannot_be_made_says_which_option_to_change(
    change: dict[str, Any], sentence: str
) -> None:
    wanted = replace(Wanted("R1", "2026-10-01", "2026-11-01"), **change)
    with pytest.raises(WrongReport) as refused:
        parameters_of(wanted, LATE, REFERENCE)
    assert str(refused.value).startswith(sentence)


def test_a_moment_without_an_offset_is_one_in_warsaw() -> None:
    wanted = Wanted("R1", "2026-10-01", "2026-11-01", "2026-11-05T12:00")
    assert parameters_of(wanted, LATE, REFERENCE).as_of.isoformat() == "2026-11-05T12:00:00+01:00"


def test_the_command_writes_whole_files_or_shows_the_same(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    wanted = Wanted("R1", "2026-10-01", "2026-11-01", "2026-11-05T12:00", "json")
    shown: list[str] = []
    keep: Callable[[str], object] = shown.append
    run(settings, wanted, keep, pytest.fail)
    run(settings, replace(wanted, out=tmp_path / "out"), keep, pytest.fail)
    assert (tmp_path / "out/R1.json").read_text(encoding="utf-8") == shown[0]
    run(settings, replace(wanted, format="csv", out=tmp_path / "out"), keep, pytest.fail)
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"R1.json", "R1.csv", *(f"R1.{number}.csv" for number in range(1, 12))}
