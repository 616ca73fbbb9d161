"""The vault: who people are, each under a key of their own, so that erasing a key erases them.

The master key wraps one key for each person or case, and that key seals their data. Everything is
bound to the row it stands in, so that rows cannot be exchanged.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
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
from domain.people import PersonalData, PersonErased, PersonRef, PersonUnknown
from runtime.clock import Clock
from runtime.database import (
    Target,
    UtcMoment,
    create_tables,
    read_engine,
    telling_new,
    write_engine,
)
from runtime.secrets import MasterKey, ReferenceMaker, Seal, SealBroken, new_key
from runtime.settings import Settings

SCHEMA: Final = "vault"
_MASTER: Final = "master"
"""The subject that nobody is: its key shows whether this is the right master key."""

tables = MetaData()

subjects = Table(
    "subjects",
    tables,
    Column("key_ref", String, primary_key=True),
    Column("wrapped_key", LargeBinary),
    Column("created_at", UtcMoment, nullable=False),
    Column("destroyed_at", UtcMoment),
)

people = Table(
    "people",
    tables,
    Column("person_ref", String, ForeignKey(subjects.c.key_ref), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("corrected_at", UtcMoment),
)


# Made once: making a statement takes as long as carrying it out.
_NEW_PERSON: Final = insert(people)
_SUBJECT: Final = select(subjects).where(subjects.c.key_ref == bindparam("named"))
_HELD_SUBJECT: Final = _SUBJECT.with_for_update(read=True)
_PERSON: Final = (
    select(people, subjects.c.wrapped_key)
    .join(subjects, subjects.c.key_ref == people.c.person_ref)
    .where(people.c.person_ref == bindparam("named"))
)


class PersonDiffers(Refusal):
    """The same command was given before for another person."""


class MasterKeyWrong(Exception):
    """The vault was made with another master key."""


class VaultBusy(Exception):
    """A destroyed key may still stand in a file of the vault: erase again."""


class Vault:
    """Residents by reference."""

    def __init__(self, target: Target, master: MasterKey, clock: Clock) -> None:
        self.writer = write_engine(target, schema=SCHEMA, secure_delete=True)
        self.reader = read_engine(target, schema=SCHEMA)
        self.references = ReferenceMaker(master)
        self.clock = clock
        self._wrapping = Seal(master.for_purpose("vault"))
        create_tables(self.writer, tables, schema=SCHEMA)
        self._check_master_key()

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Self:
        target = settings.database_url or settings.vault_db
        return cls(target, settings.load_master_key(), clock)

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()

    def writing(self, joined: Connection | None = None) -> AbstractContextManager[Connection]:
        """A transaction of its own, or the one that is joined."""
        return self.writer.begin() if joined is None else nullcontext(joined)

    def admit(
        self, person: PersonalData, *, command_id: str, joined: Connection | None = None
    ) -> PersonRef:
        """Keep a person and return the reference to use instead; the same again for a repetition.

        `command_id` is unique among all clients, not only within one. What else is kept with the
        person may be written in the same transaction.
        """
        person_ref = self.references.make("person", command_id)
        with self.writing(joined) as connection:
            if key := self._new_key(connection, person_ref):
                sealed = key.seal(_as_bytes(person), person_ref)
                connection.execute(_NEW_PERSON, {"person_ref": person_ref, "sealed": sealed})
                return person_ref
            first = _row_of(connection, person_ref)
        # What was erased or corrected since can no longer be compared.
        comparable = first.wrapped_key is not None and first.corrected_at is None
        if comparable and self._opened(first) != person:
            raise PersonDiffers()
        return person_ref

    def person(self, person_ref: PersonRef) -> PersonalData:
        with self.reader.connect() as connection:
            return self._opened(_row_of(connection, person_ref))

    def correct(self, person_ref: PersonRef, person: PersonalData) -> None:
        """Put new data of a person in the place of the old."""
        with self.writer.begin() as connection:
            key = self.unwrap(person_ref, _row_of(connection, person_ref).wrapped_key)
            connection.execute(
                update(people)
                .where(people.c.person_ref == person_ref)
                .values(
                    sealed=key.seal(_as_bytes(person), person_ref), corrected_at=self.clock.now()
                )
            )

    def erase(self, key_ref: str, at: datetime) -> bool:
        """Destroy the key of a person or case; False when it was destroyed before.

        Raises VaultBusy when readers kept SQLite from overwriting the key: it is destroyed then,
        and a repetition overwrites it.
        """
        with self.writer.begin() as connection:
            destroyed = connection.scalar(
                update(subjects)
                .where(subjects.c.key_ref == key_ref, subjects.c.destroyed_at.is_(None))
                .values(wrapped_key=None, destroyed_at=at)
                .returning(subjects.c.key_ref)
            )
            if not destroyed:
                _subject(connection, key_ref)
        self._overwrite_deleted()
        return destroyed is not None

    def knows(self, key_ref: str) -> bool:
        """Whether there is, or was, such a person or case."""
        with self.reader.connect() as connection:
            return connection.execute(_SUBJECT, {"named": key_ref}).first() is not None

    def key_for(self, connection: Connection, key_ref: str) -> Seal:
        """The key of a person, or of a case, which gets it with its first text."""
        made = None if key_ref.startswith("person:") else self._new_key(connection, key_ref)
        return made or self.unwrap(key_ref, _subject(connection, key_ref).wrapped_key)

    def unwrap(self, key_ref: str, wrapped_key: bytes | None) -> Seal:
        # Keys are not remembered: opening one takes half a microsecond, and a key that is read
        # with the row it opens is gone for every process as soon as it is destroyed.
        if wrapped_key is None:
            raise PersonErased(key_ref=key_ref)
        return Seal(self._wrapping.open(wrapped_key, key_ref))

    def _new_key(self, connection: Connection, key_ref: str) -> Seal | None:
        """A new key, or None when the subject is already known."""
        key = new_key()
        made = connection.scalar(
            telling_new(connection, subjects, subjects.c.key_ref),
            {
                "key_ref": key_ref,
                "wrapped_key": self._wrapping.seal(key, key_ref),
                "created_at": self.clock.now(),
            },
        )
        return Seal(key) if made else None

    def _opened(self, row: Row[Any]) -> PersonalData:
        key = self.unwrap(row.person_ref, row.wrapped_key)
        return PersonalData.model_validate_json(key.open(row.sealed, row.person_ref))

    def _check_master_key(self) -> None:
        try:
            with self.writer.begin() as connection:
                self.key_for(connection, _MASTER)
        except SealBroken:
            self.close()
            raise MasterKeyWrong(MasterKeyWrong.__doc__) from None

    def _overwrite_deleted(self) -> None:
        """Leave no copy in the log of SQLite; on PostgreSQL this is the work of its VACUUM."""
        if self.writer.dialect.name != "sqlite":
            return
        with self.writer.connect() as connection:
            log: Any = connection.connection.driver_connection
            busy, *_ = log.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise VaultBusy(VaultBusy.__doc__)


def _as_bytes(person: PersonalData) -> bytes:
    return person.model_dump_json(exclude_none=True).encode()


def _subject(connection: Connection, key_ref: str) -> Row[Any]:
    """The key's row, held until the end of the transaction: an erasure waits for who seals."""
    row = connection.execute(_HELD_SUBJECT, {"named": key_ref}).first()
    if row is None:
        raise PersonUnknown(key_ref=key_ref)
    return row


def _row_of(connection: Connection, person_ref: PersonRef) -> Row[Any]:
    """The person's data together with the key, as both must be of one moment."""
    row = connection.execute(_PERSON, {"named": person_ref}).first()
    if row is None:
        raise PersonUnknown(key_ref=person_ref)
    return row
