"""What a report may come to at triage without a question to a unit of the City (§ 9 pt 2, 5)."""

from typing import Annotated

from pydantic import Field

from domain.interventions.commands import Code
from domain.messages import Message
from domain.people import Text


class HandOverOrder(Message):
    """The matter, or a part of it, goes to a body that is not the City's."""

    unit: Code
    question: Text
    redacted: bool = False
    """The text holds nothing that points to the sender."""


class HandOverIntervention(Message):
    """Others are competent: send them the matter, or tell the sender whom to ask (KPA art. 243)."""

    referrals: Annotated[tuple[HandOverOrder, ...], Field(max_length=12)] = ()
    guidance: Text | None = None
    """Whom the sender should ask, when nobody can be written to for the sender."""


class LeaveAside(Message):
    """Nobody signed the report, and nothing is done about it (RM 8 I 2002 § 8 ust. 1)."""

    reason: Text | None = None


class AnswerAtOnce(Message):
    """KS-06 can answer without asking anybody; the text is where the reply starts from."""

    text: Text
