"""Something that is asked of the activities, and what it must lead to however often it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.activities.desk import Desk

Ask = Callable[[], Any]


@dataclass(frozen=True)
class Deed:
    """Something that is asked of the activities, and the events that it leads to, sorted."""

    name: str
    prepare: Callable[[Desk], Ask]
    effect: tuple[str, ...]
