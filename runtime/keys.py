"""API keys: who may call the API, until when, and how a key is taken back."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from domain.errors import Refusal
from domain.messages import Message, Moment
from domain.people import PersonId
from runtime.database import UtcMoment, create_tables
from runtime.vault import SCHEMA, Vault

_TOKEN: Final = re.compile(r"ks_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")

tables = MetaData()

api_keys = Table(
    "api_keys",
    tables,
    Column("key_id", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("label", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
    Column("expires_at", UtcMoment),
    Column("revoked_at", UtcMoment),
)


_KEY: Final = select(api_keys).where(api_keys.c.key_id == bindparam("named"))
"""Asked with every request, and so made once."""


class KeyMissing(Refusal):
    """The request carries no API key."""


class KeyUnknown(Refusal):
    """The API key is not known."""


class KeyRevoked(Refusal):
    """The API key was taken back."""


class KeyExpired(Refusal):
    """The API key is no longer valid."""


class ApiKey(Message):
    """What is kept about a key; the key itself is known to its holder alone."""

    key_id: str
    person: PersonId
    label: str
    created_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None


class ApiKeys:
    """The API keys of the installation, in the database of the vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        create_tables(vault.writer, tables, schema=SCHEMA)

    def issue(
        self, person: PersonId, label: str, at: datetime, *, expires_at: datetime | None = None
    ) -> str:
        """Make a key and return its token, which cannot be shown again."""
        key_id = secrets.token_hex(6)
        token = f"ks_{key_id}_{secrets.token_urlsafe(32)}"
        key = ApiKey(
            key_id=key_id, person=person, label=label, created_at=at, expires_at=expires_at
        )
        with self._vault.writer.begin() as connection:
            connection.execute(insert(api_keys).values(**key.model_dump(), digest=_digest(token)))
        return token

    def revoke(self, key_id: str, at: datetime) -> None:
        """Take a key back; the first time counts."""
        with self._vault.writer.begin() as connection:
            changed = connection.execute(
                update(api_keys)
                .where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
                .values(revoked_at=at)
            )
        if not changed.rowcount and self._row(key_id) is None:
            raise KeyUnknown(key_id=key_id)

    def list(self) -> tuple[ApiKey, ...]:
        shown = [column for column in api_keys.c if column is not api_keys.c.digest]
        with self._vault.reader.connect() as connection:
            rows = connection.execute(select(*shown).order_by("created_at", "key_id"))
            return tuple(ApiKey(**row._mapping) for row in rows)

    def authenticate(self, token: str | None, at: datetime) -> PersonId:
        """The person who holds the key."""
        if not token:
            raise KeyMissing()
        match = _TOKEN.fullmatch(token)
        row = self._row(match[1]) if match else None
        if row is None or not hmac.compare_digest(row.digest, _digest(token)):
            raise KeyUnknown()
        # Only the holder of the whole key is told what became of it.
        if row.revoked_at is not None:
            raise KeyRevoked(key_id=row.key_id, revoked_at=row.revoked_at)
        if row.expires_at is not None and at >= row.expires_at:
            raise KeyExpired(key_id=row.key_id, expires_at=row.expires_at)
        person: str = row.person
        return person

    def _row(self, key_id: str) -> Row[Any] | None:
        with self._vault.reader.connect() as connection:
            return connection.execute(_KEY, {"named": key_id}).first()


def _digest(token: str) -> bytes:
    # The token has 256 random bits: nobody guesses it from a fast digest.
    return hashlib.sha256(token.encode()).digest()
