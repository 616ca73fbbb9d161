"""T8 and T13: people see in their inbox what they may decide, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from random import Random

import pytest

from domain.roster.commands import GrantSubstitution
from domain.tasks.commands import ClaimTask
from domain.working_days import local_day
from projections.inbox import Inbox
from projections.tables import TABLES
from runtime.read_side import ReadSide
from runtime.settings import Settings
from tests.activities.desk import STAFF, Desk
from tests.domain.housekeeping import KINDS
from tests.domain.test_invariants_line import Line
from tests.projections.contents import caught_up

OWN_VIEWS = ("mine", "to_take", "as_substitute", "parked")
AGAINST_THE_PERSON = {"NotYourTask", "ExcludedFromTask", "ActorNotActive", "TaskNotOpen"}
"""Fields, holds and what the case says against an outcome are not about who may decide."""

WITHOUT_OVERRULING = {"yourself", "acting_for"}


@pytest.fixture
def read_side(settings: Settings) -> Iterator[ReadSide]:
    with closing(ReadSide(settings, TABLES)) as read_side:
        yield read_side


def seen(read_side: ReadSide, desk: Desk, person: str) -> set[str]:
    with read_side.reader().connect() as connection:
        inbox = Inbox(connection, desk.book.organisation, person, desk.at)
        return {row["task_ref"] for view in OWN_VIEWS for row in getattr(inbox, view)().rows()}


def may_decide(desk: Desk, reference: str, person: str) -> bool:
    actions = desk.rehearsal.actions(reference, person, desk.at)
    return any(
        action.mode in WITHOUT_OVERRULING
        and not AGAINST_THE_PERSON & {reason.refusal for reason in action.reasons}
        for action in actions
        if action.command == "complete"
    )


def live_a_little(line: Line, chance: Random) -> None:
    """A few random things that people do, with tasks and with each other."""
    people = sorted(STAFF)
    match chance.randrange(6):
        case 0:
            line.replace(chance.choice(people), chance.choice(people), chance.randrange(4))
        case 1:
            line.end_a_substitution(chance.randint(1, 3))
        case 2:
            line.change_roles(chance.choice(people), "KS-06/clerk", chance.random() < 0.7)
        case 3:
            line.be_away(chance.choice(people), chance.randrange(3))
        case 4:
            line.let_time_pass(chance.choice([1, 5, 24]))
        case _:
            line.hand_about(chance, [chance.choice(KINDS) for _ in range(3)])
    line.work_on(chance, chance.randint(1, 3))


@pytest.mark.parametrize("seed", range(3))
def test_t8_people_see_exactly_what_they_may_decide(
    desk: Desk, read_side: ReadSide, seed: int
) -> None:
    chance, line = Random(seed), Line()
    line.begin(desk, chance, 3)
    for key in ("k-1", "k-2"):
        line.register(key, "Dziura", anonymous=False)
    found = 0
    for _ in range(6):
        live_a_little(line, chance)
        line.everything_fits_together()
        caught_up(desk.store, read_side.live(), desk.book.labels)
        open_tasks = sorted(line.ledger.open_tasks())
        for person in sorted(STAFF):
            allowed = {ref for ref in open_tasks if may_decide(desk, ref, person)}
            assert seen(read_side, desk, person) == allowed, person
            found += len(allowed)
    assert found


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 3), (2, 20)])
def test_t13_a_substitution_gives_no_right_outside_its_dates(
    desk: Desk, read_side: ReadSide, first: int, last: int
) -> None:
    """Told of a task that somebody holds, as what is only offered others could take."""
    reference = desk.opened()
    triage = desk.task(reference, "triage")
    desk.handle(triage, ClaimTask(), desk.act("clerk-a"))
    today = local_day(desk.at)
    given = GrantSubstitution(
        person="clerk-a",
        substitute="zdmk-a",
        valid_from=today + timedelta(days=first),
        valid_to=today + timedelta(days=last),
    )
    line = Line()
    line.desk = desk
    line.roster("grant_substitution", given)
    caught_up(desk.store, read_side.live(), desk.book.labels)
    start = desk.at
    for day in range(25):
        desk.at = start + timedelta(days=day)
        inside = first <= day <= last
        assert may_decide(desk, triage.task_ref, "zdmk-a") == inside
        assert (triage.task_ref in seen(read_side, desk, "zdmk-a")) == inside
