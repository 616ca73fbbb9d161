"""The file of an extra task as an operator reads it in a terminal: nobody's data."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from domain.labels import Labels
from projections.assignment_file import AssignmentFile
from projections.page_parts import PageParts, below_headings, moment_shown


def assignment_page(file: AssignmentFile, labels: Labels) -> Iterator[RenderableType]:
    """What to print, from top to bottom."""
    page = _Page(file, labels)
    yield from page.standing()
    yield from below_headings((*page.asked(), *page.happened()))


class _Page(PageParts[AssignmentFile]):
    def standing(self) -> Iterator[RenderableType]:
        order = self._file.order
        yield Text.assemble(
            (order.reference, "bold"),
            f" to {order.unit}, ordered by {order.ordered_by} as {order.ordered_as}"
            f" ({order.clause})",
        )
        stage = self.named(order.stage, "stages")
        yield Text(f"stands at: {stage}, since {moment_shown(self._file.since)}")
        yield Text(f"waits for: {self.named(self._file.waiting, 'waiting')}")

    def unblocking(self) -> Iterator[RenderableType]:
        order = self._file.order
        for task in self._file.open_tasks:
            decisions = " / ".join(self._labels.of(each, "decisions") for each in task.outcomes)
            yield Text(f"a decision in {task.task_ref}: {decisions}")
            yield Text("withdrawing the order")
        for recipient in order.notices_owed:
            yield Text(f"{recipient} is told that the order was withdrawn")
        if order.closed:
            yield Text("nothing: it is over")
