"""Everybody who calls the API: each write goes on under one key until it is answered."""

import asyncio
import random
from collections.abc import Container, Sequence
from typing import Any, Final
from uuid import UUID

import httpx

from domain.interventions.forms import TASK_TYPES
from domain.references import case_of
from runtime.clock import SystemClock
from runtime.demo_data import coordinator
from tests.chaos.plans import CANARY, UNITS, Plan
from tests.chaos.town import Town

DESKS: Final = ("clerk-a", "head-ks06", *map(coordinator, UNITS))
"""One person for each post, so that a task has one who decides it."""

AT_ONCE: Final = 24
"""Requests under way at the same time."""

REPEATED: Final = 0.2
"""Share of the writes that are sent twice at the same time, and have to be answered as one."""

LOOK_EVERY: Final = 0.15
REQUEST_SECONDS: Final = 30.0


class Refused(Exception):
    """The API said no to what it has to do."""


class Ledger:
    """What the product has acknowledged: it may lose nothing of it."""

    def __init__(self) -> None:
        self.cases: dict[str, Plan] = {}
        """By reference."""
        self.commands: dict[str, str] = {}
        """Command ids with what they are about: a case or a task."""
        self._grown = asyncio.Condition()

    async def note(self, command_id: str, about: str) -> None:
        async with self._grown:
            self.commands[command_id] = about
            self._grown.notify_all()

    async def until(self, number: int) -> None:
        """Until that many writes are acknowledged."""
        async with self._grown:
            await self._grown.wait_for(lambda: len(self.commands) >= number)


class People:
    """Residents who report, and staff who decide what their inboxes offer."""

    def __init__(
        self,
        town: Town,
        rng: random.Random,
        http: httpx.AsyncClient,
        *,
        decides: Container[str] = TASK_TYPES,
    ) -> None:
        """`decides`: the types of tasks that are decided; all others are left lying."""
        self.ledger = Ledger()
        self._decides = decides
        self._town = town
        self._rng = rng
        self._http = http
        self._clock = SystemClock(town.settings.clock_shift)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._taken: set[str] = set()

    async def play(self, plans: Sequence[Plan], writes: int) -> None:
        """Register all, and decide what comes up until so many writes are acknowledged."""
        async with asyncio.TaskGroup() as everybody:
            desks = [everybody.create_task(self._desk(person, everybody)) for person in DESKS]
            for plan in plans:
                everybody.create_task(self._report(plan))
            await self.ledger.until(writes)
            for desk in desks:
                desk.cancel()

    async def _report(self, plan: Plan) -> None:
        answer = await self._register(plan)
        if plan.reopened:
            await self.until_at(answer["reference"], "replied", answer["position"])
            doubt = {"text": f"Kałuża wróciła. {CANARY}"}
            await self._instruct(answer["reference"], "reopen", doubt)

    async def _instruct(self, reference: str, instruction: str, fields: dict[str, Any]) -> None:
        """A clerk writes down what a sender says."""
        path = f"/interventions/{reference}/instructions/{instruction}"
        command_id, _ = await self._write("clerk-a", path, {"fields": fields})
        await self.ledger.note(command_id, reference)

    async def _register(self, plan: Plan) -> dict[str, Any]:
        body = plan.report(self._clock.now())
        command_id, answer = await self._write("web-form", "/interventions", body)
        self.ledger.cases[answer["reference"]] = plan
        await self.ledger.note(command_id, answer["reference"])
        return answer

    async def make_known(self, party: str, unit: str) -> None:
        """A contractor who does tasks of a unit by links."""
        contact = {"name": f"Wykonawca {CANARY}", "email": f"{party}@example.invalid"}
        body = {"party_id": party, "post": f"{unit}/coordinator", "contact": contact}
        await self._write("clerk-a", "/parties", body)

    async def issue_link(self, party: str, task_ref: str) -> None:
        """Have a party do one task by a link."""
        body = {"party_id": party}
        command_id, _ = await self._write("clerk-a", f"/tasks/{task_ref}/links", body)
        await self.ledger.note(command_id, task_ref)

    async def until_closed(self) -> None:
        """Until the tables show every case as closed."""
        for reference in self.ledger.cases:
            await self.until_at(reference, "closed")

    async def until_at(self, reference: str, stage: str, position: int = 0) -> None:
        """Until the tables show the case at this stage; they have to hold the log up to there."""
        path = f"/interventions/{reference}"
        while (await self.read("clerk-a", path, at_or_after=position))["stage"] != stage:
            await asyncio.sleep(LOOK_EVERY)

    async def read(self, person: str, path: str, **query: Any) -> Any:
        """The answer, as soon as there is one."""
        while True:
            answer = await self._ask("GET", path, person, params=query)
            if answer is not None:
                return answer.json()
            await self._pause()

    async def _desk(self, person: str, everybody: asyncio.TaskGroup) -> None:
        while True:
            inbox = await self.read(person, "/inbox", view="offered")
            for task in inbox["items"]:
                if self._is_waiting(task):
                    self._taken.add(task["task_ref"])
                    everybody.create_task(self._decide(person, task))
            await asyncio.sleep(LOOK_EVERY)

    def _is_waiting(self, task: dict[str, Any]) -> bool:
        plan = self.ledger.cases.get(task["case_ref"])
        if plan is None:  # in the inbox before its registration is acknowledged
            return False
        wanted = task["type"] in self._decides and task["type"] != plan.left_at
        return wanted and task["task_ref"] not in self._taken

    async def _decide(self, person: str, task: dict[str, Any]) -> None:
        outcome, fields = self.ledger.cases[case_of(task["task_ref"])].decision(task)
        body = {"expected_version": task["version"], "outcome": outcome, "fields": fields}
        path = f"/tasks/{task['task_ref']}/complete"
        command_id, answer = await self._write(person, path, body)
        assert answer["state"] == "completed"
        await self.ledger.note(command_id, task["task_ref"])

    async def _write(self, person: str, path: str, body: Any) -> tuple[str, dict[str, Any]]:
        """The command id and the answer, which is the same however often it was sent."""
        key = str(UUID(int=self._rng.getrandbits(128)))
        times = 2 if self._rng.random() < REPEATED else 1
        async with self._room:
            sent = [self._send(person, path, body, key) for _ in range(times)]
            first, *others = await asyncio.gather(*sent)
        assert all(other == first for other in others), f"{path} was answered differently"
        return f"{person}:{key}", first

    async def _send(self, person: str, path: str, body: Any, key: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": key}
        while True:
            answer = await self._ask("POST", path, person, json=body, headers=headers)
            if answer is not None:
                return dict(answer.json())
            await self._pause()

    async def _ask(
        self, method: str, path: str, person: str, **request: Any
    ) -> httpx.Response | None:
        """None when the API could not answer for now; what it refuses is a failure."""
        headers = request.pop("headers", {})
        headers["Authorization"] = f"Bearer {self._town.tokens[person]}"
        try:
            answer = await self._http.request(method, path, headers=headers, **request)
        except httpx.TransportError:
            return None
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return None
        if not answer.is_success:
            raise Refused(f"{method} {path} as {person}: {answer.status_code} {answer.text}")
        return answer

    async def _pause(self) -> None:
        await asyncio.sleep(self._rng.uniform(0.1, 0.4))


def http_client(town: Town) -> httpx.AsyncClient:
    # Proxies are for the world outside; the API is on this machine.
    limits = httpx.Limits(max_connections=2 * AT_ONCE + len(DESKS))
    return httpx.AsyncClient(
        base_url=town.api, timeout=REQUEST_SECONDS, limits=limits, trust_env=False
    )
