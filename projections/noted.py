"""What a part of `ks follow` has noted for its next start, kept beside the events."""

from typing import Final

from sqlalchemy import Column, MetaData, String, Table, Text, select, update

from runtime.database import create_tables, insert_new, write_engine
from runtime.settings import Settings

_SCHEMA: Final = "public"

_tables = MetaData()
_notes = Table(
    "follower_notes",
    _tables,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)


class Notes:
    """One value under each name."""

    def __init__(self, settings: Settings) -> None:
        self._engine = write_engine(settings.database_url or settings.events_db, schema=_SCHEMA)
        create_tables(self._engine, _tables, schema=_SCHEMA)

    def of(self, name: str) -> str | None:
        with self._engine.begin() as connection:
            return connection.scalar(select(_notes.c.value).where(_notes.c.name == name))

    def keep(self, name: str, value: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(insert_new(connection, _notes).values(name=name, value=value))
            which = update(_notes).where(_notes.c.name == name)
            connection.execute(which.values(value=value))

    def close(self) -> None:
        self._engine.dispose()
