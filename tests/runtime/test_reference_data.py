"""Reference data: loads whole, takes overrides, and names file, row and reason of every fault."""

from datetime import date
from pathlib import Path

import pytest

from runtime.reference_data import WrongReferenceData, load_reference_data
from tests.given import moment

ROW = """
- id: {id}
  process: intervention
  what: acknowledge receipt to the sender
  length: {length}
  unit: minutes
  starts_at: {starts_at}
  basis: internal rule
  kind: internal
  on_lapse: ladder
  valid_from: {valid_from}
  setting: true
  source: default, a setting
  test: true
"""


def term_row(
    id: str = "int.ack",
    length: str = "0",
    valid_from: str = "2021-09-02",
    starts_at: str = "receipt",
) -> str:
    return ROW.format(id=id, length=length, valid_from=valid_from, starts_at=starts_at)


def faults_of(overrides: Path, **tables: str) -> list[str]:
    """The faults that these overrides lead to, with the directory left out."""
    for table, text in tables.items():
        (overrides / f"{table}.yaml").write_text(text, "utf-8")
    with pytest.raises(WrongReferenceData) as wrong:
        load_reference_data(overrides)
    assert str(wrong.value) == "\n".join(wrong.value.faults)
    return [fault.replace(f"{overrides}/", "") for fault in wrong.value.faults]


def test_the_tables_of_the_package_load_once() -> None:
    reference = load_reference_data()
    assert reference is load_reference_data()
    assert len(reference.clauses) == 167
    assert len(reference.deadlines.rule_ids) == 116
    assert {word.pl for word in reference.glossary} >= {"interwencja", "zgłaszający"}
    assert "respond" in reference.ladders
    assert reference.limits.interventions.max_referrals == 12
    assert reference.edition_calendar.first_publication == date(2026, 1, 7)
    assert [row.pln_net for row in reference.amounts if row.id == "pzp.threshold"] == [
        130000,
        170000,
    ]


def test_an_override_adds_dated_rows(tmp_path: Path) -> None:
    (tmp_path / "deadlines.yaml").write_text(term_row(), "utf-8")
    deadlines = load_reference_data(tmp_path).deadlines
    assert deadlines.term("int.ack", moment("2021-09-01 12:00")).unit == "working_days"
    term = deadlines.term("int.ack", moment("2021-09-02 12:00"))
    assert term.due_at == moment("2021-09-02 12:00")
    assert [row.id for row in deadlines.test_rules] == ["int.ack"]


ANONYMOUS = """\
- id: anonymous
  handling: {handling}
  basis: § 8 ust. 1
  valid_from: {valid_from}
  setting: true
  source: decision of the Director
"""


def test_an_override_changes_what_is_done_about_reports_that_nobody_signs(tmp_path: Path) -> None:
    row = ANONYMOUS.format(handling="without_consideration", valid_from="2026-11-01")
    (tmp_path / "anonymous.yaml").write_text(row, "utf-8")
    anonymous = load_reference_data(tmp_path).anonymous
    assert anonymous.handling(date(2026, 10, 31)) == "ex_officio"
    assert anonymous.handling(date(2026, 11, 1)) == "without_consideration"


def test_two_settings_of_one_day_are_refused(tmp_path: Path) -> None:
    row = ANONYMOUS.format(handling="motion", valid_from="2021-09-01")
    assert faults_of(tmp_path, anonymous=row) == [
        "anonymous.yaml: valid from 2021-09-01: is there twice"
    ]


def test_an_override_adds_a_version_of_the_calendar(tmp_path: Path) -> None:
    version = """
- id: '2'
  loaded_on: 2026-11-09
  extends: '1'
  one_off: [{id: day_of_mourning, day: 2026-11-12}]
  source: test
"""
    (tmp_path / "holidays.yaml").write_text(version, "utf-8")
    before = load_reference_data().deadlines
    after = load_reference_data(tmp_path).deadlines
    term = before.term("int.contract_check", moment("2026-11-06 10:00"))
    assert term.safe_due == date(2026, 11, 12)
    assert after.recompute(term).safe_due == date(2026, 11, 13)
    assert after.reproduce(term) == term


