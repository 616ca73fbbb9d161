"""`ks erase`: the command line of erasing a person (RODO art. 17)."""

from contextlib import closing
from typing import Annotated

import typer

from runtime.terminal import console, read_settings


def erase(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="`person:...`, or a case for its sender.")
    ],
    former: Annotated[
        bool,
        typer.Option("--former", help="Of a case, who had been registered as its sender before."),
    ] = False,
    by: Annotated[str, typer.Option(help="Who decided it.")] = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy what the vault holds of a person, for good; refused while a case needs it."""
    from activities.erasing import Erasing
    from domain.messages import Act
    from runtime.clock import SystemClock
    from runtime.reference_data import load_reference_data
    from runtime.store import Store
    from runtime.vault import Vault

    settings = read_settings(quiet=True)
    clock = SystemClock(settings.clock_shift)
    retention = load_reference_data(settings.tables).retention
    with closing(Store(settings)) as store, closing(Vault.of(settings, clock)) as vault:
        erasing = Erasing(store, vault, retention)
        subject = erasing.subject_of(person, former=former)
        if not yes:
            typer.confirm(f"Erase {subject} for good?", abort=True)
        act = Act(command_id=f"erase:{subject}", at=clock.now(), by=by)
        erased = erasing.erase(subject, act)
    console.print(f"{subject} is erased" if erased else f"{subject} was erased before")
