"""Notices of ladder steps over real SMTP: once for each recipient, and nothing about residents."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from eventsourcing.persistence import OperationalError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.letters import Letters
from activities.task_notices import TaskNotices
from domain.interventions.commands import CaseView
from domain.roster.commands import RecordAbsence
from domain.roster.model import ROSTER_ID
from domain.tasks.model import Task
from domain.tasks.notices import SendTaskNotice, TaskNotice
from runtime.clock import SystemClock
from runtime.ports import free_port
from runtime.staff import Staff
from runtime.text_store import TextStore
from runtime.vault import Vault
from tests.activities.desk import TO_ZDMK, Desk
from tests.activities.test_letters import Mailboxes, StoreAwayOnce
from tests.databases import Database
from tests.given import moment
from tests.installation import settings_of

ADDRESSES = {
    "clerk-a": "anna.wojcik@um.krakow.invalid",
    "clerk-b": "bartek.slusarczyk@um.krakow.invalid",
    "head-a": "halina.dabrowska@um.krakow.invalid",
}


class Reminding:
    """A case whose ladders are climbed, and the way to the mailboxes."""

    def __init__(self, desk: Desk, store: StoreAwayOnce, vault: Vault, port: int) -> None:
        self.desk, self.store = desk, store
        settings = desk.settings.model_copy(update={"smtp_port": port})
        labels = desk.book.labels
        letters = Letters(desk.commands, vault, TextStore(vault), labels, settings)
        self.notices = TaskNotices(desk.commands, letters)
        for person, email in ADDRESSES.items():
            Staff(vault).enrol(person, f"Imię {person}", email)

    def due(self, reference: str, at: str) -> list[TaskNotice]:
        """What is owed after the ladders were looked at."""
        self.desk.at = moment(at)
        view = self.desk.commands.climb_intervention_ladders(self.desk.step(reference))
        return [notice for row in view.open_tasks for notice in row.notices_due]

    def send(self, reference: str, notice: TaskNotice) -> CaseView:
        order = SendTaskNotice(reference=reference, notice=notice, at=self.desk.at)
        view = ActivityEnvironment().run(self.notices.send_task_notice, order)
        assert isinstance(view, CaseView)
        return view

    def recorded(self, task: Task) -> list[Any]:
        events = self.store.events.get(task.id)
        return [event for event in events if isinstance(event, Task.NoticeSent)]


@pytest.fixture
def mailboxes() -> Mailboxes:
    return Mailboxes()


@pytest.fixture
def office(database: Database, tmp_path: Any, mailboxes: Mailboxes) -> Iterator[Reminding]:
    settings = settings_of(tmp_path / "var", database.url)
    server = Controller(mailboxes, hostname=settings.smtp_host, port=(port := free_port()))
    server.start()
    with (
        closing(StoreAwayOnce(settings)) as store,
        closing(Vault.of(settings, SystemClock())) as vault,
    ):
        yield Reminding(Desk(settings, store).staff(), store, vault, port)
    server.stop()


def test_everybody_at_the_post_gets_one_message_of_the_step(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    (notice,) = office.due(reference, "2026-10-07 09:00")
    assert (notice.ladder, notice.step, notice.recipient) == ("standard", 0, "KS-06/clerk")
    view = office.send(reference, notice)
    assert all(row.notices_due == () for row in view.open_tasks)
    (letter,) = mailboxes.letters
    assert str(letter["To"]) == f"{ADDRESSES['clerk-a']}, {ADDRESSES['clerk-b']}"
    assert str(letter["Subject"]) == f"Przypomnienie: {reference}, Kwalifikacja zgłoszenia"
    assert "Termin wykonania: 07.10.2026" in letter.get_content()
    identity = f"<{reference}-triage-1.reminder.standard.0.1.KS-06_clerk@krakow.invalid>"
    assert mailboxes.ids == [identity]
    (record,) = office.recorded(office.desk.task(reference, "triage"))
    assert (record.kind, record.result, record.message_id) == ("reminder", "delivered", identity)


def test_an_escalation_says_so_and_for_how_long_it_is_late(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    for notice in office.due(reference, "2026-10-08 09:00"):
        office.send(reference, notice)
    (letter,) = mailboxes.letters
    assert str(letter["To"]) == ADDRESSES["head-a"]
    assert str(letter["Subject"]).startswith(f"Eskalacja: {reference}")
    assert "Dni roboczych po terminie: 1" in letter.get_content()
    assert "Stopień eskalacji: 1" in letter.get_content()


def test_a_unit_gets_n11_marked_as_automatic(office: Reminding, mailboxes: Mailboxes) -> None:
    reference = office.desk.opened()
    office.desk.decide("clerk-a", office.desk.task(reference, "triage"), "forward", TO_ZDMK)
    (notice,) = office.due(reference, "2026-10-06 09:00")
    office.send(reference, notice)
    (letter,) = mailboxes.letters
    assert str(letter["To"]) == "zgloszenia@zdmk.krakow.pl"
    text = letter.get_content()
    assert "Termin podjęcia: 06.10.2026" in text
    assert "Wiadomość wysłano automatycznie." in text
    (record,) = office.recorded(office.desk.task(reference, "answer_referral", "R1"))
    assert record.kind == "N11"


def test_nothing_about_the_sender_is_in_a_notice(office: Reminding, mailboxes: Mailboxes) -> None:
    reference = office.desk.opened()
    for at in ("2026-10-07 09:00", "2026-10-08 09:00"):
        for notice in office.due(reference, at):
            office.send(reference, notice)
    whole = " ".join(str(letter) for letter in mailboxes.letters)
    for secret in ("Żółć", "Łucja", "Długiej", "person:", "text:"):
        assert secret not in whole


def test_the_substitute_is_written_to_instead_of_the_absent(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    away = RecordAbsence(
        person="head-a",
        valid_from=date(2026, 10, 7),
        valid_to=date(2026, 10, 9),
        substitute="clerk-b",
    )
    roster = office.store.load(ROSTER_ID)
    roster.record_absence(away, office.desk.act("director-a"))
    office.store.save_all([roster])
    for notice in office.due(reference, "2026-10-08 09:00"):
        office.send(reference, notice)
    assert [str(letter["To"]) for letter in mailboxes.letters] == [ADDRESSES["clerk-b"]]


def test_a_recipient_without_an_address_is_noted_and_not_asked_for_again(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    office.due(reference, "2026-10-07 09:00")
    (_, to_deputy) = office.due(reference, "2026-10-12 09:00")
    assert to_deputy.recipient == "deputy_media"
    office.send(reference, to_deputy)
    assert mailboxes.letters == []
    (record,) = office.recorded(office.desk.task(reference, "triage"))
    assert (record.recipient, record.result) == ("deputy_media", "no_address")


def test_a_crash_between_acceptance_and_record_repeats_the_same_message(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    (notice,) = office.due(reference, "2026-10-07 09:00")
    office.store.fails = True
    with pytest.raises(OperationalError):
        office.send(reference, notice)
    office.send(reference, notice)
    office.send(reference, notice)
    assert len(mailboxes.ids) == 2
    assert len(set(mailboxes.ids)) == 1
    assert len(office.recorded(office.desk.task(reference, "triage"))) == 1


def test_while_the_mail_is_away_the_notice_stays_owed(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    (notice,) = office.due(reference, "2026-10-07 09:00")
    mailboxes.tempfail = True
    with pytest.raises(ApplicationError, match="not accepted for now"):
        office.send(reference, notice)
    assert office.due(reference, "2026-10-07 10:00") == [notice]


def test_nobody_is_written_to_about_a_finished_task(
    office: Reminding, mailboxes: Mailboxes
) -> None:
    reference = office.desk.opened()
    (notice,) = office.due(reference, "2026-10-07 09:00")
    office.desk.decide("clerk-a", office.desk.task(reference, "triage"), "forward", TO_ZDMK)
    office.send(reference, notice)
    assert mailboxes.letters == []
    assert office.recorded(office.desk.task(reference, "triage")) == []
