"""Holds at the store: after any sequence of them and of extensions, what was promised is kept."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.errors import Refusal, Refusals
from domain.interventions.model import Intervention
from domain.ladders import Rung
from domain.tasks.model import Task
from domain.terms import Term
from domain.working_days import local_day
from tests.activities.desk import DONE, STORY, Desk
from tests.builders import sealed
from tests.sizes import examples

REASON = {"reason": sealed("Wyjaśniamy adresata")}

Step = Callable[[Random], None]


class Walk:
    """One case that is held, resumed and extended; what holds is checked after each step."""

    def __init__(self, desk: Desk, reference: str) -> None:
        self.desk = desk
        self.reference = reference
        self.statutory = {
            name: term for name, term in self.case.clocks.items() if not self.may_stop(term)
        }
        self.left: dict[tuple[str, str], int] = {}
        """Working days that were left to each term of a task when the case was put on hold."""

    @property
    def case(self) -> Intervention:
        return self.desk.case(self.reference)

    def may_stop(self, term: Term) -> bool:
        return self.desk.book.deadlines.may_stop(term)

    def hold(self, _: Random) -> None:
        terms = dict(self.terms_of_tasks())
        if self.tell("hold"):
            now = self.desk.at
            self.left = {which: self.days_left(now, term) for which, term in terms.items()}

    def resume(self, _: Random) -> None:
        if self.tell("resume"):
            for which, term in self.terms_of_tasks():
                if which in self.left:
                    assert term.safe_due == self.due_with(self.left[which]), f"T14: {which}"
            self.left = {}

    def extend(self, chance: Random) -> None:
        """A decision gives an open task a new end, on hold or not."""
        task = chance.choice(self.desk.tasks_of(self.reference))
        term = task.complete_by
        assert term is not None
        until = max(term.safe_due, local_day(self.desk.at)) + timedelta(days=chance.randint(1, 20))
        longer = self.desk.book.deadlines.extend(term, until)

        def work(unit: Any) -> None:
            again = unit.find(Task, task.task_ref)
            self.desk.tasks.move_deadline(
                again, "complete_by", longer, "extension", self.desk.act().at
            )

        self.desk.store.carry_out(work)
        if self.case.on_hold:
            stopped = self.case.standstills[-1].since
            self.left[task.task_ref, "complete_by"] = self.days_left(stopped, longer)

    def wait(self, chance: Random) -> None:
        self.desk.at += timedelta(hours=chance.choice([1, 9, 30, 24 * 9]))
        self.desk.commands.climb_intervention_ladders(self.desk.step(self.reference))

    def decide(self, _: Random) -> None:
        task = self.desk.tasks_of(self.reference)[0]
        step = self.desk.decision("zdmk-a", task, "done", DONE)
        if refused(lambda: self.desk.commands.decide_intervention_task(step)):
            assert self.case.on_hold or task.type != "answer_referral"

    def tell(self, name: str) -> bool:
        step = self.desk.instruction("operator-a", self.reference, name, REASON)
        names = refused(lambda: self.desk.commands.instruct_intervention(step))
        assert names <= {"HeldAlready", "NotOnHold"}
        return not names

    def days_left(self, now: datetime, term: Term) -> int:
        """Whole working days after today up to the safe due; 0 on its day, and when it passed."""
        today = local_day(now)
        if term.safe_due <= today:
            return 0
        return self.desk.book.deadlines.calendar.working_days_between(today, term.safe_due)

    def due_with(self, left: int) -> date:
        """The day on which it is due now, with so many working days left."""
        calendar, today = self.desk.book.deadlines.calendar, local_day(self.desk.at)
        return calendar.add_working_days(today, left) if left else calendar.next_working_day(today)

    def terms_of_tasks(self) -> Iterator[tuple[tuple[str, str], Term]]:
        for task in self.desk.tasks_of(self.reference):
            for which in ("respond_by", "complete_by"):
                term = getattr(task, which)
                if term is not None and self.may_stop(term) and not term.overdue(self.desk.at):
                    yield (task.task_ref, which), term

    def check(self) -> None:
        case = self.case
        for name, term in self.statutory.items():
            assert case.clocks[name] == term, f"I14: {name}"
        for task in self.desk.tasks_of(self.reference):
            assert task.complete_by is not None
            stopped = case.on_hold and self.may_stop(task.complete_by)
            assert (task.complete_by.suspended_since is not None) == stopped
            assert stopped <= (not waiting_steps(task))


def waiting_steps(task: Task) -> list[Rung]:
    return [rung for rung in task.live_rungs if rung.ladder != "opened"]


def refused(attempt: Callable[[], object]) -> set[str]:
    try:
        attempt()
    except Refusal as refusal:
        return {refusal.name()}
    except Refusals as several:
        return {refusal.name() for refusal in several.refusals}
    return set()


@pytest.mark.walk
@settings(
    max_examples=examples(12),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=False), steps=st.integers(3, 14))
def test_statutory_ends_stay_and_our_own_days_are_kept(
    desk: Desk, chance: Random, steps: int
) -> None:
    key, desk.at = f"k-{desk.store.position()}", STORY
    walk = Walk(desk, desk.forwarded(key) if chance.random() < 0.7 else desk.opened(key))
    for _ in range(steps):
        kinds: list[Step] = [walk.hold, walk.resume, walk.extend, walk.wait, walk.wait]
        if walk.case.stage == "with_units" and walk.case.referrals["R1"].state == "sent":
            kinds.append(walk.decide)
        chance.choice(kinds)(chance)
        walk.check()


@pytest.mark.parametrize("person", ["clerk-a", "head-a", "zdmk-a", "director-a", "deputy-media"])
@pytest.mark.parametrize("name", ["hold", "resume"])
def test_only_an_operator_puts_a_case_on_hold(desk: Desk, person: str, name: str) -> None:
    step = desk.instruction(person, desk.forwarded(), name, REASON)
    assert "InstructionNotYours" in refused(lambda: desk.commands.instruct_intervention(step))


def test_nobody_decides_on_hold_and_why_not_says_so(desk: Desk) -> None:
    reference = desk.forwarded()
    desk.tell("operator-a", reference, "hold", REASON)
    task = desk.task(reference, "answer_referral", "R1")
    told = [a for a in desk.rehearsal.actions(task.task_ref, "zdmk-a", desk.at) if a.outcome]
    assert {reason.refusal for action in told for reason in action.reasons} == {"CaseOnHold"}
    step = desk.decision("zdmk-a", task, "done", DONE)
    assert refused(lambda: desk.commands.decide_intervention_task(step)) == {"CaseOnHold"}
    desk.tell("operator-a", reference, "resume", REASON)
    desk.decide("zdmk-a", task, "done", DONE)
