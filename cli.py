"""`ks`: starts, fills, checks and stops every part of the product."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from runtime.mendable import Mendable
from runtime.settings import Settings

if TYPE_CHECKING:
    from domain.labels import Labels
    from projections.starter import Runs
    from runtime.keys import ApiKeys
    from runtime.read_side import ReadSide
    from runtime.store import Store

# Each command loads what it needs: `ks up` and its parts would start a second later otherwise.

app = typer.Typer(
    help="Processes of the Department of Social Communication.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
key = typer.Typer(help="Keys to the API; a key is shown once and kept as a digest.")
app.add_typer(key, name="key", no_args_is_help=True)

MOST_PLAYED = 500

console = Console()
errors = Console(stderr=True)


class WrongSettings(Mendable):
    """A setting is wrong; the message has a line for each."""


@app.command()
def up(
    demo: Annotated[
        int,
        typer.Option(min=0, max=MOST_PLAYED, metavar="N", help="Then play N interventions."),
    ] = 0,
    once: Annotated[
        bool, typer.Option(help="Stop when all works and the demo was played (as with CI=true).")
    ] = False,
) -> None:
    """Run everything on this machine until Ctrl-C; the state is kept under KS_VAR."""
    from runtime.demo_state import with_demo_terms
    from runtime.embedded import Embedded

    settings = with_demo_terms(_settings(quiet=True), begin=demo > 0)

    def prepare() -> None:
        from runtime.demo_data import put_people_in_place

        put_people_in_place(settings)

    async def play() -> None:
        from runtime.demo import play as play_demo

        await play_demo(settings, demo, console)

    embedded = Embedded(settings, prepare, console)
    once = once or os.environ.get("CI", "").lower() in ("1", "true")
    asyncio.run(embedded.run(play if demo else None, once=once))


@app.command()
def worker() -> None:
    """Run workflows and activities."""
    from runtime.bootstrap import reach_temporal, wait_until_ready
    from runtime.first_run import checked_reference_data
    from worker import run_worker

    settings = _settings()
    checked_reference_data(settings)

    async def run() -> None:
        await wait_until_ready(await reach_temporal(settings), settings)
        await run_worker(settings)

    asyncio.run(run())


@app.command()
def api() -> None:
    """Serve the API."""
    import uvicorn

    from api.app import create_app
    from api.services import build_services
    from runtime.embedded import api_port
    from runtime.first_run import checked_reference_data

    settings = _settings()
    checked_reference_data(settings)
    api_port(settings).must_be_free()
    uvicorn.run(
        create_app(build_services(settings)),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=8,
    )


@app.command()
def follow() -> None:
    """Bring events into the read tables, and start cases that have no workflow."""
    from runtime.first_run import checked_reference_data

    settings = _settings()
    checked_reference_data(settings)
    asyncio.run(_follow(settings))


async def _follow(settings: Settings) -> None:
    from projections.follower import LiveFollower
    from projections.starter import Starter

    with _tables(settings) as (store, read_side, labels):
        follower = LiveFollower(settings, store, read_side, labels)
        with closing(Starter(settings, store, _runs_of_cases(settings, store))) as starter:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, follower.stop)
            starting = asyncio.create_task(starter.run())
            await asyncio.to_thread(follower.run)
            starting.cancel()


def _runs_of_cases(settings: Settings, store: "Store") -> "Runs":
    """Temporal for the starter, with the headlines read from the events of the cases."""
    from activities.interventions import headline_of
    from runtime.reference_data import load_reference_data
    from workflows.case_runs import CaseRuns

    routing = load_reference_data(settings.terms_file).routing
    headlines = {"intervention": partial(headline_of, store, routing)}
    return CaseRuns(settings, lambda reference, process: headlines[process](reference))


@app.command()
def mail() -> None:
    """Take letters by SMTP and keep them under KS_VAR; none is sent on."""
    from runtime.embedded import mail_port
    from runtime.mail import MailServer

    settings = _settings()
    mail_port(settings).must_be_free()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    server = MailServer.of(settings)
    server.start()
    stopped.wait()
    server.stop()


@app.command()
def bootstrap() -> None:
    """Make Temporal's namespace and search attributes, and the roster; harmless when they stand."""
    from runtime.bootstrap import bootstrap_temporal
    from runtime.clock import SystemClock
    from runtime.first_run import checked_reference_data, open_roster
    from runtime.store import Store

    settings = _settings(quiet=True)
    checked_reference_data(settings)
    asyncio.run(bootstrap_temporal(settings))
    with closing(Store(settings)) as store:
        open_roster(store, SystemClock(settings.clock_shift).now())
    console.print(f"namespace {settings.temporal_namespace} and the roster stand")


