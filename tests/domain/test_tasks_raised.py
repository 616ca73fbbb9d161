"""Tasks whose candidates are all excluded or absent: raised one post of the line, with the why."""

from datetime import date
from typing import Any

import pytest

from domain.messages import Act
from domain.roster.commands import (
    FillPost,
    GrantRole,
    GrantSubstitution,
    OpenRoster,
    RecordAbsence,
    RevokeRole,
)
from domain.roster.model import Roster
from domain.tasks.candidates import raised_at, raising
from domain.tasks.commands import ChangeCandidates, ClaimTask
from domain.tasks.model import Task
from domain.tasks.refusals import NotCandidate, TaskNotOpen
from domain.tasks.rules import addressees
from domain.tasks.staffing import Staffing
from tests.domain.offered import (
    ANNA,
    CLERKS,
    DATA,
    HEAD,
    HEADS,
    MONDAY,
    claimed_by_anna,
    completed_by_anna,
    offered,
)
from tests.given import moment

EVER = date(2026, 1, 1)
TO_HEAD = ChangeCandidates(candidates=(HEADS,), reason="absent")
PEOPLE = {
    "clerk-a": CLERKS,
    "clerk-b": CLERKS,
    "head-a": HEADS,
    "zdmk-a": "ZDMK/coordinator",
    "zdmk-head": "ZDMK/unit_head",
}
ACT = Act(command_id="roster", at=moment("2026-10-01 08:00"), by="op")


def roster_with(*commands: Any) -> Roster:
    """The people of the stories in their posts, and what became of them."""
    roster = Roster.open(OpenRoster(), ACT)
    for person, post in PEOPLE.items():
        roster.grant_role(GrantRole(post=post, person=person, valid_from=EVER), ACT)
    for person, post in (("deputy-a", "deputy_media"), ("director-a", "director")):
        roster.fill_post(FillPost(post=post, person=person, valid_from=EVER), ACT)
    for command in commands:
        match command:
            case RecordAbsence():
                roster.record_absence(command, ACT)
            case GrantSubstitution():
                roster.grant_substitution(command, ACT)
            case RevokeRole():
                roster.revoke_role(command, ACT)
    return roster


def away(person: str, first: int, last: int, substitute: str | None = None) -> RecordAbsence:
    return RecordAbsence(
        person=person,
        valid_from=date(2026, 10, first),
        valid_to=date(2026, 10, last),
        substitute=substitute,
    )


def staffing(*commands: Any, **excluded: str) -> Staffing:
    denied = {name.replace("_", "-"): why for name, why in excluded.items()}
    return Staffing(roster_with(*commands).state, DATA.organisation, denied)


def raised(task: Task, known: Staffing) -> tuple[str, str] | None:
    found = raising(task, known, MONDAY)
    return (found.candidates[0], found.reason) if found else None


def test_a_task_that_somebody_may_decide_stays_where_it_is() -> None:
    assert raised(offered().aggregate, staffing()) is None
    assert raised(offered().aggregate, staffing(away("clerk-a", 5, 9))) is None


def test_when_all_are_away_the_task_goes_one_post_up() -> None:
    known = staffing(away("clerk-a", 5, 9), away("clerk-b", 1, 5))
    assert raised(offered().aggregate, known) == (HEADS, "absent")


def test_a_substitute_is_there_for_the_absent() -> None:
    known = staffing(away("clerk-a", 5, 9, "zdmk-a"), away("clerk-b", 1, 5))
    assert raised(offered(excluded={}).aggregate, known) is None


def test_nobody_decides_in_the_place_of_somebody_who_is_excluded() -> None:
    known = staffing(away("head-a", 5, 9, "clerk-a"), head_a="author of draft 1")
    task = offered(candidates=(HEADS,)).aggregate
    assert raised(task, known) == ("deputy_media", "absent_and_excluded")


def test_the_substitute_who_is_the_author_leaves_it_to_the_next_post() -> None:
    known = staffing(away("head-a", 5, 9, "clerk-a"), clerk_a="author of draft 1")
    task = offered(candidates=(HEADS,)).aggregate
    assert raised(task, known) == ("deputy_media", "absent_and_excluded")


