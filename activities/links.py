"""Letters with links: each goes out under one Message-ID, to the address of its party."""

from datetime import timedelta
from typing import Final

from temporalio import activity

from activities.letters import Letters
from activities.parties import known_party
from activities.tasks import known_task
from domain.messages import SYSTEM, Act
from domain.parties.commands import RecordLinkSent, SendLink
from domain.parties.model import ExternalParty
from domain.parties.rules import Link
from domain.people import PersonalData, PersonErased
from domain.tasks.model import Task
from domain.working_days import local_day
from runtime.links import LinkTokens, NamedLink
from runtime.store import UnitOfWork

TEMPLATE: Final = "link_party.txt.j2"


class LinkLetters:
    """The token is made when the letter is written, and is kept nowhere."""

    def __init__(self, letters: Letters, tokens: LinkTokens) -> None:
        self.letters = letters
        self.store = letters.store
        self.tokens = tokens

    @activity.defn(no_thread_cancel_exception=True)
    def send_link(self, order: SendLink) -> str:
        """Send the letter while it is owed, and say what became of it; a repeat is the same
        message."""
        unit = UnitOfWork(self.store)
        party = known_party(unit, order.party_id)
        if party.owes(order.number, order.attempt):
            task = known_task(unit, party.links[order.number].task_ref)
            self._send(order.model_copy(update={"at": order.at + _waited()}), party, task)
        return known_party(UnitOfWork(self.store), order.party_id).links[order.number].sent

    def message_id(self, order: SendLink) -> str:
        """Made of what it is, so that no crash can give it another one."""
        return f"<{order.key}@{self.letters.domain}>"

    def _send(self, order: SendLink, party: ExternalParty, task: Task) -> None:
        link, contact = party.links[order.number], self._contact(party)
        message_id, code = self.message_id(order), None
        if not (task.is_open and link.holds(order.at)):
            result = "dropped"
        elif contact is None or contact.email is None:
            result = "no_address"
        else:
            named = NamedLink(party.party_id, link.task_ref, order.number)
            facts = self._facts(named, link, task, contact)
            message = self.letters.compose(TEMPLATE, facts, contact.email, order.at)
            code = self.letters.deliver(message, message_id)
            result = "delivered" if code is None else "bounced"
        command = RecordLinkSent.model_validate(
            {
                "number": order.number,
                "attempt": order.attempt,
                "message_id": message_id,
                "contact_ref": party.contact_ref,
                "result": result,
                "code": code,
            }
        )
        act = Act(command_id=f"letter:{order.key}", at=order.at, by=SYSTEM)
        self.store.carry_out(
            lambda unit: known_party(unit, order.party_id).record_sent(command, act)
        )

    def _contact(self, party: ExternalParty) -> PersonalData | None:
        try:
            return self.letters.vault.person(party.contact_ref)
        except PersonErased:
            return None

    def _facts(
        self, named: NamedLink, link: Link, task: Task, contact: PersonalData
    ) -> dict[str, object]:
        return {
            "reference": task.case_ref,
            "title": self.letters.labels.of(task.type, "task_titles"),
            "name": contact.name,
            "due": task.complete_by.safe_due if task.complete_by else None,
            "address": self.letters.settings.page(f"/links/{self.tokens.make(named)}"),
            # It expires at the midnight that ends this day.
            "good_until": local_day(link.expires_at - timedelta(minutes=1)),
        }


def _waited() -> timedelta:
    """A letter may have waited days for its channel."""
    info = activity.info()
    return info.started_time - info.scheduled_time
