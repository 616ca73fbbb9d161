"""Why a case stands where it stands, over HTTP: what `ks explain` shows, from its events."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter

from activities.assignments import PREFIX
from api.auth import Me
from api.services import Here
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.model import Intervention
from domain.labels import Labels
from domain.messages import Message, Moment
from domain.routing import Routing
from domain.tasks.model import Task
from projections.assignment_file import AssignmentFile, assignment_file
from projections.case_file import (
    CaseFile,
    ExplainedReferral,
    ExplainedTerm,
    Happened,
    NextStep,
    case_file,
)

router = APIRouter(tags=["cases"])


class Code(Message):
    """A code of the log, and its Polish label."""

    code: str
    label_pl: str


class ReferralWhy(Message):
    """Where a part of the matter was sent, and what had been proposed and why."""

    referral: str
    unit: str
    state: Code
    lead: bool
    mode: str
    sent_at: Moment
    by: str
    replaces: str | None
    proposed: Routing
    as_proposed: bool
    settled: bool
    """The head decided that the unit is competent."""


class Unblocks(Message):
    """What the case waits for, and of what: a task, a letter, or what stands against closing."""

    kind: Literal["resuming", "decision", "sender", "task_to_be_opened", "letter", "before_closing"]
    about: str
    offered: tuple[Code, ...] = ()


class OpenTask(Message):
    task_ref: str
    title_pl: str
    state: Code
    candidates: tuple[str, ...]
    assignee: str | None
    safe_due: date | None
    legal_end: date | None
    escalation_level: int


class TermWhy(Message):
    """A term and, sentence by sentence, how it was counted."""

    term: Code
    of: str
    rule: str
    basis: str
    start: Moment
    safe_due: date
    legal_end: date
    met_at: Moment | None
    overdue: bool
    sentences: tuple[str, ...]
    """Empty when its row is not in the tables of this installation."""


class Step(Message):
    """A step of a ladder that is still to come."""

    at: Moment
    task_ref: str
    ladder: str
    step: int
    unit: str
    do: str
    recipients: tuple[str, ...]


class Upcoming(Message):
    """When time alone does something to the case, and what."""

    at: Moment
    why: str


class LetterState(Message):
    letter: str
    """Kind, round and recipient: `N2.1.R1`."""
    state: Code | None
    """None while it is owed."""
    sent_at: Moment | None
    message_id: str | None


class EventTold(Message):
    position: int
    at: Moment
    topic: str
    by: str
    facts: dict[str, Any]


class Explained(Message):
    """A case as its events tell it; no text and nobody's data."""

    reference: str
    at: Moment
    stage: Code
    since: Moment
    round: int
    on_hold: bool
    handling: Code | None
    """As the motion of a sender, or as a signal of nobody; None of an extra task."""
    waiting: Code
    outcome: Code | None
    referrals: tuple[ReferralWhy, ...]
    unblocks: tuple[Unblocks, ...]
    open_tasks: tuple[OpenTask, ...]
    terms: tuple[TermWhy, ...]
    steps: tuple[Step, ...]
    moments: tuple[Upcoming, ...]
    letters: tuple[LetterState, ...]
    events: tuple[EventTold, ...]


@router.get("/cases/{reference}/explain")
def explain_case(reference: str, here: Here, me: Me) -> Explained:
    """Where a case stands and why, how each term came about, what it waits for and what next."""
    refuse_if_any(access.seeing_whole(me.sight, reference[:30]))
    if reference.startswith(f"{PREFIX}-"):
        order = assignment_file(here.store, here.data, reference, me.at)
        return explained_order(order, here.data.labels)
    file = case_file(here.store, here.data, reference, me.at)
    return _Told(file, here.data.labels).whole()


def explained_order(file: AssignmentFile, labels: Labels) -> Explained:
    """An extra task: it has one task, and neither referrals nor letters to residents."""
    order, told = file.order, _Parts(file, labels)
    return Explained(
        reference=order.reference,
        at=file.now,
        stage=told.code(order.stage, "stages"),
        since=file.since,
        round=1,
        on_hold=False,
        handling=None,
        waiting=told.code(file.waiting, "waiting"),
        outcome=None,
        referrals=(),
        unblocks=tuple(told.decisions()),
        open_tasks=tuple(map(told.task, file.open_tasks)),
        terms=tuple(map(told.term, file.terms)),
        steps=tuple(map(_step, file.steps)),
        moments=(),
        letters=(),
        events=tuple(map(_event, file.events)),
    )


