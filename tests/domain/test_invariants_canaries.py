"""What people write stays in the vault: it is in no event, title, view, answer or refusal."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.tasks import TaskCommand
from domain.interventions.commands import RegisterIntervention
from domain.interventions.forms import TASK_TYPES
from domain.messages import Act, Message
from domain.people import PersonalData
from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    CommentOnTask,
    CompleteTask,
    DelegateTask,
    ParkTask,
    ReturnTask,
)
from domain.tasks.model import Task
from domain.tasks.rules import filled_form
from domain.working_days import local_day
from runtime.births import digest_of
from runtime.clock import SystemClock
from runtime.settings import Settings
from runtime.text_store import TextStore, seal_texts
from runtime.vault import Vault
from tests.activities.desk import STAFF, STORY, Desk
from tests.databases import NewDatabase
from tests.installation import settings_of
from tests.sizes import examples

canaries = st.text("abcdefghijklmnopqrstuvwxyząćęłńóśźż", min_size=9, max_size=16).map(
    lambda word: f"kanarek {word}"
)


class Office:
    """A desk whose texts are sealed as the API seals them; it notes all that is answered."""

    def __init__(self, settings: Settings) -> None:
        self.desk = Desk(settings).staff()
        self.vault = Vault.of(settings, SystemClock())
        self.texts = TextStore(self.vault)
        self.directory = settings.var
        self.said: list[Message] = []

    def close(self) -> None:
        self.desk.store.close()
        self.vault.close()

    def register(self, canary: str) -> str:
        sender = PersonalData(name=canary, email="kanarek@example.pl", phone=canary, address=canary)
        report = RegisterIntervention(
            received_at=STORY, channel="form", text=canary, category="roads.pothole", sender=sender
        )
        person = self.vault.admit(sender, command_id="web-form:k-1")
        sealed = seal_texts(report, key_ref=person, command_id="web-form:k-1", texts=self.texts)
        sealed = sealed.model_copy(update={"sender": person})
        act = Act(command_id="web-form:k-1", at=STORY, by="web-form")
        born = self.desk.commands.register(sealed, act, "k-1", digest_of(sealed), "email")
        return born.reference

    def decide(self, person: str, task: Task, outcome: str, fields: dict[str, Any]) -> None:
        act = self.desk.act(person)
        plain = CompleteTask(
            task_ref=task.task_ref, expected_version=task.version, outcome=outcome, fields=fields
        )
        form = filled_form(TASK_TYPES[task.type], plain)
        sealed = seal_texts(
            form, key_ref="case:1", command_id=act.command_id, texts=self.texts, within=".fields"
        )
        command = plain.model_copy(update={"fields": sealed.model_dump(mode="json")})
        step = self.desk.signed(command, act)
        self.said += [step, self.desk.commands.decide_intervention_task(step)]
        opened = self.desk.commands.take_up_intervention(self.desk.step(task.case_ref))
        self.said.append(opened)

    def housekeeping(self, reference: str, canary: str) -> None:
        """Every command that carries a text, on a task that clerk-a holds."""
        until = local_day(STORY) + timedelta(days=1)
        said: list[tuple[str, TaskCommand]] = [
            ("clerk-a", DelegateTask(delegate="clerk-b", note=canary)),
            ("clerk-b", ReturnTask(note=canary)),
            ("clerk-a", ParkTask(until=until, note=canary)),
            ("clerk-b", CommentOnTask(text=canary)),
            ("head-a", ChangePriority(priority="high", note=canary)),
        ]
        for person, command in said:
            act = self.desk.act(person)
            sealed = seal_texts(
                command, key_ref="case:1", command_id=act.command_id, texts=self.texts
            )
            self.said.append(self.desk.handle(self.desk.task(reference, "triage"), sealed, act))


def the_whole_way(office: Office, canary: str) -> str:
    """Every text that a person may write holds the canary."""
    desk = office.desk
    reference = office.register(canary)
    desk.commands.take_up_intervention(desk.step(reference))
    task = desk.task(reference, "triage")
    act = desk.act("head-a")
    reason = seal_texts(
        AssignTask(assignee="clerk-a", reason=canary),
        key_ref="case:1",
        command_id=act.command_id,
        texts=office.texts,
    )
    office.said.append(desk.handle(task, reason, act))
    office.housekeeping(reference, canary)
    order = {"unit": "MPO", "question": canary, "lead": True, "redacted": True}
    forward = {"referrals": [order], "reason": canary}
    office.decide("clerk-a", desk.task(reference, "triage"), "forward", forward)
    desk.send_letters(reference, bouncing=True)
    office.decide("mpo-a", desk.task(reference, "answer_referral", "R1"), "done", {"text": canary})
    missing = {"what_is_missing": canary}
    office.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "return", missing)
    second = desk.task(reference, "answer_referral", "R1", 2)
    office.decide("mpo-a", second, "no_basis", {"text": canary})
    office.decide("clerk-b", desk.task(reference, "check_feedback", "R1", 2), "accept", {})
    reply = {"outcome": "no_basis", "text": canary, "reasons": canary, "sensitive": ["legal"]}
    office.decide("clerk-a", desk.task(reference, "draft_reply"), "submitted", reply)
    office.decide("head-a", desk.task(reference, "approve_reply"), "return", {"note": canary})
    office.decide("clerk-a", desk.task(reference, "draft_reply", round_=2), "submitted", reply)
    office.decide("head-a", desk.task(reference, "approve_reply", round_=2), "approve", {})
    note = {"note": canary}
    office.decide("clerk-a", desk.task(reference, "handle_bounce", "N1"), "file_note", note)
    desk.send_letters(reference)
    return reference


@contextmanager
def an_office(new_database: NewDatabase) -> Iterator[Office]:
    with ExitStack() as stack:
        database = stack.enter_context(new_database())
        directory = stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        settings = settings_of(Path(directory), database.url)
        yield stack.enter_context(closing(Office(settings)))


@pytest.mark.walk
@settings(
    max_examples=examples(3),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(canary=canaries)
def test_a_canary_is_found_nowhere_but_in_the_vault(new_database: NewDatabase, canary: str) -> None:
    """T12."""
    with an_office(new_database) as office:
        reference = the_whole_way(office, canary)
        desk = office.desk
        seen = [
            *(str(desk.store.mapper.to_stored_event(event).state, "utf-8") for event in desk.log()),
            *(message.model_dump_json() for message in office.said),
            desk.view(reference).model_dump_json(),
            repr(desk.case(reference)),
            *(repr(task) for task in desk.tasks_of(reference)),
            *(repr(desk.rehearsal.actions_on_case(reference, who, desk.at)) for who in STAFF),
        ]
        assert "kanarek" not in "".join(seen)
        stored = desk.store.recorder.select_notifications(1, 10_000)
        assert stored
        assert not any(b"kanarek" in event.state for event in stored)
        files = [path for path in office.directory.rglob("*") if path.is_file()]
        assert not any(b"kanarek" in path.read_bytes() for path in files)
