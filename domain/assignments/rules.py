"""Who may order extra tasks, and take the order back: the last points of § 4 to § 11 name other
superiors for each unit."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from domain.assignments.commands import MoveTerm, OrderExtraTask
from domain.assignments.refusals import OrderNotOpen, OrderNotYours
from domain.errors import Refusal
from domain.interventions.refusals import NewDatePassed, TaskNotAsked, TermOfLaw
from domain.messages import Act
from domain.organisation import Organisation
from domain.references import WHOLE_CASE, task_ref
from domain.rulebook import Rulebook
from domain.tasks.rules import may_order_extra_task
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.assignments.model import Assignment

DO_EXTRA_TASK: Final = "do_extra_task"
"""The type of the one task of an order."""

TERM: Final = "asg.extra_task"
"""The rule by which it is to be done."""

OPERATOR: Final = "operator"


def ordering(
    command: OrderExtraTask, posts: AbstractSet[str], organisation: Organisation
) -> Iterator[Refusal]:
    yield from may_order_extra_task(organisation, frozenset(posts), command.unit)


def entitling_post(posts: AbstractSet[str], unit: str, organisation: Organisation) -> str:
    """The post by which somebody orders it; one that the unit's own clause names comes first."""
    own = organisation.table.who_may_order_extra_tasks[unit].by
    able = [post for post in sorted(posts) if organisation.may_order_extra_task(post, unit)]
    return min(able, key=lambda post: post not in own)


def candidates_of(unit: str, organisation: Organisation) -> tuple[str, ...]:
    """Who takes an extra task for the unit: its head, or whoever is the unit (§ 2 pt 7)."""
    head = f"{unit}/head"
    return (head,) if organisation.knows_post(head) else (f"{unit}/editor",)


def task_of(reference: str) -> str:
    """The reference of the one task of an order."""
    return task_ref(reference, DO_EXTRA_TASK, WHOLE_CASE, 1)


def must_be_ordered(assignment: "Assignment") -> Iterator[Refusal]:
    if assignment.stage != "ordered":
        ended = assignment.withdrawn_at or assignment.done_at
        by = assignment.withdrawn_by or assignment.done_by
        at = ended.isoformat() if ended else None
        yield OrderNotOpen(reference=assignment.reference, stage=assignment.stage, by=by, at=at)


def must_be_the_orderers(
    assignment: "Assignment",
    person: str,
    posts: AbstractSet[str],
    organisation: Organisation,
) -> Iterator[Refusal]:
    """Who ordered it and still holds a post, whoever holds the post now by which it was ordered,
    and the posts above that."""
    as_ = assignment.ordered_as
    own = bool(posts) and person == assignment.ordered_by
    if not own and not posts & {as_, *organisation.superiors(as_)}:
        yield OrderNotYours(ordered_as=as_)


def moving_term(
    assignment: "Assignment", command: MoveTerm, act: Act, book: Rulebook
) -> Iterator[Refusal]:
    yield from must_be_ordered(assignment)
    term = book.deadlines.term(TERM, assignment.ordered_at)
    if command.task != task_of(assignment.reference):
        yield TaskNotAsked(field="task", task=command.task)
    elif not book.deadlines.may_stop(term):
        yield TermOfLaw(field="task", rule=term.rule, basis=term.basis)
    if command.until < local_day(act.at):
        yield NewDatePassed(field="until", until=str(command.until))
