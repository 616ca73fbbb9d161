"""Tasks at the store: opened, claimed, decided and escalated, each command once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, get_args

from domain.errors import Refusal, refusals_of, refuse_if_any
from domain.instructions import Instruction
from domain.ladders import DueRung, Rung, due, next_moment, rungs
from domain.messages import SYSTEM, Act
from domain.parties.model import ExternalParty
from domain.parties.rules import is_party
from domain.people import refuse_unsealed
from domain.references import case_of
from domain.roster.rules import acting_for, holders_of, is_absent, posts_of
from domain.rulebook import Rulebook
from domain.task_types import TASK_TYPES
from domain.tasks import rules
from domain.tasks.candidates import raised_at, raising
from domain.tasks.commands import (
    GIVEN_BY_A_DECISION,
    Answer,
    AssignTask,
    Cause,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    CompleteTask,
    Decision,
    DeclareConflict,
    DelegateTask,
    MoveTaskDeadline,
    OpenTask,
    OpenTaskRow,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    SaveDraft,
    UnparkTask,
    Which,
    cause_of_recount,
)
from domain.tasks.model import Task
from domain.tasks.refusals import ActorNotProven, TaskUnknown
from domain.tasks.rules import CaseSide, Hats
from domain.tasks.rules_drafts import Draft
from domain.tasks.staffing import Staffing
from domain.tasks.standstill import in_step
from domain.tasks.types import TaskType
from domain.terms import Term
from domain.working_days import local_day
from runtime.signing import DecisionSigner
from runtime.store import Store, UnitOfWork

TaskCommand = (
    ClaimTask
    | ReleaseTask
    | AssignTask
    | DelegateTask
    | ReturnTask
    | ParkTask
    | UnparkTask
    | DeclareConflict
    | CommentOnTask
    | SaveDraft
    | ChangePriority
)
"""Housekeeping, of which the workflow of the case need not know."""


_BY_LINK: Final = "external"
"""The only post of whoever holds a link to another task."""

_NO_TASK: Final = "-"
"""Whoever is replaced in some types of tasks only is not replaced outside tasks."""


class TaskDesk:
    """Loads a task with all that its guards look at, and saves what was decided."""

    def __init__(self, store: Store, book: Rulebook, signer: DecisionSigner) -> None:
        self.store = store
        self.book = book
        self.signer = signer

    def hats(self, actor: str, at: datetime, task: Task) -> Hats:
        """What the actor is on that day, with those who hold the posts of the candidates."""
        if is_party(actor):
            return self._hats_of_a_link(actor, at, task)
        roster, day = self.store.roster(), local_day(at)
        return Hats(
            actor=actor,
            posts=posts_of(roster, actor, day),
            organisation=self.book.organisation,
            acting=acting_for(roster, actor, day, task.type),
            holders={post: holders_of(roster, post, day) for post in task.candidates},
        )

    def _hats_of_a_link(self, party_id: str, at: datetime, task: Task) -> Hats:
        """A link gives the post of its party in its one task, and nothing in any other."""
        party = self.store.find(ExternalParty, party_id)
        links = party.links_to(task.task_ref) if party else []
        holds = any(link.holds(at) for link in links) and task.state != "withdrawn"
        posts = frozenset({party.post} if party and holds else set() if links else {_BY_LINK})
        return Hats(party_id, posts, self.book.organisation, link_expired=bool(links) and not holds)

    def handle(self, reference: str, command: TaskCommand, act: Act) -> Answer:
        """Carry a command of housekeeping out, once."""
        refuse_unsealed(command)

        def work(unit: UnitOfWork) -> tuple[UnitOfWork, Task]:
            task = known_task(unit, reference)
            if task.answered(act.command_id) is None:
                self.move(task, command, act)
                # Whoever declared a conflict may have been the last who could decide.
                self.raise_candidates(task, act.at, {})
            return unit, task

        unit, task = self.store.carry_out(work)
        return self.answer(unit, task, act.command_id, None)

    def move(self, task: Task, command: TaskCommand, act: Act) -> None:
        """Change the task in memory, or refuse."""
        hats = self.hats(act.by, act.at, task)
        match command:
            case ClaimTask():
                task.claim(command, act, hats)
            case ReleaseTask():
                task.release(command, act)
            case AssignTask():
                task.assign(command, act, hats)
            case DelegateTask():
                task.delegate(command, act, hats)
            case ReturnTask():
                task.give_back(command, act)
            case ParkTask():
                task.park(command, act, hats, self.book.deadlines.calendar, self.book.limits.tasks)
            case UnparkTask():
                task.unpark(command, act)
            case DeclareConflict():
                task.declare_conflict(command, act, hats)
            case CommentOnTask():
                task.comment(command, act, hats)
            case SaveDraft():
                task.save_draft(command, act, hats)
            case ChangePriority():
                task.change_priority(command, act, hats)

    def read_draft(self, reference: str, act: Act) -> Draft:
        """Where the draft of whoever holds the task lies, for those who may read it."""

        def work(unit: UnitOfWork) -> Draft:
            task = known_task(unit, reference)
            task.read_draft(act, self.hats(act.by, act.at, task))
            assert task.draft is not None  # a guard has just said so
            return task.draft

        return self.store.carry_out(work)

    def answer(self, unit: UnitOfWork, task: Task, command_id: str, stage: str | None) -> Answer:
        """The answer to a command that was carried out, now or before."""
        then = unit.store.as_answered(task, command_id)
        return Answer(
            task_ref=then.task_ref,
            state=then.state,
            version=then.version,
            case_ref=then.case_ref,
            case_stage=stage,
            position=unit.position_of(then),
        )

    def posts(self, actor: str, at: datetime) -> frozenset[str]:
        """The posts of the actor on that day, with those of whom the actor replaces in all."""
        roster, day = self.store.roster(), local_day(at)
        replaced = (hat.posts for hat in acting_for(roster, actor, day, _NO_TASK))
        return posts_of(roster, actor, day).union(*replaced)

    def is_proven(self, signed: Decision | Instruction) -> bool:
        return self.signer.verify(signed.signed_bytes(), signed.proof)

    def decide(
        self,
        task: Task,
        decision: Decision,
        act: Act,
        side: CaseSide,
        effect: Callable[[bool], None],
    ) -> None:
        """All guards, of the task and of the case, reported together; then both move.

        `effect` carries the decision out on the case, told whether it is only recorded for
        somebody who wrote a letter. Nothing is saved here, so what it did to the case in memory
        is thrown away when a guard of the task says no.
        """
        hats = self.hats(act.by, act.at, task)
        refusals: list[Refusal] = [] if self.is_proven(decision) else [ActorNotProven()]
        refusals += rules.completing(task, decision.command, act, hats, side)
        if not any(isinstance(found, rules.BEFORE_THE_CASE) for found in refusals):
            standing = rules.deciding_standing(task, decision.command, hats, side)
            recorded = standing is not None and standing.mode == "recording"
            refusals += refusals_of(lambda: effect(recorded))
        refuse_if_any(refusals)
        task.complete(decision.command, act, hats, side, self.book.deadlines)

    def open(self, command: OpenTask, at: datetime) -> Task:
        act = Act(command_id=f"open:{command.task_ref}", at=at, by=SYSTEM)
        return Task.open(command, act)

    def raise_candidates(self, task: Task, at: datetime, excluded: Mapping[str, str]) -> None:
        """Offer the task one post higher when nobody it is offered to may decide it.

        `excluded` are the authors of earlier acts, as the case knows them now.
        """
        found = raising(task, self._staffing(excluded), at)
        if found is not None:
            # Each post of a line is reached once at most.
            key = f"candidates:{task.task_ref}:{'+'.join(found.candidates)}"
            task.change_candidates(found, Act(command_id=key, at=at, by=SYSTEM))

    def somebody_else(
        self, candidates: tuple[str, ...], without: Mapping[str, str], at: datetime
    ) -> bool:
        """Whether a holder of one of these posts is there who is none of those named."""
        roster, day = self.store.roster(), local_day(at)
        holders = {who for post in candidates for who in holders_of(roster, post, day)}
        return any(not is_absent(roster, who, day) for who in holders - without.keys())

    def _staffing(self, excluded: Mapping[str, str]) -> Staffing:
        return Staffing(self.store.roster(), self.book.organisation, excluded)

    def give_until(self, task: Task, until: date, at: datetime) -> None:
        """The task is to be done by another day; its ladder starts anew."""
        if task.complete_by is not None:
            term = self.book.deadlines.extend(task.complete_by, until)
            self.move_deadline(task, "complete_by", term, "new_date", at)

    def keep_in_step(self, task: Task, on_hold: bool, at: datetime) -> None:
        """Let the terms of an open task stand still or go on with those of its case."""
        for which, term, cause in in_step(task, on_hold, at, self.book.deadlines):
            self.move_deadline(task, which, term, cause, at)

    def move_deadline(
        self,
        task: Task,
        which: Which,
        term: Term,
        cause: Cause,
        at: datetime,
        reason: str | None = None,
    ) -> None:
        """Give the task another term in memory; the steps of its ladders follow."""
        begins = at if cause in GIVEN_BY_A_DECISION else task.term_given_at
        respond_by = term if which == "respond_by" else task.respond_by
        complete_by = term if which == "complete_by" else task.complete_by
        steps = self._steps(task, begins, respond_by, complete_by)
        command = MoveTaskDeadline(which=which, term=term, cause=cause, rungs=steps, reason=reason)
        # The version says which move of this task it is.
        name = f"move:{task.task_ref}:{task.version}"
        task.move_deadline(command, Act(command_id=name, at=at, by=SYSTEM))

    def recount(self, task: Task, at: datetime) -> None:
        """Let the terms that the task still waits for follow the tables of today."""
        waiting: tuple[Which, ...] = ("complete_by",) if task.responded else get_args(Which)
        for which in waiting:
            term: Term | None = getattr(task, which)
            again = term and self.book.deadlines.recompute(term)
            if term is not None and again is not None and again is not term:
                self.move_deadline(task, which, again, cause_of_recount(term, again), at)

    def arm(self, task: Task, at: datetime) -> None:
        """Give the steps of its ladders to a task that was opened before it had any."""
        if task.rungs or task.complete_by is None:
            return
        if self._steps(task, task.term_given_at, task.respond_by, task.complete_by):
            self.move_deadline(task, "complete_by", task.complete_by, "recomputed", at)

    def rungs(self, command: OpenTask, opened_at: datetime) -> tuple[Rung, ...]:
        """The steps of the ladders of a task that is to be opened."""
        return self._steps(command, opened_at, command.respond_by, command.complete_by)

    def _steps(
        self,
        task: Task | OpenTask,
        since: datetime,
        respond_by: Term | None,
        complete_by: Term | None,
    ) -> tuple[Rung, ...]:
        """The steps of the ladder, and of `respond` when there is such a term, from a moment on."""
        ladders = [self.book.ladders[task.ladder]]
        if respond_by is not None:
            ladders.append(self.book.ladders["respond"])
        return tuple(
            rung
            for each in ladders
            for rung in rungs(
                each,
                opened_at=since,
                respond_by=respond_by,
                complete_by=complete_by,
                calendar=self.book.deadlines.calendar,
                hour=self.book.limits.tasks.ladder_hour,
            )
            if rules.addressees(task, rung.to, None, self.book.organisation)
        )

    def climb(self, task: Task, at: datetime) -> None:
        """Fire what is due of the ladders of this task: the highest step of each."""
        while (step := self._due(task, at)) is not None:
            to = rules.addressees(task, step.rung.to, task.assignee, self.book.organisation)
            name = f"{step.rung.ladder}:{step.rung.step}{_of_term(task)}"
            act = Act(command_id=f"ladder:{task.task_ref}:{name}", at=at, by=SYSTEM)
            task.climb_ladder(step, to, act)

    def _due(self, task: Task, at: datetime) -> DueRung | None:
        return due(
            self._told(task, task.live_rungs),
            task.fired,
            at,
            self.book.deadlines.calendar,
            self.book.limits.tasks.ladder_hour,
        )

    def _told(self, task: Task, rungs: Iterable[Rung]) -> Iterator[Rung]:
        """Without the steps that would tell nobody since the task was raised."""
        for rung in rungs:
            if rules.addressees(task, rung.to, task.assignee, self.book.organisation):
                yield rung

    def row(self, task: Task, at: datetime) -> OpenTaskRow:
        """The task as a workflow remembers it."""
        term = task.complete_by
        moment, step = min(self._moments(task, at), default=(None, None))
        return OpenTaskRow(
            task_ref=task.task_ref,
            type=task.type,
            subject=task.subject,
            round=task.round,
            outcomes=task.outcomes,
            candidates=task.candidates,
            safe_due=term.safe_due if term else None,
            due_at=term.due_at if term else None,
            next_moment=moment,
            next_step=step,
            escalation=task.escalation_level,
            risk_reducing=TASK_TYPES[task.type].risk_reducing,
            notices_due=tuple(sorted(task.notices_owed, key=lambda notice: notice.key)),
        )

    def _moments(self, task: Task, at: datetime) -> Iterator[tuple[datetime, str]]:
        """When the task has to be looked at again, and what for."""
        watched = list(self._told(task, task.watched_rungs(at)))
        calendar, hour = self.book.deadlines.calendar, self.book.limits.tasks.ladder_hour
        moment = next_moment(watched, task.fired, at, calendar, hour)
        if moment is not None:
            left = (rung for rung in watched if (rung.ladder, rung.step) not in task.fired)
            upcoming = min(left, key=lambda rung: rung.fires_at)
            yield moment, f"{upcoming.ladder} {upcoming.step:+d}: {upcoming.to}"
        raised = raised_at(task, self._staffing({}), at)
        if raised is not None:
            yield raised, "nobody is left to decide"


def _of_term(task: Task) -> str:
    """Which of the terms that it was given is meant, after the first."""
    return f":{task.terms_given + 1}" if task.terms_given else ""


def known_task(unit: UnitOfWork, reference: str) -> Task:
    task = unit.find(Task, reference)
    if task is None:
        raise TaskUnknown(task=reference)
    return task


def candidates_named(unit: UnitOfWork, case_ref: str, named: object) -> tuple[str, ...]:
    """To whom the task is offered that an instruction to the case names, if it names one."""
    if not isinstance(named, str) or case_of(named) != case_ref:
        return ()
    task = unit.find(Task, named)
    return task.candidates if task is not None else ()


def refuse_plain_texts(kind: TaskType, command: CompleteTask) -> None:
    """The last look before a decision becomes an event: texts belong into the text store."""
    refuse_unsealed(command)
    if command.outcome in kind.outcomes and not rules.form_problems(kind, command):
        refuse_unsealed(rules.filled_form(kind, command))
