"""The gate that every request passes: its size, its id, its line in the log, and faults."""

import re
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog
from fastapi.datastructures import Headers
from fastapi.responses import Response

from api.pages import is_page, refusal_page
from api.problems import BodyTooLarge, InternalFault, problem, status_of
from domain.errors import Refusal
from domain.labels import Labels

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY: Final = 1_000_000
"""Bytes. A report of 20,000 letters with 20 attachments by digest is a tenth of it."""

_UPLOADS: Final = "/attachments"

_REQUEST_ID: Final = re.compile(r"[0-9a-f-]{8,64}")
"""Only what cannot hold anything about a person is taken over from a client."""

_SAFE_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)

log = structlog.get_logger(__name__)


class _TooLarge(Exception):
    """The body goes on beyond the limit."""


class _Gone(Exception):
    """The client left before the whole body was there."""


class Gate:
    """Reads the body first, so that nothing is parsed of what is too large."""

    def __init__(self, app: ASGIApp, labels: Labels, largest_file: int) -> None:
        self.app = app
        self.labels = labels
        self.largest_file = largest_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            answer = _Answer(send, request_id)
            await self._pass_on(scope, receive, answer, headers)
            route, told = scope.get("route"), scope.get("state", {})
            log.info(
                "request",
                method=scope["method"],
                # The template: a path as typed may hold anything.
                route=getattr(route, "path", "unmatched"),
                person=told.get("person"),
                case=told.get("case"),
                status=answer.status,
                ms=answer.milliseconds,
            )

    async def _pass_on(
        self, scope: Scope, receive: Receive, answer: "_Answer", headers: Headers
    ) -> None:
        language = headers.get("accept-language", "")
        limit = LARGEST_BODY
        if scope["path"].endswith(_UPLOADS):
            limit = self.largest_file
        elif is_page(scope["path"]):
            limit += self.largest_file
        try:
            body = await _read(receive, headers, limit)
            await self.app(scope, _Replayed(body, receive), answer)
        except _TooLarge:
            await self._refuse(BodyTooLarge(limit=limit), language, scope, receive, answer)
        except _Gone:
            return
        except Exception as error:
            # Neither its message nor its values: both may be personal.
            log.error("fault", error=type(error).__name__, at=_frames(error))
            if answer.status is None:
                await self._refuse(InternalFault(), language, scope, receive, answer)

    async def _refuse(
        self, refusal: Refusal, language: str, scope: Scope, receive: Receive, answer: "_Answer"
    ) -> None:
        response: Response
        if is_page(scope["path"]):
            response = refusal_page([refusal.name()], status_of(refusal.name()), self.labels)
        else:
            response = problem([refusal.as_data()], self.labels, language)
        await response(scope, receive, answer)


class _Answer:
    """Passes the answer on with the headers that every answer has."""

    def __init__(self, send: Send, request_id: str) -> None:
        self.status: int | None = None
        self._send = send
        self._request_id = request_id
        self._began = time.perf_counter()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = (b"x-request-id", self._request_id.encode())
            message["headers"] = [*message.get("headers", ()), own, *_SAFE_HEADERS]
        await self._send(message)

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self._began) * 1000, 1)


class _Replayed:
    """Gives the body that was read to whoever asks for it, and then what comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _read(receive: Receive, headers: Headers, limit: int) -> bytes:
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > limit:
        raise _TooLarge
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
        if size > limit:
            raise _TooLarge
    return b"".join(chunks)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
