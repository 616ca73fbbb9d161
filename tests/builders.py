"""Whole cases for tests: every step is a command given to the real aggregates."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from domain.aggregates import Aggregate
from domain.interventions import decisions, forms, rules, stops
from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    ApproveReply,
    DecideCompetence,
    ForwardIntervention,
    LetterOrder,
    NoteOnFile,
    Place,
    Point,
    RecordNotice,
    ReferralOrder,
    RegisterIntervention,
    RerouteReferral,
    RestartWorkflow,
    ReturnFeedback,
    ReturnReferral,
    ReturnReply,
    SubmitReply,
)
from domain.interventions.model import Intervention
from domain.ladders import DueRung
from domain.messages import SYSTEM, Act, Message
from domain.references import case_ref, task_ref
from domain.rulebook import Rulebook
from domain.tasks.commands import (
    AssignTask,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    CompleteTask,
    DeclareConflict,
    DelegateTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    TaskOrder,
    UnparkTask,
    WithdrawTask,
)
from domain.tasks.model import Task
from domain.tasks.rules import CaseSide, Hats
from domain.tasks.types import Priority
from runtime.reference_data import load_reference_data
from runtime.store import Store
from tests.opened_tasks import task_for

PLACES = (
    Place(district="I", street="Długa", number="12", point=Point(lat=50.067, lon=19.937)),
    Place(district="XVIII", street="al. Pokoju", number="44"),
    Place(district="IV", street="Łokietka"),
)
CATEGORIES = ("roads.pothole", "traffic.signal", "lighting.street")


def sealed(text: str) -> str:
    """What stands in an event for this text."""
    return f"text:{sha256(text.encode()).hexdigest()[:32]}"


def resident(name: str) -> str:
    """What stands in an event for this person."""
    return f"person:{sha256(name.encode()).hexdigest()[:32]}"


def holder(post: str) -> str:
    """The person who sits at a post in these tests: `ks-06-clerk`."""
    return post.lower().replace("/", "-").replace("_", "-")


def colleague(post: str) -> str:
    """A second person at the post."""
    return f"{holder(post)}-b"


class Case:
    """An intervention and its tasks. After each step the tasks that it then needs are open.

    Time is told: `at` is the moment of the next step and moves on by `pace`.
    """

    def __init__(
        self,
        number: int,
        at: datetime,
        *,
        store: Store | None = None,
        pace: timedelta = timedelta(hours=3),
        book: Rulebook | None = None,
        **report: Any,
    ) -> None:
        self.reference = case_ref("INT", at.year, number)
        self.at = at
        self.pace = pace
        self.book = book or load_reference_data()
        self.store = store
        self.tasks: dict[str, Task] = {}
        self.events: list[Any] = []
        """All that happened, in the order of the log."""
        self._steps = 0
        command = RegisterIntervention.model_validate(
            {
                "received_at": at,
                "channel": "phone",
                "sender": resident("Żaneta Wójcik"),
                "text": sealed("Dziura w jezdni przy ul. Długiej 12, około 40 cm"),
                "place": PLACES[number % len(PLACES)],
                "category": CATEGORIES[number % len(CATEGORIES)],
            }
            | {name: value for name, value in report.items() if name != "reach"}
        )
        act = self._act("web-form")
        reach = report.get("reach", "email")
        self.case = Intervention.register(command, act, self.reference, reach, self.book)
        self._save(self.case)

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks.values() if task.is_open]

    def task(self, type: str, subject: str = "-") -> Task:
        """The open task of this type."""
        return next(t for t in self.open_tasks if (t.type, t.subject) == (type, subject))

    def open_needed(self) -> "Case":
        """Open the tasks that the case waits for, as its workflow does first."""
        act = self._act(SYSTEM)
        opened = [
            Task.open(task_for(self.case, order, self.at, self.book), act)
            for order in self._missing()
        ]
        self.tasks |= {task.task_ref: task for task in opened}
        self._save(*opened)
        return self

    def claim(self, task: Task) -> "Case":
        post = task.candidates[0]
        task.claim(ClaimTask(), self._act(holder(post)), self._hats(post))
        self._save(task)
        return self

    def release(self, task: Task) -> "Case":
        assert task.assignee is not None
        task.release(ReleaseTask(), self._act(task.assignee))
        self._save(task)
        return self

    def assign(self, task: Task) -> "Case":
        """A superior gives the task to whoever sits at its first post."""
        post = task.candidates[0]
        above = self.book.organisation.superiors(post)[0]
        hats = self._hats(above, holders={post: frozenset({holder(post)})})
        command = AssignTask(assignee=holder(post), reason=sealed("pilne"))
        task.assign(command, self._act(holder(above)), hats)
        self._save(task)
        return self

    def delegate(self, task: Task) -> "Case":
        """Whoever sits at its first post has a colleague do it."""
        post = task.candidates[0]
        hats = self._hats(post, holders={post: frozenset({holder(post), colleague(post)})})
        command = DelegateTask(delegate=colleague(post), note=sealed("pilne"))
        task.delegate(command, self._act(holder(post)), hats)
        self._save(task)
        return self

    def return_task(self, task: Task) -> "Case":
        assert task.assignee is not None
        task.give_back(ReturnTask(), self._act(task.assignee))
        self._save(task)
        return self

    def park(self, task: Task, until: date) -> "Case":
        assert task.assignee is not None
        hats = self._hats(task.candidates[0], person=task.assignee)
        known = (self.book.deadlines.calendar, self.book.limits.tasks)
        task.park(ParkTask(until=until), self._act(task.assignee), hats, *known)
        self._save(task)
        return self

    def unpark(self, task: Task) -> "Case":
        assert task.assignee is not None
        task.unpark(UnparkTask(), self._act(task.assignee))
        self._save(task)
        return self

    def declare_conflict(self, task: Task) -> "Case":
        """The colleague of whoever sits at its first post."""
        person = colleague(task.candidates[0])
        hats = self._hats(task.candidates[0], person=person)
        task.declare_conflict(DeclareConflict(), self._act(person), hats)
        self._save(task)
        return self

    def comment(self, task: Task) -> "Case":
        post = task.candidates[0]
        command = CommentOnTask(text=sealed("Dzwonił radny"))
        task.comment(command, self._act(holder(post)), self._hats(post))
        self._save(task)
        return self

    def change_priority(self, task: Task, priority: Priority) -> "Case":
        above = self.book.organisation.superiors(task.candidates[0])[0]
        command = ChangePriority(priority=priority, note=sealed("pilne"))
        task.change_priority(command, self._act(holder(above)), self._hats(above))
        self._save(task)
        return self

    def climb(self, task: Task) -> "Case":
        """Every step of its ladder whose moment has come, as the workflow takes them."""
        for rung in task.rungs:
            if rung.fires_at <= self.at and (rung.ladder, rung.step) not in task.fired:
                task.climb_ladder(DueRung(rung=rung, skipped=()), (), self._act(SYSTEM))
        self._save(task)
        return self

    def decide(self, type: str, outcome: str, form: Message, subject: str = "-") -> "Case":
        """Complete a task: its event and that of the case in one transaction, then what follows."""
        task = self.task(type, subject)
        post = task.candidates[0]
        person = task.assignee or holder(post)
        act = self._act(person)
        order = TaskOrder(type=type, subject=subject, round=task.round)
        command = CompleteTask(
            task_ref=task.task_ref,
            expected_version=task.version,
            outcome=outcome,
            fields=form.model_dump(mode="json", exclude_none=True),
        )
        side = CaseSide(forms.TASK_TYPES[type], excluded=forms.excluded(self.case, order))
        task.complete(command, act, self._hats(post, person=person), side, self.book.deadlines)
        decisions.decide(self.case, order, outcome, form, act, self.book)
        self._save(task, self.case)
        return self.open_needed()

    def forward(self, *units: str) -> "Case":
        """To these units; the first one leads, and an outside body takes its part over."""
        orders = tuple(
            ReferralOrder(
                unit=unit,
                question=sealed(unit),
                mode="feedback" if self.book.routing.unit(unit).gives_feedback else "hand_over",
                lead=not place,
                redacted=True,
            )
            for place, unit in enumerate(units or ("ZDMK",))
        )
        return self.decide("triage", "forward", ForwardIntervention(referrals=orders))

    def answer(self, referral: str = "R1", result: str = "done") -> "Case":
        promised = (self.at + timedelta(days=60)).date() if result == "planned" else None
        form = AnswerReferral(text=sealed("Załatano w piątek"), promised_on=promised)
        return self.decide("answer_referral", result, form, referral)

    def misroute(self, referral: str = "R1", suggested: str | None = None) -> "Case":
        form = ReturnReferral(
            reason=sealed("To nie nasze"), suggested=suggested, note=sealed("Sprawdzaliśmy mapę")
        )
        return self.decide("answer_referral", "misrouted", form, referral)

    def send_on(self, referral: str, unit: str) -> "Case":
        """A returned referral to this unit, by whoever has to say so now."""
        if self.case.referrals[referral].disputed:
            decided = DecideCompetence(unit=unit, reason=sealed("Mapa zarządców"), redacted=True)
            return self.decide("settle_competence", "unit", decided, referral)
        sent = RerouteReferral(unit=unit, reason=sealed("Właściwy zarządca"), redacted=True)
        return self.decide("reroute", "forward", sent, referral)

    def accept(self, referral: str = "R1") -> "Case":
        return self.decide("check_feedback", "accept", AcceptFeedback(), referral)

    def give_back(self, referral: str = "R1") -> "Case":
        form = ReturnFeedback(what_is_missing=sealed("Brak zdjęcia"))
        return self.decide("check_feedback", "return", form, referral)

    def draft(self, outcome: str = "done", sensitive: tuple[str, ...] = ()) -> "Case":
        form = SubmitReply.model_validate(
            {
                "outcome": outcome,
                "text": sealed("Dziura została załatana"),
                "reasons": sealed("Brak podstaw") if outcome in rules.NEGATIVE else None,
                "sensitive": sensitive,
            }
        )
        return self.decide("draft_reply", "submitted", form)

    def approve(self) -> "Case":
        return self.decide("approve_reply", "approve", ApproveReply())

    def send_back(self) -> "Case":
        form = ReturnReply(note=sealed("Za długo"))
        return self.decide("approve_reply", "return", form)

    def note_bounce(self, subject: str) -> "Case":
        form = NoteOnFile(note=sealed("Adres nie istnieje"))
        return self.decide("handle_bounce", "file_note", form, subject)

    def send_letters(self, *, bouncing: bool = False) -> "Case":
        """Every letter that is owed; all of them arrive or all bounce."""
        for order in list(rules.letters_due(self.case)):
            self.send_letter(order, bouncing=bouncing)
        return self.open_needed()

    def send_letter(self, order: LetterOrder, *, bouncing: bool = False) -> "Case":
        command = RecordNotice(
            letter=order,
            channel="email",
            message_id=f"<{self.reference}.{order.key}@krakow.invalid>",
            recipient_ref=self.case.sender or "nobody",
            result="bounced" if bouncing else "delivered",
            code=550 if bouncing else None,
        )
        self.case.record_notice(command, self._act(SYSTEM), self.book)
        self._save(self.case)
        return self

    def withdraw(self, task: Task) -> "Case":
        task.withdraw(WithdrawTask(reason="not needed any more"), self._act(SYSTEM))
        self._save(task)
        return self

    def stop(self) -> "Case":
        """Somebody cancels its run in the Temporal UI; the next run asks why."""
        stops.note_stop(self.case, self._act(SYSTEM))
        self._save(self.case)
        return self.open_needed()

    def restart(self) -> "Case":
        form = RestartWorkflow(reason=sealed("Pomyłka w konsoli"))
        return self.decide("justify_stop", "restart", form)

    def wait_for_window(self) -> "Case":
        """Until the sender may no longer ask to reopen."""
        window = self.case.window
        assert window is not None
        assert window.ends_at is not None
        self.at = window.ends_at
        return self

    def close(self) -> "Case":
        act = self._act(SYSTEM)
        self.case.close(act)
        for task in self.open_tasks:
            task.withdraw(WithdrawTask(reason="case closed"), act)
        self._save(self.case, *self.tasks.values())
        return self

    def whole_way(self) -> "Case":
        """Straight from triage to closed, with one unit."""
        self.open_needed().send_letters().forward("ZDMK").send_letters()
        self.answer().accept().draft()
        if self.case.stage == "approval":
            self.approve()
        return self.send_letters().wait_for_window().close()

    def _missing(self) -> Iterator[TaskOrder]:
        for order in forms.tasks_needed(self.case):
            if task_ref(self.reference, order.type, order.subject, order.round) not in self.tasks:
                yield order

    def _hats(
        self,
        post: str,
        holders: dict[str, frozenset[str]] | None = None,
        person: str | None = None,
    ) -> Hats:
        posts, who = frozenset({post}), person or holder(post)
        return Hats(who, posts, self.book.organisation, (), holders or {})

    def _act(self, by: str) -> Act:
        self._steps += 1
        act = Act(command_id=f"{self.reference}:{self._steps}", at=self.at, by=by)
        self.at += self.pace
        return act

    def _save(self, *aggregates: Aggregate) -> None:
        if self.store is not None:
            self.events += [e for aggregate in aggregates for e in aggregate.pending_events]
            self.store.save_all(aggregates)
        else:
            self.events += [e for a in aggregates for e in a.collect_events()]
