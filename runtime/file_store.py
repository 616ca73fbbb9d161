"""Files of cases, kept in the vault: encrypted, and gone with the key they are sealed under."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    or_,
    select,
    update,
)

from domain.attachments import AttachmentUnknown, FileRef, UploadedFile
from runtime.database import UtcMoment, create_tables, insert_new
from runtime.vault import SCHEMA, Vault, subjects, tables

files = Table(
    "files",
    tables,
    Column("file_ref", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("key_ref", String, ForeignKey(subjects.c.key_ref), nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
)
"""`owner` is the case, or whoever uploaded it: a reference is of no use to any other."""

UPLOADS_KEPT: Final = timedelta(days=1)

_UPLOADS: Final = "uploads"
"""The key of what belongs to nobody yet."""


class FileStore:
    """Files by reference, each kept once in a case, or once among the uploads of a client."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        create_tables(vault.writer, tables, schema=SCHEMA)

    def put(self, content: bytes, media_type: str, *, owner: str, key_ref: str) -> UploadedFile:
        """Keep a file and return what to attach; the same file again is the same attachment, and
        lies under the key that it had."""
        with self._vault.writing() as connection:
            return self._keep(connection, content, media_type, owner, key_ref)

    def upload(self, content: bytes, media_type: str, *, client: str) -> UploadedFile:
        """Keep a file for a case that is still to be registered; for a day, if it never is."""
        with self._vault.writing() as connection:
            too_old = self._vault.clock.now() - UPLOADS_KEPT
            forgotten = files.c.key_ref == _UPLOADS, files.c.created_at < too_old
            connection.execute(delete(files).where(*forgotten))
            return self._keep(connection, content, media_type, _owner(client), _UPLOADS)

    def put_once(
        self, name: str, make: Callable[[], bytes], media_type: str, *, owner: str, key_ref: str
    ) -> FileRef:
        """Keep what the product itself makes under a name, once: what is there already stays."""
        file_ref: FileRef = self._vault.references.make("file", owner, name)
        with self._vault.reader.connect() as connection:
            known = connection.scalar(select(files.c.size).where(files.c.file_ref == file_ref))
        if known is None:
            content = make()
            with self._vault.writing() as connection:
                row = self._row(connection, file_ref, content, media_type, owner, key_ref)
                connection.execute(insert_new(connection, files).values(**row))
        return file_ref

    def adopt(
        self, uploaded: Iterable[UploadedFile], *, client: str, key_ref: str, joined: Connection
    ) -> tuple[UploadedFile, ...]:
        """Seal what a client has uploaded under the key of the case or person that it is about."""
        return tuple(
            self._keep(
                joined,
                self._opened(joined, each.file, _owner(client)),
                each.media_type,
                key_ref,
                key_ref,
            )
            for each in uploaded
        )

    def assign(self, attached: Iterable[UploadedFile], *, owner: str, key_ref: str) -> None:
        """Seal files of a case anew under the key of whom they turn out to be about."""
        with self._vault.writing() as connection:
            for each in attached:
                content = self._opened(connection, each.file, owner)
                sealed = self._vault.key_for(connection, key_ref).seal(content, each.file)
                row = {"key_ref": key_ref, "sealed": sealed}
                connection.execute(update(files).where(files.c.file_ref == each.file).values(**row))

    def uploaded_to(self, owner: str) -> frozenset[FileRef]:
        """The files of a case, attached or not."""
        with self._vault.reader.connect() as connection:
            found = select(files.c.file_ref).where(files.c.owner == owner)
            return frozenset(connection.scalars(found))

    def refuse_not_uploaded(
        self, attached: Iterable[UploadedFile], *, client: str, field: str
    ) -> None:
        self.refuse_unknown(attached, owner=_owner(client), field=field)

    def refuse_unknown(
        self, attached: Iterable[UploadedFile], *, owner: str, field: str = "attachments"
    ) -> None:
        """Refuse files that were not uploaded to this case, or not as what they are called."""
        named = {each.file: each for each in attached}
        if not named:
            return
        columns = (files.c.file_ref, files.c.media_type, files.c.size)
        query = select(*columns).where(files.c.file_ref.in_(named), files.c.owner == owner)
        with self._vault.reader.connect() as connection:
            kept = {row.file_ref: (row.media_type, row.size) for row in connection.execute(query)}
        unknown = [
            ref for ref, each in named.items() if kept.get(ref) != (each.media_type, each.size)
        ]
        if unknown:
            raise AttachmentUnknown(field=field, files=unknown)

    def get(self, file_ref: FileRef) -> bytes:
        """Raises PersonErased when the key of the file is gone."""
        with self._vault.reader.connect() as connection:
            return self._opened(connection, file_ref)

    def _keep(
        self, connection: Connection, content: bytes, media_type: str, owner: str, key_ref: str
    ) -> UploadedFile:
        digest = sha256(content).hexdigest()
        file_ref = self._vault.references.make("file", owner, media_type, digest)
        row = self._row(connection, file_ref, content, media_type, owner, key_ref)
        connection.execute(insert_new(connection, files).values(**row))
        # What is known stays under its key, unless that was destroyed; what waits for a report
        # waits another day.
        gone = select(subjects.c.key_ref).where(subjects.c.wrapped_key.is_(None))
        old = or_(files.c.key_ref == _UPLOADS, files.c.key_ref.in_(gone))
        connection.execute(update(files).where(files.c.file_ref == file_ref, old).values(**row))
        return UploadedFile(file=file_ref, media_type=media_type, size=len(content))

    def _row(
        self,
        connection: Connection,
        file_ref: FileRef,
        content: bytes,
        media_type: str,
        owner: str,
        key_ref: str,
    ) -> dict[str, Any]:
        return {
            "file_ref": file_ref,
            "owner": owner,
            "key_ref": key_ref,
            "media_type": media_type,
            "size": len(content),
            "sealed": self._vault.key_for(connection, key_ref).seal(content, file_ref),
            "created_at": self._vault.clock.now(),
        }

    def _opened(self, connection: Connection, file_ref: FileRef, owner: str | None = None) -> bytes:
        found = select(files, subjects.c.wrapped_key).join(subjects)
        found = found.where(files.c.file_ref == file_ref)
        row = connection.execute(found).first()
        if row is None or owner not in (None, row.owner):
            raise AttachmentUnknown(files=[file_ref])
        return self._vault.unwrap(row.key_ref, row.wrapped_key).open(row.sealed, file_ref)


def _owner(client: str) -> str:
    return f"client:{client}"
