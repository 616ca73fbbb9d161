"""What people say a case is, or is not: an emergency, a matter of another kind; asked twice."""

from typing import Any

from tests.activities.deeds import DECIDED, Ask, Deed, instructing
from tests.activities.desk import Desk
from tests.builders import sealed

COMPLAINT = {"kind": "complaint", "reason": sealed("Treść jest skargą")}


def calling(desk: Desk, outcome: str, **fields: Any) -> Ask:
    task = desk.task(desk.opened(category="energy.gas"), "call_duty_officer")
    step = desk.decision("duty-a", task, outcome, fields)
    return lambda: desk.commands.decide_intervention_task(step).answer


def declaring_an_emergency(desk: Desk) -> Ask:
    return instructing(
        desk, "declare_emergency", "clerk-a", desk.opened(), reason=sealed("Zalewa klatkę")
    )


def requalifying(desk: Desk) -> Ask:
    task = desk.task(desk.opened(), "triage")
    step = desk.decision("clerk-a", task, "requalify", COMPLAINT)
    return lambda: desk.commands.decide_intervention_task(step).answer


def requalifying_later(desk: Desk) -> Ask:
    return instructing(desk, "requalify", "clerk-a", desk.forwarded(), **COMPLAINT)


def deciding_on_a_kind(desk: Desk, outcome: str, **fields: Any) -> Ask:
    step = desk.instruction("clerk-a", reference := desk.forwarded(), "requalify", COMPLAINT)
    desk.commands.instruct_intervention(step)
    task = desk.task(reference, "confirm_requalification")
    decision = desk.decision("head-a", task, outcome, fields)
    return lambda: desk.commands.decide_intervention_task(decision).answer


DEEDS_OF_KINDS = (
    Deed(
        "pass an emergency on",
        lambda desk: calling(desk, "passed_on", to="EXT-GAZ"),
        ("intervention.EmergencyPassedOn", *DECIDED),
    ),
    Deed(
        "deny an emergency",
        lambda desk: calling(desk, "not_an_emergency", reason=sealed("Ćwiczenia straży")),
        ("intervention.NotAnEmergency", *DECIDED),
    ),
    Deed(
        "declare an emergency",
        declaring_an_emergency,
        ("intervention.EmergencyDeclared", "task.Opened"),
    ),
    Deed(
        "requalify",
        requalifying,
        ("intervention.RequalificationProposed", *DECIDED, "task.Opened"),
    ),
    Deed(
        "requalify later",
        requalifying_later,
        ("intervention.RequalificationProposed", "task.Opened"),
    ),
    Deed(
        "confirm a requalification",
        lambda desk: deciding_on_a_kind(desk, "confirm"),
        (
            "intervention.ReferralRecalled",
            "intervention.Requalified",
            *DECIDED,
            "task.Withdrawn",
        ),
    ),
    Deed(
        "reject a requalification",
        lambda desk: deciding_on_a_kind(desk, "reject", reason=sealed("Zwykłe zgłoszenie")),
        ("intervention.RequalificationRejected", *DECIDED),
    ),
)
