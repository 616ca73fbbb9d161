"""Story 9: gas on Saturday night; whoever has to act is telephoned, and gets the matter later."""

from typing import Any

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from domain.tasks.model import Task
from tests.system.conftest import Play, city_moment
from tests.system.office import Office

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")


async def gas(office: Office) -> str:
    return await office.report(
        SENDER,
        text="Czuć gaz w klatce, ul. Kalwaryjska 30",
        category="energy.gas",
        place=Place(district="XIII", street="Kalwaryjska", number="30"),
    )


def steps(office: Office, task: Task) -> list[tuple[str, int, tuple[str, ...]]]:
    """What its ladder did: how, after how many minutes, and who was told."""
    told: list[Any] = list(office.store.events.get(task.id))
    return [(type(e).__name__, e.step, e.recipients) for e in told if hasattr(e, "step")]


def test_nobody_takes_the_call_and_it_is_passed_on_two_minutes_late(
    with_its_own_time: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await gas(office)
        call = await office.opened(ref, "call_duty_officer")
        assert call.complete_by
        assert call.complete_by.due_at
        assert call.complete_by.due_at.replace(second=0, microsecond=0) == city_moment(
            "2026-11-14 22:25"
        )

        await office.wait_until(city_moment("2026-11-14 22:27"))
        assert steps(office, call) == [
            ("Reminded", 10, ("KS-06/duty_officer",)),
            ("Escalated", 15, ("KS-06/head",)),
        ]
        late = office.task(call.task_ref)
        assert late
        await office.decide("duty-a", late, "passed_on", {"to": "EXT-GAZ"})
        [passed_on] = [e for e in office.history(ref) if type(e).__name__ == "EmergencyPassedOn"]
        assert (passed_on.to, passed_on.minutes_late) == ("EXT-GAZ", 2)

        forwarding = office.case(ref).clocks["forwarding"]
        assert (str(forwarding.nominal), str(forwarding.safe_due), str(forwarding.legal_end)) == (
            "2026-11-21",
            "2026-11-20",
            "2026-11-23",
        )

    with_its_own_time(story, "2026-11-14 22:10")
