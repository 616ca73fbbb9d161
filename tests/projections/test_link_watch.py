"""Whatever letter with a link the log owes is asked for, also after Temporal forgot of it."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from activities.parties import PartyCommands
from domain.messages import SYSTEM
from domain.parties.commands import LinkLetter, RecordLinkSent
from projections.link_watch import LinkWatch
from projections.noted import Notes
from runtime.settings import Settings
from runtime.store import Store, UnitOfWork
from tests.activities.desk import Desk
from tests.activities.test_parties import PARTY, party


class Runs:
    """Temporal, as the watch meets it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    async def send_link(self, letter: LinkLetter) -> None:
        if self.away:
            raise ConnectionError
        self.asked.append(letter.key)


@pytest.fixture
def notes(settings: Settings) -> Iterator[Notes]:
    with closing(Notes(settings)) as notes:
        yield notes


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store).staff()


def issued(desk: Desk) -> PartyCommands:
    commands = PartyCommands(desk.tasks)
    commands.register(PARTY, desk.act("clerk-a", "clerk-a:party"))
    task = desk.task(desk.forwarded(), "answer_referral", "R1")
    commands.issue_link(PARTY.party_id, task.task_ref, desk.act("clerk-a"))
    return commands


def sent(desk: Desk, attempt: int = 1) -> None:
    command = RecordLinkSent(
        number=1,
        attempt=attempt,
        message_id="<x@y>",
        contact_ref=party(desk).contact_ref,
        result="bounced",
    )

    def work(unit: UnitOfWork) -> None:
        found = unit.find(type(party(desk)), PARTY.party_id)
        assert found is not None
        found.record_sent(command, desk.act(SYSTEM))

    desk.store.carry_out(work)


def look(watch: LinkWatch) -> None:
    asyncio.run(watch.look())


def test_a_letter_is_asked_for_until_it_is_recorded(desk: Desk, notes: Notes) -> None:
    issued(desk)
    runs = Runs()
    watch = LinkWatch(desk.store, runs, notes)
    for _ in range(2):
        look(watch)
    assert runs.asked == ["link.party-zdmk.1.1"]
    again = LinkWatch(desk.store, runs, notes)
    look(again)
    assert len(runs.asked) == 2, "a watch that is new does not know what was asked"
    sent(desk)
    look(LinkWatch(desk.store, runs, notes))
    assert len(runs.asked) == 2


def test_a_temporal_that_is_away_delays_a_letter_and_loses_none(desk: Desk, notes: Notes) -> None:
    issued(desk)
    runs = Runs()
    watch = LinkWatch(desk.store, runs, notes)
    runs.away = True
    with pytest.raises(ConnectionError):
        look(watch)
    runs.away = False
    look(watch)
    assert runs.asked == ["link.party-zdmk.1.1"]


def test_a_letter_whose_workflow_was_lost_is_asked_for_again(desk: Desk, notes: Notes) -> None:
    issued(desk)
    runs = Runs()
    watch = LinkWatch(desk.store, runs, notes, again_after=0)
    for _ in range(3):
        look(watch)
    assert runs.asked == ["link.party-zdmk.1.1"] * 3


def test_a_link_that_is_sent_again_is_another_letter(desk: Desk, notes: Notes) -> None:
    commands = issued(desk)
    sent(desk)
    commands.resend_link(PARTY.party_id, 1, desk.act("clerk-a"))
    runs = Runs()
    look(LinkWatch(desk.store, runs, notes))
    assert runs.asked == ["link.party-zdmk.1.2"]
    sent(desk, attempt=2)
    look(LinkWatch(desk.store, runs, notes))
    assert len(runs.asked) == 1
