"""`ks import` and `ks generate`: the command line of registers of the past."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from runtime.terminal import console, read_settings


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
