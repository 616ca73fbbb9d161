"""Emergencies: the duty officer telephones at any hour, beside everything else (A2)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_emergencies as events
from domain.interventions.commands_emergencies import (
    DeclareEmergency,
    DenyEmergency,
    RecordEmergencyCall,
)
from domain.interventions.refusals import (
    AlarmOpen,
    CalledInTheFuture,
    NoAlarmOpen,
    UnitNotActive,
)
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def declare_emergency(
    case: "Intervention", command: DeclareEmergency, act: Act, book: Rulebook
) -> None:
    """KS-06 sees that the matter cannot wait."""
    refuse_if_any(declaring(case))
    case.record(
        events.EmergencyDeclared,
        act,
        reference=case.reference,
        number=case.alarms + 1,
        reason_ref=command.reason,
    )


def pass_on(case: "Intervention", command: RecordEmergencyCall, act: Act, book: Rulebook) -> None:
    """The duty officer has told whoever has to act."""
    refuse_if_any(passing_on(case, command, act, book))
    assert case.alarm_since is not None  # the guard above
    call_by = book.deadlines.term("int.emergency_call", case.alarm_since)
    called_at = command.called_at or act.at
    case.record(
        events.EmergencyPassedOn,
        act,
        reference=case.reference,
        number=case.alarms,
        to=command.to,
        called_at=called_at,
        call_by=call_by,
        minutes_late=minutes_late(call_by, called_at),
        note_ref=command.note,
    )


def deny_emergency(case: "Intervention", command: DenyEmergency, act: Act) -> None:
    refuse_if_any([*stage_allows(case.stage, "DenyEmergency"), *_alarm_open(case)])
    case.record(
        events.NotAnEmergency,
        act,
        reference=case.reference,
        number=case.alarms,
        reason_ref=command.reason,
    )


def minutes_late(call_by: Term, called_at: datetime) -> int:
    """Begun minutes after the end of the term; 0 in time."""
    if call_by.due_at is None:
        return 0
    return max(0, -((call_by.due_at - called_at) // timedelta(minutes=1)))


def declaring(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "DeclareEmergency")
    if case.alarm_since is not None:
        yield AlarmOpen(since=case.alarm_since.isoformat())


def passing_on(
    case: "Intervention", command: RecordEmergencyCall, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "RecordEmergencyCall")
    yield from _alarm_open(case)
    if not book.routing.unit_active(command.to, local_day(act.at)):
        yield UnitNotActive(field="to", unit=command.to)
    if command.called_at is not None and command.called_at > act.at:
        yield CalledInTheFuture(field="called_at", called_at=command.called_at.isoformat())


def _alarm_open(case: "Intervention") -> Iterator[Refusal]:
    if case.alarm_since is None:
        yield NoAlarmOpen()
