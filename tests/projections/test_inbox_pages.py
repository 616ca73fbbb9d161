"""Pages of the inbox: together they are the whole view, in its order."""

from datetime import date, timedelta

import pytest

from domain.messages import Act
from domain.roster.commands import GrantRole, GrantSubstitution, OpenRoster
from domain.roster.model import Roster
from projections.inbox import Inbox
from projections.listing import Listing
from projections.tables import task_history
from projections.task_times import in_working_days
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up, rows_of
from tests.projections.histories import START

DATA = load_reference_data()
EVER = date(2026, 1, 1)
PRIORITIES = ("urgent", "low", "high")
VIEWS = ("mine", "parked", "delegated", "to_take", "as_substitute", "overdue", "team", "done")
NOW = START + timedelta(hours=12)


@pytest.fixture
def office(store: Store) -> None:
    act = Act(command_id="roster", at=START, by="op")
    roster = Roster.open(OpenRoster(), act)
    for person, post in (
        ("ks-06-clerk", "KS-06/clerk"),
        ("ks-06-clerk-b", "KS-06/clerk"),
        ("ks-06-head", "KS-06/head"),
        ("zdmk-coordinator", "ZDMK/coordinator"),
        ("op", "operator"),
    ):
        roster.grant_role(GrantRole(person=person, post=post, valid_from=EVER), act)
    for replaced in ("ks-06-clerk", "zdmk-coordinator"):
        given = GrantSubstitution(
            person=replaced, substitute="ks-06-head", valid_from=NOW.date(), valid_to=NOW.date()
        )
        roster.grant_substitution(given, act)
    store.save_all([roster])


def busy(store: Store) -> None:
    """Tasks of every state; two of each, so that orders have ties to settle."""
    for number in range(1, 17):
        at = START - timedelta(days=10 if number % 8 in (6, 7) else number // 8)
        case = Case(number, at, store=store, pace=timedelta(minutes=1)).open_needed()
        triage = case.task("triage")
        match number % 8:
            case 0:
                case.claim(triage)
            case 1:
                case.claim(triage).park(triage, START.date() + timedelta(days=1))
            case 2:
                case.claim(triage).delegate(triage)
            case 3 | 4 | 5:
                case.forward("ZDMK")
            case 6:
                case.change_priority(triage, "high")


@pytest.mark.usefixtures("office")
def test_the_pages_of_a_view_are_the_whole_of_it_in_its_order(
    store: Store, read_side: ReadSide
) -> None:
    busy(store)
    caught_up(store, read_side.live(), DATA.labels)
    longest = dict.fromkeys(VIEWS, 0)
    with read_side.reader().connect() as connection:
        for person in ("ks-06-clerk", "ks-06-clerk-b", "ks-06-head", "zdmk-coordinator", "op"):
            inbox = Inbox(connection, DATA.organisation, person, NOW)
            for view in VIEWS:
                listing: Listing = getattr(inbox, view)()
                whole = listing.rows()
                longest[view] = max(longest[view], len(whole))
                for limit in (1, 2, 5, 100):
                    assert paged(listing, limit) == whole
    assert min(longest.values()) >= 2


def paged(listing: Listing, limit: int) -> list[dict[str, object]]:
    page = listing.page(limit)
    rows = page.rows
    while page.last is not None:
        cursor = listing.order.cursor.dump_json(page.last)
        page = listing.page(limit, listing.order.cursor.validate_json(cursor))
        assert page.rows, "a page after the last one was promised"
        rows += page.rows
    return rows


@pytest.mark.usefixtures("office")
def test_a_page_follows_the_last_task_seen_also_when_that_is_gone(
    store: Store, read_side: ReadSide
) -> None:
    cases = [Case(n, START + timedelta(hours=n), store=store).open_needed() for n in range(1, 5)]
    caught_up(store, read_side.live(), DATA.labels)
    with read_side.reader().connect() as connection:
        first = Inbox(connection, DATA.organisation, "ks-06-clerk-b", NOW).to_take().page(2)
    cases[1].claim(cases[1].task("triage"))
    caught_up(store, read_side.live(), DATA.labels)
    with read_side.reader().connect() as connection:
        listing = Inbox(connection, DATA.organisation, "ks-06-clerk-b", NOW).to_take()
        rest = listing.page(2, first.last)
        assert listing.total() == 3
    assert [row["case_ref"] for row in rest.rows] == [case.reference for case in cases[2:]]
    assert rest.last is None


def test_times_of_a_task_are_counted_in_working_days_without_days_off(
    store: Store, read_side: ReadSide
) -> None:
    """Friday 9 October to Wednesday 14th; it lay from Monday to Tuesday."""
    friday = START + timedelta(days=4)
    case = Case(1, friday, store=store, pace=timedelta(minutes=1)).open_needed()
    triage = case.task("triage")
    case.at = friday + timedelta(days=3)
    case.claim(triage).park(triage, case.at.date() + timedelta(days=1))
    case.at = friday + timedelta(days=5)
    case.forward()
    caught_up(store, read_side.live(), DATA.labels)
    with read_side.reader().connect() as connection:
        (row,) = rows_of(connection, task_history)
    assert in_working_days(row, DATA.deadlines.calendar) == {
        "waited_days": 1,
        "parked_days": 1,
        "worked_days": 1,
    }
