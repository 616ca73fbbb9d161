"""Tasks that nobody may decide any more are raised, through real workflows (stories 3 and 4)."""

from datetime import date
from typing import Any

import pytest

from activities.actions import Rehearsal
from domain.messages import Act
from domain.roster.commands import RecordAbsence
from domain.roster.model import ROSTER_ID
from domain.tasks.commands import DeclareConflict
from domain.tasks.model import Task
from domain.working_days import WARSAW
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from tests.system.test_interventions import TO_ZDMK, pothole
from tests.system.test_tasks import refused

pytestmark = pytest.mark.system


async def absence(
    office: Office, person: str, first: str, last: str, substitute: str | None = None
) -> None:
    command = RecordAbsence(
        person=person,
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last),
        substitute=substitute,
    )
    act = Act(command_id=f"absence:{person}:{first}", at=await office.now(), by="head-a")
    roster = office.store.load(ROSTER_ID)
    roster.record_absence(command, act)
    office.store.save_all([roster])


async def a_reply_to_write(office: Office) -> str:
    """The unit answered, and clerk B accepted it."""
    ref = await pothole(office)
    await office.decide("clerk-b", await office.opened(ref, "triage"), "forward", TO_ZDMK)
    answer = await office.opened(ref, "answer_referral", "R1")
    await office.decide("zdmk-a", answer, "done", {"text": "Naprawiono."})
    await office.decide("clerk-b", await office.opened(ref, "check_feedback", "R1"), "accept")
    return ref


async def a_reply_to_approve(office: Office, author: str) -> tuple[str, Task]:
    ref = await a_reply_to_write(office)
    return ref, await submitted(office, ref, author)


async def submitted(office: Office, ref: str, author: str) -> Task:
    draft = await office.opened(ref, "draft_reply")
    reply = {"outcome": "done", "text": "Naprawiono ubytek.", "sensitive": ["claim"]}
    note = "Piszę sam, w zastępstwie pracownika." if author == "director-a" else None
    at = await office.now()
    await office.submit(office.decision(author, draft, "submitted", at, reply, note=note))
    return await office.opened(ref, "approve_reply")


def raised(office: Office, task: Task) -> list[Any]:
    events = office.store.events.get(task.id)
    return [event for event in events if isinstance(event, Task.CandidatesChanged)]


def test_story_3_the_substitute_is_the_author(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        await absence(office, "head-a", "2026-08-03", "2026-08-14", substitute="clerk-a")
        ref = await a_reply_to_write(office)
        await office.wait_until(city_moment("2026-08-05 10:00"))
        approval = await submitted(office, ref, "clerk-a")

        at = await office.now()
        acting = office.decision("clerk-a", approval, "approve", at, acting_for="head-a")
        found = {each["refusal"]: each["facts"] for each in await refused(office, acting)}
        assert found["ExcludedFromTask"] == {"person": "clerk-a", "reason": "author of draft 1"}

        (change,) = raised(office, approval)
        assert (change.old, change.new, change.reason, change.by) == (
            ("KS-06/head",),
            ("deputy_media",),
            "absent_and_excluded",
            "system",
        )
        await office.decide("deputy-media", approval, "approve")
        case = office.case(ref)
        assert case.reply is not None
        assert case.reply.approved_by == "deputy-media"
        done: Any = list(office.store.events.get(approval.id))[-1]
        assert (done.by, done.acting_for, done.override_note_ref) == ("deputy-media", None, None)

    with_its_own_time(story, "2026-08-03 09:00")


def test_story_4_exclusion_beats_the_director_and_was_said_before(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref, approval = await a_reply_to_approve(office, author="director-a")
        at = await office.now()
        rehearsal = Rehearsal(office.workshop.commands)
        told = rehearsal.actions(approval.task_ref, "director-a", at)
        (approve,) = [action for action in told if action.outcome == "approve"]
        assert (approve.allowed, approve.mode) == (False, "override")
        assert [reason.refusal for reason in approve.reasons] == ["ExcludedFromTask"]

        override = office.decision("director-a", approval, "approve", at, note="Sam zatwierdzam.")
        (found,) = await refused(office, override)
        assert found["refusal"] == "ExcludedFromTask"
        assert found["facts"] == approve.reasons[0].facts
        assert office.case(ref).stage == "approval"

    on_the_real_server(story, "2026-08-05 10:00")


def test_an_absence_that_begins_while_the_task_is_open_raises_it_that_day(
    with_its_own_time: Play,
) -> None:
    async def story(office: Office) -> None:
        await absence(office, "head-a", "2026-08-06", "2026-08-14")
        _, approval = await a_reply_to_approve(office, author="clerk-a")
        assert approval.candidates == ("KS-06/head",)
        await office.wait_until(city_moment("2026-08-06 00:01"))
        await office.until(lambda: raised(office, approval), "the task is raised")
        (change,) = raised(office, approval)
        assert (change.new, change.reason) == (("deputy_media",), "absent")
        assert f"{change.timestamp.astimezone(WARSAW):%Y-%m-%d %H:%M}" == "2026-08-06 00:00"

    with_its_own_time(story, "2026-08-05 10:00")


def test_the_last_one_to_declare_a_conflict_leaves_the_task_to_the_next_post(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref, approval = await a_reply_to_approve(office, author="clerk-a")
        act = Act(command_id="conflict", at=await office.now(), by="head-a")
        office.workshop.commands.desk.handle(approval.task_ref, DeclareConflict(), act)
        (change,) = raised(office, approval)
        assert (change.new, change.reason) == (("deputy_media",), "excluded")
        task = office.task(approval.task_ref)
        assert task is not None
        await office.decide("deputy-media", task, "approve")
        assert office.case(ref).stage == "replied"

    on_the_real_server(story, "2026-08-05 10:00")
