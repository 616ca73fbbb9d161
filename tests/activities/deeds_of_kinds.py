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


def joining(desk: Desk) -> Ask:
    first, second = desk.opened("k-1"), desk.opened("k-2")
    task = desk.task(second, "triage")
    step = desk.decision("clerk-a", task, "duplicate", {"target": first})
    return lambda: desk.commands.decide_intervention_task(step).answer


def joining_later(desk: Desk) -> Ask:
    first, second = desk.opened("k-1"), desk.forwarded("k-2")
    return instructing(desk, "mark_duplicate", "clerk-a", second, target=first)


def parting(desk: Desk) -> Ask:
    joining(desk)()
    second = desk.cases()[-1]
    desk.send_letters(second)
    desk.commands.close_intervention(desk.step(second))
    reason = sealed("To sąsiednia latarnia")
    return instructing(desk, "unlink_duplicate", "clerk-a", second, reason=reason)


DEEDS_OF_KINDS = (
    Deed(
        "join",
        joining,
        ("intervention.MarkedDuplicate", "intervention.SenderJoined", *DECIDED),
    ),
    Deed(
        "join later",
        joining_later,
        (
            "intervention.MarkedDuplicate",
            "intervention.ReferralRecalled",
            "intervention.SenderJoined",
            "task.Withdrawn",
        ),
    ),
    Deed(
        "part",
        parting,
        ("intervention.DuplicateUnlinked", "intervention.SenderLeft", "task.Opened"),
    ),
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
