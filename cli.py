"""`ks`: starts, fills, checks and stops every part of the product."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from activities.erase_command import erase
from activities.import_command import generate_register, import_register, imports
from api.batch_command import batch
from api.roster_command import roster
from projections.explain_command import explain
from projections.report_command import report
from projections.routing_command import routing
from runtime.key_commands import key
from runtime.settings import Settings
from runtime.terminal import console, errors, read_settings

if TYPE_CHECKING:
    from domain.labels import Labels
    from runtime.read_side import ReadSide
    from runtime.store import Store

# Each command loads what it needs: `ks up` and its parts would start a second later otherwise.

app = typer.Typer(
    help="Processes of the Department of Social Communication.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("import")(import_register)
app.command("generate")(generate_register)
app.command()(report)
app.command()(erase)
app.command()(explain)
app.add_typer(batch, name="batch", no_args_is_help=True)
app.add_typer(imports, name="imports", no_args_is_help=True)
app.add_typer(key, name="key", no_args_is_help=True)
app.add_typer(roster, name="roster", no_args_is_help=True)
app.add_typer(routing, name="routing", no_args_is_help=True)

MOST_PLAYED = 500


@app.command()
def up(
    demo: Annotated[
        int,
        typer.Option(min=0, max=MOST_PLAYED, metavar="N", help="Then play N interventions."),
    ] = 0,
    past: Annotated[
        int, typer.Option(min=0, metavar="N", help="First import N generated past interventions.")
    ] = 0,
    once: Annotated[
        bool, typer.Option(help="Stop when all works and the demo was played (as with CI=true).")
    ] = False,
) -> None:
    """Run everything on this machine until Ctrl-C; the state is kept under KS_VAR."""
    from runtime.demo_state import with_demo_terms
    from runtime.embedded import Embedded

    settings = with_demo_terms(read_settings(quiet=True), begin=demo > 0 or past > 0)

    def prepare() -> None:
        from runtime.demo_data import put_people_in_place

        put_people_in_place(settings)

    async def play() -> None:
        from activities.registers.demo_begun import import_begun
        from activities.registers.demo_year import import_past_year
        from runtime.bootstrap import reach_temporal
        from runtime.demo import play as play_demo
        from runtime.schedules import file_reports_soon

        if past:
            await asyncio.to_thread(import_past_year, settings, past, console)
        if demo:
            await play_demo(settings, demo, partial(import_begun, settings), console)
        await file_reports_soon(await reach_temporal(settings), settings)

    embedded = Embedded(settings, prepare, console)
    once = once or os.environ.get("CI", "").lower() in ("1", "true")
    asyncio.run(embedded.run(play if demo or past else None, once=once))


@app.command()
def worker() -> None:
    """Run workflows and activities."""
    from runtime.bootstrap import reach_temporal, wait_until_ready
    from runtime.first_run import checked_reference_data
    from worker import run_worker

    settings = read_settings()
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

    settings = read_settings()
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

    settings = read_settings()
    checked_reference_data(settings)
    asyncio.run(_follow(settings))


async def _follow(settings: Settings) -> None:
    from api.case_runs import runs_of_cases
    from projections.follower import LiveFollower
    from projections.link_watch import LinkWatch
    from projections.noted import Notes
    from projections.recount import ask_after_a_change
    from projections.roster_watch import RosterWatch
    from projections.starter import Starter
    from runtime.reference_data import load_reference_data

    with _tables(settings) as (store, read_side, labels), closing(Notes(settings)) as notes:
        follower = LiveFollower(settings, store, read_side, labels)
        runs = runs_of_cases(settings, store)
        with closing(Starter(settings, store, runs)) as starter:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, follower.stop)
            watch = RosterWatch(store, read_side, runs, notes)
            deadlines = load_reference_data(settings.tables).deadlines
            beside = [
                asyncio.create_task(starter.run()),
                asyncio.create_task(watch.run()),
                asyncio.create_task(LinkWatch(store, runs, notes).run()),
                asyncio.create_task(ask_after_a_change(store, runs, deadlines, notes)),
            ]
            await asyncio.to_thread(follower.run)
            for task in beside:
                task.cancel()


@app.command()
def mail() -> None:
    """Take letters by SMTP and keep them under KS_VAR; none is sent on."""
    from runtime.embedded import mail_port
    from runtime.mail import MailServer

    settings = read_settings()
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

    settings = read_settings(quiet=True)
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
    from activities.registers.demo_begun import import_begun
    from runtime.demo import play
    from runtime.demo_state import with_demo_terms

    settings = with_demo_terms(read_settings(quiet=True), begin=False)
    asyncio.run(play(settings, number, partial(import_begun, settings), console))


@app.command()
def rebuild() -> None:
    """Build the read tables anew beside the live ones, and swap them."""
    from projections.rebuild import rebuild as rebuild_tables

    with _tables(read_settings(quiet=True)) as (store, read_side, labels):
        position = rebuild_tables(store, read_side, labels)
    console.print(f"rebuilt from {position} events")


@app.command()
def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Also look at the runs of cases; mend what is wrong.")
    ] = False,
) -> None:
    """Compare the read tables with the log; exit code 1 when they differ."""
    from activities.sender_keys import look_into_the_vault
    from projections.verify import verify as differences_between

    settings = read_settings(quiet=True)
    if repair:
        asyncio.run(_repair(settings))
        return
    with _tables(settings) as (store, read_side, labels):
        found = differences_between(store, read_side, labels)
        misplaced = look_into_the_vault(settings, store)
        left_lying = _imports_left_lying(settings, store)
    for each in (*found, *misplaced):
        console.print(str(each), markup=False)
    if misplaced:
        errors.print(f"{len(misplaced)} cases lie under wrong keys: run `ks verify --repair`")
    if found:
        errors.print(f"{len(found)} differences: run `ks rebuild`")
    else:
        console.print("the read tables are what the log makes of them")
    if found or misplaced or left_lying:
        raise typer.Exit(1)


async def _repair(settings: Settings) -> None:
    from activities.sender_keys import look_into_the_vault
    from api.case_runs import runs_of_cases
    from projections.repair import repair_runs, repair_tables
    from runtime.bootstrap import reach_worker
    from runtime.demo_state import with_demo_terms

    settings = with_demo_terms(settings, begin=False)
    await reach_worker(settings, timedelta(seconds=10))
    left = 0
    with _tables(settings) as (store, read_side, labels):
        async for case in repair_runs(store, runs_of_cases(settings, store)):
            console.print(str(case), markup=False)
            left += not case.well
        for moved in await asyncio.to_thread(look_into_the_vault, settings, store, repair=True):
            console.print(f"{moved}: moved", markup=False)
        tables = await asyncio.to_thread(repair_tables, store, read_side, labels)
        if tables.behind:
            console.print(f"the read tables were {tables.behind} events behind: brought up")
        for difference in tables.found:
            console.print(str(difference), markup=False)
        if tables.found:
            console.print(f"{len(tables.found)} differences: the read tables were rebuilt")
        left_lying = _imports_left_lying(settings, store)
    if left or tables.left:
        errors.print(f"not well yet: {left} cases, {len(tables.left)} rows of the read tables")
    else:
        console.print("every open case runs, and the read tables are what the log makes of them")
    if left or tables.left or left_lying:
        raise typer.Exit(1)


def _imports_left_lying(settings: Settings, store: "Store") -> bool:
    """Names every import under way; whether one of them stands still."""
    from runtime.clock import SystemClock
    from runtime.imports import how_far, imports_under_way, what_to_do

    now, left_lying = SystemClock(settings.clock_shift).now(), False
    for page in imports_under_way(store):
        todo = what_to_do(page, now)
        left_lying = left_lying or todo is not None
        said = f"an import is under way, reports wait for it: {how_far(page, now)}"
        errors.print(f"{said}; {todo}" if todo else said, markup=False, soft_wrap=True)
    return left_lying


@app.command()
def recount() -> None:
    """Ask every open case to count its terms anew, by a new calendar or a new dated row."""
    from api.case_runs import runs_of_cases
    from projections.recount import ask_open_cases
    from runtime.bootstrap import reach_worker
    from runtime.demo_state import with_demo_terms
    from runtime.store import Store

    settings = with_demo_terms(read_settings(quiet=True), begin=False)

    async def ask() -> int:
        await reach_worker(settings, timedelta(seconds=10))
        with closing(Store(settings)) as store:
            return await ask_open_cases(store, runs_of_cases(settings, store))

    console.print(f"{asyncio.run(ask())} open cases were asked to count their terms anew")


@app.command()
def births() -> None:
    """Fill in from the log what is missing of references, keys and counters of cases."""
    from runtime.store import Store

    with closing(Store(read_settings(quiet=True))) as store:
        found = store.rebuild_births()
    console.print(f"{found} births stand as the log tells them")


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation and what to do; exit code 1 if anything is."""
    from runtime.doctor import examine

    settings = read_settings(quiet=True)
    findings = list(examine(settings, partial(_lag, settings)))
    table = Table("", "looked at", "found", "what to do")
    for each in findings:
        mark = "[red]✗[/red]" if each.advice else "[green]✓[/green]"
        table.add_row(mark, each.name, each.detail, each.advice)
    console.print(table)
    if any(each.advice for each in findings):
        raise typer.Exit(1)


def _lag(settings: Settings, patience: float) -> int:
    """How many events the read tables are behind the log, after so many seconds at most."""
    from projections.follower import position, wait_for

    with _tables(settings) as (store, read_side, _):
        end = store.position()
        wait_for(read_side, end, patience)
        with read_side.reader().connect() as connection:
            return max(end - position(connection), 0)


@contextmanager
def _tables(settings: Settings) -> Iterator[tuple["Store", "ReadSide", "Labels"]]:
    """The log, the read tables made from it, and the labels that stand in them."""
    from projections.tables import TABLES
    from runtime.read_side import ReadSide
    from runtime.reference_data import load_reference_data
    from runtime.store import Store

    labels = load_reference_data(settings.tables).labels
    with closing(Store(settings)) as store, closing(ReadSide(settings, TABLES)) as read_side:
        yield store, read_side, labels


def main() -> None:
    """The entry point: what a person can mend is said in a sentence, all else with its trace."""
    try:
        app()
    except Exception as error:
        from runtime.sentences import sentence_of

        sentence = sentence_of(error)
        if sentence is None:
            raise
        errors.print(f"ks: {sentence}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
