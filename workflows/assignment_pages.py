"""What an operator reads of an extra task in the Temporal UI."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.assignments.views import AssignmentView
    from workflows.pages import MOMENTS_SHOWN, bullets, moment_lines, task_line


def order_page(order: AssignmentView, moments: Sequence[tuple[datetime, str]]) -> str:
    """Markdown without anything about persons."""
    return "\n".join(_lines(order, moments))


def _lines(order: AssignmentView, moments: Sequence[tuple[datetime, str]]) -> Iterator[str]:
    yield f"**{order.stage}** by {order.unit}, waiting for {order.waiting}"
    yield from bullets("asked", _asked(order))
    yield from bullets("next", moment_lines(moments[:MOMENTS_SHOWN]))
    yield from bullets("last", reversed(order.last_events))
    yield from bullets("unblocks", [_unblocks(order)])


def _asked(order: AssignmentView) -> Iterator[str]:
    yield from map(task_line, order.open_tasks)
    for recipient in order.notices_due:
        yield f"{recipient} is still to be told that the order was withdrawn"


def _unblocks(order: AssignmentView) -> str:
    if order.open_tasks:
        done = "; ".join(f"{'/'.join(row.outcomes)} of {row.task_ref}" for row in order.open_tasks)
        return f"{done}; or the order is withdrawn"
    return "the message is handed to its channel" if order.notices_due else "nothing: it is over"
