"""`ks batch`: the command line of batches, for operators."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.table import Table

from runtime.terminal import console, filled_in, read_settings

if TYPE_CHECKING:
    from api.services import Services
    from domain.batches.commands import BatchPage, ItemResult, MoveDeadlines

batch = typer.Typer(help="One order about many tasks, with a result for each.")

_DAY: Final = ["%Y-%m-%d"]
_DONE: Final = {"reassign_tasks": "reassigned", "move_deadlines": "moved"}

Day = Annotated[datetime | None, typer.Option(formats=_DAY)]


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

    command = filled_in(ReassignTasksOf, person=person, to=to, reason=reason)
    with _services() as here:
        now = here.clock.now()
        command_id = f"{by}:ks batch:{person}:{to}:{local_day(now)}"
        _print(carry_out(here, Act(command_id=command_id, at=now, by=by), command))


@batch.command()
def move(
    by: Annotated[str, typer.Option(help="Who ordered it: an operator, or a post above.")],
    reason: Annotated[str, typer.Option(help="Why; it stands with every task.")],
    process: Annotated[str | None, typer.Option(help="Only of `intervention`, say.")] = None,
    type: Annotated[str | None, typer.Option(help="Only of this type of task.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only what is offered to this unit.")] = None,
    district: Annotated[str | None, typer.Option(help="Only of cases there.")] = None,
    category: Annotated[str | None, typer.Option(help="Only of cases of this category.")] = None,
    due_from: Day = None,
    due_to: Day = None,
    until: Day = None,
    working_days: Annotated[
        int | None, typer.Option(help="Instead of --until: so many days after its own.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would become of each.")] = False,
) -> None:
    """Move the terms of many open tasks, each through its case; terms of law stay. Ordered again
    that day, it goes on where it stopped, and changes nothing once it is done."""
    from domain.batches.commands import MoveDeadlines, TaskFilter

    named = {
        "process": process, "type": type, "unit": unit, "district": district,
        "category": category, "due_from": due_from and due_from.date(),
        "due_to": due_to and due_to.date(),
    }  # fmt: skip
    command = filled_in(
        MoveDeadlines,
        filter=filled_in(TaskFilter, **named),
        until=until and until.date(),
        working_days=working_days,
        reason=reason,
    )
    with _services() as here:
        asyncio.run(_move(here, command, by, dry_run=dry_run))


async def _move(here: "Services", command: "MoveDeadlines", by: str, *, dry_run: bool) -> None:
    from api.deadline_moves import move as carry_out
    from api.deadline_moves import preview
    from domain.messages import Act
    from domain.working_days import local_day

    now = here.clock.now()
    told = sha256(command.model_dump_json().encode()).hexdigest()[:32]
    command_id = f"{by}:ks batch:{told}:{local_day(now)}"
    act = filled_in(Act, command_id=command_id, at=now, by=by)
    try:
        if dry_run:
            found = await asyncio.to_thread(preview, here, act, command)
            _print_results(found.results, "may be moved")
            console.print(f"{found.allowed} may be moved, {found.refused} refused")
        else:
            _print(await carry_out(here, act, command))
    finally:
        await here.processes.close()


@batch.command()
def show(batch_id: Annotated[str, typer.Argument(metavar="BATCH", help="`batch:...`")]) -> None:
    """Say what became of each task of a batch."""
    with _services() as here:
        _print(here.batches.page(batch_id))


@contextmanager
def _services() -> "Iterator[Services]":
    from api.services import build_services
    from runtime.demo_state import with_demo_terms

    settings = with_demo_terms(read_settings(quiet=True), begin=False)
    with closing(build_services(settings)) as here:
        yield here


def _print(page: "BatchPage") -> None:
    done = _DONE[page.kind]
    _print_results(page.results, done)
    console.print(f"{page.id}: {page.succeeded} {done}, {page.refused} refused")


def _print_results(results: "tuple[ItemResult, ...]", done: str) -> None:
    moved = any(result.until for result in results)
    table = Table("task", *(["until"] if moved else []), "result")
    for result in results:
        became = "waits" if result.refusals is None else ", ".join(result.refusals) or done
        table.add_row(result.task_ref, *([str(result.until)] if moved else []), became)
    console.print(table)
