"""The roster watch: cases hear that somebody is missing for their tasks, each change once."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from domain.labels import Labels
from domain.messages import Act, Message
from domain.roster.commands import (
    EndSubstitution,
    GrantRole,
    GrantSubstitution,
    OpenRoster,
    RecordAbsence,
    RevokeRole,
)
from domain.roster.model import ROSTER_ID, Roster
from projections.noted import Notes
from projections.roster_watch import RosterWatch
from runtime.read_side import ReadSide
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up
from tests.projections.histories import START
from tests.projections.test_starter import Temporal

TODAY = START.date()
METHODS = {
    RecordAbsence: "record_absence",
    GrantSubstitution: "grant_substitution",
    EndSubstitution: "end_substitution",
    RevokeRole: "revoke_role",
}


class Watched:
    """A roster, the read tables, and what cases are told."""

    def __init__(self, settings: Settings, store: Store, read_side: ReadSide, labels: Labels):
        self.store, self.read_side, self.labels = store, read_side, labels
        self.temporal = Temporal()
        self.notes = Notes(settings)
        roster = Roster.open(OpenRoster(), act())
        for person, post in (("anna", "KS-06/clerk"), ("halina", "KS-06/head")):
            grant = GrantRole(person=person, post=post, valid_from=date(2026, 1, 1))
            roster.grant_role(grant, act())
        store.save_all([roster])

    def change(self, command: Message) -> None:
        roster = self.store.load(ROSTER_ID)
        getattr(roster, METHODS[type(command)])(command, act())
        self.store.save_all([roster])

    def told(self, *, up_to_date: bool = True) -> list[str]:
        """Who was told by one look, with a watch that knows what the last one noted."""
        if up_to_date:
            caught_up(self.store, self.read_side.live(), self.labels)
        self.temporal.told = []
        watch = RosterWatch(
            self.store, self.read_side, self.temporal, self.notes, per_second=1_000_000.0
        )
        asyncio.run(watch.look())
        return [reference for reference, _ in self.temporal.told]


def act() -> Act:
    return Act(command_id="roster", at=START, by="op")


@pytest.fixture
def watched(
    settings: Settings, store: Store, read_side: ReadSide, labels: Labels
) -> Iterator[Watched]:
    watched = Watched(settings, store, read_side, labels)
    with closing(watched.notes):
        yield watched


ANNA_IS_AWAY = RecordAbsence(person="anna", valid_from=TODAY, valid_to=TODAY)


def test_an_absence_is_told_once_to_the_cases_with_a_task_for_the_post(watched: Watched) -> None:
    in_triage = Case(1, START, store=watched.store).open_needed()
    Case(2, START, store=watched.store).open_needed().forward()
    watched.change(ANNA_IS_AWAY)
    assert watched.told() == [in_triage.reference]
    assert watched.told() == []


def test_what_the_read_tables_do_not_hold_yet_is_told_later(watched: Watched) -> None:
    case = Case(1, START, store=watched.store).open_needed()
    watched.change(ANNA_IS_AWAY)
    assert watched.told(up_to_date=False) == []
    assert watched.told() == [case.reference]


def test_what_could_not_be_told_is_told_again(watched: Watched) -> None:
    case = Case(1, START, store=watched.store).open_needed()
    watched.change(ANNA_IS_AWAY)
    watched.temporal.away = True
    with pytest.raises(ConnectionError):
        watched.told()
    watched.temporal.away = False
    assert watched.told() == [case.reference]


def test_a_role_that_ends_and_a_substitution_that_ends_are_told(watched: Watched) -> None:
    case = Case(1, START, store=watched.store).open_needed()
    given = GrantSubstitution(
        person="anna", substitute="halina", valid_from=TODAY, valid_to=date(2026, 12, 31)
    )
    watched.change(given)
    assert watched.told() == []
    watched.change(EndSubstitution(number=1, from_day=TODAY))
    assert watched.told() == [case.reference]
    watched.change(RevokeRole(post="KS-06/clerk", person="anna", from_day=TODAY))
    assert watched.told() == [case.reference]


def test_the_absence_of_a_substitute_concerns_whom_they_replace(watched: Watched) -> None:
    case = Case(1, START, store=watched.store).open_needed()
    given = GrantSubstitution(
        person="anna", substitute="halina", valid_from=TODAY, valid_to=date(2026, 12, 31)
    )
    watched.change(given)
    watched.change(RecordAbsence(person="halina", valid_from=TODAY, valid_to=TODAY))
    assert watched.told() == [case.reference]
