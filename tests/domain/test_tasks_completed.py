"""Tasks decided: by whom, on what state, with which fields, and what is refused by which name."""

from domain.interventions.commands import SubmitReply
from domain.interventions.forms import TASK_TYPES
from domain.tasks.model import Task
from domain.tasks.refusals import (
    ActorNotActive,
    CaseOnHold,
    ExcludedFromTask,
    FieldsMissing,
    NoteRequired,
    NotYourTask,
    OutcomeNotOffered,
    TaskChanged,
    TaskNotOpen,
)
from domain.tasks.rules import CaseSide, filled_form
from domain.tasks.types import Outcome, TaskType
from tests.builders import sealed
from tests.domain.offered import (
    ANNA,
    BARBARA,
    DATA,
    DIRECTOR,
    HEAD,
    MONDAY,
    NOBODY,
    REPLACING_ANNA,
    SIDE,
    UNIT,
    claimed_by_anna,
    completed_by_anna,
    deciding,
    decision,
    offered,
    remind,
)
from tests.given import moment

RETURN = {"what_is_missing": sealed("Brak zdjęcia po naprawie")}


def test_a_candidate_claims_and_completes_in_one_act() -> None:
    story = deciding(offered(), ANNA).then(Task.Claimed, by="clerk-a")
    task = story.then(Task.Completed, outcome="accept", acting_for=None, late_by=0).aggregate
    assert len({event.command_id for event in story.events[1:]}) == 1
    assert (task.state, task.finished_by, task.finished_at) == ("completed", "clerk-a", MONDAY)


def test_the_assignee_completes_with_one_event() -> None:
    story = deciding(claimed_by_anna(), ANNA)
    story.then(Task.Completed, by="clerk-a").then_nothing_more()


def test_what_was_filled_in_stands_in_the_event() -> None:
    story = deciding(claimed_by_anna(), ANNA, decision("return", 2, fields=RETURN))
    story.then(Task.Completed, outcome="return", fields=RETURN)


def test_a_substitute_completes_in_place_of_the_person_replaced() -> None:
    story = deciding(claimed_by_anna(), REPLACING_ANNA)
    story.then(Task.Completed, by="clerk-c", acting_for="clerk-a")


def test_a_head_decides_for_a_clerk_with_a_note() -> None:
    note = sealed("Pani Anna zachorowała")
    story = deciding(claimed_by_anna(), HEAD, decision(version=2, note=note))
    story.then(Task.Completed, by="head-a", override_note_ref=note).then_nothing_more()


def test_a_head_decides_for_a_clerk_only_with_a_note() -> None:
    deciding(claimed_by_anna(), HEAD).refused(NoteRequired, field="note")


def test_the_director_decides_for_any_unit_with_a_note() -> None:
    note = sealed("Sprawa pilna")
    deciding(offered(), DIRECTOR, decision(note=note)).then(Task.Completed, by="director-a")


def test_a_task_that_another_holds_is_not_yours() -> None:
    deciding(claimed_by_anna(), BARBARA).refused(NotYourTask, assignee="clerk-a")


def test_a_hat_that_one_does_not_have_gives_no_right() -> None:
    command = decision(acting_for="head-a")
    deciding(offered(), BARBARA, command).refused(NotYourTask)


def test_exclusion_beats_the_director() -> None:
    story = offered(excluded={"director-a": "author of draft 1"})
    deciding(story, DIRECTOR, decision(note=sealed("Decyduję sam"))).refused(ExcludedFromTask)


def test_who_the_case_excludes_by_now_is_excluded_too() -> None:
    side = CaseSide(TASK_TYPES["check_feedback"], excluded={"clerk-a": "author of draft 2"})
    story = deciding(claimed_by_anna(), ANNA, side=side)
    story.refused(ExcludedFromTask, reason="author of draft 2")


