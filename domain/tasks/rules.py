"""Who may take, give and decide a task: the guards G1-G9, used for deciding and for "why not"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from pydantic import ValidationError

from domain.errors import Refusal
from domain.messages import Act, Message, field_problems
from domain.organisation import Organisation
from domain.roster.rules import Hat
from domain.tasks.commands import (
    AssignTask,
    ClaimTask,
    CompleteTask,
    ExpireTask,
    MoveTaskDeadline,
    OpenTask,
    Standing,
)
from domain.tasks.refusals import (
    ActorNotActive,
    AlreadyClaimed,
    AssigneeNotEligible,
    CaseOnHold,
    ExcludedFromTask,
    FieldsMissing,
    LinkExpired,
    NotCandidate,
    NoteRequired,
    NotYourTask,
    OrderNotAllowed,
    OutcomeNotOffered,
    TaskChanged,
    TaskDoesNotExpire,
    TaskNotOpen,
    TermMissing,
    TermNotLapsed,
)
from domain.tasks.types import TaskType, on_lapse

if TYPE_CHECKING:
    from domain.tasks.model import Task

State = Literal["offered", "claimed", "delegated", "completed", "withdrawn", "expired"]
OPEN_STATES: frozenset[State] = frozenset({"offered", "claimed", "delegated"})


@dataclass(frozen=True)
class Hats:
    """What a person is on one day: own posts, and those of the persons replaced."""

    actor: str
    posts: frozenset[str]
    organisation: Organisation
    acting: tuple[Hat, ...] = ()
    holders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Post -> persons who hold it that day; only needed to judge somebody else's eligibility."""
    link_expired: bool = False
    """Whether the actor came by a link to this task that is no longer good."""

    @property
    def active(self) -> bool:
        return bool(self.posts or self.acting)

    def wearing(self, holder: str | None) -> "Hats":
        """Only the hat that the person chose to wear; without a choice, all of them."""
        if holder is None:
            return self
        chosen = tuple(hat for hat in self.acting if hat.holder == holder)
        return Hats(self.actor, frozenset(), self.organisation, chosen, self.holders)

    def standing(self, task: "Task", recorders: tuple[str, ...] = ()) -> Standing | None:
        """By what right the actor may decide this task; own right before a replaced one."""
        candidates = frozenset(task.candidates)
        if task.assignee == self.actor or (task.assignee is None and self.posts & candidates):
            return Standing(mode="yourself")
        for hat in self.acting:
            # A hat may be for one post only: what its holder does in others is not replaced.
            if task.assignee in (None, hat.holder) and hat.posts & candidates:
                return Standing(mode="acting_for", acting_for=hat.holder)
        if task.assignee is None and self.posts & frozenset(recorders):
            return Standing(mode="recording")
        return self.override(task)

    def eligible(self, task: "Task") -> frozenset[str]:
        """Who holds a post that the task is offered to; exclusions aside."""
        return frozenset(p for c in task.candidates for p in self.holders.get(c, frozenset()))

    def concerns(self, task: "Task") -> bool:
        """Whether the actor could come to decide the task, whoever holds it now."""
        mine = self.posts.union(*(hat.posts for hat in self.acting))
        held = self.actor in (task.assignee, task.owner)
        return held or bool(mine & frozenset(task.candidates)) or self.override(task) is not None

    def override(self, task: "Task") -> Standing | None:
        """The right of the head of a candidate unit and of the posts above it."""
        above = {post for c in task.candidates for post in self.organisation.superiors(c)}
        if self.posts & above:
            return Standing(mode="override")
        for hat in self.acting:
            if hat.posts & above:
                return Standing(mode="override", acting_for=hat.holder)
        return None


@dataclass(frozen=True)
class CaseSide:
    """What the case adds to the guards of its task."""

    kind: TaskType
    on_hold: bool = False
    excluded: Mapping[str, str] = field(default_factory=dict)
    """Authors of earlier acts, as the case knows them now; added to the list of the task."""