@app.command()
def demo(
    number: Annotated[int, typer.Argument(min=1, max=MOST_PLAYED, metavar="N")] = 30,
) -> None:
    """Play interventions against the API of a `ks up` that runs."""
    from runtime.demo import play

    asyncio.run(play(_settings(quiet=True), number, console))


@app.command()
def rebuild() -> None:
    """Build the read tables anew beside the live ones, and swap them."""
    from projections.rebuild import rebuild as rebuild_tables

    with _tables(_settings(quiet=True)) as (store, read_side, labels):
        position = rebuild_tables(store, read_side, labels)
    console.print(f"rebuilt from {position} events")


@app.command()
def verify() -> None:
    """Compare the read tables with the log; exit code 1 when they differ."""
    from projections.verify import verify as differences_between

    with _tables(_settings(quiet=True)) as tables:
        found = differences_between(*tables)
    for each in found:
        row = "/".join(map(str, each.key))
        console.print(f"{each.table} {row} {each.column}: {each.live!r}, not {each.rebuilt!r}")
    if found:
        errors.print(f"{len(found)} differences: run `ks rebuild`")
        raise typer.Exit(1)
    console.print("the read tables are what the log makes of them")


@app.command()
def report(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="`R1`: interventions.")],
    first: Annotated[str, typer.Option("--from", help="The first day: `2026-10-01`.")],
    to: Annotated[str, typer.Option("--to", help="The first day after the period.")],
    as_of: Annotated[str | None, typer.Option(help="What was known then.")] = None,
    format: Annotated[str, typer.Option(help="`table`, `csv` or `json`.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Directory to write files to.")] = None,
    district: str | None = None,
    unit: str | None = None,
    group: str | None = None,
    channel: str | None = None,
) -> None:
    """Make a report from the log, as it was at a moment; the same moment gives the same bytes."""
    from projections.reports.command import Wanted, run
    from projections.reports.view import Filters

    filters = Filters(district, unit, group, channel)
    wanted = Wanted(report, first, to, as_of, format, out, filters)
    run(_settings(quiet=True), wanted, sys.stdout.write)


@key.command()
def issue(
    person: str,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "cli",
    days: Annotated[int | None, typer.Option(min=1, help="How long it is valid.")] = None,
    post: Annotated[list[str] | None, typer.Option(help="Appoint to it: `KS-06/clerk`.")] = None,
    name: Annotated[str | None, typer.Option(help="What letters are signed with.")] = None,
) -> None:
    """Give a person a key, and posts and a name if need be; it is printed once, alone."""
    from runtime.appointments import put_in_place

    settings = _settings(quiet=True)
    put_in_place(settings, person, post or [], name)
    with _keys(settings) as (keys, now):
        expires_at = now + timedelta(days=days) if days else None
        token = keys.issue(person, label, now, expires_at=expires_at)
    sys.stdout.write(f"{token}\n")