def test_a_post_where_nobody_may_decide_is_passed_over() -> None:
    denied = {"clerk_a": "drafted", "clerk_b": "drafted", "head_a": "drafted"}
    assert raised(offered().aggregate, staffing(**denied)) == ("deputy_media", "excluded")


def test_a_post_that_nobody_holds_is_vacant() -> None:
    gone = (
        RevokeRole(post=CLERKS, person=person, from_day=date(2026, 10, 5))
        for person in ("clerk-a", "clerk-b")
    )
    assert raised(offered().aggregate, staffing(*gone)) == (HEADS, "vacant")


def test_a_unit_answers_itself_or_not_at_all() -> None:
    task = offered(candidates=("ZDMK/coordinator",), excluded={}).aggregate
    assert raised(task, staffing(away("zdmk-a", 5, 9))) == ("ZDMK/unit_head", "absent")
    both = staffing(away("zdmk-a", 5, 9), away("zdmk-head", 5, 9))
    assert raised(task, both) is None


def test_nobody_stands_above_the_director() -> None:
    task = offered(candidates=("director",)).aggregate
    assert raised(task, staffing(director_a="author of draft 1")) is None


def test_whoever_holds_it_and_is_there_keeps_it() -> None:
    task = claimed_by_anna().aggregate
    everybody_else = staffing(away("clerk-b", 5, 9))
    assert raised(task, everybody_else) is None


def test_the_first_day_without_anybody_is_known_in_advance() -> None:
    known = staffing(away("clerk-a", 8, 9), away("clerk-b", 7, 12))
    assert raised_at(offered().aggregate, known, MONDAY) == moment("2026-10-08 00:00")
    assert raised_at(offered().aggregate, staffing(away("clerk-b", 7, 12)), MONDAY) is None


def test_the_end_of_a_substitution_in_an_absence_is_such_a_day() -> None:
    given = GrantSubstitution(
        person="head-a",
        substitute="clerk-a",
        valid_from=date(2026, 10, 5),
        valid_to=date(2026, 10, 6),
    )
    task = offered(candidates=(HEADS,)).aggregate
    known = staffing(given, away("head-a", 5, 9))
    assert raised_at(task, known, MONDAY) == moment("2026-10-07 00:00")


def test_a_raised_task_is_offered_to_the_new_candidates() -> None:
    offered().when(TO_HEAD).then(
        Task.CandidatesChanged, old=(CLERKS,), new=(HEADS,), reason="absent", offered_again=False
    ).then_nothing_more()


def test_what_somebody_held_who_is_not_there_is_offered_again() -> None:
    story = claimed_by_anna().when(TO_HEAD)
    story.then(Task.CandidatesChanged, offered_again=True).then_nothing_more()
    assert (story.aggregate.state, story.aggregate.assignee) == ("offered", None)
    story.when(ClaimTask(), ANNA, by="clerk-a").refused(NotCandidate)
    story.when(ClaimTask(), HEAD, by="head-a").then(Task.Claimed).then_nothing_more()


def test_a_finished_task_is_not_raised() -> None:
    completed_by_anna().when(TO_HEAD).refused(TaskNotOpen)
    assert raised(completed_by_anna().aggregate, staffing(clerk_a="", clerk_b="")) is None


@pytest.mark.parametrize(
    ("post", "told"),
    [
        (HEADS, {"deputy": ("deputy_media",), "director": ("director",)}),
        ("deputy_media", {"director": ("director",)}),
        ("director", {}),
        ("ZDMK/unit_head", {"deputy_media": ("deputy_media",)}),
    ],
)
def test_the_ladder_of_a_raised_task_tells_only_who_stands_above(
    post: str, told: dict[str, tuple[str, ...]]
) -> None:
    task = offered(candidates=(post,)).aggregate
    steps = ("head", "unit_head", "second_duty_officer", "deputy", "deputy_media", "director")
    found = {to: addressees(task, to, None, DATA.organisation) for to in steps}
    for to, recipients in told.items():
        assert found[to] == recipients
    nonsense = {"deputy_media/unit_head", "director/unit_head", "director/duty_officer"}
    assert nonsense.isdisjoint(post for each in found.values() for post in each)
    if post == "director":
        assert set(found.values()) == {()}
