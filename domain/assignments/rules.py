"""Who may order extra tasks: the last points of § 4 to § 11 name other superiors for each unit."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from domain.assignments.commands import OrderExtraTask
from domain.errors import Refusal
from domain.organisation import Organisation
from domain.tasks.rules import may_order_extra_task


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
