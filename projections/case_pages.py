"""The page of a case of any process, by its reference."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import RenderableType

from domain.assignments.forms import PROCESS as ASSIGNMENT
from domain.catalogue import PROCESSES
from domain.labels import Labels
from domain.rulebook import Rulebook
from projections.assignment_file import assignment_file
from projections.assignment_page import assignment_page
from projections.case_file import case_file
from projections.case_page import case_page
from runtime.store import Store


def page_of(
    store: Store, book: Rulebook, labels: Labels, reference: str, now: datetime
) -> Iterator[RenderableType]:
    """What to print of it. Raises `CaseUnknown`."""
    if reference.startswith(f"{PROCESSES[ASSIGNMENT].prefix}-"):
        yield from assignment_page(assignment_file(store, book, reference, now), labels)
    else:
        yield from case_page(case_file(store, book, reference, now), labels)
