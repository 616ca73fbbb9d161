"""Story 9: a new day off moves the terms that are still waited for, and their ladders."""

from pathlib import Path
from typing import Any

import pytest

from domain.tasks.model import Task
from domain.working_days import WARSAW
from runtime.settings import Settings
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from tests.system.test_interventions import TO_ZDMK, ladder_of, name, pothole

pytestmark = pytest.mark.system

THURSDAY_OFF = """
- id: '2'
  loaded_on: 2026-11-09
  extends: '1'
  one_off:
  - {id: national_mourning, day: 2026-11-12}
  source: test
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without a cache of runs: the server would wait for the worker that is gone, and time with
    it."""
    return settings.model_copy(update={"cached_workflows": 0})


async def feedback_given_back(office: Office) -> Task:
    """On Friday 6 November at 10:00 the unit has three working days to answer better."""
    ref = await pothole(office)
    await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
    first = await office.opened(ref, "answer_referral", "R1")
    await office.decide("zdmk-a", first, "information", {"text": "Przyjęto."})
    check = await office.opened(ref, "check_feedback", "R1")
    await office.wait_until(city_moment("2026-11-06 10:00"))
    await office.decide("clerk-a", check, "return", {"what_is_missing": "Kiedy naprawa?"})
    return await office.opened(ref, "answer_referral", "R1", round_=2)


def days_of_steps(task: Task) -> list[str]:
    return [f"{rung.step:+d} {rung.fires_at.astimezone(WARSAW):%m-%d %H:%M}" for rung in task.rungs]


def terms_of(office: Office, ref: str) -> dict[str, str]:
    return {clock: str(term.safe_due) for clock, term in office.case(ref).clocks.items()}


def test_story_9_a_new_day_off(with_its_own_time: Play, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        task = await feedback_given_back(office)
        ref = task.case_ref
        assert task.complete_by
        assert str(task.complete_by.safe_due) == "2026-11-12"
        steps = ["-2 11-09 09:00", "+0 11-12 09:00", "+1 11-13 09:00", "+3 11-17 09:00"]
        assert days_of_steps(task)[:4] == steps
        clocks = terms_of(office, ref)
        await office.wait_until(city_moment("2026-11-09 12:00"))
        (reminded,) = ladder_of(office, task)
        assert (name(reminded), reminded.step) == ("Reminded", -2)

        tables = tmp_path / "tables"
        tables.mkdir()
        (tables / "holidays.yaml").write_text(THURSDAY_OFF, encoding="utf-8")
        await office.load_tables(tables)
        await office.handle(ref).signal("look_again")
        await office.until(lambda: moved(office, task), "the term is counted anew")

        (change,) = moved(office, task)
        assert (change.which, str(change.old.safe_due), str(change.new.safe_due)) == (
            "complete_by",
            "2026-11-12",
            "2026-11-13",
        )
        assert (change.cause, change.anew, change.new.calendar) == ("calendar", False, "2")
        again = office.task(task.task_ref)
        assert again is not None
        assert days_of_steps(again)[1:4] == ["+0 11-13 09:00", "+1 11-16 09:00", "+3 11-18 09:00"]
        recounted = [event for event in office.history(ref) if name(event) == "TermRecounted"]
        assert [(event.clock, event.referral, str(event.safe_due)) for event in recounted] == [
            ("feedback", "R1", "2026-11-13")
        ]
        assert terms_of(office, ref) == clocks

        await office.handle(ref).signal("look_again")
        await office.wait_until(city_moment("2026-11-16 10:00"))
        assert len(moved(office, task)) == 1
        assert [
            (f"{event.timestamp.astimezone(WARSAW):%m-%d %H:%M}", event.step)
            for event in ladder_of(office, task)
        ] == [("11-09 09:00", -2), ("11-13 09:00", 0), ("11-16 09:00", 1)]

    with_its_own_time(story, "2026-11-05 10:00")


def moved(office: Office, task: Task) -> list[Any]:
    events = office.store.events.get(task.id)
    return [event for event in events if isinstance(event, Task.DeadlineMoved)]
