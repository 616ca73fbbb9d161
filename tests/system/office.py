"""The Department at work in a test: real store, vault, mail, worker and Temporal server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.assignments.commands import OrderExtraTask
from domain.assignments.instructions import filled_form as filled_for_order
from domain.assignments.model import Assignment
from domain.assignments.rules import task_of
from domain.attachments import UploadedFile
from domain.catalogue import process_of
from domain.instructions import CaseAnswer, InstructCase, Instruction
from domain.interventions.commands import CaseView, RegisterIntervention
from domain.interventions.instructions import filled_form as filled_instruction
from domain.interventions.model import Intervention
from domain.interventions.rules import reach_of
from domain.messages import SYSTEM, Act
from domain.people import PersonalData
from domain.references import task_ref, workflow_id
from domain.roster.commands import FillPost, GrantRole, OpenRoster
from domain.roster.model import Roster
from domain.steps import InstructionStep
from domain.task_types import TASK_TYPES
from domain.tasks.commands import Answer, CompleteTask, Decision
from domain.tasks.model import Task
from domain.tasks.rules import filled_form
from runtime.births import digest_of
from runtime.file_store import FileStore
from runtime.settings import Settings
from runtime.store import Store
from runtime.text_store import TextStore, seal_texts
from worker import Workshop, make_worker
from workflows.starting import start_case

PATIENCE = 60.0

STAFF = {
    "clerk-a": "KS-06/clerk",
    "clerk-b": "KS-06/clerk",
    "head-a": "KS-06/head",
    "duty-a": "KS-06/duty_officer",
    "duty-b": "KS-06/duty_officer",
    "zdmk-a": "ZDMK/coordinator",
    "zdmk-head": "ZDMK/unit_head",
    "ztp-a": "ZTP/coordinator",
    "zzm-a": "ZZM/coordinator",
    "mpo-a": "MPO/coordinator",
    "media-head": "KS-03/head",
    "web-form": "intake",
    "operator-a": "operator",
}
POSTS = {
    "deputy-media": "deputy_media",
    "director-a": "director",
    "editor-a": "KS-07/editor",
}


class Office:
    """Registers and decides as people would, on the dates of the story."""

    def __init__(
        self,
        settings: Settings,
        workshop: Workshop,
        environment: WorkflowEnvironment,
        client: Client,
        shift: timedelta,
    ) -> None:
        self.settings = settings
        self.workshop = workshop
        self.environment = environment
        self.client = client
        self.shift = shift
        self.texts = TextStore(workshop.vault)
        self.cases: list[str] = []
        self._numbers = count(1)
        self._at_work = AsyncExitStack()

    async def begin_work(self) -> None:
        await self._at_work.enter_async_context(
            make_worker(self.client, self.settings, self.workshop)
        )

    async def end_work(self) -> None:
        await self._at_work.aclose()
        self.workshop.close()

    async def load_tables(self, directory: Path) -> None:
        """The worker stops, and another one starts with these tables over those of the package."""
        await self.end_work()
        self.settings = self.settings.model_copy(update={"tables": directory})
        self.workshop = Workshop.of(self.settings)
        await self.begin_work()

    @property
    def store(self) -> Store:
        return self.workshop.store

    async def now(self) -> datetime:
        return await self.environment.get_current_time() + self.shift

    async def wait_until(self, moment: datetime) -> None:
        """Let the time of the story go on to this moment."""
        await self.environment.sleep(max(moment - await self.now(), timedelta(0)))

    async def report(self, sender: PersonalData | None = None, **fields: Any) -> str:
        """A resident reports something; the case is registered and its workflow started."""
        at = await self.now()
        told = {"received_at": at, "channel": "form", "sender": sender, **fields}
        command = RegisterIntervention.model_validate(told)
        number = str(next(self._numbers))
        key = f"web-form:{number}"
        owner = sender or PersonalData()
        person = self.workshop.vault.admit(owner, command_id=key)
        sealed = seal_texts(command, key_ref=person, command_id=key, texts=self.texts)
        sealed = sealed.model_copy(update={"sender": person if sender else None})
        act = Act(command_id=key, at=at, by="web-form")
        born = self.workshop.commands.register(
            sealed, act, number, digest_of(sealed), reach_of(command)
        )
        self.cases.append(born.reference)
        await self.start(born.reference)
        return born.reference

    def upload(self, reference: str, photo: bytes) -> UploadedFile:
        """A photo of the case, to be attached to what is said next."""
        files = FileStore(self.workshop.vault)
        return files.put(photo, "image/jpeg", owner=reference, key_ref=f"case:{reference}")

    def file(self, file_ref: str) -> bytes:
        return FileStore(self.workshop.vault).get(file_ref)

    async def order(self, unit: str, text: str, by: str = "director-a") -> str:
        """A superior orders an extra task of a unit; its workflow is started."""
        key = f"{by}:{next(self._numbers)}"
        command = OrderExtraTask(unit=unit, text=text)
        sealed = seal_texts(command, key_ref=key, command_id=key, texts=self.texts)
        act = Act(command_id=key, at=await self.now(), by=by)
        born = self.workshop.assignments.order(sealed, act, key, digest_of(sealed))
        self.cases.append(born.reference)
        await self.start(born.reference)
        return born.reference

    def assignment(self, reference: str) -> Assignment:
        order = self.store.find(Assignment, reference)
        assert order is not None
        return order

    def extra_task(self, reference: str) -> Task:
        """The one task of an order, as it stands."""
        task = self.task(task_of(reference))
        assert task is not None
        return task

    async def start(self, reference: str, *, again: bool = False) -> None:
        process = process_of(reference)
        await start_case(
            self.client,
            workflow=process.workflow,
            aggregate=process.name,
            reference=reference,
            headline=reference,
            task_queue=self.settings.task_queue,
            shift=self.shift,
            again=again,
        )

    def handle(self, reference: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id(process_of(reference).name, reference))

    def case(self, reference: str) -> Intervention:
        case = self.store.find(Intervention, reference)
        assert case is not None
        return case

    def task(self, reference: str) -> Task | None:
        return self.store.find(Task, reference)

    async def opened(self, case: str, kind: str, subject: str = "-", round_: int = 1) -> Task:
        """The task, as soon as the workflow has opened it."""
        ref = task_ref(case, kind, subject, round_)
        await self.until(lambda: self.task(ref) is not None, f"{ref} is open")
        task = self.task(ref)
        assert task is not None
        return task

    async def view(self, reference: str) -> CaseView:
        """What the workflow remembers, as soon as it has taken the case up."""
        async with asyncio.timeout(PATIENCE):
            while True:
                view: CaseView | None = await self.handle(reference).query(
                    "view", result_type=CaseView
                )
                if view is not None:
                    return view
                await asyncio.sleep(0.01)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for what the store or the mailbox will show."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while not condition():
            assert loop.time() < deadline, f"never came true: {what}"
            await asyncio.sleep(0.01)

    def decision(
        self,
        person: str,
        task: Task,
        outcome: str,
        at: datetime,
        fields: dict[str, Any] | None = None,
        *,
        command_id: str | None = None,
        note: str | None = None,
        version: int | None = None,
        acting_for: str | None = None,
    ) -> Decision:
        """What the API makes of a person's decision: texts sealed, author proven."""
        key = command_id or f"{person}:{next(self._numbers)}"
        plain = CompleteTask(
            task_ref=task.task_ref,
            expected_version=version or task.version,
            outcome=outcome,
            fields=fields or {},
            note=note,
            acting_for=acting_for,
        )
        form = filled_form(TASK_TYPES[task.type], plain)
        sealed_form = seal_texts(
            form, key_ref=task.case_ref, command_id=key, texts=self.texts, within=".fields"
        )
        command = seal_texts(plain, key_ref=task.case_ref, command_id=key, texts=self.texts)
        command = command.model_copy(update={"fields": sealed_form.model_dump(mode="json")})
        act = Act(command_id=key, at=at, by=person)
        return self.workshop.commands.desk.signer.decision(command, act)

    async def submit(self, decision: Decision) -> Answer:
        """Send the decision to the workflow of its case."""
        case = "-".join(decision.command.task_ref.split("-")[:3])
        answer: Answer = await self.handle(case).execute_update(
            "complete_task", decision, id=decision.act.command_id, result_type=Answer
        )
        return answer

    async def decide(
        self, person: str, task: Task, outcome: str, fields: dict[str, Any] | None = None
    ) -> Answer:
        return await self.submit(self.decision(person, task, outcome, await self.now(), fields))

    async def instruct(
        self, person: str, reference: str, name: str, fields: dict[str, Any] | None = None
    ) -> CaseAnswer:
        """A person tells the workflow of the case something outside its tasks."""
        told = self.instruction(person, reference, name, await self.now(), fields)
        answer: CaseAnswer = await self.handle(reference).execute_update(
            "instruct_case", told, id=told.act.command_id, result_type=CaseAnswer
        )
        return answer

    async def instruct_closed(
        self, person: str, reference: str, name: str, fields: dict[str, Any] | None = None
    ) -> CaseAnswer:
        """The same to a closed case, which has no workflow: the API tells the store itself."""
        at = await self.now()
        told = self.instruction(person, reference, name, at, fields)
        step = InstructionStep(instruction=told, at=at)
        return self.workshop.commands.instruct_intervention(step).answer

    def instruction(
        self,
        person: str,
        reference: str,
        name: str,
        at: datetime,
        fields: dict[str, Any] | None = None,
    ) -> Instruction:
        """What the API makes of it: texts sealed, author proven."""
        key = f"{person}:{next(self._numbers)}"
        plain = InstructCase(case_ref=reference, instruction=name, fields=fields or {})
        filled_in = filled_instruction
        if process_of(reference).name == "assignment":
            filled_in = filled_for_order
        form = seal_texts(
            filled_in(plain),
            key_ref=reference,
            command_id=key,
            texts=self.texts,
            within=".fields",
        )
        sealed = plain.model_copy(
            update={"fields": form.model_dump(mode="json", exclude_none=True)}
        )
        act = Act(command_id=key, at=at, by=person)
        return self.workshop.commands.desk.signer.instruction(sealed, act)

    def history(self, reference: str) -> list[Any]:
        """The events of a case, in order."""
        return list(self.store.events.get(self.case(reference).id))

    def events(self, reference: str) -> list[str]:
        """The topics of the events of a case, in order."""
        case = self.case(reference)
        stored = self.store.recorder.select_events(case.id)
        return [event.topic for event in stored]

    def letters(self) -> list[EmailMessage]:
        """What arrived in the mailboxes, oldest first."""
        files = sorted(
            self.settings.mail_directory.rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns
        )
        return [_read(path) for path in files]


