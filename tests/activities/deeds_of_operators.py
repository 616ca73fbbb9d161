"""What operators do to a case, each once however often it is asked."""

from typing import Any

from domain.interventions.commands_records import FileDocument
from tests.activities.deeds import Ask, Deed, instructing
from tests.activities.desk import Desk
from tests.builders import resident, sealed


def holding(desk: Desk) -> Ask:
    reason = sealed("Wyjaśniamy adresata")
    return instructing(desk, "hold", "operator-a", desk.forwarded(), reason=reason)


def resuming(desk: Desk) -> Ask:
    reference, reason = desk.forwarded(), sealed("Wyjaśnione")
    instructing(desk, "hold", "operator-a", reference, reason=reason)()
    return instructing(desk, "resume", "operator-a", reference, reason=reason)


def about_the_triage(desk: Desk, name: str, **fields: Any) -> Ask:
    reference = desk.opened()
    task, reason = f"{reference}-triage-1", sealed("Trafiło do osoby, która odeszła")
    if name == "reopen_step":
        taken = {"task": task, "reason": reason}
        instructing(desk, "withdraw_task", "operator-a", reference, **taken)()
    return instructing(desk, name, "operator-a", reference, task=task, reason=reason, **fields)


def filing(desk: Desk) -> Ask:
    reference, act = desk.opened(), desk.act("clerk-a")
    command = FileDocument(text=sealed("Odpowiedź po terminie"), from_whom="unit")
    return lambda: desk.commands.file_document(reference, command, act)


def correcting(desk: Desk) -> Ask:
    told = {"category": "roads.bridge", "reason": sealed("To wiadukt")}
    return instructing(desk, "correct_data", "operator-a", desk.opened(), **told)


def naming_the_sender(desk: Desk) -> Ask:
    told = {"sender": resident("Bogusław Ćma"), "reach": "email", "reason": sealed("Podał się")}
    return instructing(desk, "correct_data", "clerk-a", desk.opened(sender=None), **told)


def closing_in_error(desk: Desk) -> Ask:
    reason = sealed("Zgłoszenie próbne")
    return instructing(desk, "registered_in_error", "head-a", desk.forwarded(), reason=reason)


DEEDS_OF_OPERATORS = (
    Deed("file a document", filing, ("intervention.DocumentFiled",)),
    Deed("correct", correcting, ("intervention.DataCorrected",)),
    Deed("name the sender", naming_the_sender, ("intervention.DataCorrected",)),
    Deed(
        "close as registered in error",
        closing_in_error,
        ("intervention.ReferralRecalled", "intervention.RegisteredInError", "task.Withdrawn"),
    ),
    Deed("hold", holding, ("intervention.Held", *["task.DeadlineMoved"] * 2)),
    Deed("resume", resuming, ("intervention.Resumed", *["task.DeadlineMoved"] * 2)),
    Deed(
        "take a task back",
        lambda desk: about_the_triage(desk, "withdraw_task"),
        ("intervention.TaskTakenBack", "task.Withdrawn"),
    ),
    Deed(
        "move a term",
        lambda desk: about_the_triage(desk, "move_deadline", until="2026-10-12"),
        ("intervention.TermMoved", "task.DeadlineMoved"),
    ),
    Deed(
        "open a step again",
        lambda desk: about_the_triage(desk, "reopen_step"),
        ("intervention.StepReopened", "task.Opened"),
    ),
)
