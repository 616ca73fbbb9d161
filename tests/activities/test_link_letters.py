"""Letters with links over real SMTP: one Message-ID for each, recorded once, whatever fails."""

from dataclasses import dataclass

import pytest
from eventsourcing.persistence import OperationalError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.links import LinkLetters
from activities.parties import PartyCommands
from domain.parties.commands import ChangeContact, RegisterParty, SendLink
from domain.parties.model import ExternalParty
from domain.parties.refusals import LinkOnItsWay, LinkUnknown
from domain.people import PersonalData
from domain.tasks.refusals import LinkExpired, TaskNotOpen
from runtime.links import LinkTokens, NamedLink
from tests.activities.desk import DONE
from tests.activities.test_letters import Counter, Mailboxes
from tests.activities.test_letters import counter as counter  # the same desk
from tests.activities.test_letters import mailboxes as mailboxes

PRINTER = PersonalData(name="Drukarnia Żółw", email="druk@zolw.example.pl")
PARTY = "party-zdmk"
ID = f"<link.{PARTY}.1.1@krakow.invalid>"


@dataclass
class Post:
    counter: Counter
    task: str
    parties: PartyCommands
    letters: LinkLetters
    tokens: LinkTokens

    def issue(self) -> int:
        return self.parties.issue_link(PARTY, self.task, self.counter.desk.act("clerk-a"))[1]

    def send(self, number: int = 1, attempt: int = 1) -> str:
        order = SendLink(party_id=PARTY, number=number, attempt=attempt, at=self.counter.desk.at)
        said: str = ActivityEnvironment().run(self.letters.send_link, order)
        return said

    def resend(self) -> None:
        self.parties.resend_link(PARTY, 1, self.counter.desk.act("clerk-a"))

    @property
    def party(self) -> ExternalParty:
        found = self.counter.store.find(ExternalParty, PARTY)
        assert found is not None
        return found

    def topics(self) -> list[str]:
        log = self.counter.store.recorder.select_notifications(1, 1_000)
        return [event.topic for event in log if event.topic.startswith("party.")]


@pytest.fixture
def post(counter: Counter) -> Post:
    desk = counter.desk
    task = desk.task(counter.forwarded(), "answer_referral", "R1")
    parties = PartyCommands(desk.tasks)
    contact = counter.vault.admit(PRINTER, command_id="clerk-a:party")
    party = RegisterParty(party_id=PARTY, post="ZDMK/coordinator", contact=contact)
    parties.register(party, desk.act("clerk-a", "clerk-a:party"))
    tokens = LinkTokens(counter.letters.settings.load_master_key())
    return Post(counter, task.task_ref, parties, LinkLetters(counter.letters, tokens), tokens)


def test_the_letter_brings_the_link_to_the_party(post: Post, mailboxes: Mailboxes) -> None:
    post.issue()
    assert post.send() == "delivered"
    (letter,) = mailboxes.letters
    assert (letter["Message-ID"], letter["To"]) == (ID, PRINTER.email)
    assert letter["Subject"] == "Odnośnik do zadania w sprawie INT-2026-000001: Odpowiedź jednostki"
    text = letter.get_content().replace("\r\n", "\n")
    token = post.tokens.make(NamedLink(PARTY, post.task, 1))
    assert f"http://127.0.0.1:8080/links/{token}\n" in text
    assert "Drukarnia Żółw" in text
    assert post.topics()[-1] == "party.LinkSent"


def test_a_letter_that_is_out_when_the_store_goes_away_is_the_same_letter_again(
    post: Post, mailboxes: Mailboxes
) -> None:
    post.issue()
    post.counter.store.fails = True
    with pytest.raises(OperationalError):
        post.send()
    assert post.send() == "delivered"
    assert post.send() == "delivered"
    assert mailboxes.ids == [ID, ID]
    assert mailboxes.letters[0].get_content() == mailboxes.letters[1].get_content()
    assert post.topics().count("party.LinkSent") == 1


def test_a_letter_waits_for_its_channel(post: Post, mailboxes: Mailboxes) -> None:
    post.issue()
    mailboxes.tempfail = True
    with pytest.raises(ApplicationError) as away:
        post.send()
    assert away.value.type == "MailAway"
    mailboxes.tempfail = False
    assert post.send() == "delivered"


def test_a_link_that_did_not_come_is_sent_again_to_the_right_address(
    post: Post, mailboxes: Mailboxes
) -> None:
    desk, vault = post.counter.desk, post.counter.vault
    wrong = vault.admit(PersonalData(email="nobody@zolw.example.pl"), command_id="clerk-a:c1")
    post.parties.change_contact(PARTY, ChangeContact(contact=wrong), desk.act("clerk-a"))
    post.issue()
    with pytest.raises(LinkOnItsWay):
        post.resend()
    assert post.send() == "bounced"
    assert mailboxes.letters == []
    right = vault.admit(PRINTER, command_id="clerk-a:c2")
    post.parties.change_contact(PARTY, ChangeContact(contact=right), desk.act("clerk-a"))
    act = desk.act("clerk-a")
    for _ in range(2):
        post.parties.resend_link(PARTY, 1, act)
    assert post.topics().count("party.ResendingOrdered") == 1
    assert post.send(attempt=1) == "on_its_way"
    assert post.send(attempt=2) == "delivered"
    assert mailboxes.ids == [f"<link.{PARTY}.1.2@krakow.invalid>"]


def test_a_link_that_is_over_leaves_no_more_and_is_not_sent_again(
    post: Post, mailboxes: Mailboxes
) -> None:
    desk = post.counter.desk
    post.issue()
    post.parties.revoke_link(PARTY, 1, "taken_back", desk.act("clerk-a"))
    assert post.send() == "dropped"
    with pytest.raises(LinkExpired):
        post.resend()
    with pytest.raises(LinkUnknown):
        post.parties.resend_link(PARTY, 7, desk.act("clerk-a"))
    post.issue()
    task = desk.task(post.task[:15], "answer_referral", "R1")
    desk.decide("zdmk-a", task, "done", DONE)
    assert post.send(number=2) == "dropped"
    with pytest.raises(TaskNotOpen):
        post.parties.resend_link(PARTY, 2, desk.act("clerk-a"))
    assert mailboxes.letters == []


def test_a_party_that_was_erased_is_not_written_to(post: Post, mailboxes: Mailboxes) -> None:
    post.issue()
    post.counter.vault.erase(post.party.contact_ref, post.counter.desk.at)
    assert post.send() == "no_address"
    assert mailboxes.letters == []