def safe_due(task: Task) -> str:
    """The day until which the task is to be done."""
    assert task.complete_by
    return str(task.complete_by.safe_due)


async def refusal_of(attempt: Awaitable[object]) -> str | None:
    """The name of the refusal that a decision or an instruction meets."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await attempt
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause.type


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def staff_the_office(store: Any, at: datetime) -> None:
    """Open the roster and put the people of the stories into their posts."""
    act = Act(command_id="open-roster", at=at, by=SYSTEM)
    roster = Roster.open(OpenRoster(), act)
    since = at.date() - timedelta(days=3650)
    for person, role in STAFF.items():
        roster.grant_role(GrantRole(post=role, person=person, valid_from=since), act)
    for person, post in POSTS.items():
        roster.fill_post(FillPost(post=post, person=person, valid_from=since), act)
    store.save_all([roster])


@asynccontextmanager
async def office_at_work(
    settings: Settings,
    environment: WorkflowEnvironment,
    client: Client,
    story: datetime,
    workshop: Workshop | None = None,
) -> AsyncIterator[Office]:
    """A worker of its own on its own queue; the story begins at the given moment."""
    shift = story - await environment.get_current_time()
    office = Office(settings, workshop or Workshop.of(settings), environment, client, shift)
    try:
        staff_the_office(office.store, story)
        await office.begin_work()
        yield office
    finally:
        await office.end_work()


def queue_name() -> str:
    return f"test-{uuid4().hex[:8]}"
