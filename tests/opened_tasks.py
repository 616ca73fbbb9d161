"""Tasks as the workflow of a case would have them opened."""

from datetime import datetime

from domain.interventions import forms
from domain.interventions.model import Intervention
from domain.ladders import rungs
from domain.references import task_ref, workflow_id
from domain.rulebook import Rulebook
from domain.tasks.commands import OpenTask, TaskOrder


def task_for(case: Intervention, order: TaskOrder, at: datetime, book: Rulebook) -> OpenTask:
    """The task as the workflow would have it opened."""
    kind = forms.TASK_TYPES[order.type]
    deadlines, started = book.deadlines, forms.started_at(case, order)
    respond_rule = forms.respond_rule(order)
    respond_by = deadlines.term(respond_rule, started) if respond_rule else None
    complete_by = deadlines.term(forms.complete_rule(case, order), started)
    return OpenTask(
        task_ref=task_ref(case.reference, order.type, order.subject, order.round),
        workflow_id=workflow_id("intervention", case.reference),
        case_ref=case.reference,
        process="intervention",
        type=order.type,
        subject=order.subject,
        round=order.round,
        candidates=forms.candidates(case, order),
        excluded=forms.excluded(case, order),
        outcomes=tuple(kind.outcomes),
        respond_by=respond_by,
        complete_by=complete_by,
        ladder=kind.ladder,
        rungs=rungs(
            book.ladders[kind.ladder],
            opened_at=at,
            respond_by=respond_by,
            complete_by=complete_by,
            calendar=deadlines.calendar,
            hour=book.limits.tasks.ladder_hour,
        ),
        priority=kind.priority,
        form=order.type,
    )
