"""`ks batch`: the command line of batches, for operators."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from runtime.terminal import console, read_settings

if TYPE_CHECKING:
    from api.services import Services
    from domain.batches.commands import BatchPage

batch = typer.Typer(help="One order about many tasks, with a result for each.")


@batch.command()
def reassign(
    person: Annotated[str, typer.Argument(help="Who holds the tasks.")],
    to: Annotated[str, typer.Argument(help="Who gets them.")],
    by: Annotated[str, typer.Option(help="Who ordered it: a head, or a post above.")],
    reason: Annotated[str, typer.Option(help="Why; it stands with every task.")],
) -> None:
    """Give every open task of a person to another. Ordered again that day, it goes on where it
    stopped, and changes nothing once it is done."""
    from api.batches import reassign as carry_out
    from domain.batches.commands import ReassignTasksOf
    from domain.messages import Act
    from domain.working_days import local_day

    command = ReassignTasksOf(person=person, to=to, reason=reason)
    with _services() as here:
        now = here.clock.now()
        command_id = f"{by}:ks batch:{person}:{to}:{local_day(now)}"
        _print(carry_out(here, Act(command_id=command_id, at=now, by=by), command))


@batch.command()
def show(batch_id: Annotated[str, typer.Argument(metavar="BATCH", help="`batch:...`")]) -> None:
    """Say what became of each task of a batch."""
    with _services() as here:
        _print(here.batches.page(batch_id))


@contextmanager
def _services() -> "Iterator[Services]":
    from api.services import build_services

    with closing(build_services(read_settings(quiet=True))) as here:
        yield here


def _print(page: "BatchPage") -> None:
    table = Table("task", "result")
    for result in page.results:
        done = "waits" if result.refusals is None else ", ".join(result.refusals) or "reassigned"
        table.add_row(result.task_ref, done)
    console.print(table)
    console.print(f"{page.id}: {page.succeeded} reassigned, {page.refused} refused")
