"""Tasks offered, taken, given and withdrawn: who may, and what is refused by which name."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.ladders import DueRung
from domain.messages import SYSTEM, Act
from domain.roster.rules import Hat
from domain.tasks.commands import (
    AssignTask,
    ClaimTask,
    OpenTask,
    ReleaseTask,
    Standing,
    WithdrawTask,
)
from domain.tasks.model import Task
from domain.tasks.refusals import (
    ActorNotActive,
    AlreadyClaimed,
    AssigneeNotEligible,
    ExcludedFromTask,
    NotCandidate,
    NotYourTask,
    OrderNotAllowed,
    TaskChanged,
    TaskNotOpen,
)
from domain.tasks.rules import Hats, addressees, may_order_extra_task
from tests.builders import sealed
from tests.domain.offered import (
    ANNA,
    BARBARA,
    CLERKS,
    DATA,
    HEAD,
    HEADS,
    MONDAY,
    NOBODY,
    REF,
    REPLACING_ANNA,
    UNIT,
    an_order,
    claimed_by_anna,
    completed_by_anna,
    deciding,
    hats,
    offered,
    remind,
    rung,
)
from tests.given import rebuilt


def test_an_opened_task_is_offered_with_all_that_is_fixed() -> None:
    task = offered().then(Task.Opened, task_ref=REF, excluded={"zdmk-a": "answered R1"}).aggregate
    assert (task.state, task.assignee, task.is_open) == ("offered", None, True)
    assert {name: getattr(task, name) for name in OpenTask.model_fields} == dict(an_order())


def test_the_same_order_always_opens_the_same_task() -> None:
    assert offered().aggregate.id == offered().aggregate.id


@pytest.mark.parametrize(
    "ref", ["INT-2026-123-triage-1", "INT-2026-000123", "INT-2026-000123-Triage-1", "x" * 20]
)
def test_a_task_needs_a_reference_of_the_right_shape(ref: str) -> None:
    with pytest.raises(ValidationError, match="task_ref"):
        an_order(task_ref=ref)


def test_a_candidate_claims_an_offered_task() -> None:
    story = offered().when(ClaimTask(expected_version=1), ANNA, by="clerk-a")
    task = story.then(Task.Claimed, by="clerk-a", acting_for=None).aggregate
    assert (task.state, task.assignee, task.responded) == ("claimed", "clerk-a", True)


def test_a_substitute_claims_for_the_person_replaced_and_the_event_says_so() -> None:
    story = offered().when(ClaimTask(), REPLACING_ANNA, by="clerk-c")
    story.then(Task.Claimed, by="clerk-c", acting_for="clerk-a")


def test_who_holds_a_task_has_nothing_to_claim() -> None:
    story = claimed_by_anna().when(ClaimTask(), ANNA, by="clerk-a")
    story.refused(AlreadyClaimed, assignee="clerk-a")


def test_what_a_substitute_claimed_is_decided_in_place_of_the_person_replaced() -> None:
    story = offered().also(ClaimTask(), REPLACING_ANNA, by="clerk-c")
    deciding(story, REPLACING_ANNA).then(Task.Completed, by="clerk-c", acting_for="clerk-a")


def test_who_is_no_candidate_claims_nothing() -> None:
    offered().when(ClaimTask(), UNIT, by="ztp-a").refused(NotCandidate, candidates=[CLERKS])


def test_a_superior_does_not_claim_what_is_offered_to_clerks() -> None:
    offered().when(ClaimTask(), HEAD, by="head-a").refused(NotCandidate)


def test_what_somebody_has_taken_cannot_be_claimed() -> None:
    story = claimed_by_anna().when(ClaimTask(), BARBARA, by="clerk-b")
    story.refused(AlreadyClaimed, assignee="clerk-a")


def test_a_claim_on_an_older_state_is_refused() -> None:
    story = claimed_by_anna().also(ReleaseTask(), by="clerk-a")
    story.when(ClaimTask(expected_version=1), BARBARA, by="clerk-b")
    story.refused(TaskChanged, expected=1, version=3)


def test_an_excluded_person_claims_nothing() -> None:
    story = offered(excluded={"clerk-a": "answered R1"}).when(ClaimTask(), ANNA, by="clerk-a")
    story.refused(ExcludedFromTask, person="clerk-a", reason="answered R1")


def test_a_substitute_of_an_excluded_person_claims_nothing() -> None:
    story = offered(excluded={"clerk-a": "answered R1"})
    story.when(ClaimTask(), REPLACING_ANNA, by="clerk-c").refused(ExcludedFromTask)


def test_who_holds_nothing_today_claims_nothing() -> None:
    story = offered().when(ClaimTask(), NOBODY, by="gone-g")
    story.refused(ActorNotActive, NotCandidate, person="gone-g")


def test_a_finished_task_cannot_be_claimed() -> None:
    story = completed_by_anna().when(ClaimTask(), BARBARA, by="clerk-b")
    story.refused(TaskNotOpen, AlreadyClaimed, state="completed", by="clerk-a")


def test_a_released_task_is_offered_again() -> None:
    task = claimed_by_anna().when(ReleaseTask(), by="clerk-a").then(Task.Released).aggregate
    assert (task.state, task.assignee, task.responded) == ("offered", None, True)


def test_only_who_holds_a_task_releases_it() -> None:
    claimed_by_anna().when(ReleaseTask(), by="clerk-b").refused(NotYourTask, assignee="clerk-a")


def test_a_finished_task_cannot_be_released() -> None:
    completed_by_anna().when(ReleaseTask(), by="clerk-a").refused(TaskNotOpen)


def test_the_head_gives_a_task_to_a_clerk() -> None:
    command = AssignTask(assignee="clerk-b", reason=sealed("pilne"))
    story = offered().when(command, HEAD, by="head-a")
    task = story.then(Task.Assigned, assignee="clerk-b", reason_ref=sealed("pilne")).aggregate
    assert (task.state, task.assignee, task.responded) == ("claimed", "clerk-b", True)


def test_the_head_takes_a_task_from_one_clerk_to_another() -> None:
    command = AssignTask(assignee="clerk-b", reason=sealed("urlop"))
    claimed_by_anna().when(command, HEAD, by="head-a").then(Task.Assigned, assignee="clerk-b")


def test_a_clerk_gives_tasks_to_nobody() -> None:
    who = hats("clerk-a", CLERKS, holders=HEAD.holders)
    command = AssignTask(assignee="clerk-b", reason=sealed("wolę nie"))
    offered().when(command, who, by="clerk-a").refused(NotYourTask)


def test_a_task_is_given_only_to_a_candidate() -> None:
    command = AssignTask(assignee="ztp-a", reason=sealed("zna sprawę"))
    offered().when(command, HEAD, by="head-a").refused(AssigneeNotEligible, person="ztp-a")


def test_a_task_is_not_given_to_an_excluded_person() -> None:
    command = AssignTask(assignee="clerk-b", reason=sealed("pilne"))
    story = offered(excluded={"clerk-b": "answered R1"}).when(command, HEAD, by="head-a")
    story.refused(ExcludedFromTask, person="clerk-b")


def test_who_holds_nothing_today_gives_tasks_to_nobody() -> None:
    command = AssignTask(assignee="clerk-a", reason=sealed("pilne"))
    story = offered().when(command, NOBODY, by="gone-g")
    story.refused(ActorNotActive, NotYourTask, AssigneeNotEligible)


def test_a_finished_task_is_given_to_nobody() -> None:
    command = AssignTask(assignee="clerk-b", reason=sealed("pilne"))
    completed_by_anna().when(command, HEAD, by="head-a").refused(TaskNotOpen)


def test_the_workflow_withdraws_an_open_task() -> None:
    story = claimed_by_anna().when(WithdrawTask(reason="case_closed"), by=SYSTEM)
    task = story.then(Task.Withdrawn, reason="case_closed").aggregate
    assert (task.state, task.finished_by, task.is_open) == ("withdrawn", SYSTEM, False)


def test_a_finished_task_is_not_withdrawn() -> None:
    command = WithdrawTask(reason="case_closed")
    completed_by_anna().when(command, by=SYSTEM).refused(TaskNotOpen)


def test_a_withdrawn_task_is_decided_by_nobody() -> None:
    story = offered().also(WithdrawTask(reason="case_closed"), by=SYSTEM)
    deciding(story, ANNA).refused(TaskNotOpen, state="withdrawn", by=SYSTEM)


def test_a_reminder_names_whom_it_told_and_what_it_skipped() -> None:
    task = claimed_by_anna().aggregate
    remind(task)
    event: Any = task.pending_events[-1]
    assert isinstance(event, Task.Reminded)
    assert (event.recipients, event.skipped) == (("clerk-a",), (-2,))
    assert task.fired == {("standard", 0), ("standard", -2)}
    assert task.escalation_level == 0


def test_each_escalation_is_one_level_higher() -> None:
    story = claimed_by_anna()
    for level, step in enumerate((1, 3), start=1):
        due = DueRung(rung=rung(step, "escalate", "head"), skipped=())
        act = Act(command_id=f"ladder:{REF}:standard:{step}", at=MONDAY, by=SYSTEM)
        story.aggregate.climb_ladder(due, ("KS-06/head",), act)
        assert story.aggregate.escalation_level == level
    story.events += story.aggregate.collect_events()
    assert rebuilt(story.events) == story.aggregate


def test_nobody_is_chased_to_take_what_somebody_took() -> None:
    steps = (rung(0, "remind", "candidates", "respond"), rung(0, "remind", "candidates"))
    story = offered(rungs=steps)
    assert len(story.aggregate.live_rungs) == 2
    story.also(ClaimTask(), ANNA, by="clerk-a").also(ReleaseTask(), by="clerk-a")
    assert list(story.aggregate.live_rungs) == [steps[1]]


def test_a_finished_task_has_no_steps_left() -> None:
    story = offered(rungs=(rung(0, "remind", "candidates"),))
    story.also(WithdrawTask(reason="case_closed"), by=SYSTEM)
    assert story.aggregate.live_rungs == ()


@pytest.mark.parametrize(
    ("candidates", "to", "told"),
    [
        ((CLERKS,), "assignee_or_candidates", (CLERKS,)),
        ((CLERKS,), "head", (HEADS,)),
        ((CLERKS,), "deputy", ("deputy_media",)),
        ((CLERKS,), "director", ("director",)),
        ((CLERKS,), "director_and_presidents_office", ("director", "presidents_office")),
        (("ZDMK/coordinator",), "unit_head", ("ZDMK/unit_head",)),
        (("ZDMK/coordinator",), "coordinator", ("ZDMK/coordinator",)),
        (("ZDMK/coordinator",), "deputy", ()),  # no unit of the Department
        (("KS-06/duty_officer",), "second_duty_officer", ("KS-06/duty_officer",)),
        (("KS-02/clerk",), "deputy", ()),  # §3.1: KS-02 has no deputy
        ((HEADS,), "head", ()),  # never to its own post
        (("director",), "deputy_media", ()),  # nor to one below it
    ],
)
def test_a_step_tells_those_who_stand_above(
    candidates: tuple[str, ...], to: str, told: tuple[str, ...]
) -> None:
    assert addressees(an_order(candidates=candidates), to, None, DATA.organisation) == told


def test_a_reminder_goes_to_whoever_holds_the_task() -> None:
    told = addressees(an_order(), "assignee_or_candidates", "clerk-a", DATA.organisation)
    assert told == ("clerk-a",)


@pytest.mark.parametrize(
    ("who", "standing"),
    [
        (ANNA, Standing(mode="yourself")),
        (REPLACING_ANNA, Standing(mode="acting_for", acting_for="clerk-a")),
        (HEAD, Standing(mode="override")),
        (
            hats("ks-01-c", "KS-01/clerk", acting=(Hat("head-a", frozenset({HEADS})),)),
            Standing(mode="override", acting_for="head-a"),
        ),
        (UNIT, None),
    ],
)
def test_by_what_right_somebody_may_decide(who: Hats, standing: Standing | None) -> None:
    assert who.standing(offered().aggregate) == standing


def test_own_right_comes_before_that_of_a_person_replaced() -> None:
    both = hats("clerk-b", CLERKS, acting=(Hat("clerk-a", frozenset({CLERKS})),))
    assert both.standing(offered().aggregate) == Standing(mode="yourself")
    chosen = both.wearing("clerk-a").standing(offered().aggregate)
    assert chosen == Standing(mode="acting_for", acting_for="clerk-a")


@pytest.mark.parametrize(
    ("post", "unit", "allowed"),
    [
        ("deputy_media", "KS-06", False),  # §9.9 names the President and the Director
        ("deputy_media", "KS-03", True),  # §6.18
        ("director", "KS-06", True),
        ("deputy_president", "KS-06", True),  # §11.25
        ("KS-06/head", "KS-06", False),
    ],
)
def test_who_may_order_extra_tasks_differs_by_unit(post: str, unit: str, allowed: bool) -> None:
    found = list(may_order_extra_task(DATA.organisation, frozenset({post}), unit))
    assert [type(refusal) for refusal in found] == ([] if allowed else [OrderNotAllowed])
