"""Letters over real SMTP: one Message-ID for each, recorded once, whatever fails in between."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from eventsourcing.persistence import OperationalError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.letters import Letters
from domain.aggregates import Aggregate
from domain.interventions.commands import (
    CaseView,
    LetterOrder,
    RegisterIntervention,
    SendLetter,
)
from domain.messages import Act
from domain.people import PersonalData
from runtime.births import digest_of
from runtime.clock import SystemClock
from runtime.ports import free_port
from runtime.settings import Settings
from runtime.store import Store
from runtime.text_store import TextStore, seal_texts
from runtime.vault import Vault
from tests.activities.desk import STORY, Desk
from tests.databases import Database
from tests.installation import settings_of

ŁUCJA = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl", phone="600 100 200")
N1 = LetterOrder(kind="N1", round=1, recipient="sender")
TO_UNIT = LetterOrder(kind="N2", round=1, recipient="R1")


class Mailboxes:
    """Answers as a receiving server would: some addresses refuse for good, some for now."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.tempfail = False
        self.answer_to_content = "250 OK"
        self._lock = Lock()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        if self.tempfail:
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        if self.answer_to_content.startswith("250"):
            with self._lock:
                self.letters.append(letter)
        return self.answer_to_content

    @property
    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]).strip() for letter in self.letters]


class StoreAwayOnce(Store):
    """Is away at the first save after it was told to fail: the letter is out by then."""

    fails = False

    def save_all(self, aggregates: Iterable[Aggregate]) -> dict[UUID, int]:
        if self.fails:
            self.fails = False
            raise OperationalError("the server closed the connection")
        return super().save_all(aggregates)


class Counter:
    """A desk with its vault and its way to the mailboxes."""

    def __init__(self, settings: Settings, store: StoreAwayOnce, vault: Vault) -> None:
        self.store = store
        self.desk = Desk(settings, store).staff()
        self.vault = vault
        self.texts = TextStore(vault)
        labels = self.desk.book.labels
        self.letters = Letters(self.desk.commands, vault, self.texts, labels, settings)

    def registered(self, sender: PersonalData = ŁUCJA) -> str:
        report = RegisterIntervention(
            received_at=STORY,
            channel="form",
            text="Dziura w jezdni przy ul. Długiej 12, około 40 cm",
            category="roads.pothole",
        )
        person = self.vault.admit(sender, command_id="web-form:k-1")
        sealed = seal_texts(report, key_ref=person, command_id="web-form:k-1", texts=self.texts)
        sealed = sealed.model_copy(update={"sender": person})
        act = Act(command_id="web-form:k-1", at=STORY, by="web-form")
        born = self.desk.commands.register(sealed, act, "k-1", digest_of(sealed), "email")
        self.desk.commands.take_up_intervention(self.desk.step(born.reference))
        return born.reference

    def forwarded(self, unit: str = "ZDMK") -> str:
        reference = self.registered()
        key = self.desk.case(reference).sender
        assert key is not None
        question = self.texts.put("Naprawić?", key_ref=key, command_id="q-1", field="question")
        order = {"unit": unit, "question": question, "lead": True, "redacted": True}
        triage = self.desk.task(reference, "triage")
        self.desk.decide("clerk-a", triage, "forward", {"referrals": [order]})
        return reference

    def send(self, reference: str, letter: LetterOrder = N1) -> CaseView:
        order = SendLetter(reference=reference, letter=letter, at=self.desk.at)
        view = ActivityEnvironment().run(self.letters.send_intervention_letter, order)
        assert isinstance(view, CaseView)
        return view

    def notices(self) -> list[str]:
        return [topic for topic in self.desk.topics() if ".Notice" in topic]


SENT_AND_DELIVERED = ["intervention.NoticeDelivered", "intervention.NoticeSent"]


@pytest.fixture
def mailboxes() -> Mailboxes:
    return Mailboxes()


@pytest.fixture
def counter(database: Database, tmp_path: Any, mailboxes: Mailboxes) -> Iterator[Counter]:
    settings = settings_of(tmp_path / "var", database.url)
    settings = settings.model_copy(update={"smtp_port": free_port()})
    server = Controller(mailboxes, hostname=settings.smtp_host, port=settings.smtp_port)
    server.start()
    with closing(StoreAwayOnce(settings)) as store:
        vault = Vault.of(settings, SystemClock())
        with closing(vault):
            yield Counter(settings, store, vault)
    server.stop()


