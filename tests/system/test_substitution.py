"""Story 8: nobody leaves a single-person post without a substitute, who has it to the last day."""

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


def test_story_8_a_single_person_post(with_its_own_time: Play, read_side: ReadSide) -> None:
    """Told of the Director, to whom replies to the press are offered."""

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
        done = [e for e in office.store.events.get(approved.id) if isinstance(e, Task.Completed)]
        assert [(event.by, event.acting_for) for event in done] == [(DEPUTY, DIRECTOR)]

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
