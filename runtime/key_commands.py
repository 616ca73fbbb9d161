"""`ks key`: keys to the API, for people and for other systems."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from runtime.settings import Settings
from runtime.terminal import console, read_settings

if TYPE_CHECKING:
    from runtime.keys import ApiKeys

key = typer.Typer(help="Keys to the API; a key is shown once and kept as a digest.")


@key.command()
def issue(
    person: str,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "cli",
    days: Annotated[int | None, typer.Option(min=1, help="How long it is valid.")] = None,
    post: Annotated[list[str] | None, typer.Option(help="Appoint to it: `KS-06/clerk`.")] = None,
    name: Annotated[str | None, typer.Option(help="What letters are signed with.")] = None,
    email: Annotated[str | None, typer.Option(help="Where reminders go; with `--name`.")] = None,
) -> None:
    """Give a person a key, and posts and a name if need be; it is printed once, alone."""
    from runtime.appointments import put_in_place

    settings = read_settings(quiet=True)
    put_in_place(settings, person, post or [], name, email)
    with _keys(settings) as (keys, now):
        expires_at = now + timedelta(days=days) if days else None
        token = keys.issue(person, label, now, expires_at=expires_at)
    sys.stdout.write(f"{token}\n")


@key.command(name="list")
def list_keys() -> None:
    """Show who has keys, and which are no longer valid."""
    table = Table("key", "person", "label", "since", "valid until", "revoked")
    with _keys(read_settings(quiet=True)) as (keys, _):
        for each in keys.list():
            moments = (each.created_at, each.expires_at, each.revoked_at)
            shown = (f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in moments)
            table.add_row(each.key_id, each.person, each.label, *shown)
    console.print(table)


@key.command()
def revoke(key_id: str) -> None:
    """Take a key back; `ks key list` shows its id."""
    with _keys(read_settings(quiet=True)) as (keys, now):
        keys.revoke(key_id, now)
    console.print(f"{key_id} is no longer valid")


@contextmanager
def _keys(settings: Settings) -> Iterator[tuple["ApiKeys", datetime]]:
    """The keys of the installation, and the moment."""
    from runtime.clock import SystemClock
    from runtime.keys import ApiKeys
    from runtime.vault import Vault

    clock = SystemClock(settings.clock_shift)
    with closing(Vault.of(settings, clock)) as vault:
        yield ApiKeys(vault), clock.now()
