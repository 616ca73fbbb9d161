"""What people do with letters that came back or go by post, asked twice."""

from typing import Any

from tests.activities.deeds import DECIDED, Ask, Deed
from tests.activities.desk import Desk
from tests.builders import sealed

NOTE = sealed("Adres nie istnieje")
NOTED = "intervention.BounceHandled"


def deciding_on(desk: Desk, reference: str, kind: str, subject: str, outcome: str, **f: Any) -> Ask:
    step = desk.decision("clerk-a", desk.task(reference, kind, subject), outcome, f)
    return lambda: desk.commands.decide_intervention_task(step).answer


def handling(desk: Desk, outcome: str, **fields: Any) -> Ask:
    reference = desk.opened()
    desk.send_letters(reference, bouncing=True)
    return deciding_on(desk, reference, "handle_bounce", "N1", outcome, **fields)


def printed(desk: Desk) -> str:
    """The forwarding letter to a unit lies in the outbox of the post."""
    reference = desk.forwarded()
    desk.send_letters(reference, bouncing=True)
    deciding_on(desk, reference, "handle_bounce", "R1", "post")()
    desk.send_letters(reference)
    return reference


def posting(desk: Desk) -> Ask:
    day = str(desk.at.date())
    return deciding_on(desk, printed(desk), "post_letter", "R1.2", "posted", posted_on=day)


def receiving(desk: Desk, outcome: str, **fields: Any) -> Ask:
    reference, day = printed(desk), str(desk.at.date())
    deciding_on(desk, reference, "post_letter", "R1.2", "posted", posted_on=day)()
    return deciding_on(desk, reference, "post_receipt", "R1.2", outcome, **fields)


DEEDS_OF_LETTERS = (
    Deed("note", lambda desk: handling(desk, "file_note", note=NOTE), (NOTED, *DECIDED)),
    Deed(
        "correct an address",
        lambda desk: handling(desk, "correct_address", email=NOTE),
        (NOTED, *DECIDED),
    ),
    Deed("have it posted", lambda desk: handling(desk, "post"), (NOTED, *DECIDED)),
    Deed(
        "tell otherwise",
        lambda desk: handling(
            desk, "other_channel", channel="phone", received_on="2026-10-05", note=NOTE
        ),
        (NOTED, *DECIDED),
    ),
    Deed("post", posting, ("intervention.NoticeSent", *DECIDED, "task.Opened")),
    Deed(
        "enter a receipt",
        lambda desk: receiving(desk, "received", received_on="2026-10-05"),
        ("intervention.NoticeDelivered", *DECIDED),
    ),
    Deed(
        "enter a return",
        lambda desk: receiving(desk, "came_back"),
        ("intervention.NoticeBounced", *DECIDED, "task.Opened"),
    ),
)
