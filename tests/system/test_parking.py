"""Story 7: a task put aside is quiet until its day, and cannot be put aside beyond its term."""

from datetime import date

import pytest

from activities.tasks import TaskCommand
from domain.messages import Act
from domain.tasks.commands import ClaimTask, ParkTask
from domain.tasks.model import Task
from domain.tasks.refusals import ParkPastDue
from domain.working_days import WARSAW
from runtime.read_side import ReadSide
from tests.system.conftest import Play, city_moment
from tests.system.inboxes import Inboxes
from tests.system.office import Office
from tests.system.test_interventions import TO_ZDMK, ladder_of, name, pothole

pytestmark = pytest.mark.system

CLERK = "clerk-a"


async def a_delay_to_tell_of(office: Office) -> Task:
    """The unit gets time beyond the day on which the sender has to be told: at once it is asked
    for the notice, which is due when the settlement is."""
    ref = await pothole(office)
    await office.decide("clerk-b", await office.opened(ref, "triage"), "forward", TO_ZDMK)
    await office.opened(ref, "answer_referral", "R1")
    more_time = {"referral": "R1", "until": "2026-12-21", "reason": "Brak masy na gorąco."}
    await office.instruct("zdmk-a", ref, "request_extension", more_time)
    asked = await office.opened(ref, "decide_extension", "R1")
    await office.decide("deputy-media", asked, "grant")
    return await office.opened(ref, "delay_notice", "D1")


async def tell(office: Office, task: Task, command: TaskCommand, key: str) -> None:
    """Housekeeping goes straight to the task; the workflow of its case hears nothing of it."""
    act = Act(command_id=f"{CLERK}:{key}", at=await office.now(), by=CLERK)
    office.workshop.commands.desk.handle(task.task_ref, command, act)


def steps(office: Office, task: Task) -> list[tuple[str, str, int]]:
    return [
        (f"{event.timestamp.astimezone(WARSAW):%m-%d %H:%M}", name(event), event.step)
        for event in ladder_of(office, task)
    ]


def test_story_7_a_parked_task_is_quiet_until_its_day(
    with_its_own_time: Play, read_side: ReadSide
) -> None:
    async def story(office: Office) -> None:
        task = await a_delay_to_tell_of(office)
        assert task.complete_by
        assert str(task.complete_by.safe_due) == "2026-12-23"
        assert task.rungs[0].fires_at == city_moment("2026-12-21 09:00")

        await office.wait_until(city_moment("2026-12-17 12:00"))
        await tell(office, task, ClaimTask(), "claim")
        with pytest.raises(ParkPastDue) as refused:
            await tell(office, task, ParkTask(until=date(2026, 12, 30)), "too-long")
        assert refused.value.facts["safe_due"] == task.complete_by.safe_due
        await tell(office, task, ParkTask(until=date(2026, 12, 22)), "park")

        await office.wait_until(city_moment("2026-12-21 12:00"))
        assert steps(office, task) == []
        inboxes = Inboxes(office, read_side)
        assert inboxes.see("mine", CLERK, "2026-12-22 08:59") == []
        assert inboxes.see("parked", CLERK, "2026-12-22 08:59") == [task.task_ref]
        assert inboxes.see("mine", CLERK, "2026-12-22 09:00") == [task.task_ref]
        assert inboxes.see("parked", CLERK, "2026-12-22 09:00") == []

        # What fell into the parking is not made up for; the term is where it was.
        await office.wait_until(city_moment("2026-12-22 12:00"))
        assert steps(office, task) == []
        await office.wait_until(city_moment("2026-12-23 09:30"))
        assert steps(office, task) == [("12-23 09:00", "Reminded", 0)]
        now = office.task(task.task_ref)
        assert now is not None
        assert now.complete_by == task.complete_by
        told = {"new_date": "2027-01-08", "reason": "Zarząd Dróg czeka na masę na gorąco."}
        await office.decide(CLERK, now, "sent", told)

    with_its_own_time(story, "2026-11-23 10:00")
