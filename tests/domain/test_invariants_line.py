"""What holds for tasks and cases after any commands by anybody in any order, at a real store."""

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from activities.tasks import TaskCommand
from domain.errors import Refusal, Refusals
from domain.interventions import letters
from domain.interventions.entities import TERMINAL
from domain.roster.commands import GrantRole
from domain.roster.rules import holders_of
from domain.tasks.commands import AssignTask, ChangePriority, ClaimTask, CompleteTask
from domain.tasks.model import Task
from domain.working_days import local_day
from runtime.births import KeyUsedForAnotherRequest
from tests.activities.desk import Desk
from tests.builders import sealed
from tests.databases import NewDatabase
from tests.domain.filled_in import filled
from tests.domain.housekeeping import KINDS, NAMES, NEEDS_A_CHOICE, NOTE, PEOPLE, command_of
from tests.domain.ledger import TABLES, Ledger
from tests.domain.staff_moves import StaffMoves, people
from tests.installation import settings_of
from tests.sizes import examples

USUAL = {"answer_referral": "done", "check_feedback": "accept", "approve_reply": "approve"}
"""With these a case comes to its end."""

some = st.randoms(use_true_random=False)


class Line(StaffMoves):
    """The line of interventions, worked on by people who err and by people who do not."""

    def __init__(self, new_database: NewDatabase | None = None) -> None:
        """Without databases it does not begin by itself: it is given a desk."""
        super().__init__()
        self.new_database = new_database
        self.rooms = ExitStack()

    @initialize(chance=some, steps=st.integers(0, 12))
    def open_the_office(self, chance: Any, steps: int) -> None:
        assert self.new_database is not None
        database = self.rooms.enter_context(self.new_database())
        directory = self.rooms.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        desk = Desk(settings_of(Path(directory), database.url))
        self.rooms.enter_context(closing(desk.store))
        self.begin(desk.staff(), chance, steps)

    def begin(self, desk: Desk, chance: Any, steps: int) -> None:
        """At a desk whose people are in their posts."""
        self.desk = desk
        self.ledger = Ledger()
        self.position = self.desk.store.position()
        self.cases: list[str] = []
        self.bodies: dict[str, tuple[str, str]] = {}
        self.done: list[tuple[Callable[[], Any], Any]] = []
        """What was carried out, and how it was answered."""
        self.register("k-0", "Dziura", anonymous=chance.random() < 0.3)
        self.everything_fits_together()
        self.work_on(chance, steps)

    def teardown(self) -> None:
        self.rooms.close()

    # What is asked

    @rule(
        key=st.sampled_from(["k-1", "k-2", "k-3"]),
        text=st.sampled_from(["Dziura", "Gaz"]),
        anonymous=st.booleans(),
    )
    def register(self, key: str, text: str, anonymous: bool) -> None:
        category = "energy.gas" if text == "Gaz" else "roads.pothole"
        fields: dict[str, Any] = {"text": sealed(text), "category": category}
        if anonymous:
            fields["sender"] = None
        body = f"{text} {anonymous}"
        known = self.bodies.get(key)
        try:
            born = self.desk.register(key, **fields)
        except KeyUsedForAnotherRequest:
            assert known is not None
            assert known[1] != body
            return
        assert born.repeated == (known is not None)
        assert known is None or known == (born.reference, body)  # I2
        self.bodies[key] = (born.reference, body)
        if not born.repeated:
            self.cases.append(born.reference)
            self.open_tasks()

    @precondition(lambda self: self.ledger.opened)
    @rule(chance=some)
    def claim(self, chance: Any) -> None:
        self.housekeeping(chance, ClaimTask())

    @precondition(lambda self: self.ledger.opened)
    @rule(chance=some, kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=6))
    def hand_about(self, chance: Any, kinds: list[type[TaskCommand]]) -> None:
        """One task goes from hand to hand."""
        ref = self.any_task(chance).task_ref
        for kind in (ClaimTask, *kinds):
            task = self.task(ref)
            others = sorted({"clerk-a", "clerk-b", self.candidate(chance, task)} - {task.assignee})
            command = command_of(kind, chance, self.desk.at, chance.choice(others))
            usual = "head-a" if kind in (AssignTask, ChangePriority) else task.assignee
            person = usual or self.candidate(chance, task)
            if chance.random() < 0.2:
                person = self.somebody(chance, task)
            self.keep_house(task, command, person)

    def housekeeping(self, chance: Any, command: TaskCommand) -> None:
        task = self.any_task(chance)
        self.keep_house(task, command, self.somebody(chance, task))

    def keep_house(self, task: Task, command: TaskCommand, person: str) -> None:
        act = self.desk.act(person)
        actions = self.desk.rehearsal.actions(task.task_ref, act.by, act.at)
        [told] = [action for action in actions if action.command == NAMES[type(command)]]
        refused = self.attempt(lambda: self.desk.handle(task, command, act))
        if isinstance(command, NEEDS_A_CHOICE):
            assert told.allowed or refused
        else:
            assert {reason.refusal for reason in told.reasons} == refused

    @precondition(lambda self: self.ledger.open_tasks())
    @rule(chance=some, steps=st.integers(1, 4))
    def work_on(self, chance: Any, steps: int) -> None:
        """Those to whom tasks are offered decide some of them, with all that is needed."""
        for _ in range(steps):
            self.everything_fits_together()
            open_tasks = sorted(self.ledger.open_tasks())
            if open_tasks:
                task = self.task(chance.choice(open_tasks))
                person = task.assignee or self.candidate(chance, task)
                usual = USUAL.get(task.type) if chance.random() < 0.8 else None
                outcome = usual or chance.choice(task.outcomes)
                self.decide(task, person, outcome, self.filled(task, outcome, chance))

    @precondition(lambda self: self.with_exclusions())
    @rule(chance=some)
    def decide_on_ones_own_work(self, chance: Any) -> None:
        """Whoever took part earlier is given the right to decide, and tries, or a substitute."""
        task = self.task(chance.choice(self.with_exclusions()))
        person, post = chance.choice(sorted(task.excluded)), task.candidates[0]
        role = GrantRole(post=post, person=person, valid_from=local_day(self.desk.at))
        match chance.choice(["role", "substitute of another", "by a substitute"]):
            case "role":
                self.roster("grant_role", role)
            case "substitute of another":
                self.replace(self.candidate(chance, task), person, 5)
            case _:
                self.roster("grant_role", role)
                self.replace(person, "ztp-a", 5)
                person = "ztp-a"
        outcome = USUAL.get(task.type, task.outcomes[0])
        self.decide(task, person, outcome, self.filled(task, outcome, chance), note=NOTE)

    def with_exclusions(self) -> list[str]:
        return sorted(ref for ref in self.ledger.open_tasks() if self.ledger.opened[ref].excluded)

    @precondition(lambda self: self.ledger.opened)
    @rule(
        chance=some,
        acting_for=st.none() | people,
        note=st.none() | st.just(NOTE),
        older=st.integers(0, 2),
        full=st.booleans(),
        forged=st.booleans(),
    )
    def decide_anyhow(
        self,
        chance: Any,
        acting_for: str | None,
        note: str | None,
        older: int,
        full: bool,
        forged: bool,
    ) -> None:
        task = self.any_task(chance)
        outcome = chance.choice([*task.outcomes, *task.outcomes, "forward", "approve"])
        fields = self.filled(task, outcome, chance) if full else {}
        version = max(1, task.version - older)
        more = {"acting_for": acting_for, "note": note, "expected_version": version}
        self.decide(task, self.somebody(chance, task), outcome, fields, forged=forged, **more)

    def decide(
        self,
        task: Task,
        person: str,
        outcome: str,
        fields: dict[str, Any],
        *,
        forged: bool = False,
        **more: Any,
    ) -> None:
        step = self.desk.decision(person, task, outcome, fields, **more)
        command: CompleteTask = step.decision.command
        told = self.desk.rehearsal.rehearse(command, person, step.at)
        expected = {reason.refusal for reason in told.reasons}
        if forged:
            expected |= {"ActorNotProven"}
            wrong = step.decision.model_copy(update={"proof": "0" * 64})
            step = step.model_copy(update={"decision": wrong})
        refused = self.attempt(lambda: self.desk.commands.decide_intervention_task(step).answer)
        assert refused == expected  # T7
        assert told.allowed == (not expected - {"ActorNotProven"})
        if not refused:
            self.open_tasks()

    @precondition(lambda self: self.cases)
    @rule(chance=some, bouncing=st.booleans())
    def send_letters(self, chance: Any, bouncing: bool) -> None:
        case = self.desk.case(chance.choice(self.cases))
        for order in letters.letters_due(case):
            self.desk.record_letter(case.reference, order, bouncing=bouncing)
            self.desk.record_letter(case.reference, order, bouncing=not bouncing)
        self.open_tasks()

    @precondition(lambda self: self.cases)
    @rule(chance=some)
    def close(self, chance: Any) -> None:
        reference = chance.choice(self.cases)
        if chance.random() < 0.7:
            self.desk.send_letters(reference)
        case = self.desk.case(reference)
        if case.window is not None and case.window.ends_at is not None and chance.random() < 0.7:
            self.desk.at = max(self.desk.at, case.window.ends_at)
        step = self.desk.step(case.reference)
        self.attempt(lambda: self.desk.commands.close_intervention(step).stage)

    @precondition(lambda self: self.cases)
    @rule(chance=some)
    def tell(self, chance: Any) -> None:
        """Somebody tells a case something outside its tasks."""
        reference, person = chance.choice(self.cases), chance.choice(["clerk-a", "head-a", "ztp-a"])
        name = chance.choice(["supplement", "reopen", "reopen", "withdraw"])
        step = self.desk.instruction(person, reference, name, {"text": NOTE})
        command = step.instruction.command
        told = self.desk.rehearsal.instruct(command, person, step.at, filled=True)
        refused = self.attempt(lambda: self.desk.commands.instruct_intervention(step).answer)
        assert {reason.refusal for reason in told.reasons} == refused

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 16]))
    def let_time_pass(self, hours: int) -> None:
        self.desk.at += timedelta(hours=hours)
        for case in self.cases:
            self.desk.commands.climb_intervention_ladders(self.desk.step(case))

    @precondition(lambda self: self.desk.book is not TABLES)
    @rule()
    def load_a_new_day_off(self) -> None:
        """Every open case is asked to count its terms anew."""
        for part in (self.desk, self.desk.tasks, self.desk.commands):
            part.book = TABLES
        self.ledger.ladders.calendar = TABLES.deadlines.calendar
        self.open_tasks()

    @precondition(lambda self: self.done)
    @rule(chance=some)
    def repeat(self, chance: Any) -> None:
        """T4: the same command again changes nothing and is answered as the first time."""
        ask, answer = chance.choice(self.done)
        before = self.desk.store.position()
        assert ask() == answer
        assert self.desk.store.position() == before

    # How it is asked

    def attempt(self, ask: Callable[[], Any]) -> set[str]:
        """The names of the refusals; none when it was carried out, and then it can be repeated."""
        before = self.desk.store.position()
        try:
            self.done.append((ask, ask()))
        except Refusal as refusal:
            names = {refusal.name()}
        except Refusals as several:
            names = {refusal.name() for refusal in several.refusals}
        else:
            return set()
        assert self.desk.store.position() == before, "what is refused leaves nothing"
        return names

    def open_tasks(self) -> None:
        for case in self.cases:
            self.desk.commands.take_up_intervention(self.desk.step(case))

    def any_task(self, chance: Any) -> Task:
        among = sorted(self.ledger.open_tasks()) if chance.random() < 0.8 else []
        return self.task(chance.choice(among or sorted(self.ledger.opened)))

    def candidate(self, chance: Any, task: Task) -> str:
        """Somebody who may well do it, if there is anybody."""
        roster, day = self.desk.store.roster(), local_day(self.desk.at)
        holders = {p for post in task.candidates for p in holders_of(roster, post, day)}
        return str(chance.choice(sorted(holders - set(task.excluded)) or [*PEOPLE]))

    def somebody(self, chance: Any, task: Task) -> str:
        usual = [task.assignee or "clerk-a", "head-a", self.candidate(chance, task)]
        return str(chance.choice([*usual, *usual, chance.choice(PEOPLE)]))

    def filled(self, task: Task, outcome: str, chance: Any) -> dict[str, Any]:
        return filled(task, outcome, self.desk.case(task.case_ref), self.desk.at, chance)

    def task(self, ref: str) -> Task:
        task = self.desk.store.find(Task, ref)
        assert task is not None
        return task

    # What holds

    @invariant()
    def everything_fits_together(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.read(self.desk.events(self.position))
            self.position = self.desk.store.position()
            self.tasks_are_as_the_log_tells()
            self.cases_are_as_the_log_tells()

    def tasks_are_as_the_log_tells(self) -> None:
        for ref, term in self.ledger.due.items():
            task = self.task(ref)
            assert task.is_open == (ref in self.ledger.open_tasks())  # T9
            assert task.complete_by == term  # T6

    def cases_are_as_the_log_tells(self) -> None:
        for reference in self.cases:
            case = self.desk.case(reference)
            assert case.received_at == self.ledger.received[reference]  # I6
            assert case.clocks["settlement"] == self.ledger.settlement[reference]  # I14
            assert (case.stage == "closed") == (reference in self.ledger.closed)  # I1
            states: dict[str, Counter[str]] = defaultdict(Counter)
            for referral in case.referrals.values():
                states[referral.unit][referral.state] += 1
            sent = {unit: counted.total() for unit, counted in states.items()}
            assert sent == self.ledger.sent[reference]  # I5
            assert {*chain(*states.values())} <= {"sent", "answered", *TERMINAL}  # I5


WALKS = settings(
    max_examples=examples(8),
    stateful_step_count=30,
    deadline=None,
    # Made smaller, a walk of this length would keep a failing run busy for minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.walk
def test_it_all_fits_together_whatever_people_do(new_database: NewDatabase) -> None:
    """T1-T7, T9, T11, I1-I7, I9-I11 and I14."""

    class Walk(Line):
        def __init__(self) -> None:
            super().__init__(new_database)

    run_state_machine_as_test(Walk, settings=WALKS)
