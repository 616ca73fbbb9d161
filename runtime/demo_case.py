"""A case of the demo: what its people do with it over the API, one after the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx

from domain.working_days import local_day
from runtime.clock import Clock
from runtime.demo_data import coordinator
from runtime.demo_reports import Report
from runtime.mendable import Mendable

T = TypeVar("T")

PATIENCE: Final = 60.0
"""Seconds until the demo gives up waiting for the product."""

_LOOK_EVERY: Final = 0.1


class DemoStopped(Mendable):
    """The demo cannot be played here, or the product did something else than was expected."""


class DemoOffice:
    """The API, and the keys of the people who call it."""

    def __init__(
        self, api: httpx.AsyncClient, keys: Mapping[str, str], clock: Clock, *, closes: bool
    ) -> None:
        """`closes`: a case closes as soon as its reply is delivered."""
        self._api = api
        self._keys = keys
        self.clock = clock
        self.closes = closes

    async def ask(self, method: str, path: str, person: str, body: Any = None, **query: Any) -> Any:
        """The API's answer to a person. A request that it could not serve yet is repeated."""
        headers = {"Authorization": f"Bearer {self._keys[person]}"}
        return await self._ask(method, path, person, headers, body, query)

    async def ask_with_code(self, path: str, code: str, body: Any) -> Any:
        """The same to whoever has the code of a report, and no account."""
        return await self._ask("POST", path, "the sender", {"X-Case-Code": code}, body, {})

    async def _ask(
        self, method: str, path: str, who: str, headers: dict[str, str], body: Any, query: Any
    ) -> Any:
        headers = {**headers, "Idempotency-Key": str(uuid4())}
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
                    raise DemoStopped(f"{method} {path} as {who}: {answer.text}")
            await asyncio.sleep(_LOOK_EVERY)


class DemoCase:
    """One case as the demo knows it: its reference, and up to where it has seen the log."""

    def __init__(
        self,
        office: DemoOffice,
        report: Report,
        reference: str,
        others: Mapping[str, str],
        *,
        code: str = "",
        position: int = 0,
    ) -> None:
        """`others`: references of the cases that are played along, by the names of reports."""
        self.office = office
        self.report = report
        self.reference = reference
        self.others = others
        self._code = code
        self._position = position

    @property
    def units(self) -> list[tuple[str, str]]:
        """The units that are asked, by the referral that each gets."""
        return [(f"R{number}", unit) for number, unit in enumerate(self.report.units, start=1)]

    def in_days(self, number: int) -> str:
        day: date = local_day(self.office.clock.now()) + timedelta(days=number)
        return day.isoformat()

    async def decide(
        self, person: str, type: str, outcome: str, subject: str = "-", /, **fields: Any
    ) -> None:
        """Decide a task, as soon as the inbox of the person shows it."""
        task = await self.task(person, type, subject)
        decision = {"expected_version": task["version"], "outcome": outcome, "fields": fields}
        await self._write("POST", f"/tasks/{task['task_ref']}/complete", person, decision)

    async def work_at(self, person: str, type: str, **steps: Any) -> None:
        """Take a task without deciding it: each step is the last part of its address."""
        task = await self.task(person, type)
        for step, body in {"claim": None, **steps}.items():
            method = "PUT" if step == "draft" else "POST"
            await self._write(method, f"/tasks/{task['task_ref']}/{step}", person, body)

    async def instruct(self, person: str, name: str, /, **fields: Any) -> None:
        """Tell the case something outside its tasks."""
        path = f"/interventions/{self.reference}/instructions/{name}"
        await self._write("POST", path, person, {"fields": fields})

    async def say(self, what: str, text: str) -> None:
        """The sender tells the case something with its code."""
        path = f"/public/interventions/{self.reference}/{what}"
        answer = await self.office.ask_with_code(path, self._code, {"text": text})
        self._position = answer["position"]

    async def reaches(self, *stages: str) -> str:
        """Wait until the case is at one of these stages."""

        async def look() -> str | None:
            path = f"/interventions/{self.reference}"
            case = await self.office.ask("GET", path, "head-ks06", at_or_after=self._position)
            return str(case["stage"]) if case["stage"] in stages else None

        return await self._seen(look, f"the stage {' or '.join(stages)}")

    async def task(self, person: str, type: str, subject: str = "-") -> dict[str, Any]:
        wanted = self.reference, type, subject

        async def look() -> dict[str, Any] | None:
            async for each in self._offered(person):
                if (each["case_ref"], each["type"], each["subject"]) == wanted:
                    return each
            return None

        return await self._seen(look, f"the task {type} of {subject} for {person}")

    async def _offered(self, person: str) -> AsyncIterator[dict[str, Any]]:
        page: dict[str, Any] = {"next": None}
        while True:
            onward = {"cursor": page["next"]} if page["next"] else {}
            page = await self.office.ask(
                "GET", "/inbox", person, view="offered", at_or_after=self._position, **onward
            )
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return

    async def _write(self, method: str, path: str, person: str, body: Any) -> None:
        self._position = (await self.office.ask(method, path, person, body))["position"]

    async def _seen(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        """What `look` finds, as soon as it finds it."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + PATIENCE
        while (found := await look()) is None:
            if loop.time() > give_up:
                raise DemoStopped(f"{self.reference}: {what} did not come in {PATIENCE:.0f} s")
            await asyncio.sleep(_LOOK_EVERY)
        return found


def coordinator_of(case: DemoCase, subject: str = "R1") -> str:
    return coordinator(dict(case.units)[subject])
