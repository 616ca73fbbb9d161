"""Lists and pages of interventions, and the story of a case."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.interventions import rules
from domain.labels import Labels
from projections.interventions import CaseFilter, cursor_of, find, list_interventions
from projections.rows import Row
from projections.tables import inbox_tasks, task_history
from projections.timeline import timeline_of
from runtime.read_side import ReadSide
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up, contents, rows_of, texts_in
from tests.projections.histories import START


def references(connection: Connection, wanted: CaseFilter) -> list[str]:
    return [row["reference"] for row in list_interventions(connection, wanted)]


def test_a_page_follows_the_last_case_seen_also_while_cases_are_added(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    moments = [START + timedelta(hours=number // 3) for number in range(10)]  # several at once
    known = [Case(n + 1, at, store=store).reference for n, at in enumerate(moments)]
    caught_up(store, read_side.live(), labels)
    seen: list[str] = []
    after: tuple[datetime, str] | None = None
    for number in range(20, 30):
        with read_side.reader().connect() as connection:
            page = list_interventions(connection, after=after, limit=3)
        if not page:
            break
        seen += [row["reference"] for row in page]
        after = cursor_of(page[-1])
        Case(number, START + timedelta(days=1), store=store)
        caught_up(store, read_side.live(), labels)
    assert seen == sorted(known, reverse=True)


def test_a_list_is_filtered_by_what_a_person_asks_for(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    triage = Case(1, START, store=store, category="roads.pothole").open_needed()
    sent = Case(2, START, store=store, category="lighting.street", pace=timedelta(minutes=5))
    sent.open_needed().send_letters().forward("ZDMK", "MPO")
    closed = Case(3, START, store=store, category="traffic.signal").whole_way()
    caught_up(store, read_side.live(), labels)
    in_november = START + timedelta(days=40)
    expected = {
        CaseFilter(stage="triage"): {triage.reference},
        CaseFilter(category="lighting.street"): {sent.reference},
        CaseFilter(group="traffic"): {closed.reference},
        CaseFilter(unit="MPO"): {sent.reference},
        CaseFilter(unit="ZDMK"): {sent.reference, closed.reference},
        CaseFilter(waiting="unit"): {sent.reference},
        CaseFilter(waiting="nobody", unit="ZDMK"): {closed.reference},
        CaseFilter(district="II"): set(),
        CaseFilter(overdue_at=START): set(),
        CaseFilter(overdue_at=in_november): {triage.reference, sent.reference},
    }
    with read_side.reader().connect() as connection:
        for wanted, found in expected.items():
            assert set(references(connection, wanted)) == found, wanted
        assert find(connection, "INT-2026-999999") is None


def test_a_case_is_settled_when_the_notice_of_outcome_is_handed_over(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    case = Case(1, START, store=store).open_needed().forward("ZDMK").answer().accept()
    case.draft("done", ("media",))
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        row = find(connection, case.reference)
        assert row is not None
        assert (row["stage"], row["replied_at"]) == ("approval", None)
    case.approve()
    approved_at = case.events[-1].timestamp
    case.send_letters()
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        row = find(connection, case.reference)
        assert row is not None
        assert row["replied_at"] == approved_at
        assert row["settled_at"] > approved_at


def test_who_acts_next_is_us_once_the_call_reached_nobody(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    case = Case(1, START, store=store).open_needed().ask_supplement()
    case.send_letters(bouncing=True)
    assert rules.waiting_for(case.case) == shown(store, read_side, labels, case)["waiting"]
    case.note_bounce("N3")
    assert rules.waiting_for(case.case) == "us"
    assert shown(store, read_side, labels, case)["waiting"] == "us"


def shown(store: Store, read_side: ReadSide, labels: Labels, case: Case) -> Row:
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        row = find(connection, case.reference)
    assert row is not None
    return row


def test_the_story_of_a_case_is_told_in_order_and_from_anywhere(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(7, START, store=store).open_needed()
    case = Case(1, START, store=store).whole_way()
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        told = timeline_of(connection, case.reference)
        assert [row["topic"] for row in told] == [type(event).TOPIC for event in case.events]
        later = timeline_of(connection, case.reference, after=told[4]["position"])
        assert later == told[5:]
    forwarded = next(row for row in told if row["topic"] == "intervention.Forwarded")
    assert forwarded["facts"] == {
        "referral": "R1", "round": 1, "unit": "ZDMK", "mode": "feedback", "lead": True,
        "replaces": None,
    }  # fmt: skip
    assert forwarded["by"] == "ks-06-clerk"


@pytest.mark.parametrize("forbidden", ["person:", "text:"])
def test_no_table_holds_a_reference_to_a_resident_or_a_text(
    store: Store, read_side: ReadSide, labels: Labels, forbidden: str
) -> None:
    case = Case(1, START, store=store).open_needed()
    case.send_letters(bouncing=True).note_bounce("N1")
    case.forward("ZDMK").answer().give_back().answer().accept()
    case.draft("no_basis", ("media",)).send_back().draft("done", ("legal",)).approve()
    case.send_letters().assign(Case(2, START, store=store).open_needed().open_tasks[0])
    caught_up(store, read_side.live(), labels)
    found = [
        (table, text)
        for table, rows in contents(read_side.live()).items()
        for text in texts_in(rows)
        if forbidden in text
    ]
    assert found == []


def test_every_task_has_a_polish_title(store: Store, read_side: ReadSide, labels: Labels) -> None:
    Case(1, START, store=store).open_needed().forward("ZDMK")
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        rows = rows_of(connection, inbox_tasks) + rows_of(connection, task_history)
    assert [row["title_pl"] for row in rows] == [
        "Odpowiedź jednostki (R1)",
        "Kwalifikacja zgłoszenia",
    ]


def test_times_of_a_task_are_waiting_and_work(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    case = Case(1, START, store=store, pace=timedelta(hours=1)).open_needed()
    task = case.task("triage")
    case.claim(task).release(task).assign(task).forward("ZDMK")
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        (row,) = rows_of(connection, task_history)
    hour = 3_600
    assert (row["waited"], row["worked"], row["parked"]) == (hour, 3 * hour, 0)
    assert row["outcome"] == "forward"