def test_a_letter_that_was_accepted_is_recorded_as_delivered(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.registered()
    view = counter.send(reference)
    assert mailboxes.ids == [f"<{reference}.N1.1.sender@krakow.invalid>"]
    assert str(mailboxes.letters[0]["To"]) == "lucja.zolc@example.pl"
    assert counter.notices() == SENT_AND_DELIVERED
    assert view.letters_due == ()


def test_the_sender_is_told_of_the_page_of_the_case(counter: Counter, mailboxes: Mailboxes) -> None:
    reference = counter.registered()
    counter.send(reference)
    page = counter.letters.settings.page(f"/state?reference={reference}")
    assert page in str(mailboxes.letters[0].get_content())


def test_a_letter_asked_for_twice_goes_out_once(counter: Counter, mailboxes: Mailboxes) -> None:
    reference = counter.registered()
    assert counter.send(reference).last_events == counter.send(reference).last_events
    assert len(mailboxes.ids) == 1
    assert counter.notices() == SENT_AND_DELIVERED


def test_a_letter_asked_for_eight_times_at_once_has_one_identity_and_one_record(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.registered()
    with ThreadPoolExecutor(8) as pool:
        views = list(pool.map(counter.send, [reference] * 8))
    # SMTP cannot promise that it is taken once, only that whatever is taken is the same letter.
    assert set(mailboxes.ids) == {f"<{reference}.N1.1.sender@krakow.invalid>"}
    assert counter.notices() == SENT_AND_DELIVERED
    assert {view.letters_due for view in views} == {()}


def test_a_crash_between_acceptance_and_record_repeats_the_same_letter(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.registered()
    counter.store.fails = True
    with pytest.raises(OperationalError):
        counter.send(reference)
    assert counter.notices() == []
    counter.send(reference)
    assert len(mailboxes.ids) == 2
    assert set(mailboxes.ids) == {f"<{reference}.N1.1.sender@krakow.invalid>"}
    assert counter.notices() == SENT_AND_DELIVERED


def test_an_address_that_does_not_exist_bounces_and_asks_for_a_person(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.registered(PersonalData(name="Łucja Żółć", email="nobody@example.pl"))
    view = counter.send(reference)
    assert counter.notices() == ["intervention.NoticeBounced", "intervention.NoticeSent"]
    assert [(task.type, task.subject) for task in view.open_tasks] == [
        ("triage", "-"),
        ("handle_bounce", "N1"),
    ]
    [bounced] = [e for e in counter.desk.log() if type(e).__name__ == "NoticeBounced"]
    assert bounced.code == 550
    assert mailboxes.ids == []


def test_a_server_that_asks_to_come_again_is_tried_again(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.registered()
    mailboxes.tempfail = True
    with pytest.raises(ApplicationError) as later:
        counter.send(reference)
    assert (later.value.type, later.value.non_retryable) == ("MailAway", False)
    assert "lucja" not in str(later.value)
    assert counter.notices() == []
    mailboxes.tempfail = False
    counter.send(reference)
    assert counter.notices() == SENT_AND_DELIVERED


def test_a_server_that_has_no_room_for_the_content_is_tried_again(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.registered()
    mailboxes.answer_to_content = "452 4.3.1 no room"
    with pytest.raises(ApplicationError) as later:
        counter.send(reference)
    assert later.value.type == "MailAway"
    assert counter.notices() == []


def test_a_server_that_is_away_is_tried_again(counter: Counter) -> None:
    reference = counter.registered()
    away = counter.letters.settings.model_copy(update={"smtp_port": free_port()})
    counter.letters.settings = away
    with pytest.raises(ApplicationError) as later:
        counter.send(reference)
    assert (later.value.type, later.value.non_retryable) == ("MailAway", False)
    assert counter.notices() == []


def test_a_letter_to_an_erased_person_bounces(counter: Counter, mailboxes: Mailboxes) -> None:
    reference = counter.registered()
    sender = counter.desk.case(reference).sender
    assert sender is not None
    counter.vault.erase(sender, STORY)
    view = counter.send(reference)
    assert counter.notices() == ["intervention.NoticeBounced", "intervention.NoticeSent"]
    assert [task.type for task in view.open_tasks] == ["triage", "handle_bounce"]
    assert mailboxes.ids == []


@pytest.mark.parametrize("unit", ["ZDMK", "MPO"])
def test_units_and_companies_get_the_question_and_never_the_sender(
    counter: Counter, mailboxes: Mailboxes, unit: str
) -> None:
    reference = counter.forwarded(unit)
    counter.send(reference, TO_UNIT)
    [letter] = mailboxes.letters
    content = letter.as_string() + str(letter.get_content())
    assert "Naprawić?" in content
    for canary in ("Łucja", "Żółć", "lucja.zolc@example.pl", "600 100 200"):
        assert canary not in content
