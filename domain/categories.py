"""The category of a report, proposed from its words; a person decides (A1)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from domain.routing import Category, RoutingTable

MOST_PROPOSED: Final = 3

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_STEM: Final = 5
"""Letters that the forms of a Polish word have in common, about: latarnia, latarni, latarnię."""

_SAYS_NOTHING: Final = frozenset(
    [
        "brak",
        "dla",
        "inne",
        "jest",
        "lub",
        "nie",
        "oraz",
        "przy",
        "ustal",
        "ulica",
        "ulicy",
        "ulicz",
    ]
)
"""Stems that stand in the name of a category and in any report."""


@dataclass(frozen=True)
class ProposedCategory:
    category: Category
    words: tuple[str, ...]
    """Those of the report that speak for it, as they stand there."""
    weight: float


class CategoryWords:
    """The words of all categories: their Polish names and the further words of the table."""

    def __init__(self, routing: RoutingTable) -> None:
        self._categories = [row for group in routing.groups for row in group.categories]

    def propose(self, text: str) -> tuple[ProposedCategory, ...]:
        """The likeliest first; a word that speaks for many categories says less."""
        said: dict[str, str] = {}
        for word in _WORD.findall(text):
            said.setdefault(_stem(word), word)
        found = [each for row in self._categories if (each := self._for(row, said)).words]
        found.sort(key=lambda each: (-each.weight, each.category.id))
        return tuple(found[:MOST_PROPOSED])

    def _for(self, row: Category, said: dict[str, str]) -> ProposedCategory:
        stems = [stem for stem in said if stem in self._stems[row.id]]
        return ProposedCategory(
            category=row,
            words=tuple(said[stem] for stem in stems),
            weight=sum(1 / self._spread[stem] for stem in stems),
        )

    @cached_property
    def _stems(self) -> dict[str, frozenset[str]]:
        return {row.id: frozenset(_stems_of(row)) for row in self._categories}

    @cached_property
    def _spread(self) -> Counter[str]:
        """For how many categories a word speaks."""
        return Counter(stem for stems in self._stems.values() for stem in stems)


def _stems_of(row: Category) -> Iterator[str]:
    for name in (row.pl, *row.words):
        stems = (_stem(word) for word in _WORD.findall(name))
        yield from (stem for stem in stems if stem not in _SAYS_NOTHING)


def _stem(word: str) -> str:
    plain = word.casefold()
    return plain[: _STEM + 3] if plain.startswith("nie") else plain[:_STEM]
