"""`ks import`, `ks imports` and `ks generate`: the command line of registers of the past."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from runtime.terminal import console, read_settings

imports = typer.Typer(help="Imports of registers: how far they came, and giving one up.")


def import_register(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The register.")],
    encoding: Annotated[
        str | None, typer.Option(help="`utf-8` or `windows-1250`; found out when left out.")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rejected rows go; FILE.rejected.csv if left out.")
    ] = None,
) -> None:
    """Take over a register of past interventions; a row that is known already changes nothing."""
    from activities.registers.command import rejected_of, take_over
    from runtime.register_file import RegisterFile

    register = RegisterFile(file, encoding)
    settings = read_settings(quiet=True)
    counts = take_over(settings, register, rejected or rejected_of(file), console)
    if counts.rejected:
        raise typer.Exit(1)


def generate_register(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Where it is written.")],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day after the year.")
    ],
    seed: Annotated[int, typer.Option(help="The same seed makes the same bytes.")] = 2026,
    number: Annotated[int, typer.Option(min=1, metavar="N", help="How many cases.")] = 2_000,
) -> None:
    """Invent a year of interventions, as a register that `ks import` takes over."""
    from activities.registers.generate import generate
    from runtime.reference_data import load_reference_data

    data = load_reference_data(read_settings(quiet=True).tables)
    generate(file, seed, number, until.date(), data)
    console.print(f"{file}: {number} interventions", highlight=False, soft_wrap=True)


@imports.command("list")
def list_imports() -> None:
    """Say of every import whether it is over, and how far it came."""
    from contextlib import closing

    from domain.working_days import WARSAW
    from runtime.imports import known_imports, with_rows
    from runtime.store import Store

    table = Table("import", "file", "begun", "state", "rows taken over", "of")
    with closing(Store(read_settings(quiet=True))) as store:
        for page in with_rows(store, known_imports(store)):
            begun = f"{page.begun_at.astimezone(WARSAW):%Y-%m-%d %H:%M}"
            state = page.state.replace("_", " ")
            table.add_row(page.id, page.name, begun, state, str(page.taken), str(page.rows))
    console.print(table)


@imports.command()
def abandon(
    id: Annotated[str, typer.Argument(metavar="IMPORT", help="As `ks imports list` calls it.")],
    by: Annotated[str, typer.Option(help="Who decided it.")] = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give up an import that stands still: what it took over stays, and reports wait no longer."""
    from contextlib import closing

    from activities.registers.importing import abandon as give_up
    from domain.messages import Act
    from runtime.clock import SystemClock
    from runtime.imports import how_far, page_of
    from runtime.store import Store

    settings = read_settings(quiet=True)
    now = SystemClock(settings.clock_shift).now()
    with closing(Store(settings)) as store:
        page = page_of(store, id)
        if not yes:
            typer.confirm(f"{how_far(page, now)}. Give it up?", abort=True)
        give_up(store, page, Act(command_id=f"import:{page.file}:abandon", at=now, by=by))
    console.print(f"{page.name}: given up", highlight=False, soft_wrap=True)
