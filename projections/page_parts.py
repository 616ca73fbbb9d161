"""What the file of a case of any process shows in a terminal: tasks, terms, steps, events."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, Generic, Protocol, TypeVar

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.labels import Labels
from domain.tasks.model import Task
from domain.working_days import WARSAW
from projections.case_file import ExplainedTerm, Happened, NextStep

STEPS_SHOWN: Final = 8
EVENTS_SHOWN: Final = 12


class AnyFile(Protocol):
    """As much of a file as every process has."""

    @property
    def now(self) -> datetime: ...

    @property
    def open_tasks(self) -> tuple[Task, ...]: ...

    @property
    def terms(self) -> tuple[ExplainedTerm, ...]: ...

    @property
    def steps(self) -> tuple[NextStep, ...]: ...

    @property
    def events(self) -> tuple[Happened, ...]: ...


F = TypeVar("F", bound=AnyFile)

Part = tuple[str, Iterable[RenderableType]]
"""A heading, and what stands below it."""


def below_headings(parts: Iterable[Part]) -> Iterator[RenderableType]:
    for heading, lines in parts:
        yield Text(f"\n{heading}", style="bold")
        shown = list(lines) or [Text("none", style="dim")]
        yield from (Padding(line, (0, 0, 0, 2)) for line in shown)


class PageParts(ABC, Generic[F]):
    """The lines of a page that are the same in every process."""

    def __init__(self, file: F, labels: Labels) -> None:
        self._file = file
        self._labels = labels

    @abstractmethod
    def unblocking(self) -> Iterator[RenderableType]:
        """What would let the case go on."""

    def asked(self) -> Iterator[Part]:
        """What is asked of whom, until when."""
        yield "would unblock it", self.unblocking()
        yield "open tasks", self.tasks()
        yield "terms", self.terms()
        yield f"next steps of ladders (at most {STEPS_SHOWN})", self.steps()

    def happened(self) -> Iterator[Part]:
        """What came last."""
        yield f"last events (at most {EVENTS_SHOWN})", self.events()

    def tasks(self) -> Iterator[RenderableType]:
        if not self._file.open_tasks:
            return
        table = _table("task", "state", "candidates", "assignee", "safe due", "legal end")
        for task in self._file.open_tasks:
            title = self._labels.of(task.type, "task_titles")
            due = task.complete_by
            late = due is not None and due.overdue(self._file.now)
            table.add_row(
                Text(f"{title}\n{task.task_ref}"),
                Text(self._labels.of(task.state, "task_states")),
                Text("\n".join(self._labels.post(post) for post in task.candidates)),
                Text(_assignee(task)),
                Text(str(due.safe_due if due else "-"), style="red" if late else ""),
                Text(str(due.legal_end if due else "-")),
            )
        yield table

    def terms(self) -> Iterator[RenderableType]:
        for each in self._file.terms:
            yield Text(self._term(each), style=self._style(each))
            if each.explanation is None:
                row = f"{each.term.rule} valid from {each.term.rule_valid_from}"
                sentences: tuple[str, ...] = (f"The row {row} is not in the tables (KS_TABLES).",)
            else:
                sentences = each.explanation.sentences
            yield from (Padding(Text(sentence), (0, 0, 0, 2)) for sentence in sentences)

    def steps(self) -> Iterator[RenderableType]:
        for step in islice(self._file.steps, STEPS_SHOWN):
            yield Text(self._step(step))

    def events(self) -> Iterator[RenderableType]:
        for event in self._file.events[-EVENTS_SHOWN:]:
            yield Text(_event(event))

    def named(self, code: str, group: str) -> str:
        return f"{self._labels.of(code, group)} ({code})"

    def _term(self, each: ExplainedTerm) -> str:
        label = self.named(each.code, "clocks")
        name = f"{label} of {each.of}" if each.of else label
        term = each.term
        ends = f"safe due {term.safe_due}, legal end {term.legal_end}"
        days = each.explanation.days if each.explanation else ()
        counted = sum(day.number is not None for day in days)
        count = f"; days counted {counted}, skipped {len(days) - counted}" if days else ""
        return f"{name}: {ends}{count}{self._met(each)}"

    def _met(self, each: ExplainedTerm) -> str:
        late = each.overdue(self._file.now)
        if each.met_at is not None:
            return f"; met {moment_shown(each.met_at)}{', late' if late else ''}"
        return "; the safe due has passed" if late else ""

    def _style(self, each: ExplainedTerm) -> str:
        if each.overdue(self._file.now):
            return "red"
        return "green" if each.met_at else "bold"

    def _step(self, step: NextStep) -> str:
        rung = step.rung
        told = ", ".join(self._labels.post(each) for each in step.recipients) or "nobody"
        distance = f"{rung.ladder} {rung.step:+d} {rung.unit.replace('_', ' ')}"
        return f"{moment_shown(rung.fires_at)} {distance}: {rung.do} {told} ({step.task_ref})"


def _assignee(task: Task) -> str:
    if task.assignee is None:
        return "-"
    return f"{task.assignee} for {task.assignee_for}" if task.assignee_for else task.assignee


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _event(event: Happened) -> str:
    facts = ", ".join(f"{name} {_fact(value)}" for name, value in _told(event.facts.items()))
    return f"{event.position} {moment_shown(event.at)} {event.topic} by {event.by}: {facts}"


def _told(facts: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in facts if value not in (None, (), False))


def _fact(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "+".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def moment_shown(at: datetime) -> str:
    return f"{at.astimezone(WARSAW):%Y-%m-%d %H:%M}"
