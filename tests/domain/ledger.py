"""An observer of the event log: reads every event in order and checks what must hold for all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from domain.interventions import events as case_events
from domain.interventions import events_bounces, events_delays
from domain.interventions import events_deputies as deputy_events
from domain.interventions import events_duplicates as duplicate_events
from domain.interventions import events_emergencies as emergency_events
from domain.interventions import events_promises as promise_events
from domain.interventions import events_records as record_events
from domain.interventions import events_sender as sender_events
from domain.interventions import events_transfers as transfer_events
from domain.interventions import events_triage as triage_events
from domain.interventions import events_units as unit_events
from domain.interventions.events import InterventionEvent, NoticeEvent
from domain.interventions.events_partial import PartialReplyDecided
from domain.messages import SYSTEM
from domain.tasks import events as task_events
from domain.tasks.events import TaskEvent
from domain.terms import Term
from tests.domain.ledger_ladders import LadderLedger
from tests.domain.ledger_replies import ReplyLedger
from tests.term_rows import book_with_a_day_off

TABLES = book_with_a_day_off(date(2026, 10, 9))
"""Those of the package, and what may be loaded over them while cases are open."""

DECISIONS = (
    deputy_events.StateTold,
    promise_events.PromiseEvent,
    transfer_events.RequalificationRejected,
    transfer_events.Requalified,
    emergency_events.EmergencyPassedOn,
    emergency_events.NotAnEmergency,
    case_events.Forwarded,
    triage_events.AnsweredAtOnce,
    triage_events.SenderDirected,
    sender_events.SupplementAsked,
    sender_events.IncompleteAccepted,
    sender_events.Reopened,
    sender_events.ReopeningDeclined,
    sender_events.Withdrawn,
    sender_events.ContinuedExOfficio,
    case_events.ReferralAnswered,
    case_events.ReferralReturned,
    case_events.CompetenceDecided,
    case_events.FeedbackAccepted,
    case_events.FeedbackReturned,
    unit_events.ExtensionGranted,
    unit_events.ExtensionRefused,
    unit_events.WaitDecided,
    PartialReplyDecided,
    unit_events.OtherUnitOrdered,
    unit_events.ReferralWrittenOff,
    unit_events.FeedbackAcceptedAsIs,
    unit_events.FeedbackOrderedAgain,
    unit_events.FeedbackTakenOver,
    events_delays.DelayNotified,
    case_events.ReplySubmitted,
    case_events.ReplyApproved,
    case_events.ReplyReturned,
    events_bounces.BounceHandled,
    case_events.StopJustified,
)
"""What only a completed task may bring about."""

ALSO_TOLD = (
    case_events.NoticeSent,
    case_events.NoticeDelivered,
    case_events.NoticeBounced,
    duplicate_events.MarkedDuplicate,
    transfer_events.RequalificationProposed,
    record_events.RegisteredInError,
    case_events.ReferralRecalled,
)
"""What a completed task may bring about, and an instruction too."""

SEVERAL_FACTS: tuple[set[type], ...] = (
    {case_events.Forwarded},
    {case_events.Forwarded, case_events.CompetenceDecided},
    {case_events.Forwarded, unit_events.OtherUnitOrdered, case_events.ReferralRecalled},
    {case_events.NoticeSent, case_events.NoticeDelivered},
    {case_events.ReferralRecalled, sender_events.Withdrawn},
    {case_events.ReferralRecalled, record_events.RegisteredInError},
    {case_events.ReferralRecalled, transfer_events.Requalified},
    {case_events.ReferralRecalled, duplicate_events.MarkedDuplicate},
)
"""The decisions that state several facts: a referral to each unit; which unit is competent; another
unit instead of a silent one; a letter that was posted and needs no receipt; the end of a case with
what is called back."""

ASKED = (
    case_events.Forwarded,
    case_events.FeedbackReturned,
    unit_events.FeedbackOrderedAgain,
)
DONE_WITH = (
    case_events.FeedbackAccepted,
    case_events.ReferralReturned,
    case_events.ReferralRecalled,
    case_events.HandedOver,
    unit_events.FeedbackAcceptedAsIs,
    unit_events.FeedbackTakenOver,
    unit_events.ReferralWrittenOff,
)

AFTER_CLOSING = {
    "SenderJoined",
    "SenderLeft",
    "DocumentFiled",
    "NoticeDelivered",
    "NoticeBounced",
    "DuplicateUnlinked",
}

DECIDED = (task_events.Completed, task_events.Expired)
"""What stands beside what it decided in the case."""

FINISHED = (*DECIDED, task_events.Withdrawn)

Kind = tuple[str, str, str]
"""Process, type and unit of a task."""


class Ledger:
    """What the log has told so far; `read` fails as soon as something does not fit."""

    def __init__(self) -> None:
        self.opened: dict[str, task_events.Opened] = {}
        self.due: dict[str, Term | None] = {}
        """By when each task is to be done, as opened or moved since."""
        self.finished: dict[str, TaskEvent] = {}
        self.balance: dict[Kind, Counter[str]] = defaultdict(Counter)
        self.received: dict[str, datetime] = {}
        self.settlement: dict[str, Term] = {}
        self.announced: dict[str, Term] = {}
        """The settlement as last announced to the sender, by case."""
        self._owed: dict[str, set[str]] = defaultdict(set)
        """Referrals whose units owe feedback that is accepted, by case."""
        self._partial: dict[str, bool] = {}
        """Whether the last reply was one in part."""
        self.closed: set[str] = set()
        self.letters: dict[tuple[str, str], str] = {}
        self.sent: dict[str, Counter[str]] = defaultdict(Counter)
        """Referrals by case and unit."""
        self._authors: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """Who answered each referral and who wrote drafts (under `reply`), by case."""
        self._units: dict[tuple[str, str], str] = {}
        """The unit of each referral, by case."""
        self._competent: set[tuple[str, str]] = set()
        self._declared: dict[str, set[str]] = defaultdict(set)
        """Who declared a conflict, by task."""
        self._commands: dict[str, int] = {}
        """The place of the last event of each command."""
        self._place = 0
        self.ladders = LadderLedger()
        self.replies = ReplyLedger()

    def read(self, events: Iterable[Any]) -> None:
        """The next events of the log, whole transactions at a time."""
        group: list[Any] = []
        for event in events:
            self._one_event(event)
            if isinstance(event, task_events.Withdrawn):
                # Under a command of its own, amid the events that made the task unnecessary.
                self._one_transaction([event])
                continue
            if group and event.command_id != group[0].command_id:
                self._one_transaction(group)
                group = []
            group.append(event)
        if group:
            self._one_transaction(group)

    def open_tasks(self) -> set[str]:
        return set(self.opened) - set(self.finished)

    def _one_event(self, event: Any) -> None:
        self._place += 1
        for term in terms_in(event):
            assert TABLES.deadlines.reproduce(term) == term  # T11
        if isinstance(event, TaskEvent):
            self._of_task(event)
        if isinstance(event, InterventionEvent):
            self._of_case(event)

    def _of_task(self, event: TaskEvent) -> None:
        self.ladders.read(event)
        finished = event.task_ref in self.finished
        assert not finished or isinstance(event, task_events.Commented), f"T1: {event}"
        if isinstance(event, task_events.Opened):
            self.opened[event.task_ref] = event
            self.due[event.task_ref] = event.complete_by
        if isinstance(event, task_events.DeadlineMoved) and event.which == "complete_by":
            assert event.old == self.due[event.task_ref], f"T6: {event}"
            self.due[event.task_ref] = event.new
        kind = kind_of(self.opened[event.task_ref])
        if isinstance(event, task_events.ExclusionAdded):
            self._declared[event.task_ref].add(event.person)
        if isinstance(event, task_events.Completed):
            self._decided_by_whoever_may(event)
        if isinstance(event, (task_events.Opened, *FINISHED)):
            self.balance[kind][type(event).__name__] += 1
        if isinstance(event, FINISHED):
            self.finished[event.task_ref] = event
        tasks = [ref for ref in self.open_tasks() if kind_of(self.opened[ref]) == kind]
        balance = self.balance[kind]
        ended = sum(balance[each.__name__] for each in FINISHED)
        assert balance["Opened"] == ended + len(tasks)  # T9

    def _decided_by_whoever_may(self, event: task_events.Completed) -> None:
        task = self.opened[event.task_ref]
        took_part = self._authors[task.case_ref]
        excluded = set(task.excluded) | self._declared[event.task_ref]
        if task.type == "check_feedback":
            excluded |= took_part[task.subject]
        if task.type == "confirm_requalification":
            excluded |= took_part["requalification"]
        if task.type == "approve_reply":
            excluded |= took_part["reply"]
        assert not excluded & {event.by, event.acting_for}, f"T2: {event}"

    def _of_case(self, event: InterventionEvent) -> None:
        self.replies.read(event)
        case = event.reference
        if isinstance(event, case_events.Registered):
            self.received[case] = event.received_at
            self.settlement[case] = event.clocks["settlement"]
            assert all(term.start == event.received_at for term in event.clocks.values())  # I6
        if isinstance(event, sender_events.Reopened):
            self.settlement[case] = event.clocks["settlement"]
            self.announced.pop(case, None)
        if isinstance(event, (duplicate_events.SenderJoined, record_events.DataCorrected)):
            # From now on somebody's motion, or nobody's: the act that sets the term is another.
            self.settlement[case] = (event.clocks or {}).get("settlement", self.settlement[case])
        assert case not in self.closed or type(event).__name__ in AFTER_CLOSING, f"I1: {event}"
        if isinstance(event, case_events.Closed):
            self.closed.add(case)
        if isinstance(event, duplicate_events.DuplicateUnlinked):
            self.closed.discard(case)
        if isinstance(event, transfer_events.RequalificationProposed):
            self._authors[case]["requalification"] = {event.by}
        if isinstance(event, transfer_events.Requalified):
            assert event.received_at == self.received[case], f"I6: {event}"
            starts = {term.start for term in event.terms.values()}
            assert starts == {self.received[case]}, f"I6: {event}"
        if isinstance(event, case_events.Forwarded):
            self._units[case, event.referral] = event.unit
        if isinstance(event, case_events.CompetenceDecided):
            self._competent.add((case, event.unit))
        if isinstance(event, case_events.ReferralReturned):
            returned_by = (case, self._units[case, event.referral])
            assert returned_by not in self._competent, f"I7: {event}"
        if isinstance(event, case_events.ReferralAnswered):
            self._authors[case][event.referral].add(event.by)
        if isinstance(event, case_events.ReplySubmitted):
            self._authors[case]["reply"].add(event.by)
        if isinstance(event, case_events.ReplyApproved):
            assert event.by not in self._authors[case]["reply"], f"I11: {event}"
        if isinstance(event, case_events.Forwarded):
            self.sent[case][event.unit] += 1
        if isinstance(event, events_delays.DelayNotified):
            self._of_delay(event)
        self._of_what_is_owed(event)
        if isinstance(event, NoticeEvent):
            self._of_letter(event)

    def _of_what_is_owed(self, event: InterventionEvent) -> None:
        """I4: a whole outcome is told only once nothing is awaited of any unit."""
        owed = self._owed[event.reference]
        if isinstance(event, ASKED) and event.feedback_by is not None:
            owed.add(event.referral)
        elif isinstance(event, DONE_WITH):
            owed.discard(event.referral)
        elif isinstance(event, case_events.ReplySubmitted):
            self._partial[event.reference] = event.partial
        elif isinstance(event, case_events.NoticeSent) and event.kind == "N5":
            assert self._partial[event.reference] or not owed, f"I4: {event}"

    def _of_delay(self, event: events_delays.DelayNotified) -> None:
        """I10 and I14: a term is extended before it ends, and only by a notice."""
        previous = self.announced.get(event.reference, self.settlement[event.reference])
        assert event.previous_end == previous.legal_end, f"I14: {event}"
        assert event.new_date > event.previous_end, f"I10: {event}"
        assert previous.ends_at is not None
        assert event.late == (event.timestamp >= previous.ends_at), f"I10: {event}"
        self.announced[event.reference] = event.announced

    def _of_letter(self, event: NoticeEvent) -> None:
        if isinstance(event, events_bounces.NoticePrepared):
            return
        if isinstance(event, case_events.NoticeSent):
            letter = (event.reference, f"{event.key}.{event.attempt}")
            assert letter not in self.letters, f"I9: {event}"
            assert event.message_id not in self.letters.values(), f"I9: {event}"
            self.letters[letter] = event.message_id
        assert (event.reference, f"{event.key}.1") in self.letters

    def _one_transaction(self, group: list[Any]) -> None:
        """T3, of the events that stand together under one command."""
        command = group[0].command_id
        assert command not in self._commands, f"T3 and T4: {command} stands apart in the log"
        self._commands[command] = self._place
        done = [event for event in group if isinstance(event, DECIDED)]
        decided = [
            event
            for event in group
            if is_decision(event) or (done and isinstance(event, ALSO_TOLD))
        ]
        assert bool(done) == bool(decided), f"T3: {group}"
        assert len(done) <= 1, f"T3: {group}"
        if len(decided) > 1:
            assert {type(event) for event in decided} in SEVERAL_FACTS, f"T3: {group}"
        if done:
            case = self.opened[done[0].task_ref].case_ref
            assert {event.reference for event in decided} == {case}, f"T3: {group}"


def is_decision(event: Any) -> bool:
    """Whether only a completed task may bring it about; a person who closes a case decides."""
    closed = isinstance(event, case_events.Closed) and event.by != SYSTEM
    return closed or isinstance(event, DECISIONS)


def kind_of(task: task_events.Opened) -> Kind:
    return task.process, task.type, task.candidates[0].partition("/")[0]


def terms_in(value: Any) -> Iterator[Term]:
    """Every term inside an event, wherever it stands."""
    if isinstance(value, Term):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from terms_in(getattr(value, field.name))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from terms_in(getattr(value, name))
    elif isinstance(value, dict):
        yield from (term for item in value.values() for term in terms_in(item))
    elif isinstance(value, (tuple, list)):
        yield from (term for item in value for term in terms_in(item))
