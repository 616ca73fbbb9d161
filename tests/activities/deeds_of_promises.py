"""What a unit says of its promise, and what the deputy decides, asked twice."""

from datetime import timedelta
from typing import Any

from domain.interventions.promises import due_at
from tests.activities.deeds import DECIDED, Ask, Deed
from tests.activities.desk import TO_ZDMK, Desk
from tests.builders import sealed

REASON = sealed("Deszcze")
LATER = {"new_date": "2027-06-30", "reason": REASON}
TREES = {"text": sealed("Posadzimy drzewa"), "promised_on": "2027-05-31"}
PLANNED = {"outcome": "planned", "text": sealed("Drzewa będą wiosną")}


def promised(desk: Desk) -> str:
    """A case whose unit promised something for the day that has come."""
    reference = desk.opened()
    desk.decide("clerk-a", desk.task(reference, "triage"), "forward", TO_ZDMK)
    desk.decide("zdmk-a", desk.task(reference, "answer_referral", "R1"), "planned", TREES)
    desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    desk.decide("clerk-a", desk.task(reference, "draft_reply"), "submitted", PLANNED)
    desk.send_letters(reference)
    desk.at = due_at(desk.case(reference).promises["R1"], desk.book) + timedelta(minutes=1)
    desk.view(reference)
    return reference


def saying(desk: Desk, outcome: str, **fields: Any) -> Ask:
    task = desk.task(promised(desk), "confirm_promise", "R1")
    step = desk.decision("zdmk-a", task, outcome, fields)
    return lambda: desk.commands.decide_intervention_task(step).answer


def deciding(desk: Desk, outcome: str, **fields: Any) -> Ask:
    reference = promised(desk)
    task = desk.task(reference, "confirm_promise", "R1")
    desk.decide("zdmk-a", task, "not_done", {"reason": REASON})
    decision = desk.task(reference, "decide_promise", "R1")
    step = desk.decision("deputy-media", decision, outcome, fields)
    return lambda: desk.commands.decide_intervention_task(step).answer


DEEDS_OF_PROMISES = (
    Deed("keep", lambda desk: saying(desk, "kept"), ("intervention.PromiseKept", *DECIDED)),
    Deed(
        "move a promise",
        lambda desk: saying(desk, "new_date", **LATER),
        ("intervention.PromiseMoved", *DECIDED),
    ),
    Deed(
        "break a promise",
        lambda desk: saying(desk, "not_done", reason=REASON),
        ("intervention.PromiseBroken", *DECIDED, "task.Opened"),
    ),
    Deed(
        "wait for a broken promise",
        lambda desk: deciding(desk, "wait_until", **LATER),
        ("intervention.PromiseMoved", *DECIDED),
    ),
    Deed(
        "give a promise up",
        lambda desk: deciding(desk, "write_off", reason=REASON),
        ("intervention.PromiseGivenUp", *DECIDED),
    ),
)
