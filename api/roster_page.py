"""The roster as an operator reads it in a terminal."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from domain.labels import Labels
from domain.roster.rules import COMES_WITH, is_absent, substitutes_of
from domain.roster.state import Dates, RosterState, Substitution, Tenure

D = TypeVar("D", bound=Dates)


def roster_page(
    state: RosterState, day: date, labels: Labels, who: str | None, *, is_post: bool
) -> Iterator[RenderableType]:
    """What to print: of everybody, of a person, or of whoever holds a post on that day or later."""
    page = _Page(state, day, labels, who, is_post)
    yield Text(f"the roster on {day}", style="bold")
    yield page.tenures()
    yield Text("\nabsences from that day on", style="bold")
    yield page.absences() or Text("none", style="dim")
    yield Text("\nsubstitutions from that day on", style="bold")
    yield page.substitutions() or Text("none", style="dim")


class _Page:
    def __init__(
        self, state: RosterState, day: date, labels: Labels, who: str | None, is_post: bool
    ) -> None:
        self._state = state
        self._day = day
        self._labels = labels
        self._post = COMES_WITH.get(who, who) if who and is_post else None
        self._posts = {who, self._post} if is_post else set()
        self._person = None if is_post else who
        self._people = {held.person for held in self._left(state.tenures) if self._is_asked(held)}

    def tenures(self) -> Table:
        table = _table("post", "", "held by", "from", "to", "on that day")
        held_now = (held for held in self._state.tenures if held.include(self._day))
        for held in sorted(filter(self._is_asked, held_now), key=lambda held: held.post):
            label = self._labels.post(held.post)
            table.add_row(held.post, label, held.person, *_dates(held), self._presence(held))
        return table

    def absences(self) -> Table | None:
        table = _table("no.", "who", "from", "to", "with substitution", "taken back by")
        for absence in self._left(self._state.absences):
            if self._everybody or absence.person in (self._people | {self._person}):
                given = str(absence.substitution or "-")
                back = absence.withdrawn_by or "-"
                table.add_row(str(absence.number), absence.person, *_dates(absence), given, back)
        return table if table.row_count else None

    def substitutions(self) -> Table | None:
        table = _table("no.", "of", "substitute", "from", "to", "in tasks", "granted by")
        for given in filter(self._concerns, self._left(self._state.substitutions)):
            tasks = given.task_types if given.task_types == "all" else ", ".join(given.task_types)
            replaced = given.person or given.post or ""
            table.add_row(
                str(given.number), replaced, given.substitute, *_dates(given), tasks,
                given.granted_by,
            )  # fmt: skip
        return table if table.row_count else None

    @property
    def _everybody(self) -> bool:
        return self._post is None and self._person is None

    def _is_asked(self, held: Tenure) -> bool:
        return self._everybody or held.person == self._person or held.post == self._post

    def _concerns(self, given: Substitution) -> bool:
        own = self._person is not None and given.substitute == self._person
        replaced = given.person in self._people or given.post in self._posts
        return self._everybody or own or replaced

    def _presence(self, held: Tenure) -> str:
        substitutes = sorted(substitutes_of(self._state, held.person, self._day))
        here = "away" if is_absent(self._state, held.person, self._day) else "there"
        return f"{here}, replaced by {', '.join(substitutes)}" if substitutes else here

    def _left(self, entries: Iterable[D]) -> Iterator[D]:
        return (each for each in entries if max(self._day, each.valid_from) <= each.last)


def _dates(held: Dates) -> tuple[str, str]:
    return str(held.valid_from), str(held.valid_to or "-")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
