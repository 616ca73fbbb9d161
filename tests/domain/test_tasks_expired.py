"""Tasks that end by themselves: the lapse of the term has the effect of an outcome."""

from datetime import timedelta

import pytest

from domain.interventions.commands import AcceptFeedback
from domain.messages import SYSTEM
from domain.tasks.commands import ClaimTask, CommentOnTask, ExpireTask
from domain.tasks.model import Task
from domain.tasks.refusals import TaskDoesNotExpire, TaskNotOpen, TermNotLapsed
from domain.tasks.types import Outcome, TaskType
from tests.domain.ledger import Ledger
from tests.domain.offered import ANNA, NOTE, REF, completed_by_anna, deciding, offered
from tests.given import Story, moment

EXPIRE = ExpireTask(outcome="accept")
LAPSED = moment("2026-10-07 00:00")  # int.check_feedback: 1 working day from Monday


def lapsing() -> Story[Task]:
    return offered(on_lapse="expire:accept")


def expired() -> Story[Task]:
    return lapsing().also(EXPIRE, at=LAPSED, by=SYSTEM)


def test_the_lapse_of_its_term_ends_the_task() -> None:
    story = lapsing().when(EXPIRE, at=LAPSED, by=SYSTEM)
    story.then(Task.Expired, outcome="accept", by=SYSTEM).then_nothing_more()
    task = story.aggregate
    assert (task.state, task.is_open, task.outcome) == ("expired", False, "accept")


def test_also_what_somebody_holds_lapses() -> None:
    held = lapsing().also(ClaimTask(), ANNA, by="clerk-a")
    held.when(EXPIRE, at=LAPSED, by=SYSTEM).then(Task.Expired).then_nothing_more()


def test_not_before_the_legal_end() -> None:
    early = LAPSED - timedelta(seconds=1)
    lapsing().when(EXPIRE, at=early, by=SYSTEM).refused(TermNotLapsed)


def test_only_a_task_of_such_a_type_and_only_so() -> None:
    offered().when(EXPIRE, at=LAPSED, by=SYSTEM).refused(TaskDoesNotExpire, on_lapse="none")
    other = ExpireTask(outcome="return")
    lapsing().when(other, at=LAPSED, by=SYSTEM).refused(TaskDoesNotExpire)


def test_what_is_finished_does_not_expire_and_what_expired_is_finished() -> None:
    done = completed_by_anna()
    done.when(EXPIRE, at=LAPSED, by=SYSTEM).refused(
        TaskNotOpen, TaskDoesNotExpire, state="completed"
    )
    expired().when(EXPIRE, at=LAPSED, by=SYSTEM).refused(TaskNotOpen, state="expired")
    deciding(expired(), ANNA).refused(TaskNotOpen, state="expired")
    expired().when(CommentOnTask(text=NOTE), ANNA, by="clerk-a").then(Task.Commented)


def test_a_type_says_with_which_of_its_outcomes_it_lapses() -> None:
    outcomes = {"accept": Outcome(AcceptFeedback)}
    lapsing_type = TaskType("offer", outcomes, complete="int.hold", on_lapse="expire:accept")
    assert lapsing_type.on_lapse == "expire:accept"
    for wrong in ("expire:refuse", "accept"):
        with pytest.raises(ValueError, match="offer: "):
            TaskType("offer", outcomes, complete="int.hold", on_lapse=wrong)


def test_the_balance_of_tasks_counts_what_expired() -> None:
    """T9; and T3: alone in its transaction it would not be believed."""
    ledger = Ledger()
    story = expired()
    ledger.read(story.events[:1])
    assert ledger.open_tasks() == {REF}
    with pytest.raises(AssertionError, match="T3"):
        ledger.read(story.events[1:])
    assert ledger.open_tasks() == set()
