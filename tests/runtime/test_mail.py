"""The embedded mail server over real SMTP: what it accepts is on disk; bounces can be played."""

import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from runtime.mail import MAX_BYTES, LetterBox, MailServer
from runtime.ports import free_port

ALL_SAINTS_EVE = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # 1 November in Kraków


class StoppedClock:
    def now(self) -> datetime:
        return ALL_SAINTS_EVE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    box = LetterBox(tmp_path / "mail", StoppedClock())
    running = MailServer(box, "127.0.0.1", free_port())
    running.start()
    yield running
    running.stop()


def letter(message_id: str | None, to: str = "zdmk@jednostka.invalid") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Wydział Komunikacji Społecznej <ks@krakow.invalid>"
    message["To"] = to
    message["Subject"] = "Dziura w jezdni przy ul. Długiej"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content("Proszę o usunięcie ubytku i o informację o podjętych działaniach.\n")
    return message


def send(server: MailServer, message: EmailMessage) -> None:
    with smtplib.SMTP(server.hostname, server.port) as connection:
        connection.send_message(message)


def kept(tmp_path: Path) -> list[str]:
    return sorted(str(path.relative_to(tmp_path / "mail")) for path in tmp_path.rglob("*.eml"))


def test_an_accepted_letter_is_a_file_of_its_day_in_the_city(
    server: MailServer, tmp_path: Path
) -> None:
    send(server, letter("<INT-2026-000123.N2.1.R1@krakow.invalid>"))
    assert kept(tmp_path) == ["2026-11-01/INT-2026-000123.N2.1.R1@krakow.invalid.eml"]
    content = (tmp_path / "mail" / kept(tmp_path)[0]).read_bytes()
    found = message_from_bytes(content, policy=policy.default)
    assert found["Subject"] == "Dziura w jezdni przy ul. Długiej"
    assert "usunięcie ubytku" in found.get_content()


def test_a_letter_sent_again_is_kept_beside_the_first(server: MailServer, tmp_path: Path) -> None:
    for _ in range(3):
        send(server, letter("<INT-2026-000123.N1.1.sender@krakow.invalid>"))
    stem = "2026-11-01/INT-2026-000123.N1.1.sender@krakow.invalid"
    assert kept(tmp_path) == [f"{stem}.2.eml", f"{stem}.3.eml", f"{stem}.eml"]


def test_letters_that_come_at_once_are_all_kept(server: MailServer, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as senders:
        list(senders.map(lambda _: send(server, letter("<a@b>")), range(24)))
    assert len(kept(tmp_path)) == 24


def test_nothing_but_letters_is_left_on_the_disk(server: MailServer, tmp_path: Path) -> None:
    send(server, letter("<a@b>"))
    files = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert files == ["a@b.eml"]


@pytest.mark.parametrize(
    "message_id", [None, "<../../etc/passwd@b>", f"<{'x' * 400}@b>", "<a/b c@b>"]
)
def test_a_strange_message_id_stays_in_the_directory(
    server: MailServer, tmp_path: Path, message_id: str | None
) -> None:
    send(server, letter(message_id))
    (path,) = tmp_path.rglob("*.eml")
    assert path.parent == tmp_path / "mail" / "2026-11-01"


@pytest.mark.parametrize("address", ["bounce@krakow.invalid", "Jan@REFUSED.invalid"])
def test_letters_to_some_addresses_bounce(server: MailServer, tmp_path: Path, address: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(server, letter("<a@b>", to=address))
    assert refused.value.recipients[address][0] == 550
    assert kept(tmp_path) == []


def test_a_letter_that_is_too_large_is_refused(server: MailServer, tmp_path: Path) -> None:
    message = letter("<a@b>")
    message.add_attachment(b"0" * MAX_BYTES, maintype="application", subtype="octet-stream")
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        send(server, message)
    assert refused.value.smtp_code == 552
    assert kept(tmp_path) == []
