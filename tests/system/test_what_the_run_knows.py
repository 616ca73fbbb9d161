"""I15: state rebuilt from events is the projection's row, and what the run of the case answers."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.case_view import case_view
from domain.catalogue import PROCESSES
from domain.interventions import forms
from domain.interventions.asks import Now
from domain.interventions.commands import CaseView
from domain.interventions.model import Intervention
from domain.people import PersonalData
from domain.roster.rules import holders_of
from domain.tasks.model import Task
from domain.working_days import local_day
from projections.interventions import find
from projections.tables import TABLES
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from tests.databases import NewDatabase
from tests.domain.filled_in import filled
from tests.domain.housekeeping import NOTE
from tests.given import rebuilt
from tests.projections.contents import caught_up
from tests.projections.test_invariants import assert_holds, of_case, of_referral
from tests.sizes import examples
from tests.system.conftest import installation, on_its_own_time
from tests.system.office import PATIENCE, Office
from workflows.interventions import InterventionWorkflow
from workflows.policies import FAULT, STORE_AWAY

pytestmark = [pytest.mark.system, pytest.mark.walk]

LABELS = load_reference_data().labels
STEPS = 14
SENDERS = (
    PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl"),
    PersonalData(name="Jan Śliwa", email="bounce@example.pl"),
    None,
)
USUAL = {"triage": "forward", "answer_referral": "done", "check_feedback": "accept"}
WHY = "Wyjaśniamy sprawę"
HOURS = (1, 8, 30, 24 * 4, 24 * 16)


class Walk:
    """People who do this and that to two cases, each through its workflow."""

    def __init__(self, office: Office, read_side: ReadSide, chance: Random) -> None:
        self.office, self.read_side, self.chance = office, read_side, chance
        self.book = office.workshop.commands.book
        self.done = 0
        self._read_to = office.store.position()

    async def begin(self) -> None:
        for sender in self.chance.sample(SENDERS, 2):
            await self.office.report(sender, text="Nie świeci latarnia", category="lighting.street")
            await self.office.opened(self.office.cases[-1], "triage")
            await self.runs_know_their_cases()

    async def step(self) -> None:
        case = self.office.case(self.chance.choice(self.office.cases))
        if case.stage == "closed":
            await self.let_time_pass(case)
        elif case.on_hold and self.chance.random() < 0.5:
            await self.told("operator-a", case, "resume", {"reason": WHY})
        else:
            ways = [*6 * [self.decide], *3 * [self.instruct], self.let_time_pass, self.lose_the_run]
            await self.chance.choice(ways)(case)
        await self.tell_the_others()
        await self.runs_know_their_cases()

    async def decide(self, case: Intervention) -> None:
        """Somebody who may decides an open task of the case; what is refused changes nothing."""
        tasks = self.open_tasks(case.reference)
        if not tasks:
            return
        task = self.chance.choice(tasks)
        at = await self.office.now()
        usual = USUAL.get(task.type) if self.chance.random() < 0.7 else None
        outcome = usual or self.chance.choice(task.outcomes)
        fields = plain(filled(task, outcome, case, at, self.chance))
        try:
            await self.office.decide(self.somebody(task, at), task, outcome, fields)
            self.done += 1
        except WorkflowUpdateFailedError as failed:
            expect_a_refusal(failed)

    async def instruct(self, case: Intervention) -> None:
        ways = list(self.ways_to_tell(case, await self.office.now()))
        person, name, fields = self.chance.choice(ways)
        await self.told(person, case, name, fields)

    async def told(
        self, person: str, case: Intervention, name: str, fields: dict[str, Any]
    ) -> None:
        try:
            await self.office.instruct(person, case.reference, name, fields)
            self.done += 1
        except WorkflowUpdateFailedError as failed:
            expect_a_refusal(failed)

    async def let_time_pass(self, case: Intervention) -> None:
        hours = timedelta(hours=self.chance.choice(HOURS))
        await self.office.wait_until(await self.office.now() + hours)

    async def lose_the_run(self, case: Intervention) -> None:
        """The server loses it, and another one begins from the events.

        Not with a letter on its way: time would stand still for it on this server.
        """
        view = await self.office.view(case.reference)
        if view.letters_due or any(row.notices_due for row in view.open_tasks):
            return
        await self.office.handle(case.reference).terminate("the server lost it")
        await self.office.start(case.reference)

    async def tell_the_others(self) -> None:
        """What the starter does: whoever did not hear of an event looks at it."""
        told_by = PROCESSES["intervention"].told_by
        found = self.office.store.recorder.select_notifications(
            self._read_to, 1_000, topics=told_by, inclusive_of_start=False
        )
        for stored in found:
            self._read_to = stored.id
            event: Any = self.office.store.mapper.to_domain_event(stored)
            if self.office.case(event.reference).stage != "closed":
                await self.office.handle(event.reference).signal(InterventionWorkflow.look_again)

    async def runs_know_their_cases(self) -> None:
        """Wait until no command is under way; then nothing may be told in two ways."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        for reference in self.office.cases:
            known, told = await self.known(reference), await self.told_by_events(reference)
            while known != told:
                assert loop.time() < deadline, f"{known}\n\n{told}"
                await asyncio.sleep(0.02)
                known, told = await self.known(reference), await self.told_by_events(reference)
            self.row_is_what_the_events_tell(reference)

    async def known(self, reference: str) -> CaseView:
        """The answer of the run, without what depends on the moment of its reading."""
        view = await self.office.view(reference)
        return timeless(view, await self.office.now())

    async def told_by_events(self, reference: str) -> CaseView:
        at = await self.office.now()
        case = self.again(reference)
        orders = forms.tasks_needed(case, Now(at, self.book))
        tasks = (self.office.task(forms.ref_of(case, order)) for order in orders)
        desk = self.office.workshop.commands.desk
        rows = tuple(desk.row(task, at) for task in tasks if task is not None and task.is_open)
        return timeless(case_view(case, 0, rows, at, self.book), at)

    def row_is_what_the_events_tell(self, reference: str) -> None:
        """Once more from the beginning, as both may have moved since."""
        while True:
            position = self.office.store.position()
            caught_up(self.office.store, self.read_side.live(), LABELS)
            with self.read_side.reader().connect() as connection:
                row = find(connection, reference)
            case = self.again(reference)
            if self.office.store.position() == position:
                break
        assert row is not None
        assert_holds(row, of_case(case))
        for shown, referral in zip(row["referrals"], case.referrals.values(), strict=True):
            assert_holds(shown, of_referral(referral))

    def again(self, reference: str) -> Intervention:
        case: Intervention = rebuilt(self.office.history(reference))
        return case

    def open_tasks(self, reference: str) -> list[Task]:
        opened = self.office.store.recorder.select_notifications(1, 10_000, topics=["task.Opened"])
        events: Iterator[Any] = map(self.office.store.mapper.to_domain_event, opened)
        refs = [event.task_ref for event in events if event.case_ref == reference]
        found = (self.office.task(ref) for ref in refs)
        return [task for task in found if task is not None and task.is_open]

    def somebody(self, task: Task, at: datetime) -> str:
        roster, day = self.office.store.roster(), local_day(at)
        holders = {who for post in task.candidates for who in holders_of(roster, post, day)}
        return self.chance.choice(sorted(holders - set(task.excluded)) or ["clerk-a"])

    def ways_to_tell(
        self, case: Intervention, at: datetime
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Who may want to tell the case what; it may be refused."""
        later = str(local_day(at) + timedelta(days=12))
        yield "operator-a", "hold", {"reason": WHY}
        yield "clerk-a", "correct_data", {"channel": "letter", "reason": WHY}
        yield "clerk-a", "supplement", {"text": WHY}
        yield "clerk-b", "reopen", {"text": WHY}
        yield "clerk-b", "withdraw", {"text": WHY}
        yield "clerk-b", "declare_emergency", {"reason": WHY}
        yield "clerk-a", "requalify", {"kind": "complaint", "reason": WHY}
        for other in self.office.cases:
            yield "clerk-a", "mark_duplicate", {"target": other}
        for referral in case.referrals.values():
            about = {"referral": referral.ref}
            unit = f"{referral.unit.lower()}-a"
            yield unit, "request_extension", {**about, "until": later, "reason": WHY}
            yield unit, "interim_information", {**about, "text": WHY}
            yield "clerk-a", "recall_referral", {**about, "reason": WHY}
        for task in self.open_tasks(case.reference):
            yield "operator-a", "withdraw_task", {"task": task.task_ref, "reason": WHY}
            move = {"task": task.task_ref, "until": later, "reason": WHY}
            yield "operator-a", "move_deadline", move
        for ref in forms.steps_taken_back(case, Now(at, self.book)):
            yield "operator-a", "reopen_step", {"task": ref, "reason": WHY}


def timeless(view: CaseView, at: datetime) -> CaseView:
    """Without where the log ended when it was read, and with what is still to come."""
    upcoming = tuple(each for each in view.upcoming if each.at > at)
    return view.model_copy(update={"position": 0, "upcoming": upcoming})


def plain(value: Any, field: str = "") -> Any:
    """The fields of a form as a person writes them: no texts are sealed yet."""
    match value:
        case dict():
            return {name: plain(item, name) for name, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case str() if value == NOTE:
            return "poprawny@example.pl" if field == "email" else WHY
        case _:
            return value


def expect_a_refusal(failed: WorkflowUpdateFailedError) -> None:
    assert isinstance(failed.cause, ApplicationError)
    assert failed.cause.type not in (FAULT, STORE_AWAY), failed.cause


@settings(
    max_examples=examples(2),
    deadline=None,
    # Smaller histories are other histories: each is played in a time of its own.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=False))
def test_i15_the_run_knows_what_the_events_tell_and_the_tables_show(
    new_database: NewDatabase, chance: Random
) -> None:
    async def story(office: Office) -> None:
        with closing(ReadSide(office.settings, TABLES)) as read_side:
            walk = Walk(office, read_side, chance)
            await walk.begin()
            for _ in range(STEPS):
                await walk.step()
            assert walk.done

    with (
        new_database() as database,
        TemporaryDirectory(ignore_cleanup_errors=True) as directory,
        installation(database, Path(directory)) as settings,
    ):
        on_its_own_time(settings)(story, "2026-10-05 10:20")
