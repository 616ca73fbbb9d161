"""The API of a staffed office in a test: real store, vault and tables; people have their keys."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from itertools import count
from typing import Any, TypeVar

import httpx
import uvicorn

from api.app import create_app
from api.services import Services, build_services
from domain.messages import SYSTEM, Act
from domain.roster.commands import FillPost, GrantRole, OpenRoster
from domain.roster.model import Roster
from domain.steps import CaseStep
from projections.catalogue import projections
from projections.follower import Follower
from runtime.bootstrap import bootstrap_temporal
from runtime.plugin import connect
from runtime.settings import Settings
from worker import Workshop, make_worker

T = TypeVar("T")

STAFF = {
    "web-form": "intake",
    "clerk-a": "KS-06/clerk",
    "clerk-b": "KS-06/clerk",
    "head-a": "KS-06/head",
    "brand-clerk": "KS-04/clerk",
    "media-head": "KS-03/head",
    "zdmk-a": "ZDMK/coordinator",
    "zdmk-head": "ZDMK/unit_head",
    "ztp-a": "ZTP/coordinator",
    "operator-a": "operator",
    "auditor-a": "auditor",
}
POSTS = {
    "deputy-m": "deputy_media",
    "deputy-p": "deputy_promotion",
    "director-a": "director",
    "editor-a": "KS-07/editor",
}
SINCE = date(2021, 9, 1)

REPORT: dict[str, Any] = {
    "received_at": "2026-10-05T10:20:00+02:00",
    "channel": "form",
    "sender": {"name": "Żaneta Wójcik", "email": "zaneta@wojcik.invalid", "phone": "600 100 200"},
    "text": "Dziura w jezdni przy ul. Długiej 12, około 40 cm",
    "place": {"district": "I", "street": "Długa", "number": "12"},
    "category": "roads.pothole",
}


def staff(services: Services) -> None:
    act = Act(command_id="open-roster", at=services.clock.now(), by=SYSTEM)
    roster = Roster.open(OpenRoster(), act)
    for person, post in STAFF.items():
        roster.grant_role(GrantRole(post=post, person=person, valid_from=SINCE), act)
    for person, post in POSTS.items():
        roster.fill_post(FillPost(post=post, person=person, valid_from=SINCE), act)
    services.store.save_all([roster])


class Office:
    """People who call the API."""

    def __init__(self, services: Services, client: httpx.Client) -> None:
        self.services = services
        self.client = client
        self._follower = Follower(
            services.store, services.read_side.live, projections(services.data.labels)
        )
        self._keys = count(1)
        now = services.clock.now()
        self.tokens = {
            person: services.keys.issue(person, "test", now)
            for person in (*STAFF, *POSTS, "nobody")
        }

    def get(self, path: str, by: str = "clerk-a", **query: Any) -> httpx.Response:
        return self.client.get(path, params=query or None, headers=self.headers(by))

    def post(
        self,
        path: str,
        body: Any = None,
        by: str = "clerk-a",
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """A write under a key of its own, unless one is given."""
        own = {"Idempotency-Key": key or f"key-{next(self._keys)}"}
        # Escaped, so that a test can send what is no character.
        content = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"}
        return self.client.post(
            path, content=content, headers=self.headers(by) | own | kind | headers
        )

    def put(self, path: str, body: Any, by: str, key: str | None = None) -> httpx.Response:
        own = {"Idempotency-Key": key or f"key-{next(self._keys)}"}
        return self.client.put(path, json=body, headers=self.headers(by) | own)

    def headers(self, by: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[by]}"}

    def register(self, by: str = "web-form", **changes: Any) -> str:
        """The reference of a report that was taken in and follows the usual one but for this."""
        answer = self.post("/interventions", REPORT | changes, by)
        assert answer.status_code == 201, answer.text
        reference: str = answer.json()["reference"]
        return reference

    def register_now(self) -> str:
        """A report taken in just now: nothing of it is late."""
        return self.register(received_at=self.services.clock.now().isoformat())

    def triage_task(self, **changes: Any) -> str:
        """The open triage task of a new case, as its workflow would open it."""
        reference = self.register(**changes)
        self.open_tasks(reference)
        return f"{reference}-triage-1"

    def fresh_triage_task(self) -> str:
        """Of a report taken in just now: nothing of it is late, and it is all that is asked."""
        return self.triage_task(received_at=self.services.clock.now().isoformat())

    def open_tasks(self, reference: str) -> None:
        step = CaseStep(reference=reference, at=self.services.clock.now())
        self.services.commands.take_up_intervention(step)

    def follow(self) -> None:
        """Bring the tables up to the log."""
        self._follower.catch_up()

    def topics(self) -> list[str]:
        """Of all events, in the order of the log."""
        found = self.services.store.recorder.select_notifications(1, 100_000)
        return [event.topic for event in found]


WorkingOn = Callable[[str], AbstractContextManager[Office]]
"""An office at work from a moment of Warsaw time on, such as `2026-09-14 09:00`."""


@contextmanager
def office_at(settings: Settings) -> Iterator[Office]:
    """Served over real HTTP by a thread of its own."""
    services = build_services(settings)
    staff(services)
    config = uvicorn.Config(
        create_app(services), host="127.0.0.1", port=0, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        client = httpx.Client(base_url=_address(server, thread), timeout=30)
        with client:
            yield Office(services, client)
    finally:
        server.should_exit = True
        thread.join()


def _address(server: uvicorn.Server, thread: threading.Thread) -> str:
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"


@contextmanager
def worker_at_work(settings: Settings) -> Iterator[None]:
    """A worker on the namespace of these settings, in a thread of its own."""
    ready, done = threading.Event(), threading.Event()

    async def work() -> None:
        await bootstrap_temporal(settings)
        client = await connect(settings)
        workshop = Workshop.of(settings)
        try:
            async with make_worker(client, settings, workshop):
                ready.set()
                await asyncio.to_thread(done.wait)
        finally:
            workshop.close()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    try:
        while not ready.wait(0.05):
            assert thread.is_alive(), "the worker did not start"
        yield
    finally:
        done.set()
        thread.join()


def eventually(condition: Callable[[], T], what: str) -> T:
    """Wait until the condition holds; what it found."""
    give_up = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < give_up, f"never came true: {what}"
        time.sleep(0.02)
    return found
