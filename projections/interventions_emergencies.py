"""Emergencies as lists and pages show them."""

from collections.abc import Mapping

from domain.interventions import events_emergencies as events
from projections.batch import Batch, Handler
from projections.case_rows import case_row, only_noted


def _declared(event: events.EmergencyDeclared, batch: Batch) -> None:
    case_row(event, batch)["emergency"] = True


def _denied(event: events.NotAnEmergency, batch: Batch) -> None:
    case_row(event, batch)["emergency"] = False


HANDLERS: Mapping[str, Handler] = {
    "intervention.EmergencyDeclared": _declared,
    "intervention.EmergencyPassedOn": only_noted,
    "intervention.NotAnEmergency": _denied,
}