def test_an_override_replaces_a_table_that_is_no_list(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "domain" / "data" / "limits.yaml"
    text = shipped.read_text("utf-8").replace("max_referrals: 12", "max_referrals: 3")
    (tmp_path / "limits.yaml").write_text(text, "utf-8")
    assert load_reference_data(tmp_path).limits.interventions.max_referrals == 3


def test_a_wrong_row_is_named_with_its_file_number_and_reason(tmp_path: Path) -> None:
    rows = term_row() + term_row("int.triage", "soon")
    assert faults_of(tmp_path, deadlines=rows) == [
        "deadlines.yaml, row 2 (int.triage): length: Input should be a valid integer"
    ]


def test_the_faults_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        deadlines=term_row(length="-1").replace("kind: internal", "kind: customary"),
        ladders="- {id: x, anchor: birthday, what: x, steps: [{at: 0, unit: hours, do: sing}]}",
        limits="tasks: {max_park_working_days: 10, ladder_hour: noon}",
        holidays="- {id: '2', loaded_on: 2026-01-01, source: x, fixed: [{id: x, day: 02-30}]}",
    )
    for fault in (
        "holidays.yaml, row 1 (2), fixed row 1 (x): day: day is out of range for month",
        "ladders.yaml, row 1 (x), steps row 1: to: Field required",
    ):
        assert fault in faults
    for start in (
        "deadlines.yaml, row 1 (int.ack): kind: Input should be 'statutory', 'contract'",
        "ladders.yaml, row 1 (x): anchor: Input should be 'respond_by'",
        "limits.yaml: tasks: ladder_hour: Input should be in a valid time format",
        "limits.yaml: editions: Field required",
    ):
        assert any(fault.startswith(start) for fault in faults), start


@pytest.mark.parametrize(
    ("table", "text", "fault"),
    [
        (
            "deadlines",
            term_row(length="-1"),
            "deadlines.yaml, row 1 (int.ack): only working days are counted back",
        ),
        (
            "deadlines",
            term_row(valid_from="2021-09-01"),
            "deadlines.yaml: int.ack, valid from 2021-09-01: is there twice",
        ),
        (
            "deadlines",
            term_row(starts_at="end of int.unheard_of"),
            "deadlines.yaml: int.ack: rule int.unheard_of is not in deadlines.yaml",
        ),
        (
            "clauses",
            "- {id: §99, unit: KS-99, title_pl: x, en: x, kind: rule, process: x, systems: [],"
            " heading: false}",
            "clauses.yaml: §99: unit KS-99 is not in org.yaml",
        ),
        (
            "holidays",
            "- {id: '2', loaded_on: 2026-01-01, extends: '9', source: x}",
            "holidays.yaml: version 2 extends 9, which is not above it",
        ),
        (
            "ladders",
            "- {id: respond, anchor: respond_by, what: x, steps: []}",
            "ladders.yaml: respond: is there twice",
        ),
        ("deadline", term_row(), "deadline.yaml: there is no such table"),
        ("deadlines", "id: int.ack", "deadlines.yaml: Input should be a valid tuple"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, table: str, text: str, fault: str) -> None:
    assert faults_of(tmp_path, **{table: text}) == [fault]


def test_text_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, deadlines="- id: [")
    assert fault.startswith("deadlines.yaml: while parsing")


def test_a_missing_directory_of_overrides_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongReferenceData, match="is not a directory"):
        load_reference_data(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "reports_to: deputy_media, line: §3.2.2",
            "reports_to: deputy_sport, line: §3.2.2",
            "org.yaml: KS-06: deputy_sport is not in the table",
        ),
        (
            "KS-06: {by: [president, director]",
            "KS-08: {by: [president, director]",
            "org.yaml: who_may_order_extra_tasks: KS-08 is not in the table; KS-06: its row is not"
            " in the table",
        ),
        (
            "KS-07: [deputy_media, director]",
            "KS-07: [chief, director]",
            "org.yaml: escalation_lines KS-07: chief is not in the table",
        ),
    ],
)
def test_names_in_the_organisation_must_be_known(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    shipped = Path(__file__).parents[2] / "domain" / "data" / "org.yaml"
    text = shipped.read_text("utf-8")
    assert text.count(old) == 1
    assert faults_of(tmp_path, org=text.replace(old, new)) == [fault]
