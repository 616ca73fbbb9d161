"""Extra tasks in a random walk: whatever people and time do, what holds of tasks holds of them."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activities.assignments import AssignmentCommands
from domain.assignments.commands import OrderExtraTask, RecordOrderNotice
from domain.assignments.model import Assignment
from domain.errors import Refusal, Refusals
from domain.instructions import InstructCase
from domain.tasks.commands import CompleteTask
from domain.tasks.model import Task
from domain.working_days import local_day
from tests.activities.desk import STORY, Desk
from tests.builders import sealed
from tests.domain.housekeeping import any_command

PEOPLE = ("director-a", "deputy-media", "head-a", "clerk-a", "operator-a", "zdmk-a")
WHY = {"reason": sealed("Wydarzenie odwołano")}
ENDS = {"assignment.Done", "assignment.Withdrawn"}
TASK_ENDS = {"task.Completed", "task.Withdrawn", "task.Expired"}


class Walk:
    """One order; each step is something that a person, the mail or time may do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.commands = AssignmentCommands(desk.tasks)
        order = OrderExtraTask(unit="KS-06", text=sealed("Dyżur w sobotę"))
        self._begins = desk.store.position()
        key = f"k-{self._begins}"
        act = desk.act("director-a", f"director-a:{key}")
        self.reference = self.commands.order(order, act, key, "digest").reference

    @property
    def order(self) -> Assignment:
        order = self.desk.store.find(Assignment, self.reference)
        assert order is not None
        return order

    @property
    def task(self) -> Task:
        return self.desk.task(self.reference, "do_extra_task")

    def time_passes(self, chance: Random) -> None:
        self.desk.at += timedelta(days=chance.choice([0, 1, 1, 3, 8]), hours=chance.randint(0, 9))
        self.commands.climb_assignment_ladders(self.desk.step(self.reference))

    def look(self, _: Random) -> None:
        """Looking twice finds nothing more to do."""
        self.commands.take_up_assignment(self.desk.step(self.reference))
        before = self.desk.store.position()
        self.commands.take_up_assignment(self.desk.step(self.reference))
        assert self.desk.store.position() == before

    def keep_house(self, chance: Random) -> None:
        command = any_command(chance, self.desk.at)
        act = self.desk.act(chance.choice(PEOPLE))
        _allowed(lambda: self.desk.handle(self.task, command, act))

    def tell(self, chance: Random) -> None:
        """Withdrawn, or given more time: exactly when "why not" has no reason against it."""
        person, task = chance.choice(PEOPLE), self.task.task_ref
        until = str(local_day(self.desk.at) + timedelta(days=chance.randint(-2, 20)))
        name, fields = chance.choice(
            [
                ("withdraw_order", WHY),
                ("move_deadline", {**WHY, "task": task, "until": until}),
                ("move_deadline", {**WHY, "task": task, "until": until}),
            ]
        )
        step = self.desk.instruction(person, self.reference, name, fields)
        asked = InstructCase(case_ref=self.reference, instruction=name, fields=fields)
        said = self.desk.rehearsal.instruct_order(asked, person, step.at, filled=True)
        done = _allowed(lambda: self.commands.instruct_assignment(step))
        assert said.allowed == done, "T7"
        if done:
            self._again(lambda: self.commands.instruct_assignment(step).answer)

    def decide(self, chance: Random) -> None:
        person, task = chance.choice(PEOPLE), self.task
        note = chance.choice([None, sealed("Za kierownika")])
        command = CompleteTask(
            task_ref=task.task_ref,
            expected_version=task.version,
            outcome="done",
            fields={"note": sealed("Zrobione")},
            note=note,
        )
        step = self.desk.signed(command, self.desk.act(person))
        said = self.desk.rehearsal.rehearse(command, person, step.at)
        done = _allowed(lambda: self.commands.decide_assignment_task(step))
        assert said.allowed == done, "T7"
        if done:
            self._again(lambda: self.commands.decide_assignment_task(step).answer)

    def mail_goes_out(self, _: Random) -> None:
        for recipient in self.order.notices_owed[:1]:
            told = RecordOrderNotice(recipient=recipient, message_id="<m@ks>", result="delivered")
            act = self.desk.act("system", f"notice:{self.reference}:{recipient}")

            def work(unit: Any, told: RecordOrderNotice = told, act: Any = act) -> None:
                unit.find(Assignment, self.reference).record_notice(told, act)

            self.desk.store.carry_out(work)

    def steps(self) -> list[Callable[[Random], None]]:
        often = [self.time_passes, self.keep_house, self.tell]
        return [*often, *often, self.look, self.decide, self.mail_goes_out]

    def check(self) -> None:
        story = [e for e in self.desk.events(self._begins) if _case_of(e) == self.reference]
        topics = [type(event).TOPIC for event in story]
        ended = [e for e in story if type(e).TOPIC in TASK_ENDS]
        decided = [e for e in story if type(e).TOPIC in ENDS]
        assert len(ended) <= 1, "T1"
        assert len(decided) == len(ended), "T3: both end, or neither"
        if ended and type(ended[0]).TOPIC == "task.Completed":
            assert ended[0].command_id == decided[0].command_id, "T3"
            assert ended[0].by not in self.task.excluded, "T2"
        self._check_steps(story)
        order = self.order
        assert self.task.is_open == (order.stage == "ordered")
        assert topics.count("assignment.Closed") <= 1
        withdrawn_and_told = order.stage == "withdrawn" and not order.notices_owed
        assert order.closed == (order.stage == "done" or withdrawn_and_told)

    def _check_steps(self, story: list[Any]) -> None:
        """T5: each step at most once in each term, and none after the end."""
        fired: set[tuple[str, int]] = set()
        over = False
        for event in story:
            topic = type(event).TOPIC
            if topic == "task.DeadlineMoved" and event.anew:
                fired.clear()
            if topic in ("task.Reminded", "task.Escalated"):
                step = (event.ladder, event.step)
                assert step not in fired, "T5"
                assert not over, "T5"
                fired |= {step, *((event.ladder, number) for number in event.skipped)}
            over = over or topic in TASK_ENDS

    def _again(self, ask: Callable[[], Any]) -> None:
        """T4: the same command once more adds nothing and has the same answer."""
        first, before = ask(), self.desk.store.position()
        assert (ask(), self.desk.store.position()) == (first, before), "T4"


def _case_of(event: Any) -> str | None:
    about = getattr(event, "task_ref", None) or getattr(event, "reference", None)
    return str(about)[:15] if about else None


def _allowed(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (Refusal, Refusals):
        return False
    return True


@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=False), steps=st.integers(5, 25))
def test_after_any_steps_what_holds_of_tasks_holds_of_extra_ones(
    desk: Desk, chance: Random, steps: int
) -> None:
    desk.at = STORY
    walk = Walk(desk)
    for _ in range(steps):
        chance.choice(walk.steps())(chance)
        walk.check()
