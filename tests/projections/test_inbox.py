"""What people see in the inbox: by post, by substitution, by line, at a moment."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.labels import Labels
from domain.messages import Act
from domain.roster.commands import (
    EndSubstitution,
    FillPost,
    GrantRole,
    GrantSubstitution,
    OpenRoster,
    RevokeRole,
)
from domain.roster.model import ROSTER_ID, Roster
from projections.inbox import Inbox
from projections.listing import Listing
from projections.roster import roster_of, whole_roster
from projections.tables import task_history
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up, rows_of
from tests.projections.histories import START

EVER = date(2026, 1, 1)
TODAY = START.date()


@pytest.fixture
def roster(store: Store) -> Roster:
    roster = Roster.open(OpenRoster(), act(0))
    people = {
        "ks-06-clerk": "KS-06/clerk",
        "clerk-b": "KS-06/clerk",
        "ks-06-head": "KS-06/head",
        "zdmk-coordinator": "ZDMK/coordinator",
        "mpo-coordinator": "MPO/coordinator",
        "op": "operator",
    }
    for number, (person, post) in enumerate(people.items(), 1):
        roster.grant_role(GrantRole(person=person, post=post, valid_from=EVER), act(number))
    for number, post in enumerate(("director", "deputy_media"), 20):
        person = f"{post.replace('_', '-')}-a"
        roster.fill_post(FillPost(person=person, post=post, valid_from=EVER), act(number))
    store.save_all([roster])
    return roster


def act(number: int, at: datetime = START) -> Act:
    return Act(command_id=f"roster-{number}", at=at, by="op")


class Desk:
    """Asks for views by name: references of cases, or of tasks when a case has several."""

    def __init__(self, store: Store, read_side: ReadSide, labels: Labels) -> None:
        self.store = store
        self.read_side = read_side
        self.labels = labels

    def rows(self, view: str, person: str, at: datetime) -> list[dict[str, Any]]:
        caught_up(self.store, self.read_side.live(), self.labels)
        organisation = load_reference_data().organisation
        with self.read_side.reader().connect() as connection:
            listing: Listing = getattr(Inbox(connection, organisation, person, at), view)()
            rows = listing.rows()
            assert listing.total() == len(rows)
            return rows

    def sees(self, view: str, person: str, at: datetime = START) -> list[str]:
        return [row["task_ref"] for row in self.rows(view, person, at)]


@pytest.fixture
def desk(store: Store, read_side: ReadSide, labels: Labels, roster: Roster) -> Desk:
    return Desk(store, read_side, labels)


def test_an_offered_task_is_there_to_take_for_every_candidate_until_one_claims_it(
    desk: Desk, store: Store
) -> None:
    case = Case(1, START, store=store).open_needed()
    triage = case.task("triage")
    for clerk in ("ks-06-clerk", "clerk-b"):
        assert desk.sees("to_take", clerk) == [triage.task_ref]
        assert desk.sees("mine", clerk) == []
    for other in ("ks-06-head", "zdmk-coordinator", "op", "nobody-at-all"):
        assert desk.sees("to_take", other) == []
    case.claim(triage)
    assert desk.sees("mine", "ks-06-clerk") == [triage.task_ref]
    assert desk.sees("to_take", "clerk-b") == []


def test_a_post_that_has_ended_shows_nothing_any_more(
    desk: Desk, store: Store, roster: Roster
) -> None:
    case = Case(1, START, store=store).open_needed()
    case.claim(case.task("triage"))
    end = RevokeRole(person="ks-06-clerk", post="KS-06/clerk", from_day=TODAY + timedelta(days=1))
    roster.revoke_role(end, act(30))
    store.save_all([roster])
    assert len(desk.sees("mine", "ks-06-clerk")) == 1
    assert desk.sees("mine", "ks-06-clerk", START + timedelta(days=1)) == []


def test_a_substitute_sees_the_tasks_of_the_replaced_on_these_days_only(
    desk: Desk, store: Store, roster: Roster
) -> None:
    case = Case(1, START, store=store, brought_by="mp", pace=timedelta(minutes=1))
    case.open_needed().forward().answer().accept().draft()
    for_three_days = GrantSubstitution(
        person="ks-06-head",
        substitute="clerk-b",
        valid_from=TODAY + timedelta(days=2),
        valid_to=TODAY + timedelta(days=4),
    )
    roster.grant_substitution(for_three_days, act(30))
    store.save_all([roster])
    approve = case.task("approve_reply").task_ref
    days = [START + timedelta(days=number) for number in range(7)]
    seen = [desk.sees("as_substitute", "clerk-b", day) for day in days]
    assert seen == [[], [], [approve], [approve], [approve], [], []]
    (row,) = desk.rows("as_substitute", "clerk-b", days[2])
    assert row["acting_for"] == "ks-06-head"
    end = EndSubstitution(number=1, from_day=TODAY + timedelta(days=3))
    roster.end_substitution(end, act(31))
    store.save_all([roster])
    assert desk.sees("as_substitute", "clerk-b", days[3]) == []


def test_a_substitution_for_some_types_shows_no_others(
    desk: Desk, store: Store, roster: Roster
) -> None:
    case = Case(1, START, store=store, brought_by="mp", pace=timedelta(minutes=1))
    case.open_needed().forward().answer().accept().draft()
    given = GrantSubstitution(
        person="ks-06-head",
        substitute="clerk-b",
        valid_from=TODAY,
        valid_to=TODAY,
        task_types=("settle_competence",),
    )
    roster.grant_substitution(given, act(30))
    store.save_all([roster])
    assert desk.sees("as_substitute", "clerk-b") == []


def test_an_author_who_stands_in_does_not_see_the_reply_to_approve(
    desk: Desk, store: Store, roster: Roster
) -> None:
    case = Case(1, START, store=store, brought_by="mp", pace=timedelta(minutes=1))
    case.open_needed().forward().answer().accept().draft()
    given = GrantSubstitution(
        person="ks-06-head", substitute="ks-06-clerk", valid_from=TODAY, valid_to=TODAY
    )
    roster.grant_substitution(given, act(30))
    store.save_all([roster])
    assert desk.sees("as_substitute", "ks-06-clerk") == []
    (row,) = desk.rows("team", "ks-06-clerk", START)
    assert row["blocked"] == "author of draft 1"


def test_the_team_view_reaches_down_the_line(desk: Desk, store: Store) -> None:
    triage = Case(1, START, store=store).open_needed().task("triage").task_ref
    answer = (
        Case(2, START, store=store).open_needed().forward("ZDMK").task("answer_referral", "R1")
    ).task_ref
    expected = {
        "ks-06-head": [triage],
        "clerk-b": [triage],
        "deputy-media-a": [triage],
        "director-a": [triage],
        "zdmk-coordinator": [answer],
        "mpo-coordinator": [],
        "op": [triage, answer],
        "nobody-at-all": [],
    }
    for person, tasks in expected.items():
        assert desk.sees("team", person) == tasks, person


def test_what_is_overdue_is_judged_at_the_moment_of_the_question(desk: Desk, store: Store) -> None:
    first = Case(1, START - timedelta(days=7), store=store).open_needed().task("triage")
    second = Case(2, START, store=store).open_needed().task("triage")
    assert second.complete_by is not None
    assert second.complete_by.due_at is not None
    instant = second.complete_by.due_at
    just_before = instant - timedelta(microseconds=1)
    assert desk.sees("overdue", "ks-06-head", just_before) == [first.task_ref]
    assert desk.sees("overdue", "ks-06-head", instant) == [first.task_ref, second.task_ref]
    flags = {r["task_ref"]: r["overdue"] for r in desk.rows("team", "clerk-b", just_before)}
    assert flags == {first.task_ref: True, second.task_ref: False}


def test_what_a_person_finished_is_shown_for_thirty_days(desk: Desk, store: Store) -> None:
    case = Case(1, START, store=store, pace=timedelta(minutes=1)).open_needed().forward()
    month = timedelta(days=30)
    assert len(desk.sees("done", "ks-06-clerk", case.at)) == 1
    assert desk.sees("done", "clerk-b", case.at) == []
    assert desk.sees("done", "ks-06-clerk", case.at + month) == []


def test_a_parked_task_is_out_of_mine_until_its_moment(desk: Desk, store: Store) -> None:
    case = Case(1, START, store=store, pace=timedelta(minutes=1)).open_needed()
    triage = case.task("triage")
    case.claim(triage).park(triage, TODAY + timedelta(days=1))
    until = triage.parked_until
    assert until is not None
    just_before = until - timedelta(microseconds=1)
    assert desk.sees("mine", "ks-06-clerk", just_before) == []
    assert desk.sees("parked", "ks-06-clerk", just_before) == [triage.task_ref]
    assert desk.sees("parked", "clerk-b", just_before) == []
    assert desk.sees("mine", "ks-06-clerk", until) == [triage.task_ref]
    assert desk.sees("parked", "ks-06-clerk", until) == []
    shown = [desk.rows("team", "clerk-b", at)[0]["parked_until"] for at in (just_before, until)]
    assert shown == [until, None]
    case.unpark(triage)
    assert desk.sees("mine", "ks-06-clerk", case.at) == [triage.task_ref]


def test_what_is_parked_comes_back_in_the_order_in_which_it_is_shown(
    desk: Desk, store: Store
) -> None:
    refs = []
    for number, days in enumerate((2, 1), 1):
        case = Case(number, START, store=store, pace=timedelta(minutes=1)).open_needed()
        task = case.task("triage")
        case.claim(task).park(task, TODAY + timedelta(days=days))
        refs.append(task.task_ref)
    assert desk.sees("parked", "ks-06-clerk") == refs[::-1]


def test_a_delegated_task_is_the_delegates_to_do_and_its_owners_to_follow(
    desk: Desk, store: Store, roster: Roster
) -> None:
    second = GrantRole(person="ks-06-clerk-b", post="KS-06/clerk", valid_from=EVER)
    roster.grant_role(second, act(30))
    store.save_all([roster])
    case = Case(1, START, store=store, pace=timedelta(minutes=1)).open_needed()
    triage = case.task("triage")
    case.claim(triage).delegate(triage)
    assert desk.sees("mine", "ks-06-clerk") == []
    assert desk.sees("delegated", "ks-06-clerk") == [triage.task_ref]
    assert desk.sees("mine", "ks-06-clerk-b") == [triage.task_ref]
    assert desk.sees("to_take", "clerk-b") == []
    case.return_task(triage)
    assert desk.sees("mine", "ks-06-clerk") == [triage.task_ref]
    assert desk.sees("delegated", "ks-06-clerk") == []
    assert desk.sees("mine", "ks-06-clerk-b") == []


def test_a_declared_conflict_takes_a_task_out_of_every_hand(
    desk: Desk, store: Store, roster: Roster
) -> None:
    second = GrantRole(person="ks-06-clerk-b", post="KS-06/clerk", valid_from=EVER)
    roster.grant_role(second, act(30))
    store.save_all([roster])
    case = Case(1, START, store=store, pace=timedelta(minutes=1)).open_needed()
    triage = case.task("triage")
    case.claim(triage).delegate(triage).declare_conflict(triage)
    for view in ("mine", "to_take", "delegated"):
        assert desk.sees(view, "ks-06-clerk-b") == []
    assert desk.sees("to_take", "ks-06-clerk") == [triage.task_ref]
    assert desk.sees("delegated", "ks-06-clerk") == []
    (row,) = desk.rows("team", "ks-06-clerk-b", START)
    assert row["blocked"] == "declared conflict"


def test_the_time_that_a_task_lay_parked_is_not_counted_as_work(
    desk: Desk, store: Store, read_side: ReadSide
) -> None:
    hour = timedelta(hours=1)
    case = Case(1, START, store=store, pace=hour).open_needed()
    triage = case.task("triage")
    case.claim(triage).park(triage, TODAY + timedelta(days=1)).unpark(triage)
    case.park(triage, TODAY + timedelta(days=1))
    parked_at, until = case.at - hour, triage.parked_until
    assert until is not None
    case.at = until + hour  # it ended by itself an hour ago
    case.forward()
    caught_up(store, read_side.live(), desk.labels)
    with read_side.reader().connect() as connection:
        (row,) = rows_of(connection, task_history)
    parked = hour + (until - parked_at)
    assert row["parked"] == parked.total_seconds()
    assert row["worked"] == (row["finished_at"] - row["claimed_at"] - parked).total_seconds()


def test_urgent_tasks_come_first_then_those_due_first(desk: Desk, store: Store) -> None:
    later = Case(1, START, store=store).open_needed().task("triage").task_ref
    sooner = Case(2, START - timedelta(days=3), store=store).open_needed().task("triage").task_ref
    assert desk.sees("to_take", "clerk-b") == [sooner, later]


def test_the_tables_give_back_the_roster(desk: Desk, read_side: ReadSide, store: Store) -> None:
    roster = store.load(ROSTER_ID)
    given = GrantSubstitution(
        post="director", substitute="deputy-media-a", valid_from=TODAY, valid_to=TODAY
    )
    roster.grant_substitution(given, act(40))
    roster.revoke_role(RevokeRole(person="clerk-b", post="KS-06/clerk", from_day=TODAY), act(41))
    store.save_all([roster])
    caught_up(store, read_side.live(), desk.labels)
    with read_side.reader().connect() as connection:
        assert whole_roster(connection) == roster.state
        part = roster_of(connection, "deputy-media-a", TODAY)
    assert [t.person for t in part.tenures] == ["director-a", "deputy-media-a"]
