"""A whole intervention as clients of the API live it: reported, decided four times, closed."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid4

from benchmarks.installation import Installation
from benchmarks.web import PATIENCE, Answer, Refused
from domain.references import WHOLE_CASE, aggregate_id, task_ref
from runtime.demo_state import read_keys
from runtime.store import Store

T = TypeVar("T")

CLIENTS: Final = 8
IN_HAND: Final = 4
"""Cases that a client has on the table: it goes on with the next while one moves to its task."""

AWAY: Final = 503
"""The process or the store does not answer in time; the request is to be repeated."""

LOOK_EVERY: Final = 0.02
PAGE: Final = 1_000
SHOWN: Final = ("task.Opened", "intervention.Closed")


class Step(NamedTuple):
    """One decision of a case that goes the straight way."""

    person: str
    task: str
    subject: str
    outcome: str
    fields: dict[str, Any]


REPORT: Final[dict[str, Any]] = {
    "channel": "form",
    "category": "roads.pothole",
    "text": "Głęboka dziura w jezdni, około 40 cm, tuż za przejściem dla pieszych. Rowerzyści "
    "zjeżdżają na tory, żeby ją ominąć.",
    "place": {"district": "I", "street": "Długa", "number": "12"},
    "sender": {"name": "Żaneta Wójcik", "email": "zaneta.wojcik@poczta.invalid"},
}

STEPS: Final = (
    Step("clerk-a", "triage", WHOLE_CASE, "forward", {
        "referrals": [{"unit": "ZDMK", "question": "Proszę o naprawę i jej termin.", "lead": True}]
    }),
    Step("zdmk-coordinator", "answer_referral", "R1", "done", {
        "text": "Ubytek zabezpieczono i uzupełniono masą na gorąco."
    }),
    Step("clerk-b", "check_feedback", "R1", "accept", {}),
    Step("clerk-c", "draft_reply", WHOLE_CASE, "submitted", {
        "outcome": "done", "text": "Zarząd Dróg Miasta Krakowa usunął ubytek w jezdni."
    }),
)  # fmt: skip


class Desk(Protocol):
    """Where one client does the steps of a case: at the product, or at its floor."""

    async def register(self) -> str: ...

    async def ready(self, case: str, step: int) -> None:
        """Until this step can be taken."""

    async def decide(self, case: str, step: int) -> None: ...

    async def closed(self, case: str) -> None:
        """Until the case is shown as closed."""


class Screen:
    """What people see without asking for it: the tasks that were opened, the cases that closed.

    It looks into the log, so that the clients burden the API with what they decide and read, and
    not with asking whether they may.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read_to = store.position()
        self._shown: dict[UUID, int] = {}
        self._news = asyncio.Condition()

    async def until(self, aggregate: UUID) -> int:
        """Wait until it is shown; the position of its event in the log."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: aggregate in self._shown)
        return self._shown[aggregate]

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            found = self._store.recorder.select_notifications(
                self._read_to, PAGE, topics=SHOWN, inclusive_of_start=False
            )
            async with self._news:
                for event in found:
                    self._shown[UUID(str(event.originator_id))] = self._read_to = event.id
                self._news.notify_all()
            await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def screen(here: Installation) -> AsyncIterator[Screen]:
    with closing(Store(here.settings)) as store:
        shown = Screen(store)
        looking = asyncio.create_task(shown.run())
        try:
            yield shown
        finally:
            looking.cancel()


class ProductDesk:
    """The product's API, with the keys of its people."""

    def __init__(self, here: Installation, shown: Screen) -> None:
        self.web = here.web()
        self._keys = read_keys(here.settings)
        self._screen = shown

    async def register(self) -> str:
        taken = await self.web.told(
            "POST", "/interventions", token=self._keys["web-form"], key=uuid4().hex, body=report()
        )
        return str(taken["reference"])

    async def ready(self, case: str, step: int) -> None:
        await self._screen.until(aggregate_id("task", task_of(case, step)))

    async def decide(self, case: str, step: int) -> None:
        """Repeated with its key for as long as the API says so; the waiting counts."""
        key = uuid4().hex
        async with asyncio.timeout(PATIENCE):
            while (answer := await self.try_to_decide(case, step, key)).status == AWAY:
                await asyncio.sleep(LOOK_EVERY)
        if not answer.is_good:
            raise Refused(f"{task_of(case, step)}: {answer}")

    async def try_to_decide(self, case: str, step: int, key: str) -> Answer:
        done = STEPS[step]
        body = {"expected_version": 1, "outcome": done.outcome, "fields": done.fields}
        return await self.web.ask(
            "POST",
            f"/tasks/{task_of(case, step)}/complete",
            token=self._keys[done.person],
            key=key,
            body=json.dumps(body).encode(),
        )

    async def closed(self, case: str) -> None:
        position = await self._screen.until(aggregate_id("intervention", case))
        shown = await self.read(f"/interventions/{case}?at_or_after={position}")
        if shown["stage"] != "closed":
            raise Refused(f"{case} is at {shown['stage']}")

    async def read(self, path: str) -> Any:
        return await self.web.told("GET", path, token=self._keys["clerk-a"])


def task_of(case: str, step: int) -> str:
    return task_ref(case, STEPS[step].task, STEPS[step].subject, 1)


def report() -> bytes:
    """What a resident sends, received five minutes ago."""
    received_at = datetime.now(UTC) - timedelta(minutes=5)
    return json.dumps({**REPORT, "received_at": received_at.isoformat()}).encode()


async def play(desks: Sequence[Desk], cases: int) -> None:
    """Whole cases: each client takes a few at a time from the heap that is left."""
    left = [min(IN_HAND, cases - taken) for taken in range(0, cases, IN_HAND)]

    async def some(desk: Desk) -> None:
        await _play_some(desk, left.pop())

    await in_parallel(desks, len(left), some)


async def _play_some(desk: Desk, number: int) -> None:
    cases = [await desk.register() for _ in range(number)]
    for step in range(len(STEPS)):
        for case in cases:
            await desk.ready(case, step)
            await desk.decide(case, step)
    for case in cases:
        await desk.closed(case)


async def register_many(desks: Sequence[Desk], number: int) -> list[str]:
    """Report as fast as the clients can; the references, in the order of the answers."""
    taken: list[str] = []

    async def one(desk: Desk) -> None:
        taken.append(await desk.register())

    await in_parallel(desks, number, one)
    return taken


async def in_parallel(
    clients: Sequence[T], number: int, one: Callable[[T], Awaitable[None]]
) -> None:
    """Do it so many times: each client again as soon as it has done."""
    left = iter(range(number))

    async def go_on(client: T) -> None:
        for _ in left:
            await one(client)

    async with asyncio.TaskGroup() as all_of_them:
        for client in clients:
            all_of_them.create_task(go_on(client))
