"""The demo: interventions played through the API as the people of the demo would do it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import cycle, islice
from typing import Any, Final

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from runtime.clock import SystemClock
from runtime.demo_case import DemoCase, DemoOffice, DemoStopped
from runtime.demo_plots import PLOTS, Plot, plots
from runtime.demo_reports import AT_HOME, COUNCILLOR, SENDERS, UNREACHABLE
from runtime.demo_state import keys_file, read_keys, terms_directory
from runtime.ports import is_this_machine
from runtime.settings import Settings

AT_ONCE: Final = 6
"""Cases that are played at the same time."""

_REQUEST_SECONDS: Final = 30.0

Begun = Callable[[Sequence[Plot]], Mapping[int, str]]
"""Brings in the cases that began long ago: their references, by their places among the plots."""


async def play(settings: Settings, number: int, begun: Begun, console: Console) -> None:
    """Play so many interventions, and print where to look at them."""
    _refuse_to_send_letters_away(settings)
    keys = read_keys(settings)
    if not keys:
        raise DemoStopped(f"{keys_file(settings)} is missing: `ks up` makes it.")
    columns = (
        TextColumn("[dim]ks[/dim] playing interventions"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
    )
    wanted = plots(number)
    async with _api(settings) as api:
        await _refuse_without_api(api)
        clock, closes = SystemClock(settings.clock_shift), terms_directory(settings).exists()
        office = DemoOffice(api, keys, clock, closes=closes)
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=number)
            known = await asyncio.to_thread(begun, wanted)
            cases = await _registered(office, wanted, known)
            await _played(cases, wanted, lambda: progress.advance(bar))
    console.print(_told(cases, wanted), highlight=False, soft_wrap=True)
    console.print(_links(settings), highlight=False, soft_wrap=True)


async def _registered(
    office: DemoOffice, wanted: Sequence[Plot], begun: Mapping[int, str]
) -> list[DemoCase]:
    """One after the other, so that a plot has the same reference each time."""
    cases: list[DemoCase] = []
    others: dict[str, str] = {}
    senders = cycle(SENDERS)
    for place, plot in enumerate(wanted):
        if place % len(PLOTS) == 0:
            others = {}
        if plot.began is not None:
            cases.append(DemoCase(office, plot.report, begun[place], others))
        else:
            answer = await office.ask(
                "POST", "/interventions", "web-form", _form(office, plot, next(senders))
            )
            where = {"code": answer["code"], "position": answer["position"]}
            cases.append(DemoCase(office, plot.report, answer["reference"], others, **where))
        others[plot.about] = cases[-1].reference
    return cases


async def _played(
    cases: Sequence[DemoCase], wanted: Sequence[Plot], done: Callable[[], None]
) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(case: DemoCase, plot: Plot) -> None:
        async with room:
            await plot.play(case)
        done()

    try:
        async with asyncio.TaskGroup() as playing:
            for case, plot in zip(cases, wanted, strict=True):
                playing.create_task(one(case, plot))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


def _form(office: DemoOffice, plot: Plot, sender: tuple[str, str]) -> dict[str, Any]:
    """The report as its form is sent."""
    report, (name, email) = plot.report, sender
    body: dict[str, Any] = {
        "received_at": (office.clock.now() - timedelta(minutes=5)).isoformat(),
        "channel": "form",
        "category": report.category,
        "text": report.text,
        "place": {
            "district": report.district, "street": report.street, "number": report.number,
        },
    }  # fmt: skip
    match plot.sender:
        case "known":
            body["sender"] = {"name": name, "email": email}
        case "unreachable":
            body["sender"] = dict(zip(("name", "email"), UNREACHABLE, strict=True))
        case "by_post":
            body["sender"] = dict(zip(("name", "address"), AT_HOME, strict=True))
            body["channel"] = "letter"
        case "councillor":
            body["sender"] = {"name": name, "email": email}
            body |= {"channel": "email", "brought_by": "councillor", "brought_by_email": COUNCILLOR}
    return body


@asynccontextmanager
async def _api(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    base = f"http://{settings.api_host}:{settings.api_port}"
    # Proxies are for the world outside; the API is on this machine.
    async with httpx.AsyncClient(base_url=base, timeout=_REQUEST_SECONDS, trust_env=False) as api:
        yield api


def _refuse_to_send_letters_away(settings: Settings) -> None:
    if not is_this_machine(settings.smtp_host):
        raise DemoStopped(
            f"KS_SMTP_HOST is {settings.smtp_host}: a demo writes letters only to a mail server "
            "on this machine."
        )


async def _refuse_without_api(api: httpx.AsyncClient) -> None:
    try:
        await api.get("/health")
    except httpx.TransportError:
        raise DemoStopped(
            f"No API answers at {api.base_url} (KS_API_HOST, KS_API_PORT): start `ks up` first."
        ) from None


def _told(cases: Sequence[DemoCase], wanted: Sequence[Plot]) -> str:
    """Which case shows what."""
    shown = islice(zip(cases, wanted, strict=True), len(PLOTS))
    return "\n".join(f"  {case.reference}  {plot.stage:20}{plot.tells}" for case, plot in shown)


def _links(settings: Settings) -> str:
    api = f"http://{settings.api_host}:{settings.api_port}"
    ui = f"http://{settings.temporal_address.rpartition(':')[0]}:{settings.temporal_ui_port}"
    cases = f"{ui}/namespaces/{settings.temporal_namespace}/workflows"
    token = read_keys(settings)["clerk-a"]
    offered = f"{api}/inbox?view=offered"
    return "\n".join(
        [
            f"  API               {api}/docs",
            f"  every case        {cases}",
            f"  waiting for units {cases}?query=Waiting%3D%22unit%22",
            f"  at triage         {cases}?query=Stage%3D%22triage%22",
            f"  letters           {settings.mail_directory}/, by post {api}/post/letters",
            f"  monthly reports   {settings.reports_directory}/ (of months that are over)",
            f"  keys              {keys_file(settings)}",
            f"  an inbox          curl -H 'Authorization: Bearer {token}' '{offered}'",
        ]
    )
