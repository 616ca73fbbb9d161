"""What a report may turn out to be, and whose register it then belongs to (KPA art. 222)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.messages import Message


class Kind(Message):
    """A dated row of `requalification.yaml`."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$")]
    pl: str
    register_pl: str
    owner: str | None
    """None: whoever proposes it names the competent unit."""
    terms: Annotated[tuple[str, ...], Field(min_length=1)]
    into: str | None = None
    """The process that takes the matter over; None for a register outside this system."""
    proposed: bool = True
    basis: str
    valid_from: date
    setting: bool
    note: str | None = None
    source: str


class Requalification:
    """All dated rows; the one in force on the day applies."""

    def __init__(self, rows: Iterable[Kind]) -> None:
        self._rows = sorted(rows, key=lambda row: row.valid_from)

    def kind(self, id: str, day: date) -> Kind | None:
        """The row in force, None when there is no such kind that day."""
        found = [row for row in self._rows if row.id == id and row.valid_from <= day]
        return found[-1] if found else None

    def proposable(self, day: date) -> tuple[str, ...]:
        """The kinds that a report may be said to be."""
        ids = dict.fromkeys(row.id for row in self._rows)
        rows = (self.kind(id, day) for id in ids)
        return tuple(row.id for row in rows if row is not None and row.proposed)


def faults_of(rows: Iterable[Kind], rules: frozenset[str], units: frozenset[str]) -> Iterator[str]:
    """What does not fit the other tables: terms that are no rules, owners that are no units."""
    for row in rows:
        unknown = [rule for rule in row.terms if rule not in rules]
        yield from (f"{row.id}: rule {rule} is not in deadlines.yaml" for rule in unknown)
        if row.owner is not None and row.owner not in units:
            yield f"{row.id}: unit {row.owner} is neither in org.yaml nor in routing.yaml"
