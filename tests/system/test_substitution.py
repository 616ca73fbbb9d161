"""Story 8: nobody leaves a single-person post without a substitute, who has it to the last day.

Editions are not built yet: the editor of KS-07 is offered extra tasks, and a task that a workflow
waits for is offered to the Director.
"""

from typing import Any

import pytest

from domain.roster.refusals import SubstituteMissing
from domain.tasks.model import Task
from runtime.read_side import ReadSide
from tests.system.conftest import Play, city_moment
from tests.system.inboxes import Inboxes
from tests.system.office import Office
from tests.system.test_candidates import absence
from tests.system.test_tasks import a_sensitive_reply

pytestmark = pytest.mark.system

DIRECTOR, DEPUTY = "director-a", "deputy-media"
EDITOR, SUBSTITUTE = "editor-a", "media-head"


def completed(office: Office, task: Task) -> Any:
    [event] = [e for e in office.store.events.get(task.id) if isinstance(e, Task.Completed)]
    return event


def test_story_8_a_single_person_post_of_the_director(
    with_its_own_time: Play, read_side: ReadSide
) -> None:
    """Replies to the press are offered to the Director."""

    async def story(office: Office) -> None:
        _, approved = await a_sensitive_reply(office, "clerk-a")
        _, left = await a_sensitive_reply(office, "clerk-a")
        assert approved.candidates == left.candidates == ("director",)

        with pytest.raises(SubstituteMissing):
            await absence(office, DIRECTOR, "2026-07-06", "2026-07-17")
        await absence(office, DIRECTOR, "2026-07-06", "2026-07-17", substitute=DEPUTY)

        both = {approved.task_ref, left.task_ref}
        inboxes = Inboxes(office, read_side)
        assert inboxes.see("as_substitute", DEPUTY, "2026-07-05 23:59") == []
        assert set(inboxes.see("as_substitute", DEPUTY, "2026-07-06 00:00")) == both

        await office.wait_until(city_moment("2026-07-06 10:00"))
        await office.decide(DEPUTY, approved, "approve")
        done = completed(office, approved)
        assert (done.by, done.acting_for) == (DEPUTY, DIRECTOR)

        await office.wait_until(city_moment("2026-07-18 00:00"))
        inboxes = Inboxes(office, read_side)
        last_day, first_day_after = "2026-07-17 23:59", "2026-07-18 00:00"
        assert inboxes.see("as_substitute", DEPUTY, last_day) == [left.task_ref]
        assert inboxes.see("as_substitute", DEPUTY, first_day_after) == []
        assert inboxes.see("to_take", DIRECTOR, first_day_after) == [left.task_ref]
        task = office.task(left.task_ref)
        assert task is not None
        assert task.candidates == ("director",)
        await office.decide(DIRECTOR, task, "approve")

    with_its_own_time(story, "2026-07-03 10:00")


async def extra_task(office: Office) -> Task:
    """The Director orders something of the editor."""
    task = office.extra_task(await office.order("KS-07", "Materiał do numeru 15", DIRECTOR))
    assert task.candidates == ("KS-07/editor",)
    return task


async def done(office: Office, person: str, task: Task) -> None:
    await office.decide(person, task, "done", {"note": "Oddane"})


def test_story_8_a_single_person_post(with_its_own_time: Play, read_side: ReadSide) -> None:
    """The editor of KS-07 is away from 6 to 17 July."""

    async def story(office: Office) -> None:
        first, left = [await extra_task(office) for _ in range(2)]
        with pytest.raises(SubstituteMissing):
            await absence(office, EDITOR, "2026-07-06", "2026-07-17")
        assert Inboxes(office, read_side).see("as_substitute", SUBSTITUTE, "2026-07-06 08:00") == []
        await absence(office, EDITOR, "2026-07-06", "2026-07-17", substitute=SUBSTITUTE)

        both = {first.task_ref, left.task_ref}
        inboxes = Inboxes(office, read_side)
        assert inboxes.see("as_substitute", SUBSTITUTE, "2026-07-05 23:59") == []
        assert set(inboxes.see("as_substitute", SUBSTITUTE, "2026-07-06 00:00")) == both
        await office.wait_until(city_moment("2026-07-06 10:00"))
        await done(office, SUBSTITUTE, first)
        event = completed(office, first)
        assert (event.by, event.acting_for) == (SUBSTITUTE, EDITOR)

        await office.wait_until(city_moment("2026-07-18 00:00"))
        inboxes = Inboxes(office, read_side)
        last_day, first_day_after = "2026-07-17 23:59", "2026-07-18 00:00"
        assert inboxes.see("as_substitute", SUBSTITUTE, last_day) == [left.task_ref]
        assert inboxes.see("as_substitute", SUBSTITUTE, first_day_after) == []
        assert inboxes.see("to_take", EDITOR, first_day_after) == [left.task_ref]
        await done(office, EDITOR, left)
        assert completed(office, left).acting_for is None

    with_its_own_time(story, "2026-07-03 10:00")
