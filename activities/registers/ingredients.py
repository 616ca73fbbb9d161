"""What a generated year is made of: texts, people and streets that nobody has lived in."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from domain.messages import Message


class Kind(Message):
    weight: int
    season: str
    texts: tuple[str, ...]


class People(Message):
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]


class Ingredients(Message):
    """`past_year.yaml`."""

    seasons: Mapping[str, tuple[int, ...]]
    channels: Mapping[str, int]
    districts: Mapping[str, int]
    streets: Mapping[str, tuple[str, ...]]
    people: People
    openings: tuple[str, ...]
    closings: tuple[str, ...]
    categories: Mapping[str, Kind]
    questions: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    replies: Mapping[str, str]
    reasons: tuple[str, ...]


@cache
def ingredients() -> Ingredients:
    text = Path(__file__).with_name("past_year.yaml").read_text(encoding="utf-8")
    return Ingredients.model_validate(yaml.safe_load(text))


class Chance(Random):
    """Draws of the generator; each is made of `random` alone, which never changes."""

    def of(self, weights: Mapping[Any, float]) -> Any:
        return self.choices(list(weights), list(weights.values()))[0]

    def one(self, values: Sequence[Any]) -> Any:
        return values[int(self.random() * len(values))]

    def within(self, number: int) -> int:
        """From 0 on, below the number."""
        return int(self.random() * number)

    def happens(self, of_a_hundred: float) -> bool:
        return self.random() * 100 < of_a_hundred


def weight_in(kind: Kind, month: int) -> float:
    profile = ingredients().seasons[kind.season]
    return kind.weight * profile[month - 1] / sum(profile)
