"""The inbox shows a task to whom the guards let decide it, and to nobody else (T8)."""

from datetime import date, datetime, timedelta
from random import Random

import pytest

from activities.actions import Rehearsal
from activities.interventions import InterventionCommands
from activities.tasks import TaskDesk
from domain.messages import Act
from domain.roster.commands import GrantRole, GrantSubstitution, OpenRoster, RevokeRole
from domain.roster.model import Roster
from domain.roster.state import TaskTypes
from domain.tasks.commands import CompleteTask
from domain.tasks.model import Task
from projections.inbox import Inbox
from projections.listing import Listing
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.secrets import MasterKey
from runtime.signing import DecisionSigner
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up
from tests.projections.histories import START, played

DATA = load_reference_data()
EVER = date(2026, 1, 1)
TODAY = START.date()
STAFF = {
    "ks-06-clerk": "KS-06/clerk",
    "ks-06-clerk-b": "KS-06/clerk",
    "ks-06-head": "KS-06/head",
    "zdmk-coordinator": "ZDMK/coordinator",
    "zdmk-coordinator-b": "ZDMK/coordinator",
    "zzm-coordinator": "ZZM/coordinator",
    "gone": "KS-06/clerk",
    "op": "operator",
}
EVERYWHERE: TaskTypes = "all"
FOR_SOME_TYPES: TaskTypes = ("triage", "check_feedback")


def staffed(store: Store) -> None:
    """Somebody stands in for nearly everybody; one substitution is for some types only."""
    act = Act(command_id="roster", at=START, by="op")
    roster = Roster.open(OpenRoster(), act)
    for person, post in STAFF.items():
        roster.grant_role(GrantRole(person=person, post=post, valid_from=EVER), act)
    for replaced, substitute, types in (
        ("ks-06-head", "ks-06-clerk", EVERYWHERE),
        ("ks-06-clerk", "ks-06-head", FOR_SOME_TYPES),
        ("zdmk-coordinator", "zzm-coordinator", EVERYWHERE),
        ("zzm-coordinator", "op", EVERYWHERE),
        ("ks-06-clerk-b", "gone", EVERYWHERE),
    ):
        given = GrantSubstitution(
            person=replaced,
            substitute=substitute,
            valid_from=TODAY,
            valid_to=TODAY + timedelta(days=3),
            task_types=types,
        )
        roster.grant_substitution(given, act)
    roster.revoke_role(RevokeRole(person="gone", post="KS-06/clerk", from_day=TODAY), act)
    store.save_all([roster])


@pytest.mark.parametrize("seed", range(4))
def test_a_task_is_in_a_persons_inbox_exactly_when_that_person_may_decide_it(
    store: Store, read_side: ReadSide, seed: int
) -> None:
    staffed(store)
    chance = Random(seed)
    cases = played(store, [chance.randrange(10_000) for _ in range(60)], cases=8)
    caught_up(store, read_side.live(), DATA.labels)
    rehearsal = Rehearsal(
        InterventionCommands(TaskDesk(store, DATA, DecisionSigner(MasterKey.generate())))
    )
    compared = 0
    for day in (0, 2, 5):  # on the last one no substitution holds any more
        at = START + timedelta(days=day)
        for person in (*STAFF, "nobody-at-all"):
            with read_side.reader().connect() as connection:
                inbox = Inbox(connection, DATA.organisation, person, at)
                shown = shown_in(
                    inbox.mine(), inbox.to_take(), inbox.as_substitute(), inbox.parked()
                )
            for task in open_tasks(cases):
                allowed = may_decide(rehearsal, task, person, at)
                assert (task.task_ref in shown) == allowed, (task.task_ref, person, day)
                compared += allowed
    assert compared > 10


def open_tasks(cases: list[Case]) -> list[Task]:
    return [task for case in cases for task in case.open_tasks]


def shown_in(*listings: Listing) -> list[str]:
    found = [row["task_ref"] for listing in listings for row in listing.rows()]
    assert len(found) == len(set(found)), "each task stands in one view only"
    return found


def may_decide(rehearsal: Rehearsal, task: Task, person: str, at: datetime) -> bool:
    """Fields and holds aside, by a right of one's own or of somebody replaced; recording
    somebody's letter is no task of one's own."""
    attempts = (
        rehearsal.rehearse(
            CompleteTask(task_ref=task.task_ref, expected_version=task.version, outcome=outcome),
            person,
            at,
            filled=False,
        )
        for outcome in task.outcomes
    )
    return any(
        each.mode in ("yourself", "acting_for")
        and {reason.refusal for reason in each.reasons} <= {"CaseOnHold"}
        for each in attempts
    )
