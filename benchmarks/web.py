"""A client of an API that costs little itself, so that its own work is not what is measured."""

import asyncio
import json
from contextlib import suppress
from typing import Any, NamedTuple

PATIENCE = 60.0
"""Seconds in which an answer has to come; a bench that hangs says where."""


class Answer(NamedTuple):
    status: int
    body: Any

    @property
    def is_good(self) -> bool:
        return self.status < 300


class Refused(Exception):
    """The API answered with a problem where the bench expected none."""


class Web:
    """One connection that is kept, one request at a time: what one person or program does."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, *, token: str = "", key: str = "", body: bytes = b""
    ) -> Answer:
        """Raises ConnectionError when nobody is there, or goes away before the answer."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nX-API-Key: {token}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._exchange(head.encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await self.close()
            raise ConnectionError(f"{method} {path}") from error

    async def told(self, method: str, path: str, **request: Any) -> Any:
        """The body of an answer that has to be a good one."""
        answer = await self.ask(method, path, **request)
        if not answer.is_good:
            raise Refused(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _exchange(self, request: bytes) -> Answer:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        body = await self._reader.readexactly(length)
        return Answer(int(head[9:12]), json.loads(body))