def must_be_open(task: "Task") -> Iterator[Refusal]:
    if task.state not in OPEN_STATES:
        finished = task.finished_at.isoformat() if task.finished_at else None
        yield TaskNotOpen(task=task.task_ref, state=task.state, by=task.finished_by, at=finished)


def claiming(task: "Task", command: ClaimTask, act: Act, hats: Hats) -> Iterator[Refusal]:
    yield from must_be_open(task)
    yield from _unchanged(task, command.expected_version)
    yield from must_be_active(hats)
    if task.assignee is not None:
        yield AlreadyClaimed(assignee=task.assignee)
    standing = hats.standing(task)
    if task.assignee is None and (standing is None or standing.mode == "override"):
        yield NotCandidate(candidates=list(task.candidates))
    yield from _not_excluded(task, act.by, standing, {})


def releasing(task: "Task", act: Act) -> Iterator[Refusal]:
    yield from must_be_open(task)
    # What was delegated is returned, and not given away.
    if task.state == "delegated" or task.assignee != act.by:
        yield NotYourTask(assignee=task.assignee, owner=task.owner)


def assigning(task: "Task", command: AssignTask, act: Act, hats: Hats) -> Iterator[Refusal]:
    """The head of a candidate unit, or a post above, gives the task to a candidate."""
    yield from must_be_open(task)
    yield from must_be_active(hats)
    yield from must_be_above(task, hats)
    if command.assignee not in hats.eligible(task):
        yield AssigneeNotEligible(person=command.assignee)
    yield from must_not_be_excluded(task, command.assignee)


def expiring(task: "Task", command: ExpireTask, act: Act) -> Iterator[Refusal]:
    """Only a type whose lapse has that effect, and only after the legal end."""
    yield from must_be_open(task)
    if task.on_lapse != on_lapse(command.outcome):
        yield TaskDoesNotExpire(on_lapse=task.on_lapse, outcome=command.outcome)
    term = task.complete_by
    if term is None or not term.legally_overdue(act.at):
        yield TermNotLapsed(until=term.ends_at.isoformat() if term and term.ends_at else None)


def moving(task: "Task", command: MoveTaskDeadline) -> Iterator[Refusal]:
    yield from must_be_open(task)
    if getattr(task, command.which) is None:
        yield TermMissing(task=task.task_ref, which=command.which)


def completing(
    task: "Task", command: CompleteTask, act: Act, hats: Hats, case: CaseSide
) -> Iterator[Refusal]:
    """All guards of completion that do not belong to the process; every one is evaluated."""
    yield from must_be_open(task)
    yield from _unchanged(task, command.expected_version)
    yield from _entitled(task, command, act, hats, case)
    yield from _fields(task, command, case)


def _entitled(
    task: "Task", command: CompleteTask, act: Act, hats: Hats, case: CaseSide
) -> Iterator[Refusal]:
    yield from must_be_active(hats)
    outcome = case.kind.outcomes.get(command.outcome)
    if case.on_hold and not (outcome and outcome.risk_reducing):
        yield CaseOnHold(case=task.case_ref)
    standing = deciding_standing(task, command, hats, case)
    if standing is None:
        yield NotYourTask(assignee=task.assignee, candidates=list(task.candidates))
    elif standing.mode == "override" and command.note is None:
        yield NoteRequired(field="note")
    yield from _not_excluded(task, act.by, standing, case.excluded)


def deciding_standing(
    task: "Task", command: CompleteTask, hats: Hats, case: CaseSide
) -> Standing | None:
    """By what right the person decides; a claim made in somebody's place stays one."""
    if task.assignee == hats.actor and task.assignee_for is not None:
        return Standing(mode="acting_for", acting_for=task.assignee_for)
    return hats.wearing(command.acting_for).standing(task, case.kind.recorders)


def _fields(task: "Task", command: CompleteTask, case: CaseSide) -> Iterator[Refusal]:
    if command.outcome not in task.outcomes or command.outcome not in case.kind.outcomes:
        yield OutcomeNotOffered(outcome=command.outcome, offered=list(task.outcomes))
        return
    problems = form_problems(case.kind, command)
    if problems:
        yield FieldsMissing(fields=problems)


