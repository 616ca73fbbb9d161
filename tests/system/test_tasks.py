"""The stories of tasks, through real workflows."""

import asyncio

import pytest
from structlog.testing import capture_logs
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.tasks.commands import Decision
from domain.tasks.model import Task
from domain.working_days import WARSAW
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from tests.system.test_interventions import TO_ZDMK, ladder_of, name, pothole
from workflows.interventions import InterventionWorkflow

pytestmark = pytest.mark.system


async def refused(office: Office, decision: Decision) -> list[dict[str, object]]:
    """The refusals with which a decision came back, the first one naming the failure."""
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await office.submit(decision)
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    found = list(cause.details)
    assert cause.type == found[0]["refusal"]
    return found


async def a_sensitive_reply(
    office: Office, author: str, touches: str = "media"
) -> tuple[str, Task]:
    """A reply, to a report in the press say, written by the author and waiting for approval."""
    ref = await pothole(office)
    await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
    answer = await office.opened(ref, "answer_referral", "R1")
    await office.decide("zdmk-a", answer, "done", {"text": "Naprawiono."})
    await office.decide("clerk-a", await office.opened(ref, "check_feedback", "R1"), "accept")
    draft = await office.opened(ref, "draft_reply")
    reply = {"outcome": "done", "text": "Naprawiono ubytek.", "sensitive": [touches]}
    note = "Piszę sam, w zastępstwie pracownika." if author == "director-a" else None
    await office.submit(
        office.decision(author, draft, "submitted", await office.now(), reply, note=note)
    )
    return ref, await office.opened(ref, "approve_reply")


async def feedback_to_check(office: Office) -> Task:
    """The unit answered on Friday 6 November at 10:00, and nobody checks it."""
    ref = await pothole(office)
    await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
    answer = await office.opened(ref, "answer_referral", "R1")
    await office.wait_until(city_moment("2026-11-06 10:00"))
    await office.decide("zdmk-a", answer, "done", {"text": "Naprawiono."})
    check = await office.opened(ref, "check_feedback", "R1")
    assert check.complete_by
    assert str(check.complete_by.safe_due) == "2026-11-09"
    return check


def test_story_1_a_ladder_goes_over_11_november(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        check = await feedback_to_check(office)
        await office.wait_until(city_moment("2026-11-13 12:00"))
        await office.decide("clerk-a", check, "accept")
        await office.wait_until(city_moment("2026-11-18 12:00"))
        assert [
            (f"{event.timestamp.astimezone(WARSAW):%Y-%m-%d %H:%M}", event.recipients)
            for event in ladder_of(office, check)
        ] == [
            ("2026-11-09 09:00", ("KS-06/clerk",)),
            ("2026-11-10 09:00", ("KS-06/head",)),
            ("2026-11-13 09:00", ("deputy_media",)),
        ]
        completed = list(office.store.events.get(check.id))[-1]
        assert isinstance(completed, Task.Completed)
        assert completed.late_by == 3

    with_its_own_time(story, "2026-11-05 10:00")


def test_story_2_after_an_outage_only_the_highest_step_is_fired(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        check = await feedback_to_check(office)
        await office.wait_until(city_moment("2026-11-09 08:00"))
        await office.handle(check.case_ref).terminate("no worker until Friday")
        await office.wait_until(city_moment("2026-11-13 10:00"))
        await office.start(check.case_ref)
        await office.until(lambda: ladder_of(office, check), "the ladder is looked at")
        (step,) = ladder_of(office, check)
        assert (name(step), step.recipients, step.skipped) == (
            "Escalated",
            ("deputy_media",),
            (0, 1),
        )

    with_its_own_time(story, "2026-11-05 10:00")


def test_story_4_exclusion_beats_the_director(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref, approval = await a_sensitive_reply(office, author="director-a", touches="claim")
        over = "Zatwierdzam sam, zamiast kierowniczki."
        decision = office.decision("director-a", approval, "approve", await office.now(), note=over)
        found = await refused(office, decision)
        assert [each["refusal"] for each in found] == ["ExcludedFromTask"]
        assert found[0]["facts"] == {"person": "director-a", "reason": "author of draft 1"}
        assert office.case(ref).stage == "approval"

    on_the_real_server(story, "2026-08-05 10:00")


def test_story_5_two_browsers_open_the_same_task(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        at = await office.now()
        first = office.decision("clerk-a", triage, "forward", at, TO_ZDMK, version=1)
        second = office.decision("clerk-b", triage, "forward", at, TO_ZDMK, version=1)
        await office.submit(first)
        done = office.task(triage.task_ref)
        assert done is not None
        assert done.version == 3

        found = await refused(office, second)
        assert found[0]["refusal"] == "TaskNotOpen"
        assert done.finished_at is not None
        facts = found[0]["facts"]
        assert isinstance(facts, dict)
        assert facts["by"] == "clerk-a"
        assert facts["at"] == done.finished_at.isoformat()
        assert office.events(ref).count("intervention.Forwarded") == 1

    on_the_real_server(story, "2026-10-05 10:20")


def test_story_6_an_update_typed_into_the_temporal_ui_proves_nobody(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref, approval = await a_sensitive_reply(office, author="clerk-a")
        before = office.events(ref)
        forged = office.decision("director-a", approval, "approve", await office.now())
        forged = forged.model_copy(update={"proof": "0" * 64})
        with capture_logs() as security_log:
            found = await refused(office, forged)
        assert [each["refusal"] for each in found] == ["ActorNotProven"]
        assert office.events(ref) == before
        (line,) = [line for line in security_log if line["event"] == "unproven decision"]
        assert line["workflow_id"] == f"intervention-{ref}"

    on_the_real_server(story, "2026-08-05 10:00")


def test_story_11_eight_equal_decisions_at_once_are_one_with_eight_equal_answers(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        decision = office.decision("clerk-a", triage, "forward", await office.now(), TO_ZDMK)
        answers = await asyncio.gather(*(office.submit(decision) for _ in range(8)))
        assert len(set(answers)) == 1
        assert office.events(ref).count("intervention.Forwarded") == 1

    on_the_real_server(story, "2026-10-05 10:20")


def test_all_that_is_wrong_with_a_decision_is_told_at_once(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        nowhere = {"referrals": [{"unit": "XYZ", "question": "Co dalej?"}]}
        decision = office.decision("zdmk-a", triage, "forward", await office.now(), nowhere)
        found = await refused(office, decision)
        assert {each["refusal"] for each in found} == {
            "NotYourTask",
            "UnitNotActive",
            "LeadUnitMissing",
        }
        assert office.case(ref).stage == "triage"

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_decision_may_come_before_the_first_task_stands(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        handle = office.handle(ref)
        assert await handle.query(InterventionWorkflow.stage) in ("starting", "triage")
        triage = await office.opened(ref, "triage")
        answer = await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        assert answer.case_stage == "with_units"

    on_the_real_server(story, "2026-10-05 10:20")
