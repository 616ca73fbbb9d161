"""What the sender asks for after the report, and what is decided about it."""

from tests.activities.deeds import DECIDED, Ask, Deed, instructing
from tests.activities.desk import Desk
from tests.builders import sealed

AGAIN = sealed("Ławki nadal nie ma")
NO_MORE = sealed("Już nieaktualne")


def asking_to_reopen(desk: Desk) -> Ask:
    return instructing(desk, "reopen", "clerk-a", desk.told(), text=AGAIN)


def reviewing(desk: Desk, outcome: str) -> Ask:
    reference = desk.told()
    desk.tell("clerk-a", reference, "reopen", {"text": AGAIN})
    task, reason = desk.task(reference, "review_reopening"), {"reason": sealed("Zdjęcie")}
    step = desk.decision("head-a", task, outcome, reason)
    return lambda: desk.commands.decide_intervention_task(step).answer


def withdrawing(desk: Desk) -> Ask:
    return instructing(desk, "withdraw", "clerk-a", desk.opened(), text=NO_MORE)


def withdrawn(desk: Desk) -> str:
    reference = desk.forwarded()
    desk.send_letters(reference)
    desk.tell("clerk-a", reference, "withdraw", {"text": NO_MORE})
    return reference


def deciding_on_a_withdrawal(desk: Desk, outcome: str) -> Ask:
    task, reason = desk.task(withdrawn(desk), "decide_withdrawal"), {"reason": sealed("Zagrożenie")}
    step = desk.decision("clerk-b", task, outcome, reason)
    return lambda: desk.commands.decide_intervention_task(step).answer


def closing_what_ends(desk: Desk) -> Ask:
    reference = withdrawn(desk)
    desk.decide("clerk-b", desk.task(reference, "decide_withdrawal"), "stop")
    desk.send_letters(reference)
    step = desk.step(reference)
    return lambda: desk.commands.close_intervention(step)


DEEDS_OF_THE_SENDER = (
    Deed("ask to reopen", asking_to_reopen, ("intervention.ReopenRequested", "task.Opened")),
    Deed(
        "reopen",
        lambda desk: reviewing(desk, "reopen"),
        ("intervention.Reopened", *DECIDED, "task.Opened"),
    ),
    Deed(
        "decline to reopen",
        lambda desk: reviewing(desk, "no_new_facts"),
        ("intervention.ReopeningDeclined", *DECIDED),
    ),
    Deed(
        "find a complaint",
        lambda desk: reviewing(desk, "complaint"),
        ("intervention.RequalificationProposed", "task.CandidatesChanged", *DECIDED, "task.Opened"),
    ),
    Deed("withdraw", withdrawing, ("intervention.WithdrawalReceived", "task.Opened")),
    Deed(
        "stop on a withdrawal",
        lambda desk: deciding_on_a_withdrawal(desk, "stop"),
        ("intervention.ReferralRecalled", "intervention.Withdrawn", *DECIDED, "task.Withdrawn"),
    ),
    Deed(
        "continue ex officio",
        lambda desk: deciding_on_a_withdrawal(desk, "continue"),
        ("intervention.ContinuedExOfficio", *DECIDED),
    ),
    Deed("close what ends", closing_what_ends, ("intervention.Closed",)),
)
