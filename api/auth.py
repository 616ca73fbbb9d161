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
from domain.messages import Act
from domain.roster.rules import acting_for, posts_of
from domain.task_types import TASK_TYPES
from domain.working_days import local_day

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

    @property
    def all_posts(self) -> frozenset[str]:
        return self.posts | self.replaced

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
    person = here.keys.authenticate(token, at)
    roster, day = here.store.roster(), local_day(at)
    posts = posts_of(roster, person, day)
    hats = (hat for kind in TASK_TYPES for hat in acting_for(roster, person, day, kind))
    replaced = frozenset(post for hat in hats for post in hat.posts)
    return Caller(
        person=person,
        at=at,
        posts=posts,
        replaced=replaced,
        sight=sight(posts | replaced, here.data.organisation),
    )


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
