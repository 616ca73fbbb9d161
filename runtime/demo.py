"""The demo: interventions played through the API as the people of the demo would do it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from itertools import cycle, islice
from typing import Any, Final, NamedTuple, TypeVar
from uuid import uuid4

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from domain.working_days import local_day
from runtime.clock import SystemClock
from runtime.demo_data import coordinator
from runtime.demo_reports import MISSING, REPORTS, SENDERS, UNREACHABLE, WHY_NOT, Report
from runtime.demo_state import keys_file, read_keys, terms_directory
from runtime.mendable import Mendable
from runtime.ports import is_this_machine
from runtime.settings import Settings

T = TypeVar("T")

AT_ONCE: Final = 6
"""Cases that are played at the same time."""

PATIENCE: Final = 60.0
"""Seconds until the demo gives up waiting for the product."""

_LOOK_EVERY: Final = 0.1
_REQUEST_SECONDS: Final = 30.0


class DemoStopped(Mendable):
    """The demo cannot be played here, or the product did something else than was expected."""


class Plot(NamedTuple):
    """How far a case goes, and what is special about it."""

    until: str
    result: str = "done"
    """What the unit answers."""
    sensitive: tuple[str, ...] = ()
    sender: str = "known"
    """`known`, `anonymous`, or `unreachable`: letters to the sender bounce."""


PLOTS: Final = (
    Plot("registered"),
    Plot("forwarded"),
    Plot("closed"),
    Plot("answered"),
    Plot("approval", sensitive=("claim",)),
    Plot("replied", result="planned"),
    Plot("returned"),
    Plot("drafting"),
    Plot("closed", result="not_possible", sensitive=("legal",)),
    Plot("registered", sender="anonymous"),
    Plot("replied", sender="unreachable"),
    Plot("forwarded", sender="anonymous"),
)
"""Any number of cases goes through these one after the other."""


async def play(settings: Settings, number: int, console: Console) -> None:
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
    async with _api(settings) as api:
        await _refuse_without_api(api)
        player = _Player(settings, api, keys)
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=number)
            await player.play_all(number, lambda: progress.advance(bar))
    console.print(_links(settings), highlight=False, soft_wrap=True)


class _Player:
    def __init__(self, settings: Settings, api: httpx.AsyncClient, keys: dict[str, str]) -> None:
        self._api = api
        self._keys = keys
        self._clock = SystemClock(settings.clock_shift)
        self._closes = terms_directory(settings).exists()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def play_all(self, number: int, played: Callable[[], None]) -> None:
        casts = zip(cycle(PLOTS), cycle(REPORTS), cycle(SENDERS), strict=False)

        async def one(plot: Plot, report: Report, sender: tuple[str, str]) -> None:
            async with self._room:
                await self._play(plot, report, sender)
            played()

        try:
            async with asyncio.TaskGroup() as cases:
                for cast in islice(casts, number):
                    cases.create_task(one(*cast))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None

    async def _play(self, plot: Plot, report: Report, sender: tuple[str, str]) -> None:
        case = _Case(self, await self._register(plot, report, sender))
        if plot.until == "registered":
            return
        if report.emergency:
            call = {"to": report.units[0]}
            await case.complete("duty-officer", "call_duty_officer", "passed_on", call)
        await case.complete("clerk-a", "triage", "forward", _forwarding(report))
        if plot.until == "forwarded":
            return
        for subject, unit in _subjects(report):
            await case.complete(
                coordinator(unit), "answer_referral", plot.result, self._answer(plot, report),
                subject=subject,
            )  # fmt: skip
        if plot.until == "answered":
            return
        if plot.until == "returned":
            fields = {"what_is_missing": MISSING}
            await case.complete("clerk-b", "check_feedback", "return", fields, subject="R1")
            return
        for subject, _ in _subjects(report):
            await case.complete("clerk-b", "check_feedback", "accept", {}, subject=subject)
        if plot.until != "drafting":
            await self._reply(case, plot, report)

    async def _reply(self, case: "_Case", plot: Plot, report: Report) -> None:
        fields: dict[str, Any] = {"outcome": plot.result, "text": report.reply}
        if plot.result == "not_possible":
            fields["reasons"] = WHY_NOT
        if plot.sensitive:
            fields["sensitive"] = list(plot.sensitive)
        await case.complete("clerk-c", "draft_reply", "submitted", fields)
        if plot.until == "approval":
            return
        if await case.stage_after("drafting") == "approval":
            await case.complete("head-ks06", "approve_reply", "approve", {})
        if plot.until == "closed" and self._closes:
            await case.stage_after("drafting", "approval", "replied")

    async def _register(self, plot: Plot, report: Report, sender: tuple[str, str]) -> "_Known":
        name, email = UNREACHABLE if plot.sender == "unreachable" else sender
        body: dict[str, Any] = {
            "received_at": (self._clock.now() - timedelta(minutes=5)).isoformat(),
            "channel": "form",
            "category": report.category,
            "text": report.text,
            "place": {
                "district": report.district, "street": report.street, "number": report.number,
            },
        }  # fmt: skip
        if plot.sender != "anonymous":
            body["sender"] = {"name": name, "email": email}
        answer = await self.ask("POST", "/interventions", "web-form", body)
        return _Known(answer["reference"], answer["position"])

    def _answer(self, plot: Plot, report: Report) -> dict[str, Any]:
        if plot.result == "planned":
            return {"text": report.answer, "promised_on": self._in_three_weeks().isoformat()}
        return {"text": report.answer}

    def _in_three_weeks(self) -> date:
        return local_day(self._clock.now()) + timedelta(weeks=3)

    async def ask(
        self, method: str, path: str, person: str, body: dict[str, Any] | None = None, **query: Any
    ) -> Any:
        """The API's answer to a person. A request that it could not serve yet is repeated."""
        headers = {"Authorization": f"Bearer {self._keys[person]}", "Idempotency-Key": str(uuid4())}
        loop = asyncio.get_running_loop()
        give_up = loop.time() + PATIENCE
        while True:
            try:
                answer = await self._api.request(
                    method, path, json=body, params=query, headers=headers
                )
            except httpx.TransportError as error:
                if loop.time() > give_up:
                    raise DemoStopped(f"{method} {path}: {type(error).__name__}") from None
            else:
                if answer.is_success:
                    return answer.json()
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or loop.time() > give_up:
                    raise DemoStopped(f"{method} {path} as {person}: {answer.text}")
            await asyncio.sleep(_LOOK_EVERY)


