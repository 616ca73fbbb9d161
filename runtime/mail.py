"""The embedded mail server: takes letters by SMTP, keeps each in a file and sends none on."""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator
from email import message_from_bytes
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.working_days import local_day
from runtime.clock import Clock, SystemClock
from runtime.settings import Settings

MAX_BYTES: Final = 10_000_000
LONGEST_NAME: Final = 150

_ACCEPTED: Final = "250 2.0.0 kept"
_REFUSED: Final = "550 5.1.1 no such mailbox"
_UNFIT_FOR_A_NAME: Final = re.compile(r"[^A-Za-z0-9._@+-]")

log = structlog.get_logger(__name__)


class LetterBox:
    """Letters on disk: a directory for each day, a file for each letter that was accepted."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self.directory = directory
        self._clock = clock

    def keep(self, content: bytes) -> Path:
        """Put a letter on the disk; one that comes again gets a file of its own too."""
        day = self.directory / local_day(self._clock.now()).isoformat()
        day.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=day, prefix=".draft-") as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            path = _linked(Path(draft.name), _names(day, content))
        _sync(day)
        return path


class MailServer(Controller):
    """A real SMTP server in a thread of its own; `start` returns when it takes letters."""

    def __init__(self, box: LetterBox, host: str, port: int) -> None:
        super().__init__(_Keeper(box), hostname=host, port=port, ready_timeout=10)

    def factory(self) -> SMTP:
        return SMTP(self.handler, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, ident="ks")

    @classmethod
    def of(cls, settings: Settings) -> "MailServer":
        box = LetterBox(settings.mail_directory, SystemClock(settings.clock_shift))
        return cls(box, settings.smtp_host, settings.smtp_port)


class _Keeper:
    """What the server does with each command that matters."""

    def __init__(self, box: LetterBox) -> None:
        self._box = box

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if _bounces(address):
            return _REFUSED
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 known"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)  # text only if the server were asked to decode it
        try:
            kept = await asyncio.to_thread(self._box.keep, content)
        except OSError as error:
            log.error("letter not kept", error=str(error))
            return "452 4.3.1 the letter cannot be kept now"
        log.info("letter kept", file=kept.name)
        return _ACCEPTED


def _bounces(address: str) -> bool:
    """Addresses by which a letter that cannot be delivered is played."""
    mailbox, _, domain = address.lower().rpartition("@")
    return mailbox == "bounce" or domain == "refused.invalid"


def _names(day: Path, content: bytes) -> Iterator[Path]:
    """`<Message-ID>.eml`, then `<Message-ID>.2.eml` and so on."""
    stem = _stem(content)
    yield day / f"{stem}.eml"
    yield from (day / f"{stem}.{number}.eml" for number in count(2))


def _stem(content: bytes) -> str:
    """A name for the file that no two Message-IDs share."""
    message_id = str(message_from_bytes(content).get("Message-ID", "")).strip().strip("<>")
    stem = _UNFIT_FOR_A_NAME.sub("_", message_id).lstrip(".")[:LONGEST_NAME]
    if stem and stem == message_id:
        return stem
    digest = hashlib.sha256(message_id.encode() or content).hexdigest()[:16]
    return f"{stem}-{digest}".lstrip("-")


def _linked(draft: Path, names: Iterator[Path]) -> Path:
    """The draft under the first name that nobody has taken, in one step."""
    for path in names:
        try:
            os.link(draft, path)
        except FileExistsError:
            continue
        return path
    raise AssertionError("names never end")


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
