"""Remarks on a case, open or closed, by whoever sees it; never edited (§ 8 of tasks)."""

from typing import TYPE_CHECKING

from domain.attachments import Attachments, attached
from domain.interventions import events_comments as events
from domain.messages import Act, Message
from domain.people import Text

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


class CommentOnCase(Message):
    """Add a remark to a case."""

    text: Text
    attachments: Attachments = ()


def comment(case: "Intervention", command: CommentOnCase, act: Act) -> None:
    """Nothing refuses it: who may see the case is judged where it is read."""
    case.record(
        events.Commented,
        act,
        reference=case.reference,
        text_ref=command.text,
        attachments=attached(command.attachments),
    )
