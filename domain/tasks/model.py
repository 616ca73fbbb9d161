"""The task: one human decision, from offer to completion."""

from datetime import datetime
from typing import Self

from domain.aggregates import Aggregate
from domain.attachments import attached
from domain.deadlines import Deadlines
from domain.errors import refuse_if_any
from domain.ladders import DueRung, Rung
from domain.limits import TaskLimits
from domain.messages import Act
from domain.references import aggregate_id
from domain.tasks import events, notices, rules
from domain.tasks import rules_drafts as drafts
from domain.tasks import rules_housekeeping as housekeeping
from domain.tasks.commands import (
    GIVEN_BY_A_DECISION,
    AssignTask,
    ChangeCandidates,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    CompleteTask,
    DeclareConflict,
    DelegateTask,
    ExpireTask,
    MoveTaskDeadline,
    OpenTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    SaveDraft,
    UnparkTask,
    WithdrawTask,
)
from domain.terms import Term
from domain.working_days import Calendar


class Task(Aggregate):
    """A zadanie. Its guards are in `domain.tasks.rules`, where "why not" uses them too."""

    TOPIC = "task"

    Event = events.TaskEvent
    Opened = events.Opened
    Claimed = events.Claimed
    Released = events.Released
    Assigned = events.Assigned
    Delegated = events.Delegated
    Returned = events.Returned
    Parked = events.Parked
    Unparked = events.Unparked
    ExclusionAdded = events.ExclusionAdded
    CandidatesChanged = events.CandidatesChanged
    Commented = events.Commented
    DraftSaved = events.DraftSaved
    DraftRead = events.DraftRead
    PriorityChanged = events.PriorityChanged
    DeadlineMoved = events.DeadlineMoved
    Reminded = events.Reminded
    Escalated = events.Escalated
    NoticeSent = events.NoticeSent
    Completed = events.Completed
    Expired = events.Expired
    Withdrawn = events.Withdrawn

    def __init__(self) -> None:
        self.task_ref: str
        self.workflow_id: str
        self.case_ref: str
        self.process: str
        self.type: str
        self.subject: str
        self.round: int
        self.candidates: tuple[str, ...]
        self.excluded: dict[str, str]
        self.outcomes: tuple[str, ...]
        self.respond_by: Term | None
        self.complete_by: Term | None
        self.ladder: str
        self.rungs: tuple[Rung, ...]
        self.priority: str
        self.on_lapse: str
        self.form: str
        self.form_version: int
        self.opened_at: datetime
        self.state: rules.State = "offered"
        self.assignee: str | None = None
        self.assignee_for: str | None = None
        """Whom the assignee replaces, when it was claimed in somebody's place."""
        self.owner: str | None = None
        """Who delegated it and gets it back."""
        self.owner_for: str | None = None
        self.parked_until: datetime | None = None
        """Still set when that moment has passed; ask `is_parked`."""
        self.quiet_until: datetime | None = None
        """Reminders to the assignee that were due before this fell into a parking."""
        self.drafts: dict[str, drafts.Draft] = {}
        """By whoever held the task when it was begun."""
        self.responded = False
        self.fired: frozenset[tuple[str, int]] = frozenset()
        self.notices_owed: frozenset[notices.TaskNotice] = frozenset()
        """Of steps that fired; nobody is written to about a task that is finished."""
        self.terms_given = 0
        """How often a decision gave it a new term; its ladders start anew each time."""
        self.term_given_at: datetime
        """When it was opened, or given its last term; steps before that are never fired."""
        self.escalation_level = 0
        self.outcome: str | None = None
        self.finished_by: str | None = None
        self.finished_at: datetime | None = None
        self.settled_version = 0
        """The last version that a decision depends on; reminders and the like do not count."""

    @classmethod
    def open(cls, command: OpenTask, act: Act) -> Self:
        return cls.born(
            events.Opened,
            aggregate_id("task", command.task_ref),
            act,
            **{name: getattr(command, name) for name in OpenTask.model_fields},
        )

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN_STATES

    @property
    def live_rungs(self) -> tuple[Rung, ...]:
        """The steps that may still fire; nobody is chased to take what somebody took, nor
        reminded of what was put aside."""
        return tuple(rung for rung in self._rungs_left if not self._is_silenced(rung))

    def watched_rungs(self, at: datetime) -> tuple[Rung, ...]:
        """The steps at which to look again: an early end of a parking brings a silenced one back
        as long as its moment is still to come."""
        return tuple(r for r in self._rungs_left if r.fires_at > at or not self._is_silenced(r))

    def is_parked(self, at: datetime) -> bool:
        return self.parked_until is not None and at < self.parked_until

    @property
    def draft(self) -> drafts.Draft | None:
        """Of whoever holds the task now."""
        return self.drafts.get(self.assignee) if self.assignee else None

    def claim(self, command: ClaimTask, act: Act, hats: rules.Hats) -> None:
        refuse_if_any(rules.claiming(self, command, act, hats))
        standing = hats.standing(self)
        replaced = standing.acting_for if standing else None
        self.record(events.Claimed, act, task_ref=self.task_ref, acting_for=replaced)

    def release(self, command: ReleaseTask, act: Act) -> None:
        refuse_if_any(rules.releasing(self, act))
        self.record(events.Released, act, task_ref=self.task_ref)

    def assign(self, command: AssignTask, act: Act, hats: rules.Hats) -> None:
        refuse_if_any(rules.assigning(self, command, act, hats))
        self.record(
            events.Assigned,
            act,
            task_ref=self.task_ref,
            assignee=command.assignee,
            reason_ref=command.reason,
        )

    def delegate(self, command: DelegateTask, act: Act, hats: rules.Hats) -> None:
        refuse_if_any(housekeeping.delegating(self, command, act, hats))
        self.record(
            events.Delegated,
            act,
            task_ref=self.task_ref,
            delegate=command.delegate,
            note_ref=command.note,
        )

    def give_back(self, command: ReturnTask, act: Act) -> None:
        refuse_if_any(housekeeping.returning(self, act))
        self.record(
            events.Returned, act, task_ref=self.task_ref, owner=self.owner, note_ref=command.note
        )

    def park(
        self, command: ParkTask, act: Act, hats: rules.Hats, calendar: Calendar, limits: TaskLimits
    ) -> None:
        """Put it aside; what hides it ends by itself, and no term moves."""
        refuse_if_any(housekeeping.parking(self, command, act, hats, calendar, limits))
        until = housekeeping.parked_until(command.until, limits)
        self.record(events.Parked, act, task_ref=self.task_ref, until=until, note_ref=command.note)

    def unpark(self, command: UnparkTask, act: Act) -> None:
        refuse_if_any(housekeeping.unparking(self, act))
        self.record(events.Unparked, act, task_ref=self.task_ref)

    def declare_conflict(self, command: DeclareConflict, act: Act, hats: rules.Hats) -> None:
        """Exclude oneself for good; what was in one's hands is offered again."""
        refuse_if_any(housekeeping.declaring_conflict(self, act, hats))
        self.record(
            events.ExclusionAdded,
            act,
            task_ref=self.task_ref,
            person=act.by,
            reason=housekeeping.CONFLICT,
            offered_again=housekeeping.in_the_hands_of(self, act.by),
        )

    def change_candidates(self, command: ChangeCandidates, act: Act) -> None:
        """Offer it to others; whoever held it is not there to decide it."""
        refuse_if_any(rules.must_be_open(self))
        self.record(
            events.CandidatesChanged,
            act,
            task_ref=self.task_ref,
            old=self.candidates,
            new=command.candidates,
            reason=command.reason,
            offered_again=self.assignee is not None,
        )

    def comment(self, command: CommentOnTask, act: Act, hats: rules.Hats) -> None:
        refuse_if_any(housekeeping.commenting(hats))
        self.record(
            events.Commented,
            act,
            task_ref=self.task_ref,
            text_ref=command.text,
            attachments=attached(command.attachments),
        )

    def save_draft(self, command: SaveDraft, act: Act, hats: rules.Hats) -> None:
        refuse_if_any(drafts.saving_draft(self, command, act, hats))
        if not drafts.is_noted(self, act):
            self.record(
                events.DraftSaved,
                act,
                task_ref=self.task_ref,
                author=command.author,
                draft_ref=command.draft,
                size=command.size,
            )

    def read_draft(self, act: Act, hats: rules.Hats) -> None:
        """Note that a superior reads it; the author's own reading leaves nothing."""
        refuse_if_any(drafts.reading_draft(self, act, hats))
        if drafts.is_told(self, act, hats):
            self.record(events.DraftRead, act, task_ref=self.task_ref, author=self.assignee)

    def change_priority(self, command: ChangePriority, act: Act, hats: rules.Hats) -> None:
        refuse_if_any(housekeeping.changing_priority(self, command, hats))
        self.record(
            events.PriorityChanged,
            act,
            task_ref=self.task_ref,
            old=self.priority,
            new=command.priority,
            note_ref=command.note,
        )

    def complete(
        self,
        command: CompleteTask,
        act: Act,
        hats: rules.Hats,
        case: rules.CaseSide,
        deadlines: Deadlines,
    ) -> None:
        """Complete it; from `offered` a candidate claims it in the same act."""
        refuse_if_any(rules.completing(self, command, act, hats, case))
        standing = rules.deciding_standing(self, command, hats, case)
        act = act.model_copy(update={"acting_for": standing.acting_for if standing else None})
        if self.state == "offered" and standing is not None and standing.takes_it:
            self.record(events.Claimed, act, task_ref=self.task_ref, acting_for=act.acting_for)
        self.record(
            events.Completed,
            act,
            task_ref=self.task_ref,
            outcome=command.outcome,
            fields=command.fields,
            acting_for=act.acting_for,
            override_note_ref=command.note,
            late_by=self._late_by(act, deadlines),
        )

    def move_deadline(self, command: MoveTaskDeadline, act: Act) -> None:
        """Give one of its terms another value, for whatever the case has decided or met."""
        refuse_if_any(rules.moving(self, command))
        self.record(
            events.DeadlineMoved,
            act,
            task_ref=self.task_ref,
            which=command.which,
            old=getattr(self, command.which),
            new=command.term,
            cause=command.cause,
            anew=command.cause in GIVEN_BY_A_DECISION,
            rungs=command.rungs,
            reason_ref=command.reason,
        )

    def expire(self, command: ExpireTask, act: Act) -> None:
        """End it by itself; what that decides in the case is saved with it."""
        refuse_if_any(rules.expiring(self, command, act))
        self.record(events.Expired, act, task_ref=self.task_ref, outcome=command.outcome)

    def withdraw(self, command: WithdrawTask, act: Act) -> None:
        refuse_if_any(rules.must_be_open(self))
        self.record(events.Withdrawn, act, task_ref=self.task_ref, reason=command.reason)

    def climb_ladder(self, rung: DueRung, recipients: tuple[str, ...], act: Act) -> None:
        """Record the step that fires, with the lower ones that an outage swallowed."""
        step = {
            "task_ref": self.task_ref,
            "ladder": rung.rung.ladder,
            "step": rung.rung.step,
            "recipients": recipients,
            "skipped": rung.skipped,
            "by_mail": True,
        }
        if rung.rung.do == "remind":
            self.record(events.Reminded, act, **step)
        else:
            self.record(events.Escalated, act, level=self.escalation_level + 1, **step)

    def climb(self, ladder: str, step: int, skipped: tuple[int, ...]) -> None:
        """Remember which steps are done with."""
        self.fired = self.fired | {(ladder, number) for number in (step, *skipped)}

    def owe_notices(self, ladder: str, step: int, recipients: tuple[str, ...]) -> None:
        term = self.terms_given + 1
        self.notices_owed |= {
            notices.TaskNotice(
                task_ref=self.task_ref, ladder=ladder, step=step, term=term, recipient=recipient
            )
            for recipient in recipients
        }

    def record_notice(self, command: notices.RecordTaskNotice, act: Act) -> None:
        """Note what became of a notice; a second record changes nothing."""
        refuse_if_any(rules.must_be_open(self))
        if command.notice in self.notices_owed:
            notice = command.notice
            self.record(
                events.NoticeSent,
                act,
                task_ref=self.task_ref,
                kind=command.kind,
                ladder=notice.ladder,
                step=notice.step,
                term=notice.term,
                recipient=notice.recipient,
                channel="email",
                message_id=command.message_id,
                result=command.result,
                code=command.code,
            )

    def begin_term(self, which: str, at: datetime) -> None:
        """Its ladder has fired nothing yet; that of the other term stands as it was."""
        of_response = which == "respond_by"
        self.fired = frozenset(f for f in self.fired if (f[0] == "respond") != of_response)
        self.terms_given += 1
        self.term_given_at = at

    def offer_again(self, at: datetime) -> None:
        """Nobody holds it any more; `responded` stays, as somebody had taken it."""
        self.end_parking(at)
        self.state = "offered"
        self.assignee = self.assignee_for = None
        self.owner = self.owner_for = None

    def end_parking(self, at: datetime) -> None:
        """Early, or after it ended by itself; what fell into it stays dropped."""
        if self.parked_until is not None:
            self.quiet_until = min(self.parked_until, at)
            self.parked_until = None

    @property
    def _rungs_left(self) -> tuple[Rung, ...]:
        if not self.is_open:
            return ()
        return tuple(r for r in self.rungs if not (self.responded and r.ladder == "respond"))

    def _is_silenced(self, rung: Rung) -> bool:
        to_assignee = rung.do == "remind" and rung.to in rules.TO_THE_ASSIGNEE
        return to_assignee and self.quiet_until is not None and rung.fires_at < self.quiet_until

    def _late_by(self, act: Act, deadlines: Deadlines) -> int:
        return deadlines.working_days_late(self.complete_by, act.at) if self.complete_by else 0
