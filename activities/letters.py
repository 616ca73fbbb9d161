"""Letters to senders and units by e-mail: each goes out under one Message-ID (§ 9 pt 2-3)."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import partial
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.interventions import InterventionCommands, known_case
from activities.letter_contents import (
    delay_of,
    news_of,
    place_line,
    promise_of,
    promise_text,
    request_text,
    sent_on,
    template_of,
    texts_quoted,
)
from activities.paper import on_paper
from activities.post_room import PostRoom
from domain.attachments import FileRef
from domain.interventions.asks import HEAD
from domain.interventions.commands import CaseView, LetterOrder, RecordNotice, SendLetter
from domain.interventions.entities import Joining, Transfer
from domain.interventions.model import Intervention
from domain.interventions.notices import is_recorded, record_notice
from domain.labels import Labels
from domain.messages import SYSTEM, Act
from domain.people import PersonErased
from domain.roster.rules import holders_of, posts_of
from domain.steps import CaseStep
from domain.tasks.refusals import CaseOnHold
from domain.working_days import local_day
from runtime.settings import Settings
from runtime.staff import Staff
from runtime.store import UnitOfWork
from runtime.text_store import TextStore
from runtime.vault import Vault

Result = Literal["delivered", "bounced", "prepared"]

TEMPLATES = Path(__file__).parent / "templates"
SIGNATURE = "signature.txt.j2"
SIGNERS = ("signer", "news_by", "told_by", "corrected_by", "head")
"""Facts that name who signs; a letter without any of them is sent automatically."""

SMTP_TIMEOUT = 20.0
PERMANENT = 500
"""From this answer of the receiving server on, trying again would change nothing."""


@dataclass(frozen=True)
class Recipient:
    ref: str
    """The unit's code or the person's reference."""
    address: str | None


class Letters:
    """Composes a letter from what is in the vault, hands it over, and records that it went out."""

    def __init__(
        self,
        commands: InterventionCommands,
        vault: Vault,
        texts: TextStore,
        labels: Labels,
        settings: Settings,
    ) -> None:
        self.commands = commands
        self.store = commands.store
        self.book = commands.book
        self.vault = vault
        self.texts = texts
        self.post = PostRoom(vault)
        self.staff = Staff(vault)
        self.labels = labels
        self.settings = settings
        self.domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        self.templates.filters["label"] = labels.of

    @activity.defn(no_thread_cancel_exception=True)
    def send_intervention_letter(self, order: SendLetter) -> CaseView:
        """Send the letter unless it is recorded as sent; a repeat has the same Message-ID."""
        at = _moment_of(order)
        case = known_case(UnitOfWork(self.store), order.reference)
        if is_recorded(case, order.letter):
            return self.commands.take_up_intervention(CaseStep(reference=order.reference, at=at))
        if case.on_hold:
            raise CaseOnHold(case=order.reference)
        recipient = self._recipient(case, order.letter)
        message_id = self.message_id(order.reference, order.letter)
        if order.letter.channel == "post":
            file = self._lay_out(case, order.letter, message_id, at)
            prepared: Result = "prepared" if file else "bounced"
            return self._record(order, recipient, message_id, prepared, None, at, file)
        code = self._hand_over(case, order.letter, recipient, message_id, at)
        result: Result = "delivered" if code is None else "bounced"
        return self._record(order, recipient, message_id, result, code, at)

    def message_id(self, reference: str, letter: LetterOrder) -> str:
        """Made of what the letter is, so that no crash can give it another one."""
        return f"<{reference}.{letter.try_key}@{self.domain}>"

    def _recipient(self, case: Intervention, letter: LetterOrder) -> Recipient:
        if letter.recipient == "register":
            assert case.transfer is not None  # nothing else owes such a letter
            return self.unit(case.transfer.owner)
        if letter.recipient in case.referrals:
            return self.unit(case.referrals[letter.recipient].unit)
        if letter.recipient == "bringer":
            assert case.bringer_ref is not None  # nothing is owed to an address nobody knows
            address = self.texts.get_many([case.bringer_ref]).get(case.bringer_ref)
            return Recipient(case.bringer_ref, address)
        joined = case.joined.get(letter.recipient)
        return self._resident(joined.sender if joined else case.sender)

    def _resident(self, person: str | None) -> Recipient:
        assert person is not None  # letters are due only to those who can be reached
        try:
            return Recipient(person, self.vault.person(person).email)
        except PersonErased:
            return Recipient(person, None)

    def _lay_out(
        self, case: Intervention, letter: LetterOrder, message_id: str, at: datetime
    ) -> FileRef | None:
        """The letter as a person prints it and takes it to the post; None without an address."""
        address = self.post.address(case, letter, self._corrected(case, letter))
        if address is None:
            return None
        facts = self._facts(case, letter, at)
        subject, body = self._text(template_of(case, letter), facts)
        signature = self.templates.get_template(SIGNATURE).render()
        paper = on_paper(
            reference=case.reference,
            day=local_day(at),
            address=address,
            subject=subject,
            body=body,
            signature=signature,
            signers=frozenset(str(facts[name]) for name in SIGNERS if facts.get(name)),
        )
        return self.post.keep(case, letter, message_id, paper)

    def _corrected(self, case: Intervention, letter: LetterOrder) -> str | None:
        """What a person wrote down as the right address, when a letter had come back."""
        ref = case.addresses.get(letter.recipient)
        return self.texts.get_many([ref]).get(ref) if ref else None

    def unit(self, code: str) -> Recipient:
        """Without a confirmed address it gets one that leads nowhere outside this machine."""
        inside = self.book.organisation.has_unit(code)
        email = None if inside else self.book.routing.unit(code).email
        return Recipient(code, email or f"{code.lower()}@jednostka.invalid")

    def _hand_over(
        self,
        case: Intervention,
        letter: LetterOrder,
        recipient: Recipient,
        message_id: str,
        at: datetime,
    ) -> int | None:
        """None when the receiving server took the letter, else why it never will."""
        address = self._corrected(case, letter) or recipient.address
        if address is None:
            return PERMANENT
        template, facts = template_of(case, letter), self._facts(case, letter, at)
        return self.deliver(self.compose(template, facts, address, at), message_id)

    def deliver(self, message: EmailMessage, message_id: str) -> int | None:
        """The same: None when it was taken. Raises `MailAway` when that may still come."""
        message["Message-ID"] = message_id
        try:
            with self._server() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            return _final(min(code for code, _ in refused.recipients.values()))
        except smtplib.SMTPDataError as refused:
            return _final(refused.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            # Its text may name the recipient, so only its kind is passed on.
            raise ApplicationError(type(error).__name__, type="MailAway") from None
        return None

    def _server(self) -> smtplib.SMTP:
        # Without a name of our own the library asks the network for one, for every letter.
        return smtplib.SMTP(
            self.settings.smtp_host,
            self.settings.smtp_port,
            local_hostname=self.domain,
            timeout=SMTP_TIMEOUT,
        )

    def _record(
        self,
        order: SendLetter,
        recipient: Recipient,
        message_id: str,
        result: Result,
        code: int | None,
        at: datetime,
        file: FileRef | None = None,
    ) -> CaseView:
        command = RecordNotice(
            letter=order.letter,
            channel=order.letter.channel,
            message_id=message_id,
            recipient_ref=recipient.ref,
            result=result,
            code=code,
            file=file,
        )
        key = f"letter:{order.reference}:{order.letter.try_key}"
        act = Act(command_id=key, at=at, by=SYSTEM)

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Intervention]:
            case = known_case(unit, order.reference)
            note = partial(record_notice, case, command, act, self.book)
            self.commands.move(unit, case, act, note)
            return unit, case

        return self.commands.view(*self.store.carry_out(work), at)

    def compose(
        self, template: str, facts: Mapping[str, object], to: str, at: datetime
    ) -> EmailMessage:
        """From a template whose first line is the subject."""
        subject, body = self._text(template, facts)
        message = EmailMessage()
        message["From"] = self.settings.mail_from
        message["To"] = to
        message["Date"] = format_datetime(at)
        message["Subject"] = subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message

    def _text(self, template: str, facts: Mapping[str, object]) -> tuple[str, str]:
        """The subject and what is written below it."""
        subject, _, body = self.templates.get_template(template).render(facts).partition("\n")
        return subject.strip(), body.strip() + "\n"

    def _signer(self, person: str, at: datetime) -> str:
        """Name and post, as far as they are known; the letter speaks for the unit anyway."""
        posts = posts_of(self.store.roster(), person, local_day(at))
        labels = sorted(self.labels.post(post) for post in posts)
        return ", ".join(part for part in (self.staff.name_of(person), *labels[:1]) if part)

    def _head(self, at: datetime) -> str:
        """Who signs for the Department, whoever prepared the letter."""
        holders = sorted(holders_of(self.store.roster(), HEAD[0], local_day(at)))
        names = (self.staff.name_of(person) for person in holders[:1])
        return ", ".join(part for part in (*names, self.labels.post(HEAD[0])) if part)

    def _facts(self, case: Intervention, letter: LetterOrder, at: datetime) -> dict[str, object]:
        """What the templates may use; texts are opened here and go nowhere else."""
        routing = self.book.routing
        referral = case.referrals.get(letter.recipient)
        supplement = case.supplements.get(letter.round)
        texts = self.texts.get_many(texts_quoted(case, letter))
        delay = delay_of(case, letter)
        return {
            "case": case,
            "state_page": self.settings.page(f"/state?reference={case.reference}"),
            "received_on": local_day(case.received_at),
            "category": routing.category(case.category).pl,
            "place": place_line(case, {row.id: row.name for row in routing.districts}),
            "report": texts.get(case.text_ref or ""),
            "referral": referral,
            "question": texts.get(referral.question_ref) if referral else None,
            "declined_because": texts.get(case.declined_reopenings.get(letter.round, "")),
            "guidance": texts.get(case.guidance.get(letter.round, "")),
            "sent_on": local_day(referral.sent_at) if referral else None,
            "supplement_question": texts.get(supplement.question_ref) if supplement else None,
            "referrals": [
                (entry, routing.unit(entry.unit).name)
                for entry in case.referrals.values()
                if entry.round == letter.round
            ],
            "unit_name": routing.unit(referral.unit).name if referral else None,
            "reply": case.reply,
            "reply_text": texts.get(case.reply.text_ref) if case.reply else None,
            "signer": self._signer(case.reply.signer, at) if case.reply else None,
            "delay": delay,
            "delay_reason": texts.get(delay.reason_ref) if delay else None,
            "head": self._head(at) if delay else None,
            **self._facts_of_news(case, letter, texts, at),
            **self._facts_of_correction(case, letter, texts, at),
            "reasons": texts.get(case.reply.reasons_ref or "") if case.reply else None,
            "state_text": texts.get(case.state_text_ref or ""),
            "promise": promise_of(case, letter),
            "promise_text": texts.get(promise_text(case, letter)),
            **(self._facts_of_joining(case.joining, texts, at) if case.joining else {}),
            "request": texts.get(request_text(case)),
            **(self._facts_of_transfer(case, letter, case.transfer) if case.transfer else {}),
        }

    def _facts_of_news(
        self, case: Intervention, letter: LetterOrder, texts: Mapping[str, str], at: datetime
    ) -> dict[str, object]:
        """What is told beside the first letters: who has the matter now, or what a unit says."""
        if letter.kind == "N2b":
            return {"sent_on_to": [self.book.routing.unit(u).name for u in sent_on(case, letter)]}
        news = news_of(case, letter)
        if news is None:
            return {}
        return {
            "news": news,
            "news_text": texts.get(news.text_ref),
            "news_from": self.book.routing.unit(case.referrals[news.referral].unit).name,
            "news_by": self._signer(news.by, at),
        }

    def _facts_of_correction(
        self, case: Intervention, letter: LetterOrder, texts: Mapping[str, str], at: datetime
    ) -> dict[str, object]:
        if letter.kind != "N7c":
            return {}
        correction = case.corrections[letter.round - 1]
        return {
            "correction": texts.get(correction.text_ref),
            "wrong_kind": self.labels.of(correction.letter.partition(".")[0], "letters"),
            "corrected_by": self._signer(correction.by, at),
        }

    def _facts_of_joining(
        self, joining: Joining, texts: Mapping[str, str], at: datetime
    ) -> dict[str, object]:
        return {
            "joining": joining,
            "told": texts.get(joining.reply_ref or ""),
            "told_reasons": texts.get(joining.reasons_ref or ""),
            "told_by": self._signer(joining.signer, at) if joining.signer else None,
        }

    def _facts_of_transfer(
        self, case: Intervention, letter: LetterOrder, transfer: Transfer
    ) -> dict[str, object]:
        """The register gets the matter whole, as the sender is to be answered from there."""
        kind = self.book.requalification.kind(transfer.kind, transfer.row_valid_from)
        organisation, owner = self.book.organisation, transfer.owner
        inside = organisation.has_unit(owner)
        return {
            "kind": kind,
            "owner_name": (organisation if inside else self.book.routing).unit(owner).name,
            "transfer_term": next(iter(transfer.terms.values())),
            "person": self.post.person(case.sender) if letter.recipient == "register" else None,
        }


def _final(code: int) -> int:
    """The code of an answer that stays; one that is for now only is tried again."""
    if code >= PERMANENT:
        return code
    raise ApplicationError(f"not accepted for now: {code}", type="MailAway") from None


def _moment_of(order: SendLetter) -> datetime:
    """The case's moment of this attempt: a letter may have waited days for its channel."""
    info = activity.info()
    return order.at + (info.started_time - info.scheduled_time)