@key.command(name="list")
def list_keys() -> None:
    """Show who has keys, and which are no longer valid."""
    table = Table("key", "person", "label", "since", "valid until", "revoked")
    with _keys(_settings(quiet=True)) as (keys, _):
        for each in keys.list():
            moments = (each.created_at, each.expires_at, each.revoked_at)
            shown = (f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in moments)
            table.add_row(each.key_id, each.person, each.label, *shown)
    console.print(table)


@key.command()
def revoke(key_id: str) -> None:
    """Take a key back; `ks key list` shows its id."""
    with _keys(_settings(quiet=True)) as (keys, now):
        keys.revoke(key_id, now)
    console.print(f"{key_id} is no longer valid")


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation and what to do; exit code 1 if anything is."""
    from runtime.doctor import examine

    settings = _settings(quiet=True)
    findings = list(examine(settings, lambda: _lag(settings)))
    table = Table("", "looked at", "found", "what to do")
    for each in findings:
        mark = "[red]✗[/red]" if each.advice else "[green]✓[/green]"
        table.add_row(mark, each.name, each.detail, each.advice)
    console.print(table)
    if any(each.advice for each in findings):
        raise typer.Exit(1)


def _lag(settings: Settings) -> int:
    """How many events the read tables are behind the log."""
    from projections.follower import position

    with (
        _tables(settings) as (store, read_side, _),
        read_side.reader().connect() as connection,
    ):
        return store.position() - position(connection)


@contextmanager
def _tables(settings: Settings) -> Iterator[tuple["Store", "ReadSide", "Labels"]]:
    """The log, the read tables made from it, and the labels that stand in them."""
    from projections.tables import TABLES
    from runtime.read_side import ReadSide
    from runtime.reference_data import load_reference_data
    from runtime.store import Store

    labels = load_reference_data(settings.terms_file).labels
    with closing(Store(settings)) as store, closing(ReadSide(settings, TABLES)) as read_side:
        yield store, read_side, labels


@contextmanager
def _keys(settings: Settings) -> Iterator[tuple["ApiKeys", datetime]]:
    """The keys of the installation, and the moment."""
    from runtime.clock import SystemClock
    from runtime.keys import ApiKeys
    from runtime.vault import Vault

    clock = SystemClock(settings.clock_shift)
    with closing(Vault.of(settings, clock)) as vault:
        yield ApiKeys(vault), clock.now()


def _settings(*, quiet: bool = False) -> Settings:
    """The settings of this process, which from now on logs; `quiet` where a person looks on."""
    from runtime.log import configure_logging

    try:
        settings = Settings()
    except ValidationError as wrong:
        raise WrongSettings("\n".join(_wrong(wrong))) from None
    configure_logging(settings, logging.WARNING if quiet else logging.INFO)
    return settings


def _wrong(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_input=False, include_url=False):
        name = "_".join(map(str, each["loc"])).upper() or "settings"
        known = name.startswith(("KS_", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"))
        yield f"{name if known else f'KS_{name}'}: {each['msg']}"


def main() -> None:
    """The entry point: what a person can mend is said in a sentence, all else with its trace."""
    try:
        app()
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        errors.print(f"ks: {sentence}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _sentence(error: Exception) -> str | None:
    """What is wrong and which setting to change, if it can be known."""
    from domain.errors import Refusal
    from runtime.interceptors import AWAY
    from runtime.reference_data import WrongReferenceData
    from runtime.secrets import MasterKeyMalformed
    from runtime.settings import MasterKeyMissing
    from runtime.vault import MasterKeyWrong

    match error:
        case Mendable() | Refusal() | WrongReferenceData():
            return str(error)
        case MasterKeyMalformed() | MasterKeyMissing() | MasterKeyWrong():
            return f"{error} (KS_MASTER_KEY)"
        case PermissionError():
            return f"{error.filename}: this user may not write there (KS_VAR)."
        case _ if isinstance(error, AWAY):
            reason = str(error).partition("\n")[0]
            return f"The database does not answer (KS_DATABASE_URL, KS_VAR): {reason}"
    return None


if __name__ == "__main__":
    main()
