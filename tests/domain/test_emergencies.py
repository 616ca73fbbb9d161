"""Emergencies: who has to telephone by when, and what is recorded of it (A2, story 9)."""

from datetime import timedelta

import pytest

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
from tests.builders import Case, sealed
from tests.domain.at_stage import carried_out, refusals
from tests.given import moment

SATURDAY_NIGHT = moment("2026-11-14 22:10")
CALL = RecordEmergencyCall(to="EXT-GAZ", note=sealed("Pogotowie gazowe jedzie"))
FLOOD = DeclareEmergency(reason=sealed("Woda zalewa klatkę"))
DRILL = DenyEmergency(reason=sealed("Ćwiczenia straży"))


def gas() -> Case:
    return Case(123, SATURDAY_NIGHT, category="energy.gas", pace=timedelta(0)).open_needed()


def pothole() -> Case:
    return Case(123, SATURDAY_NIGHT, category="roads.pothole", pace=timedelta(0)).open_needed()


def test_the_duty_officer_is_asked_to_call_within_a_quarter_of_an_hour_at_any_hour() -> None:
    task = gas().task("call_duty_officer")
    assert task.candidates == ("KS-06/duty_officer",)
    assert task.complete_by
    assert task.complete_by.due_at == moment("2026-11-14 22:25")
    assert task.priority == "urgent"
    assert [(rung.fires_at, rung.do, rung.to) for rung in task.rungs] == [
        (moment("2026-11-14 22:20"), "remind", "second_duty_officer"),
        (moment("2026-11-14 22:25"), "escalate", "head"),
        (moment("2026-11-14 22:40"), "escalate", "deputy_media"),
    ]


def test_the_call_goes_beside_everything_else() -> None:
    assert {task.type for task in gas().open_tasks} == {"call_duty_officer", "triage"}
    case = gas().pass_on()
    assert [task.type for task in case.open_tasks] == ["triage"]
    assert case.case.emergency


@pytest.mark.parametrize(
    ("called", "late"), [("22:24", 0), ("22:25", 0), ("22:27", 2), ("23:25", 60)]
)
def test_how_late_the_call_was_is_recorded_in_minutes(called: str, late: int) -> None:
    [event] = carried_out(gas(), CALL, at=moment(f"2026-11-14 {called}"))
    assert (event.to, event.minutes_late) == ("EXT-GAZ", late)


def test_a_begun_minute_counts() -> None:
    [event] = carried_out(gas(), CALL, at=moment("2026-11-14 22:25") + timedelta(seconds=1))
    assert event.minutes_late == 1


def test_a_call_may_be_recorded_after_it_was_made() -> None:
    call = CALL.model_copy(update={"called_at": moment("2026-11-14 22:18")})
    [event] = carried_out(gas(), call, at=moment("2026-11-14 22:40"))
    assert (event.called_at, event.minutes_late) == (moment("2026-11-14 22:18"), 0)


def test_a_call_is_not_dated_ahead_and_goes_to_somebody_who_exists() -> None:
    call = RecordEmergencyCall(to="NIKT", called_at=moment("2026-11-14 22:30"))
    assert set(refusals(gas(), call, at=SATURDAY_NIGHT)) == {UnitNotActive, CalledInTheFuture}


def test_what_is_no_emergency_is_handled_as_any_other_report() -> None:
    case = gas().deny_emergency()
    assert not case.case.emergency
    assert [task.type for task in case.open_tasks] == ["triage"]


def test_a_clerk_sees_what_the_category_did_not_say() -> None:
    case = pothole()
    assert {task.type for task in case.open_tasks} == {"triage"}
    case.declare_emergency()
    assert case.task("call_duty_officer").round == 1
    assert set(refusals(case, FLOOD)) == {AlarmOpen}


def test_an_emergency_that_was_none_may_become_one() -> None:
    case = gas().deny_emergency().declare_emergency()
    assert case.task("call_duty_officer").round == 2


@pytest.mark.parametrize("form", [CALL, DRILL])
def test_without_an_alarm_there_is_no_call(form: RecordEmergencyCall | DenyEmergency) -> None:
    assert set(refusals(pothole(), form)) == {NoAlarmOpen}
