"""What lies in the vault under a key that it should not lie under, sealed anew under the right one.

A reference stays what it is: the key it is sealed under is no part of it. Each text and file moves
in a transaction of its own, and what was there before is overwritten. Whoever dies in between goes
on where they stopped, as what has moved lies under the wrong key no more.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, ColumnElement, Table, and_, select, update

from domain.people import PersonErased
from runtime.file_store import files
from runtime.text_store import texts
from runtime.vault import Vault, subjects

_PLACES: Final[tuple[tuple[Table, Column[str]], ...]] = (
    (texts, texts.c.text_ref),
    (files, files.c.file_ref),
)
_AT_ONCE: Final = 500
"""References in one query: databases limit the number of its parameters."""


@dataclass(frozen=True)
class Belongings:
    """What has to lie under the key of somebody, or of a case."""

    key_ref: str
    of: Collection[str]
    """People under whose keys it may still lie."""
    told: Collection[str]
    """References to what was said without a name, under the key of a case."""
    left: Collection[str]
    """References to what stays where it is: it is about those people themselves."""


def misplaced(vault: Vault, wanted: Belongings) -> list[str]:
    """The references of what still lies elsewhere and could be moved."""
    return [ref for _, _, ref in _misplaced(vault, wanted)]


def put_right(vault: Vault, wanted: Belongings) -> int:
    """Move what is misplaced; how much it was. What was erased meanwhile stays so."""
    moved = 0
    for table, column, ref in list(_misplaced(vault, wanted)):
        try:
            moved += _moved(vault, table, column, ref, wanted.key_ref)
        except PersonErased:
            continue
    return moved


def _moved(vault: Vault, table: Table, column: Column[str], ref: str, key_ref: str) -> bool:
    with vault.writing() as connection:
        found = select(table.c.sealed, table.c.key_ref).where(column == ref).with_for_update()
        row = connection.execute(found).one()
        if row.key_ref == key_ref:
            return False
        content = vault.key_for(connection, row.key_ref).open(row.sealed, ref)
        sealed = vault.key_for(connection, key_ref).seal(content, ref)
        values = {"key_ref": key_ref, "sealed": sealed}
        connection.execute(update(table).where(column == ref).values(**values))
    return True


def _misplaced(vault: Vault, wanted: Belongings) -> Iterator[tuple[Table, Column[str], str]]:
    alive = subjects.c.wrapped_key.is_not(None)
    with vault.reader.connect() as connection:
        for table, column in _PLACES:
            for which in _conditions(table, column, wanted):
                query = select(column).join(subjects).where(which, alive).order_by(column)
                for ref in connection.scalars(query):
                    if ref not in wanted.left:
                        yield table, column, ref


def _conditions(
    table: Table, column: Column[str], wanted: Belongings
) -> Iterator[ColumnElement[bool]]:
    key = table.c.key_ref
    yield key.in_([of for of in wanted.of if of != wanted.key_ref])
    if wanted.key_ref.startswith("person:"):
        told = sorted(wanted.told)
        for start in range(0, len(told), _AT_ONCE):
            some = told[start : start + _AT_ONCE]
            yield and_(column.in_(some), key.not_like("person:%"), key != wanted.key_ref)
