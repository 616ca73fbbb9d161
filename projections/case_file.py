"""The file of a case: where it stands, why, and what is next, from its events alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.deadlines import NoRuleInForce
from domain.errors import Refusal
from domain.explanations import Explanation
from domain.interventions import events, forms, lapses, letters, recounts, rules
from domain.interventions.asks import Now
from domain.interventions.commands import LetterOrder
from domain.interventions.entities import Referral
from domain.interventions.model import Intervention
from domain.interventions.refusals import CaseUnknown
from domain.ladders import Rung, remaining
from domain.messages import SYSTEM, Act
from domain.references import aggregate_id
from domain.routing import Routing
from domain.rulebook import Rulebook
from domain.tasks.commands import TaskOrder
from domain.tasks.model import Task
from domain.tasks.rules import addressees
from domain.terms import Term
from projections.timeline import FACTS
from runtime.store import Store


@dataclass(frozen=True)
class ExplainedTerm:
    """A clock of the case, of a referral or of a task."""

    code: str
    """In the labels of clocks, or `respond_by` and `complete_by` of a task."""
    of: str
    """The referral or task that it belongs to; empty for the case itself."""
    term: Term
    met_at: datetime | None
    """When what it was set for was done."""
    explanation: Explanation | None
    """None when the row that it was counted by is not in the tables of this installation."""

    def overdue(self, now: datetime) -> bool:
        """Whether the safe due passed before it was met; the sender's own time is nobody's duty."""
        own = ("reopening", "supplement")
        return self.code not in own and self.term.overdue(self.met_at or now)


@dataclass(frozen=True)
class ExplainedReferral:
    """Where a part of the matter was sent, by whom, and what had been proposed and why."""

    referral: Referral
    by: str
    proposed: Routing
    replaces: str | None
    settled: bool
    """The head decided that the unit is competent."""

    @property
    def as_proposed(self) -> bool:
        return self.referral.unit == self.proposed.unit


@dataclass(frozen=True)
class NextStep:
    """A step of a ladder that is still to come."""

    task_ref: str
    rung: Rung
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Happened:
    """An event with what may be shown of it."""

    position: int
    at: datetime
    topic: str
    by: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class CaseFile:
    now: datetime
    case: Intervention
    since: datetime
    """When the case came to where it stands."""
    waiting: str
    referrals: tuple[ExplainedReferral, ...]
    open_tasks: tuple[Task, ...]
    unopened: tuple[str, ...]
    """Tasks that the case needs and nobody has opened: its workflow does not run, or is behind."""
    taken_back: tuple[str, ...]
    """Tasks that an operator took from people while the case waits for what they asked."""
    terms: tuple[ExplainedTerm, ...]
    steps: tuple[NextStep, ...]
    moments: tuple[tuple[datetime, str], ...]
    """When time alone does something to the case, or asks something of people, and what."""
    letters_owed: tuple[LetterOrder, ...]
    before_closing: tuple[Refusal, ...]
    """What stands against closing, of a case that is waiting for nothing else."""
    events: tuple[Happened, ...]
    """All that happened in the case and its tasks, in the order of the log."""

    @property
    def decisions(self) -> tuple[tuple[Task, tuple[str, ...]], ...]:
        """The open tasks that could be decided now, and how: while the case is on hold only so
        that a risk gets less."""
        if not self.case.on_hold:
            return tuple((task, task.outcomes) for task in self.open_tasks)
        taken = ((task, forms.TASK_TYPES[task.type].risk_reducing) for task in self.open_tasks)
        return tuple((task, outcomes) for task, outcomes in taken if outcomes)

    @property
    def waits_for_sender(self) -> bool:
        """What the sender adds lets the case go on, unless it is on hold."""
        return self.waiting == "sender" and not self.case.on_hold


def case_file(store: Store, book: Rulebook, reference: str, now: datetime) -> CaseFile:
    """Fold the events of the case and of every task that it ever asked for."""
    told = list(store.events.get(aggregate_id("intervention", reference)))
    if not told:
        raise CaseUnknown(reference=reference)
    case, since, orders = _replay(told, Now(now, book))
    found = {ref: store.find(Task, ref) for ref in orders}
    tasks = [task for task in found.values() if task is not None]
    needed = [forms.ref_of(case, order) for order in forms.tasks_needed(case, Now(now, book))]
    open_tasks = tuple(task for task in tasks if task.is_open)
    return CaseFile(
        now=now,
        case=case,
        since=since,
        waiting=rules.waiting_for(case),
        referrals=tuple(_referrals(case, told)),
        open_tasks=open_tasks,
        unopened=tuple(ref for ref in needed if found[ref] is None),
        taken_back=tuple(sorted(forms.steps_taken_back(case, Now(now, book)))),
        terms=tuple(_terms(case, open_tasks, book)),
        steps=tuple(steps_to_come(open_tasks, book)),
        moments=tuple(sorted(_moments(case, now, book))),
        letters_owed=tuple(letters.letters_due(case)),
        before_closing=_before_closing(case, now),
        events=tuple(happened(store, [(case, told), *((t, told_of(store, t)) for t in tasks)])),
    )


def _replay(told: Iterable[Any], now: Now) -> tuple[Intervention, datetime, dict[str, TaskOrder]]:
    """The case, since when it is at its stage, and every task that it needed on its way."""
    case: Any = None
    stage, since = "", datetime.min
    orders: dict[str, TaskOrder] = {}
    for event in told:
        if case is not None:
            orders |= _needed(case, Now(event.timestamp, now.book))
        case = event.mutate(case)
        if case.stage != stage:
            stage, since = case.stage, event.timestamp
        orders |= _needed(case, Now(event.timestamp, now.book))
    orders |= _needed(case, now)
    return case, since, orders


def _needed(case: Intervention, now: Now) -> dict[str, TaskOrder]:
    return {forms.ref_of(case, order): order for order in forms.tasks_needed(case, now)}


def told_of(store: Store, task: Task) -> list[Any]:
    """The events of a task."""
    return list(store.events.get(task.id))


def _referrals(case: Intervention, told: Iterable[Any]) -> Iterator[ExplainedReferral]:
    settling: set[str] = set()
    for event in told:
        if isinstance(event, events.CompetenceDecided):
            settling.add(event.command_id)
        elif isinstance(event, events.Forwarded):
            yield ExplainedReferral(
                referral=case.referrals[event.referral],
                by=event.by,
                proposed=event.routing,
                replaces=event.replaces,
                settled=event.command_id in settling,
            )


def _terms(case: Intervention, tasks: Iterable[Task], book: Rulebook) -> Iterator[ExplainedTerm]:
    met = recounts.met_at(case)
    for name, term in case.running_clocks.items():
        yield _explained(name, "", term, met.get(name), book)
    for referral in case.open_referrals:
        if referral.feedback_by is not None:
            answered_at = referral.answered_at if referral.state == "answered" else None
            yield _explained("feedback", referral.ref, referral.feedback_by, answered_at, book)
    if case.window is not None:
        yield _explained("reopening", "", case.window, None, book)
    yield from terms_of(tasks, book)


def terms_of(tasks: Iterable[Task], book: Rulebook) -> Iterator[ExplainedTerm]:
    """Those that open tasks still wait for."""
    for task in tasks:
        if task.respond_by is not None and not task.responded:
            yield _explained("respond_by", task.task_ref, task.respond_by, None, book)
        if task.complete_by is not None:
            yield _explained("complete_by", task.task_ref, task.complete_by, None, book)


def _explained(
    code: str, of: str, term: Term, met_at: datetime | None, book: Rulebook
) -> ExplainedTerm:
    try:
        explanation: Explanation | None = book.deadlines.explain(term)
    except NoRuleInForce:
        explanation = None
    if explanation is not None and explanation.rule.valid_from != term.rule_valid_from:
        explanation = None  # an earlier row stands in for one that only other tables hold
    return ExplainedTerm(code, of, term, met_at, explanation)


def steps_to_come(tasks: Iterable[Task], book: Rulebook) -> Iterator[NextStep]:
    steps = (
        NextStep(
            task.task_ref,
            rung,
            addressees(task, rung.to, task.assignee, book.organisation),
        )
        for task in tasks
        for rung in remaining(task.live_rungs, task.fired)
    )
    # A step tells nobody any more when the task was raised to whom it would have told.
    told = (step for step in steps if step.recipients)
    yield from sorted(told, key=lambda step: step.rung.fires_at)


def _moments(case: Intervention, now: datetime, book: Rulebook) -> set[tuple[datetime, str]]:
    found = {*forms.moments(case, book), *lapses.moments(case, book)}
    window = case.window
    if case.stage == "replied" and window is not None and window.ends_at is not None:
        found.add((window.ends_at, "the time for reopening ends"))
    return {(at, why) for at, why in found if at > now}


def _before_closing(case: Intervention, now: datetime) -> tuple[Refusal, ...]:
    if case.stage not in ("replied", "ending") or case.on_hold:
        return ()
    return tuple(rules.closing(case, Act(command_id="explain", at=now, by=SYSTEM)))


def happened(store: Store, told: Iterable[tuple[Any, list[Any]]]) -> Iterator[Happened]:
    found = [
        Happened(
            position=store.position_of(aggregate, event.originator_version),
            at=event.timestamp,
            topic=event.TOPIC,
            by=event.by,
            facts={name: getattr(event, name) for name in FACTS[event.TOPIC]},
        )
        for aggregate, events in told
        for event in events
    ]
    yield from sorted(found, key=lambda event: event.position)
