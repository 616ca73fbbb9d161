"""Cases at the store without a workflow: the commands it would give are given by the test."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from activities.actions import Rehearsal
from activities.interventions import InterventionCommands
from activities.tasks import TaskCommand, TaskDesk
from domain.instructions import InstructCase
from domain.interventions import letters, notices
from domain.interventions.commands import (
    CaseView,
    LetterOrder,
    Reach,
    RecordNotice,
    RegisterIntervention,
)
from domain.interventions.model import Intervention
from domain.messages import SYSTEM, Act
from domain.references import task_ref
from domain.roster.commands import FillPost, GrantRole, OpenRoster
from domain.roster.guards import OF_ONE_PERSON
from domain.roster.model import Roster
from domain.steps import CaseStep, Decided, DecisionStep, Instructed, InstructionStep
from domain.tasks.commands import Answer, CompleteTask
from domain.tasks.model import Task
from runtime.births import Born, digest_of
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.signing import DecisionSigner
from runtime.store import Store, UnitOfWork
from tests.builders import resident, sealed
from tests.given import moment

STORY = moment("2026-10-05 10:20")
HIRED = date(2016, 1, 1)

STAFF = {
    "clerk-a": "KS-06/clerk",
    "clerk-b": "KS-06/clerk",
    "head-a": "KS-06/head",
    "duty-a": "KS-06/duty_officer",
    "zdmk-a": "ZDMK/coordinator",
    "zdmk-head": "ZDMK/unit_head",
    "ztp-a": "ZTP/coordinator",
    "mpo-a": "MPO/coordinator",
    "deputy-media": "deputy_media",
    "director-a": "director",
    "web-form": "intake",
    "operator-a": "operator",
}

TO_ZDMK: dict[str, Any] = {
    "referrals": [{"unit": "ZDMK", "question": sealed("Proszę naprawić ubytek."), "lead": True}]
}
DONE: dict[str, Any] = {"text": sealed("Ubytek naprawiono w piątek.")}
REPLY: dict[str, Any] = {"outcome": "done", "text": sealed("Ubytek został naprawiony.")}


class Desk:
    """The real commands on a real store, with the people of the stories in their posts."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        self.settings = settings
        self.store = store or Store(settings)
        self.book = load_reference_data()
        self.signer = DecisionSigner(settings.load_master_key())
        self.tasks = TaskDesk(self.store, self.book, self.signer)
        self.commands = InterventionCommands(self.tasks)
        self.rehearsal = Rehearsal(self.commands)
        self.at = STORY
        self._ids = count(1)

    def staff(self) -> "Desk":
        act = Act(command_id="open-roster", at=self.at, by=SYSTEM)
        roster = Roster.open(OpenRoster(), act)
        for person, post in STAFF.items():
            if post in OF_ONE_PERSON:
                roster.fill_post(FillPost(post=post, person=person, valid_from=HIRED), act)
            else:
                roster.grant_role(GrantRole(post=post, person=person, valid_from=HIRED), act)
        self.store.save_all([roster])
        return self

    def act(self, by: str = SYSTEM, command_id: str | None = None) -> Act:
        """An act now; time moves on."""
        self.at += timedelta(minutes=1)
        return Act(command_id=command_id or f"{by}:{next(self._ids)}", at=self.at, by=by)

    def register(self, key: str = "k-1", client: str = "web-form", **fields: Any) -> Born:
        command = RegisterIntervention.model_validate(
            {
                "received_at": STORY,
                "channel": "form",
                "sender": resident("Łucja Żółć"),
                "text": sealed("Dziura w jezdni przy ul. Długiej 12, około 40 cm"),
                "category": "roads.pothole",
            }
            | fields
        )
        act = Act(command_id=f"{client}:{key}", at=self.at, by=client)
        reach: Reach = "email" if command.sender else "none"
        return self.commands.register(command, act, key, digest_of(command), reach)

    def opened(self, key: str = "k-1", **fields: Any) -> str:
        """The reference of a case with its first task open."""
        born = self.register(key, **fields)
        self.commands.take_up_intervention(self.step(born.reference))
        return born.reference

    def step(self, reference: str, at: datetime | None = None) -> CaseStep:
        return CaseStep(reference=reference, at=at or self.at)

    def view(self, reference: str) -> CaseView:
        return self.commands.take_up_intervention(self.step(reference))

    def cases(self) -> list[str]:
        """The references of all cases, in the order of their registration."""
        born = (e for e in self.log() if type(e).TOPIC == "intervention.Registered")
        return [event.reference for event in born]

    def case(self, reference: str) -> Intervention:
        case = self.store.find(Intervention, reference)
        assert case is not None
        return case

    def task(self, case: str, kind: str, subject: str = "-", round_: int = 1) -> Task:
        task = self.store.find(Task, task_ref(case, kind, subject, round_))
        assert task is not None
        return task

    def tasks_of(self, reference: str) -> list[Task]:
        rows = self.view(reference).open_tasks
        found = (self.store.find(Task, row.task_ref) for row in rows)
        return [task for task in found if task is not None]

    def decision(
        self,
        person: str,
        task: Task,
        outcome: str,
        fields: Mapping[str, Any] | None = None,
        *,
        command_id: str | None = None,
        **more: Any,
    ) -> DecisionStep:
        """What the workflow hands on: sealed, signed, at its own moment."""
        command = CompleteTask(
            task_ref=task.task_ref,
            outcome=outcome,
            fields=dict(fields or {}),
            **({"expected_version": task.version} | more),
        )
        return self.signed(command, self.act(person, command_id))

    def signed(self, command: CompleteTask, act: Act) -> DecisionStep:
        return DecisionStep(decision=self.signer.decision(command, act), at=act.at)

    def decide(
        self,
        person: str,
        task: Task,
        outcome: str,
        fields: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Decided[CaseView]:
        step = self.decision(person, task, outcome, fields, **more)
        return self.commands.decide_intervention_task(step)

    def instruction(
        self, person: str, reference: str, name: str, fields: Mapping[str, Any] | None = None
    ) -> InstructionStep:
        """What the workflow hands on of an instruction: sealed, signed, at its own moment."""
        command = InstructCase(case_ref=reference, instruction=name, fields=dict(fields or {}))
        signed = self.signer.instruction(command, self.act(person))
        return InstructionStep(instruction=signed, at=signed.act.at)

    def tell(
        self, person: str, reference: str, name: str, fields: Mapping[str, Any]
    ) -> Instructed[CaseView]:
        step = self.instruction(person, reference, name, fields)
        return self.commands.instruct_intervention(step)

    def handle(self, task: Task, command: TaskCommand, act: Act) -> Answer:
        return self.tasks.handle(task.task_ref, command, act)

    def send_letters(self, reference: str, *, bouncing: bool = False) -> None:
        """Record every letter that is owed."""
        for order in letters.letters_due(self.case(reference)):
            self.record_letter(reference, order, bouncing=bouncing)
        self.commands.take_up_intervention(self.step(reference))

    def record_letter(self, reference: str, order: LetterOrder, *, bouncing: bool = False) -> None:
        arrived: Any = "prepared" if order.channel == "post" else "delivered"
        command = RecordNotice(
            letter=order,
            channel=order.channel,
            message_id=f"<{reference}.{order.try_key}@krakow.invalid>",
            recipient_ref="ZDMK" if order.recipient != "sender" else resident("Łucja Żółć"),
            result="bounced" if bouncing else arrived,
            code=550 if bouncing else None,
        )
        act = self.act(SYSTEM, f"letter:{reference}:{order.try_key}")

        def work(unit: UnitOfWork) -> None:
            case = unit.find(Intervention, reference)
            assert case is not None
            note = partial(notices.record_notice, case, command, act, self.book)
            self.commands.move(unit, case, act, note)

        self.store.carry_out(work)

    def forwarded(self, key: str = "k-1", **fields: Any) -> str:
        """A case that a unit has to answer."""
        reference = self.opened(key, **fields)
        self.decide("clerk-a", self.task(reference, "triage"), "forward", TO_ZDMK)
        return reference

    def called(self, key: str = "k-1", **fields: Any) -> str:
        """A case whose sender was called to supplement the report."""
        reference = self.opened(key, **fields)
        question = {"question": sealed("Na którym przystanku?")}
        self.decide("clerk-a", self.task(reference, "triage"), "ask_supplement", question)
        self.send_letters(reference)
        return reference

    def answered(self, key: str = "k-1", **fields: Any) -> str:
        """A case whose unit has answered."""
        reference = self.forwarded(key, **fields)
        self.decide("zdmk-a", self.task(reference, "answer_referral", "R1"), "done", DONE)
        return reference

    def told(self, key: str = "k-1", **fields: Any) -> str:
        """A case whose reply is out and whose sender may still ask for more."""
        reference = self.answered(key, **fields)
        self.decide("clerk-b", self.task(reference, "check_feedback", "R1"), "accept")
        self.decide("clerk-a", self.task(reference, "draft_reply"), "submitted", REPLY)
        self.send_letters(reference)
        return reference

    def replied(self, key: str = "k-1", **fields: Any) -> str:
        """A case whose reply is out and whose window is over: ready to be closed."""
        reference = self.told(key, **fields)
        window = self.case(reference).window
        assert window is not None
        assert window.ends_at is not None
        self.at = window.ends_at
        return reference

    def log(self) -> list[Any]:
        """Every event in the order of the log, with its position."""
        return list(self.events(after=0))

    def events(self, after: int) -> Iterator[Any]:
        while page := self.store.recorder.select_notifications(
            after, 1000, inclusive_of_start=False
        ):
            for stored in page:
                yield self.store.mapper.to_domain_event(stored)
            after = page[-1].id

    def topics(self, after: int = 0, *, of: Iterable[str] = ("task", "intervention")) -> list[str]:
        """What happened after a position, sorted, as concurrent work has no order of its own."""
        kinds = tuple(f"{kind}." for kind in of)
        found = (type(event).TOPIC for event in self.events(after))
        return sorted(topic for topic in found if topic.startswith(kinds))
