"""Parties outside the Office at the store: made known, given links, and deprived of them."""

from activities.tasks import TaskDesk, known_task
from domain.messages import Act
from domain.parties.commands import ChangeContact, RegisterParty
from domain.parties.model import ExternalParty
from domain.parties.refusals import LinkUnknown, PartyKnown, PartyUnknown
from runtime.store import UnitOfWork


class PartyCommands:
    """Each command once."""

    def __init__(self, desk: TaskDesk) -> None:
        self.desk = desk
        self.store = desk.store

    def register(self, command: RegisterParty, act: Act) -> None:
        def work(unit: UnitOfWork) -> None:
            known = unit.find(ExternalParty, command.party_id)
            if known is None:
                unit.add(ExternalParty.register(command, act))
            elif known.answered(act.command_id) is None:
                raise PartyKnown(party=command.party_id)

        self.store.carry_out(work)

    def issue_link(self, party_id: str, task_ref: str, act: Act) -> tuple[ExternalParty, int]:
        """The party, and the number of the link that this command made."""

        def work(unit: UnitOfWork) -> ExternalParty:
            party = known_party(unit, party_id)
            if party.answered(act.command_id) is None:
                task = known_task(unit, task_ref)
                party.issue_link(task, act, self.desk.book.limits.tasks)
            return party

        then = self.store.as_answered(self.store.carry_out(work), act.command_id)
        return then, max(then.links)

    def change_contact(self, party_id: str, command: ChangeContact, act: Act) -> None:
        def work(unit: UnitOfWork) -> None:
            party = known_party(unit, party_id)
            if party.answered(act.command_id) is None:
                party.change_contact(command, act)

        self.store.carry_out(work)

    def resend_link(self, party_id: str, number: int, act: Act) -> ExternalParty:
        """The party as this command left it."""

        def work(unit: UnitOfWork) -> ExternalParty:
            party = known_party(unit, party_id)
            if party.answered(act.command_id) is None:
                link = party.links.get(number)
                if link is None:
                    raise LinkUnknown(party=party_id, number=number)
                party.resend_link(number, known_task(unit, link.task_ref), act)
            return party

        return self.store.as_answered(self.store.carry_out(work), act.command_id)

    def revoke_link(self, party_id: str, number: int, reason: str, act: Act) -> None:
        def work(unit: UnitOfWork) -> None:
            known_party(unit, party_id).revoke_link(number, reason, act)

        self.store.carry_out(work)


def known_party(unit: UnitOfWork, party_id: str) -> ExternalParty:
    party = unit.find(ExternalParty, party_id)
    if party is None:
        raise PartyUnknown(party=party_id[:40])
    return party
