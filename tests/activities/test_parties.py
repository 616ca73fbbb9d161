"""Parties and their links at the store: whatever is asked twice is done once."""

import pytest

from activities.parties import PartyCommands
from domain.parties.commands import RegisterParty
from domain.parties.model import ExternalParty
from domain.parties.refusals import LinkUnknown, PartyKnown
from domain.tasks.refusals import NotCandidate, TaskNotOpen
from domain.working_days import local_day, start_of_day
from tests.activities.desk import DONE, Desk
from tests.builders import resident

PARTY = RegisterParty(party_id="party-zdmk", post="ZDMK/coordinator", contact=resident("Żółw"))


@pytest.fixture
def commands(desk: Desk) -> PartyCommands:
    commands = PartyCommands(desk.tasks)
    commands.register(PARTY, desk.act("clerk-a", "clerk-a:party"))
    return commands


def party(desk: Desk) -> ExternalParty:
    found = desk.store.find(ExternalParty, PARTY.party_id)
    assert found is not None
    return found


def test_a_party_is_made_known_once(desk: Desk, commands: PartyCommands) -> None:
    before = desk.store.position()
    commands.register(PARTY, desk.act("clerk-a", "clerk-a:party"))
    with pytest.raises(PartyKnown):
        commands.register(PARTY, desk.act("clerk-b", "clerk-b:party"))
    assert desk.store.position() == before


def test_a_link_is_issued_once_and_is_good_for_fourteen_days_after_the_legal_end(
    desk: Desk, commands: PartyCommands
) -> None:
    task = desk.task(desk.forwarded(), "answer_referral", "R1")
    act = desk.act("clerk-a")
    (_, first), (_, again) = (
        commands.issue_link(PARTY.party_id, task.task_ref, act) for _ in range(2)
    )
    assert first == again == 1
    (link,) = party(desk).links_to(task.task_ref)
    assert task.complete_by is not None
    last = local_day(link.expires_at) - task.complete_by.legal_end
    assert last.days == 15
    assert link.expires_at == start_of_day(local_day(link.expires_at))
    _, second = commands.issue_link(PARTY.party_id, task.task_ref, desk.act("clerk-a"))
    assert second == 2


def test_a_link_is_revoked_once(desk: Desk, commands: PartyCommands) -> None:
    task = desk.task(desk.forwarded(), "answer_referral", "R1")
    commands.issue_link(PARTY.party_id, task.task_ref, desk.act("clerk-a"))
    commands.revoke_link(PARTY.party_id, 1, "taken_back", desk.act("clerk-a"))
    before = desk.store.position()
    commands.revoke_link(PARTY.party_id, 1, "taken_back", desk.act("clerk-b"))
    assert desk.store.position() == before
    assert not party(desk).may_do(task.task_ref, desk.at)
    with pytest.raises(LinkUnknown):
        commands.revoke_link(PARTY.party_id, 2, "taken_back", desk.act("clerk-a"))


def test_a_link_is_only_for_a_task_that_is_open_and_offered_to_the_post(
    desk: Desk, commands: PartyCommands
) -> None:
    reference = desk.forwarded()
    task = desk.task(reference, "answer_referral", "R1")
    desk.decide("zdmk-a", task, "done", DONE)
    with pytest.raises(TaskNotOpen):
        commands.issue_link(PARTY.party_id, task.task_ref, desk.act("clerk-a"))
    check = desk.task(reference, "check_feedback", "R1")
    with pytest.raises(NotCandidate):
        commands.issue_link(PARTY.party_id, check.task_ref, desk.act("clerk-a"))
