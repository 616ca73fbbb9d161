"""Refusals: what the domain does not allow, as named facts."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any


class Refusal(Exception):
    """The command is not allowed."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.sentence())

    @classmethod
    def name(cls) -> str:
        return cls.__name__

    @classmethod
    def sentence(cls) -> str:
        """The first paragraph of the docstring, on one line."""
        return " ".join((inspect.getdoc(cls) or cls.__name__).split("\n\n")[0].split())

    def as_data(self) -> dict[str, Any]:
        return {"refusal": self.name(), "sentence": self.sentence(), "facts": self.facts}


class Refusals(Exception):
    """Every guard that failed, reported together; the first one names the whole."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(str(refusal) for refusal in self.refusals))

    def as_data(self) -> list[dict[str, Any]]:
        return [refusal.as_data() for refusal in self.refusals]


def refuse_if_any(refusals: Iterable[Refusal]) -> None:
    """Raise what was found: a single refusal as itself, several as `Refusals`."""
    found = tuple(refusals)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


def refusals_of(attempt: Callable[[], object]) -> list[Refusal]:
    """What an attempt was refused for; empty when it went through."""
    try:
        attempt()
    except Refusal as refusal:
        return [refusal]
    except Refusals as several:
        return list(several.refusals)
    return []