class _Known(NamedTuple):
    reference: str
    position: int


class _Case:
    """One case as the demo knows it: its reference, and up to where it has seen the log."""

    def __init__(self, player: _Player, known: _Known) -> None:
        self._player = player
        self.reference, self._position = known

    async def complete(
        self, person: str, type: str, outcome: str, fields: dict[str, Any], *, subject: str = "-"
    ) -> None:
        """Decide a task, as soon as the inbox of the person shows it."""
        task = await self._task(person, type, subject)
        answer = await self._player.ask(
            "POST",
            f"/tasks/{task['task_ref']}/complete",
            person,
            {"expected_version": task["version"], "outcome": outcome, "fields": fields},
        )
        self._position = answer["position"]

    async def stage_after(self, *stages: str) -> str:
        """The stage of the case once it is another than these."""

        async def look() -> str | None:
            path = f"/interventions/{self.reference}"
            case = await self._player.ask("GET", path, "head-ks06", at_or_after=self._position)
            return None if case["stage"] in stages else str(case["stage"])

        return await self._seen(look, f"a stage after {stages[-1]}")

    async def _task(self, person: str, type: str, subject: str) -> dict[str, Any]:
        wanted = self.reference, type, subject

        async def look() -> dict[str, Any] | None:
            page = await self._player.ask(
                "GET", "/inbox", person, view="offered", at_or_after=self._position
            )
            tasks = {
                (task["case_ref"], task["type"], task["subject"]): task for task in page["items"]
            }
            return tasks.get(wanted)

        return await self._seen(look, f"the task {type} of {subject} for {person}")

    async def _seen(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        """What `look` finds, as soon as it finds it."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + PATIENCE
        while (found := await look()) is None:
            if loop.time() > give_up:
                raise DemoStopped(f"{self.reference}: {what} did not come in {PATIENCE:.0f} s")
            await asyncio.sleep(_LOOK_EVERY)
        return found


def _forwarding(report: Report) -> dict[str, Any]:
    return {
        "referrals": [
            {"unit": unit, "question": report.question, "lead": number == 0, "redacted": True}
            for number, unit in enumerate(report.units)
        ]
    }


def _subjects(report: Report) -> list[tuple[str, str]]:
    return [(f"R{number}", unit) for number, unit in enumerate(report.units, start=1)]


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
            f"  letters           {settings.mail_directory}/",
            f"  monthly reports   {settings.reports_directory}/ (filed once a month is over)",
            f"  keys              {keys_file(settings)}",
            f"  an inbox          curl -H 'Authorization: Bearer {token}' '{offered}'",
        ]
    )