def test_a_substitute_of_an_excluded_person_decides_nothing() -> None:
    story = deciding(offered(excluded={"clerk-a": "answered R1"}), REPLACING_ANNA)
    story.refused(ExcludedFromTask, person="clerk-a")


def test_who_holds_nothing_today_decides_nothing() -> None:
    deciding(offered(), NOBODY).refused(ActorNotActive, NotYourTask)


def test_an_outcome_that_is_not_offered_is_refused() -> None:
    story = deciding(offered(), ANNA, decision("forward"))
    story.refused(OutcomeNotOffered, outcome="forward", offered=["accept", "return"])


def test_a_missing_field_is_named() -> None:
    story = deciding(offered(), ANNA, decision("return"))
    missing = [{"field": "what_is_missing", "problem": "Field required"}]
    story.refused(FieldsMissing, fields=missing)


def test_an_unknown_field_is_named() -> None:
    story = deciding(offered(), ANNA, decision("accept", fields={"colour": "żółty"}))
    [problem] = story._refusals[0].facts["fields"]
    assert problem["field"] == "colour"


def test_a_decision_on_an_older_state_is_refused() -> None:
    story = deciding(claimed_by_anna(), ANNA, decision(version=1))
    story.refused(TaskChanged, expected=1, version=2)


def test_a_reminder_changes_nothing_that_a_decision_depends_on() -> None:
    story = claimed_by_anna()
    remind(story.aggregate)
    story.events += story.aggregate.collect_events()
    assert story.aggregate.version == 3
    deciding(story, ANNA, decision(version=2)).then(Task.Completed, by="clerk-a")


def test_a_case_on_hold_is_decided_by_nobody() -> None:
    side = CaseSide(TASK_TYPES["check_feedback"], on_hold=True)
    deciding(offered(), ANNA, side=side).refused(CaseOnHold, case="INT-2026-000123")


def test_an_outcome_that_lowers_risk_is_allowed_on_hold() -> None:
    form = TASK_TYPES["check_feedback"].outcomes["accept"].form
    kind = TaskType("stopping", {"accept": Outcome(form, risk_reducing=True)}, "int.triage")
    deciding(offered(), ANNA, side=CaseSide(kind, on_hold=True)).then(Task.Claimed)


def test_a_finished_task_says_who_finished_it_and_when() -> None:
    story = deciding(completed_by_anna(), BARBARA)
    found = {"by": "clerk-a", "at": "2026-10-05T08:20:00+00:00", "state": "completed"}
    story.refused(TaskNotOpen, NotYourTask, **found)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    side = CaseSide(TASK_TYPES["check_feedback"], on_hold=True)
    story = claimed_by_anna()
    deciding(story, UNIT, decision("return", 1), side).refused(
        TaskChanged, CaseOnHold, NotYourTask, ExcludedFromTask, FieldsMissing
    )


def test_a_late_decision_counts_the_working_days() -> None:
    story = offered().when(
        decision(), ANNA, SIDE, DATA.deadlines, by="clerk-a", at=moment("2026-10-12 12:00")
    )
    # Due on Tuesday 6 October: Wednesday to Friday and Monday are late.
    story.then(Task.Claimed).then(Task.Completed, late_by=4)


def test_a_clerk_records_what_a_unit_answered_by_letter() -> None:
    side = CaseSide(TASK_TYPES["answer_referral"])
    story = offered(
        type="answer_referral",
        task_ref="INT-2026-000123-answer_referral-R1-1",
        candidates=("ZDMK/coordinator",),
        outcomes=("done",),
        excluded={},
    )
    deciding(story, ANNA, decision("done"), side).then(Task.Completed, by="clerk-a")


def test_the_form_of_a_decision_is_the_command_that_was_filled_in() -> None:
    fields = {"outcome": "done", "text": sealed("Załatwione")}
    form = filled_form(TASK_TYPES["draft_reply"], decision("submitted", fields=fields))
    assert form == SubmitReply(outcome="done", text=sealed("Załatwione"))
