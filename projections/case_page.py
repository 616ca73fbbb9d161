"""The file of a case as an operator reads it in a terminal: Polish labels, nobody's data."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.errors import Refusal
from domain.interventions.entities import Letter
from domain.labels import Labels
from domain.tasks.model import Task
from domain.working_days import WARSAW
from projections.case_file import CaseFile, ExplainedReferral, ExplainedTerm, Happened, NextStep

STEPS_SHOWN: Final = 8
EVENTS_SHOWN: Final = 12


def case_page(file: CaseFile, labels: Labels) -> Iterator[RenderableType]:
    """What to print, from top to bottom."""
    page = _Page(file, labels)
    yield from page.standing()
    for heading, lines in (
        ("referrals", page.referrals()),
        ("would unblock it", page.unblocking()),
        ("open tasks", page.tasks()),
        ("terms", page.terms()),
        (f"next steps of ladders (at most {STEPS_SHOWN})", page.steps()),
        ("what time alone brings", page.moments()),
        ("letters", page.letters()),
        (f"last events (at most {EVENTS_SHOWN})", page.events()),
    ):
        yield Text(f"\n{heading}", style="bold")
        shown = list(lines) or [Text("none", style="dim")]
        yield from (Padding(line, (0, 0, 0, 2)) for line in shown)


class _Page:
    def __init__(self, file: CaseFile, labels: Labels) -> None:
        self._file = file
        self._case = file.case
        self._labels = labels

    def standing(self) -> Iterator[RenderableType]:
        case, stage = self._case, self._named(self._case.stage, "stages")
        yield Text.assemble(
            (case.reference, "bold"),
            f" {case.category}, {case.place.district or '-'}, round {case.round}",
        )
        yield Text(f"stands at: {stage}, since {_moment(self._file.since)}")
        if case.on_hold:
            since = _moment(case.standstills[-1].since)
            yield Text(f"on hold since {since}: nothing is decided and no letter leaves")
        if not case.is_motion:
            yield Text(f"handled as: {self._named(case.handling, 'handlings')}")
        yield Text(f"waits for: {self._named(self._file.waiting, 'waiting')}")
        if case.outcome:
            yield Text(f"ended with: {self._named(case.outcome, 'outcomes')}")

    def referrals(self) -> Iterator[RenderableType]:
        for each in self._file.referrals:
            yield Text(self._referral(each))
            yield Padding(Text(_why(each)), (0, 0, 0, 2))

    def unblocking(self) -> Iterator[RenderableType]:
        if self._case.on_hold:
            yield Text("an operator resumes the case")
        for task, outcomes in self._file.decisions:
            decisions = " / ".join(self._labels.of(each, "decisions") for each in outcomes)
            yield Text(f"a decision in {task.task_ref}: {decisions}")
        if self._file.waits_for_sender:
            yield Text("what the sender adds")
        for ref in self._file.unopened:
            yield Text(f"{ref} is needed and not open: see `ks verify --repair`", style="red")
        for ref in self._file.taken_back:
            yield Text(f"{ref} was taken back: an operator opens the step again", style="yellow")
        for order in self._file.letters_owed:
            yield Text(f"the letter {self._letter(order.key)} goes out")
        for refusal in self._file.before_closing:
            yield Text(f"before it closes: {self._refusal(refusal)}")
        if self._case.stage == "closed":
            yield Text("nothing: the case is closed")

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

    def moments(self) -> Iterator[RenderableType]:
        for at, why in self._file.moments:
            yield Text(f"{_moment(at)} {why}")

    def letters(self) -> Iterator[RenderableType]:
        for key, letter in self._case.letters.items():
            yield Text(self._sent(key, letter))
        for order in self._file.letters_owed:
            yield Text(f"{self._letter(order.key)}: owed", style="yellow")

    def events(self) -> Iterator[RenderableType]:
        for event in self._file.events[-EVENTS_SHOWN:]:
            yield Text(_event(event))

    def _named(self, code: str, group: str) -> str:
        return f"{self._labels.of(code, group)} ({code})"

    def _referral(self, each: ExplainedReferral) -> str:
        referral = each.referral
        state = self._named(referral.state, "referral_states")
        lead = ", leads" if referral.lead else ""
        instead = f" instead of {each.replaces}" if each.replaces else ""
        sent = f"sent {_moment(referral.sent_at)} by {each.by}{instead}"
        return f"{referral.ref} to {referral.unit}{lead}: {state}, {sent}"

    def _letter(self, key: str) -> str:
        """`zawiadomienie o przekazaniu (N2), round 1, ZDMK (R1)`."""
        kind, round_, recipient = key.split(".")
        referral = self._case.referrals.get(recipient)
        to = f"{referral.unit} ({recipient})" if referral else self._labels.of("sender", "waiting")
        return f"{self._named(kind, 'letters')}, round {round_}, to {to}"

    def _sent(self, key: str, letter: Letter) -> str:
        state = self._labels.of(letter.state, "letter_states")
        return f"{self._letter(key)}: {state}, {_moment(letter.sent_at)}, {letter.message_id}"

    def _refusal(self, refusal: Refusal) -> str:
        return self._labels.of(refusal.name(), "refusals")

    def _term(self, each: ExplainedTerm) -> str:
        label = self._named(each.code, "clocks")
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
            return f"; met {_moment(each.met_at)}{', late' if late else ''}"
        return "; the safe due has passed" if late else ""

    def _style(self, each: ExplainedTerm) -> str:
        if each.overdue(self._file.now):
            return "red"
        return "green" if each.met_at else "bold"

    def _step(self, step: NextStep) -> str:
        rung = step.rung
        told = ", ".join(self._labels.post(each) for each in step.recipients) or "nobody"
        distance = f"{rung.ladder} {rung.step:+d} {rung.unit.replace('_', ' ')}"
        return f"{_moment(rung.fires_at)} {distance}: {rung.do} {told} ({step.task_ref})"


def _assignee(task: Task) -> str:
    if task.assignee is None:
        return "-"
    return f"{task.assignee} for {task.assignee_for}" if task.assignee_for else task.assignee


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _why(each: ExplainedReferral) -> str:
    """By which row of which table the unit was proposed, or that a person chose another one."""
    proposed = each.proposed
    if proposed.unit is None:
        return "no unit was proposed; a person chose it"
    row = f"row {proposed.rule} of routing table {proposed.version}"
    why = f": {proposed.reason}" if proposed.reason else ""
    if each.as_proposed:
        return f"as proposed by {row}{why}"
    return f"a person chose it; {row} proposed {proposed.unit}{why}"


def _event(event: Happened) -> str:
    facts = ", ".join(f"{name} {_fact(value)}" for name, value in _told(event.facts.items()))
    return f"{event.position} {_moment(event.at)} {event.topic} by {event.by}: {facts}"


def _told(facts: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in facts if value not in (None, (), False))


def _fact(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "+".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(WARSAW):%Y-%m-%d %H:%M}"
