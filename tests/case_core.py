"""A case of a test: who is who, what it needs, and the log that it leaves."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol, Self

from domain.aggregates import Aggregate
from domain.interventions import forms, letters
from domain.interventions.asks import Now
from domain.interventions.commands import (
    LetterOrder,
    Place,
    Point,
    RegisterIntervention,
)
from domain.interventions.model import Intervention
from domain.messages import SYSTEM, Act
from domain.references import case_ref
from domain.rulebook import Rulebook
from domain.tasks.commands import (
    MoveTaskDeadline,
    TaskOrder,
    WithdrawTask,
)
from domain.tasks.model import Task
from domain.tasks.rules import Hats
from runtime.reference_data import load_reference_data
from tests.opened_tasks import give_until, keep_in_step, stands_still, task_for

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


class Log(Protocol):
    """Where events are saved, in the order in which they come."""

    def save_all(self, aggregates: Iterable[Aggregate]) -> object: ...


class CaseCore:
    """An intervention and its tasks. After each step the tasks that it then needs are open.

    Time is told: `at` is the moment of the next step and moves on by `pace`.
    """

    def __init__(
        self,
        number: int,
        at: datetime,
        *,
        store: Log | None = None,
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
        self.neighbours: dict[str, CaseCore] = {}
        """Other cases that a step may move as well."""
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

    def owed(self) -> list[LetterOrder]:
        """The letters that the case owes."""
        return list(letters.letters_due(self.case))

    def an_act(self, by: str) -> Act:
        """Of something that is done to the case otherwise than by a step."""
        return self._act(by)

    def other(self, reference: str) -> Intervention | None:
        near = self.neighbours.get(reference)
        return near.case if near else None

    def open_needed(self) -> Self:
        """Open the tasks that the case waits for, as its workflow does first."""
        act = self._act(SYSTEM)
        opened = [
            Task.open(task_for(self.case, order, self.at, self.book), act)
            for order in self._missing()
        ]
        self.tasks |= {task.task_ref: task for task in opened}
        self._save(*opened)
        return self

    def move(self, change: Callable[[], object], act: Act, *moved: Task) -> Self:
        """Let the case change; tasks that it needs no more are withdrawn in the same save."""
        moved_terms, dates = self.case.terms_moved, self._dates_given()
        change()
        needed = {self._ref(order) for order in self._needed(act.at)}
        left = [task for task in self.open_tasks if task.task_ref not in needed]
        for task in left:
            task.withdraw(WithdrawTask(reason="not_needed"), act)
        for task in self.open_tasks:
            until = self.case.terms_moved.get(task.task_ref)
            if until is not None and until != moved_terms.get(task.task_ref):
                give_until(task, until, act, self.book)
        for task in filter(stands_still, self.open_tasks):
            keep_in_step(task, self.case, act, self.book)
        for task in self.open_tasks:
            if self._dates_given().get(task.task_ref) != dates.get(task.task_ref):
                self._give_term(task, act)
        self._save(*moved, self.case, *left, *self.open_tasks)
        for near in self.neighbours.values():
            near._save(near.case)
        return self

    def _dates_given(self) -> dict[str, date | None]:
        """The ends that decisions of the case gave to what its open tasks ask for."""
        found = {}
        for task in self.open_tasks:
            ask, order = forms.ASKS[task.type], _order_of(task)
            if ask.moved_by is not None:
                found[task.task_ref] = ask.due(self.case, order, self.book).extended_to
        return found

    def _give_term(self, task: Task, act: Act) -> None:
        """A date that the case has given is that of its task."""
        ask, order = forms.ASKS[task.type], _order_of(task)
        now = task_for(self.case, order, act.at, self.book)
        assert now.complete_by is not None
        assert ask.moved_by is not None
        cause = ask.moved_by(self.case, order)
        command = MoveTaskDeadline(
            which="complete_by", term=now.complete_by, cause=cause, rungs=now.rungs
        )
        task.move_deadline(command, act)

    def _missing(self) -> Iterator[TaskOrder]:
        for order in self._needed(self.at):
            if self._ref(order) not in self.tasks:
                yield order

    def _needed(self, at: datetime) -> Iterator[TaskOrder]:
        return forms.tasks_needed(self.case, Now(at, self.book))

    def _ref(self, order: TaskOrder) -> str:
        return forms.ref_of(self.case, order)

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


def _order_of(task: Task) -> TaskOrder:
    return TaskOrder(type=task.type, subject=task.subject, round=task.round)
