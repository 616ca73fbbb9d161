"""Files of cases, kept in the vault: encrypted, and gone with the key they are sealed under."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
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
"""`owner` is the case: a reference is of no use in any other."""


class FileStore:
    """Files by reference, each kept once in a case."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        create_tables(vault.writer, tables, schema=SCHEMA)

    def put(self, content: bytes, media_type: str, *, owner: str, key_ref: str) -> UploadedFile:
        """Keep a file and return what to attach; the same file again is the same attachment."""
        digest = sha256(content).hexdigest()
        file_ref = self._vault.references.make("file", owner, media_type, digest)
        with self._vault.writing() as connection:
            row = {
                "owner": owner,
                "key_ref": key_ref,
                "media_type": media_type,
                "size": len(content),
                "sealed": self._vault.key_for(connection, key_ref).seal(content, file_ref),
                "created_at": self._vault.clock.now(),
            }
            connection.execute(insert_new(connection, files).values(file_ref=file_ref, **row))
            connection.execute(update(files).where(files.c.file_ref == file_ref).values(**row))
        return UploadedFile(file=file_ref, media_type=media_type, size=len(content))

    def refuse_unknown(self, attached: Iterable[UploadedFile], *, owner: str) -> None:
        """Refuse files that were not uploaded to this case, or not as what they are called."""
        named = {each.file: each for each in attached}
        columns = (files.c.file_ref, files.c.media_type, files.c.size)
        query = select(*columns).where(files.c.file_ref.in_(named), files.c.owner == owner)
        with self._vault.reader.connect() as connection:
            kept = {row.file_ref: (row.media_type, row.size) for row in connection.execute(query)}
        unknown = [
            ref for ref, each in named.items() if kept.get(ref) != (each.media_type, each.size)
        ]
        if unknown:
            raise AttachmentUnknown(files=unknown)

    def get(self, file_ref: FileRef) -> bytes:
        """Raises PersonErased when the key of the file is gone."""
        with self._vault.reader.connect() as connection:
            row = connection.execute(
                select(files, subjects.c.wrapped_key)
                .join(subjects)
                .where(files.c.file_ref == file_ref)
            ).first()
        if row is None:
            raise AttachmentUnknown(files=[file_ref])
        return self._vault.unwrap(row.key_ref, row.wrapped_key).open(row.sealed, file_ref)
