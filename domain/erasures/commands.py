"""What is asked of the register of the vault."""

from datetime import date

from domain.messages import Message
from domain.people import PersonRef
from domain.references import CaseRef


class CaseOfSubject(Message):
    """A case of the person, with the day on which it was closed, if it was."""

    reference: CaseRef
    process: str
    closed_on: date | None


class EraseSubject(Message):
    """Destroy the key of a person, with all that was sealed under it."""

    subject: PersonRef
    cases: tuple[CaseOfSubject, ...]
