"""Who calls: an API key leads to a person, and the roster says what that person is today."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import structlog
from fastapi import Depends, Header, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api.services import Here, Services
from domain.errors import Refusal
from domain.interventions.access import Sight, sight
from domain.messages import SYSTEM, Act
from domain.parties.model import ExternalParty
from domain.parties.rules import WITHDRAWN
from domain.roster.rules import posts_of, posts_replaced
from domain.tasks.model import Task
from domain.tasks.refusals import LinkExpired, NotYourTask
from domain.working_days import local_day
from runtime.keys import KeyUnknown
from runtime.links import PREFIX

_KEY: Final = re.compile(r"[\x21-\x7e]{1,100}")

_bearer = HTTPBearer(auto_error=False, description="`ks_…`, made with `ks key`")
_header = APIKeyHeader(name="X-API-Key", auto_error=False)


Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
KeyHeader = Annotated[str | None, Security(_header)]


class IdempotencyKeyMissing(Refusal):
    """A write needs an Idempotency-Key of 1 to 100 visible ASCII characters."""


@dataclass(frozen=True)
class Caller:
    """A person at the moment of the request, with the posts of that day."""

    person: str
    at: datetime
    posts: frozenset[str]
    replaced: frozenset[str]
    """Posts of those whom the person replaces, in whatever task."""
    sight: Sight
    link: str | None = None
    """The one task that the caller has a link to, instead of an account."""

    @property
    def all_posts(self) -> frozenset[str]:
        return self.posts | self.replaced

    def refuse_other_task(self, reference: str) -> None:
        """A link is for its one task, also when its party has links to others."""
        if self.link not in (None, reference):
            raise NotYourTask(link=self.link)

    def act(self, key: str) -> Act:
        """The act of this request; its command id is the same when the request is repeated."""
        return Act(command_id=f"{self.person}:{key}", at=self.at, by=self.person)


async def authenticated(
    request: Request,
    here: Here,
    bearer: Bearer,
    header: KeyHeader,
) -> Caller:
    token = bearer.credentials if bearer else header
    caller = await run_in_threadpool(identify, here, token)
    request.state.person = caller.person
    structlog.contextvars.bind_contextvars(person=caller.person)
    return caller


def identify(here: Services, token: str | None) -> Caller:
    """The holder of the key; refused when there is none, or none that is valid."""
    at = here.clock.now()
    if token is not None and token.startswith(PREFIX):
        return _by_link(here, token, at)
    person = here.keys.authenticate(token, at)
    roster, day = here.store.roster(), local_day(at)
    posts, replaced = posts_of(roster, person, day), posts_replaced(roster, person, day)
    return Caller(
        person=person,
        at=at,
        posts=posts,
        replaced=replaced,
        sight=sight(posts | replaced, here.data.organisation),
    )


def _by_link(here: Services, token: str, at: datetime) -> Caller:
    """A party outside the Office, for as long as its link to the one task is good."""
    named = here.links.read(token)
    party = here.store.find(ExternalParty, named.party_id) if named else None
    link = party.links.get(named.number) if party and named else None
    if named is None or link is None:
        raise KeyUnknown()
    task = here.store.find(Task, link.task_ref)
    if task is not None and task.state == "withdrawn" and not link.revoked:
        command_id = f"revoke:{named.party_id}:{named.number}"
        act = Act(command_id=command_id, at=at, by=SYSTEM)
        here.parties.revoke_link(named.party_id, named.number, WITHDRAWN, act)
        raise LinkExpired(task=link.task_ref)
    if not link.holds(at):
        raise LinkExpired(task=link.task_ref)
    nothing: frozenset[str] = frozenset()
    return Caller(named.party_id, at, nothing, nothing, Sight(None), link.task_ref)


async def idempotency_key(
    idempotency_key: Annotated[
        str | None, Header(description="The same key for every repetition of one request.")
    ] = None,
) -> str:
    if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
        raise IdempotencyKeyMissing(field="Idempotency-Key")
    return idempotency_key


Me = Annotated[Caller, Depends(authenticated)]
Key = Annotated[str, Depends(idempotency_key)]