def form_problems(kind: TaskType, command: CompleteTask) -> list[dict[str, str]]:
    """What is wrong with the fields of the outcome: `{field, problem}` each."""
    try:
        filled_form(kind, command)
    except ValidationError as wrong:
        return field_problems(wrong)
    return []


def filled_form(kind: TaskType, command: CompleteTask) -> Message:
    """The command that the person filled in."""
    return kind.outcomes[command.outcome].form.model_validate(command.fields)


def may_order_extra_task(
    organisation: Organisation, posts: frozenset[str], unit: str
) -> Iterator[Refusal]:
    """§4.18-§11.25: who may order tasks outside the list differs from unit to unit."""
    if not any(organisation.may_order_extra_task(post, unit) for post in posts):
        yield OrderNotAllowed(unit=unit, posts=sorted(posts))


def _unchanged(task: "Task", expected: int | None) -> Iterator[Refusal]:
    if expected is not None and expected < task.settled_version:
        yield TaskChanged(expected=expected, version=task.version)


def must_be_active(hats: Hats) -> Iterator[Refusal]:
    if hats.link_expired:
        yield LinkExpired(party=hats.actor)
    elif not hats.active:
        yield ActorNotActive(person=hats.actor)


def must_be_above(task: "Task", hats: Hats) -> Iterator[Refusal]:
    """The head of a candidate unit, or a post above it."""
    if hats.override(task) is None:
        yield NotYourTask(candidates=list(task.candidates))


def must_not_be_excluded(task: "Task", person: str) -> Iterator[Refusal]:
    if person in task.excluded:
        yield ExcludedFromTask(person=person, reason=task.excluded[person])


def _not_excluded(
    task: "Task", actor: str, standing: Standing | None, excluded: Mapping[str, str]
) -> Iterator[Refusal]:
    """Deny wins: persons are compared, not hats, also that of the person replaced."""
    denied = {**task.excluded, **excluded}
    replaced = standing.acting_for if standing else None
    for person in (actor, replaced):
        if person is not None and person in denied:
            yield ExcludedFromTask(person=person, reason=denied[person])


BEFORE_THE_CASE = (TaskNotOpen, OutcomeNotOffered, FieldsMissing)
"""With one of these there is no command that the case could be asked about."""


TO_THE_ASSIGNEE: Final = frozenset({"assignee", "assignee_or_candidates"})
"""Recipients of a step that mean the person who holds the task, once somebody does."""


def addressees(
    task: "Task | OpenTask", to: str, assignee: str | None, organisation: Organisation
) -> tuple[str, ...]:
    """Who is told at a step of a ladder; empty when nobody stands above the candidates there."""
    unit = task.candidates[0].rpartition("/")[0]
    own = frozenset(task.candidates)
    match to:
        case "head" | "unit_head" | "second_duty_officer" if not unit:
            return ()  # a post of its own has no unit whose head could be told
        case "assignee_or_candidates" | "assignee":
            return (assignee,) if assignee else task.candidates
        case "candidates" | "coordinator" | "contractor":
            return task.candidates
        case "head":
            role = "head" if organisation.has_unit(unit) else "unit_head"
            # § 2 pt 7: a section of one person has no head.
            has_none = role == "head" and not organisation.knows_post(f"{unit}/head")
            told: tuple[str, ...] = () if has_none else (f"{unit}/{role}",)
        case "unit_head":
            told = (f"{unit}/unit_head",)
        case "second_duty_officer":
            return (f"{unit}/duty_officer",)
        case "deputy":
            deputy = organisation.deputy_of(unit) if organisation.has_unit(unit) else None
            told = (deputy,) if deputy else ()
        case "director_and_presidents_office":
            told = ("director", "presidents_office")
        case post:
            told = (post,)
    # A step to the candidates' own post, or to one below it, tells nobody anything new.
    return () if any(_none_above(own, post, organisation) for post in told) else told


def _none_above(own: frozenset[str], told: str, organisation: Organisation) -> bool:
    """Whether one of the candidates is the post that would be told, or stands above it."""
    return told in own or bool(own & frozenset(organisation.superiors(told)))
