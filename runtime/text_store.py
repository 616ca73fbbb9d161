"""Texts that people wrote, kept in the vault; everywhere else stands a reference to them."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from pydantic import BaseModel
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    bindparam,
    select,
    update,
)

from domain.errors import Refusal
from domain.people import PersonErased, TextRef, is_text_ref, texts_in, with_texts
from runtime.database import UtcMoment, create_tables, insert_new, telling_new
from runtime.vault import SCHEMA, Vault, subjects, tables

M = TypeVar("M", bound=BaseModel)

_AT_ONCE = 1_000  # rows in one query: databases limit the number of its parameters

texts = Table(
    "texts",
    tables,
    Column("text_ref", String, primary_key=True),
    Column("key_ref", String, ForeignKey(subjects.c.key_ref), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
)


_SEALED: Final = (
    select(texts, subjects.c.wrapped_key)
    .join(subjects)
    .where(texts.c.text_ref.in_(bindparam("refs", expanding=True)))
)


class TextUnknown(Refusal):
    """No text is known under this reference."""


class TextDiffers(Refusal):
    """The same command was given before with another text."""


class ReferenceInsteadOfText(Refusal):
    """A reference was written where a text is expected."""


class TextStore:
    """Texts by reference, each sealed under the key of the person or case it belongs to."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        create_tables(vault.writer, tables, schema=SCHEMA)

    def put(self, text: str, *, key_ref: str, command_id: str, field: str) -> TextRef:
        """Keep a text and return its reference; the same again for a repeated command."""
        return self.put_many({field: text}, key_ref=key_ref, command_id=command_id)[field]

    def put_many(
        self,
        fields: Mapping[str, str],
        *,
        key_ref: str,
        command_id: str,
        joined: Connection | None = None,
    ) -> dict[str, TextRef]:
        """Keep the texts of one command in one transaction: references by field."""
        refs = {field: self.ref_of(key_ref, command_id, field) for field in fields}
        if not fields:
            return refs
        with self._vault.writing(joined) as connection:
            key = self._vault.key_for(connection, key_ref)
            now = self._vault.clock.now()
            rows = [
                {
                    "text_ref": refs[field],
                    "key_ref": key_ref,
                    "sealed": key.seal(text.encode(), refs[field]),
                    "created_at": now,
                }
                for field, text in fields.items()
            ]
            insert = telling_new(connection, texts, texts.c.text_ref)
            new = set(connection.scalars(insert, rows))
            kept = self._opened(connection, set(refs.values()) - new)
            differing = [
                field for field, text in fields.items() if kept.get(refs[field], text) != text
            ]
            if differing:
                raise TextDiffers(fields=differing)
        return refs

    def replace(self, text_ref: TextRef, text: str, *, key_ref: str) -> None:
        """Keep a text under a reference of `ref_of`, in the place of the one before."""
        with self._vault.writing() as connection:
            key = self._vault.key_for(connection, key_ref)
            row = {
                "key_ref": key_ref,
                "sealed": key.seal(text.encode(), text_ref),
                "created_at": self._vault.clock.now(),
            }
            connection.execute(insert_new(connection, texts).values(text_ref=text_ref, **row))
            connection.execute(update(texts).where(texts.c.text_ref == text_ref).values(**row))

    def get(self, text_ref: TextRef) -> str:
        found = self.get_many([text_ref])
        if text_ref not in found:
            raise PersonErased(text_refs=[text_ref])
        return found[text_ref]

    def get_many(self, refs: Iterable[TextRef]) -> dict[TextRef, str]:
        """Texts by reference; those that were erased are left out."""
        with self._vault.reader.connect() as connection:
            return self._opened(connection, refs)

    def ref_of(self, key_ref: str, command_id: str, field: str) -> TextRef:
        return self._vault.references.make("text", key_ref, command_id, field)

    def _opened(self, connection: Connection, refs: Iterable[TextRef]) -> dict[TextRef, str]:
        wanted = list(dict.fromkeys(refs))
        rows = [
            row
            for start in range(0, len(wanted), _AT_ONCE)
            for row in connection.execute(_SEALED, {"refs": wanted[start : start + _AT_ONCE]})
        ]
        if len(rows) < len(wanted):
            unknown = set(wanted) - {row.text_ref for row in rows}
            raise TextUnknown(text_refs=sorted(unknown))
        return {
            row.text_ref: self._vault.unwrap(row.key_ref, row.wrapped_key)
            .open(row.sealed, row.text_ref)
            .decode()
            for row in rows
            if row.wrapped_key is not None
        }


def seal_texts(
    message: M,
    *,
    key_ref: str,
    command_id: str,
    texts: TextStore,
    within: str = "",
    joined: Connection | None = None,
) -> M:
    """The message with its texts put into the store; sealing it again changes nothing.

    A reference that a client wrote in place of a text is refused: only the store can make the one
    that belongs at this place of this command. `within` keeps the places of a form apart from
    those of the command that carries it.
    """
    found = texts_in(message)
    refs = {path: texts.ref_of(key_ref, command_id, within + path) for path in found}
    foreign = [path for path, text in found.items() if is_text_ref(text) and text != refs[path]]
    if foreign:
        raise ReferenceInsteadOfText(fields=foreign)
    plain = {within + path: text for path, text in found.items() if text != refs[path]}
    texts.put_many(plain, key_ref=key_ref, command_id=command_id, joined=joined)
    return with_texts(message, refs)


def open_texts(message: M, *, texts: TextStore) -> M:
    """The message as it was written, for a reader who may see it."""
    found = texts_in(message)
    opened = texts.get_many(text for text in found.values() if is_text_ref(text))
    erased = [text for text in found.values() if is_text_ref(text) and text not in opened]
    if erased:
        raise PersonErased(text_refs=erased)
    return with_texts(message, {path: opened.get(text, text) for path, text in found.items()})
