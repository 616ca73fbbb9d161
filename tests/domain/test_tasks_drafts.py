"""Drafts of whoever holds a task: who writes them, who reads them, and what is noted of it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.messages import Act
from domain.tasks.commands import AssignTask, SaveDraft
from domain.tasks.model import Task
from domain.tasks.refusals import (
    ActorNotActive,
    DraftUnknown,
    NotYourTask,
    TaskNotOpen,
)
from domain.tasks.rules import Hats
from tests.builders import sealed
from tests.domain.offered import (
    ANNA,
    BARBARA,
    DIRECTOR,
    HEAD,
    MONDAY,
    NOBODY,
    NOTE,
    REPLACING_ANNA,
    claimed_by_anna,
    completed_by_anna,
    deciding,
    hats,
    offered,
)
from tests.given import Story

BEGUN = SaveDraft(author="clerk-a", draft=sealed("Dziura zos"), size=10)
ZTP = hats("ztp-a", "ZTP/coordinator")
SECOND = timedelta(seconds=1)


def begun() -> Story[Task]:
    return claimed_by_anna().also(BEGUN, ANNA, by="clerk-a", at=MONDAY)


def read(story: Story[Task], person: Hats, command_id: str = "read") -> list[Any]:
    """The events of reading it."""
    task = story.aggregate
    task.read_draft(Act(command_id=command_id, at=MONDAY, by=person.actor), person)
    return list(task.collect_events())


def test_whoever_holds_a_task_saves_what_was_begun_and_no_term_moves() -> None:
    story = claimed_by_anna()
    due = story.aggregate.complete_by
    task = story.when(BEGUN, ANNA, by="clerk-a").then(Task.DraftSaved, size=10).aggregate
    assert task.draft is not None
    assert task.draft.ref == BEGUN.draft
    assert task.complete_by == due


def test_a_person_leaves_one_event_a_minute_however_often_the_draft_is_saved() -> None:
    story = begun()
    for seconds in (1, 20, 59):
        story.when(BEGUN, ANNA, by="clerk-a", at=MONDAY + seconds * SECOND).then_nothing_more()
    story.when(BEGUN, REPLACING_ANNA, by=REPLACING_ANNA.actor, at=MONDAY + SECOND)
    story.then(Task.DraftSaved, author="clerk-a", by=REPLACING_ANNA.actor)
    story.when(BEGUN, ANNA, by="clerk-a", at=MONDAY + 60 * SECOND)
    story.then(Task.DraftSaved, by="clerk-a")


def test_a_decision_does_not_depend_on_a_draft() -> None:
    deciding(begun(), ANNA).then(Task.Completed, by="clerk-a")


@pytest.mark.parametrize("person", [BARBARA, HEAD, DIRECTOR, ZTP], ids=lambda person: person.actor)
def test_nobody_else_writes_a_draft(person: Hats) -> None:
    begun().when(BEGUN, person, by=person.actor).refused(NotYourTask, assignee="clerk-a")


def test_nobody_writes_a_draft_of_what_nobody_holds() -> None:
    offered().when(BEGUN, ANNA, by="clerk-a").refused(NotYourTask, assignee=None)
    completed_by_anna().when(BEGUN, ANNA, by="clerk-a").refused(TaskNotOpen)
    claimed_by_anna().when(BEGUN, NOBODY, by=NOBODY.actor).refused(ActorNotActive, NotYourTask)


def test_the_author_and_the_substitute_read_it_and_nothing_is_noted() -> None:
    story = begun()
    assert read(story, ANNA) == []
    assert read(story, REPLACING_ANNA) == []


def test_a_superior_reads_it_and_the_author_is_told_once_for_what_was_there() -> None:
    story = begun()
    (told,) = read(story, HEAD)
    assert (told.TOPIC, told.author, told.by) == ("task.DraftRead", "clerk-a", "head-a")
    assert read(story, HEAD, "again") == []
    story.also(BEGUN, ANNA, by="clerk-a", at=MONDAY + 60 * SECOND)
    assert len(read(story, HEAD, "later")) == 1


@pytest.mark.parametrize("person", [BARBARA, ZTP], ids=lambda person: person.actor)
def test_nobody_else_reads_it(person: Hats) -> None:
    with pytest.raises(NotYourTask):
        read(begun(), person)


def test_who_gets_the_task_begins_anew_and_reads_nothing_of_another() -> None:
    story = begun().also(AssignTask(assignee="clerk-b", reason=NOTE), HEAD, by="head-a")
    with pytest.raises(DraftUnknown):
        read(story, BARBARA)
    with pytest.raises(NotYourTask):
        read(story, ANNA)


def test_a_draft_is_nobodys_once_the_task_is_over() -> None:
    for person in (ANNA, HEAD):
        with pytest.raises(TaskNotOpen):
            read(deciding(begun(), ANNA), person)
