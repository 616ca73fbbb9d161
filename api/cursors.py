"""Cursors of pages: the keys of the last row, as a text that clients pass on unread."""

import base64
import binascii
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query
from pydantic import TypeAdapter

from domain.errors import Refusal

T = TypeVar("T")

_LONGEST: Final = 600

Cursor = Annotated[str | None, Query(max_length=_LONGEST, description="`next` of the page before.")]


class CursorMalformed(Refusal):
    """This is not the cursor of a page."""


def write_cursor(keys: Any, kind: TypeAdapter[T]) -> str:
    return base64.urlsafe_b64encode(kind.dump_json(keys)).decode().rstrip("=")


def read_cursor(text: str, kind: TypeAdapter[T]) -> T:
    try:
        plain = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        return kind.validate_json(plain)
    except (binascii.Error, ValueError):
        raise CursorMalformed(field="cursor") from None