class _Parts:
    """What the file of a case of any process tells."""

    def __init__(self, file: CaseFile | AssignmentFile, labels: Labels) -> None:
        self._any = file
        self._labels = labels

    def code(self, code: str, group: str) -> Code:
        return Code(code=code, label_pl=self._labels.of(code, group))

    def decisions(self) -> Iterator[Unblocks]:
        for task in self._any.open_tasks:
            offered = tuple(self.code(outcome, "decisions") for outcome in task.outcomes)
            yield Unblocks(kind="decision", about=task.task_ref, offered=offered)

    def task(self, task: Task) -> OpenTask:
        due = task.complete_by
        return OpenTask(
            task_ref=task.task_ref,
            title_pl=self._labels.of(task.type, "task_titles"),
            state=self.code(task.state, "task_states"),
            candidates=task.candidates,
            assignee=task.assignee,
            safe_due=due.safe_due if due else None,
            legal_end=due.legal_end if due else None,
            escalation_level=task.escalation_level,
        )

    def term(self, each: ExplainedTerm) -> TermWhy:
        term = each.term
        return TermWhy(
            term=self.code(each.code, "clocks"),
            of=each.of,
            rule=term.rule,
            basis=term.basis,
            start=term.start,
            safe_due=term.safe_due,
            legal_end=term.legal_end,
            met_at=each.met_at,
            overdue=each.overdue(self._any.now),
            sentences=each.explanation.sentences if each.explanation else (),
        )


class _Told(_Parts):
    def __init__(self, file: CaseFile, labels: Labels) -> None:
        super().__init__(file, labels)
        self._file = file

    def whole(self) -> Explained:
        file = self._file
        case: Intervention = file.case
        return Explained(
            reference=case.reference,
            at=file.now,
            stage=self.code(case.stage, "stages"),
            since=file.since,
            round=case.round,
            on_hold=case.on_hold,
            handling=self.code(case.handling, "handlings"),
            waiting=self.code(file.waiting, "waiting"),
            outcome=self.code(case.outcome, "outcomes") if case.outcome else None,
            referrals=tuple(map(self._referral, file.referrals)),
            unblocks=tuple(self._unblocking()),
            open_tasks=tuple(map(self.task, file.open_tasks)),
            terms=tuple(map(self.term, file.terms)),
            steps=tuple(map(_step, file.steps)),
            moments=tuple(Upcoming(at=at, why=why) for at, why in file.moments),
            letters=tuple(self._letters()),
            events=tuple(map(_event, file.events)),
        )

    def _referral(self, each: ExplainedReferral) -> ReferralWhy:
        referral = each.referral
        return ReferralWhy(
            referral=referral.ref,
            unit=referral.unit,
            state=self.code(referral.state, "referral_states"),
            lead=referral.lead,
            mode=referral.mode,
            sent_at=referral.sent_at,
            by=each.by,
            replaces=each.replaces,
            proposed=each.proposed,
            as_proposed=each.as_proposed,
            settled=each.settled,
        )

    def _unblocking(self) -> Iterator[Unblocks]:
        file, case = self._file, self._file.case.reference
        if file.case.on_hold:
            yield Unblocks(kind="resuming", about=case)
        if file.waits_for_sender:
            yield Unblocks(kind="sender", about=case)
        for task, outcomes in file.decisions:
            offered = tuple(self.code(outcome, "decisions") for outcome in outcomes)
            yield Unblocks(kind="decision", about=task.task_ref, offered=offered)
        for ref in file.unopened:
            yield Unblocks(kind="task_to_be_opened", about=ref)
        for order in file.letters_owed:
            yield Unblocks(kind="letter", about=order.key)
        for refusal in file.before_closing:
            yield Unblocks(kind="before_closing", about=refusal.name())

    def _letters(self) -> Iterator[LetterState]:
        for key, letter in self._file.case.letters.items():
            yield LetterState(
                letter=key,
                state=self.code(letter.state, "letter_states"),
                sent_at=letter.sent_at,
                message_id=letter.message_id,
            )
        for order in self._file.letters_owed:
            yield LetterState(letter=order.key, state=None, sent_at=None, message_id=None)


def _step(step: NextStep) -> Step:
    rung = step.rung
    return Step(
        at=rung.fires_at,
        task_ref=step.task_ref,
        ladder=rung.ladder,
        step=rung.step,
        unit=rung.unit,
        do=rung.do,
        recipients=step.recipients,
    )


def _event(event: Happened) -> EventTold:
    return EventTold(**vars(event))
