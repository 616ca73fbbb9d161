"""Something that is asked of the activities, and what it must lead to however often it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.activities.desk import Desk

Ask = Callable[[], Any]

DECIDED = ("task.Claimed", "task.Completed")


@dataclass(frozen=True)
class Deed:
    """Something that is asked of the activities, and the events that it leads to, sorted."""

    name: str
    prepare: Callable[[Desk], Ask]
    effect: tuple[str, ...]


def instructing(desk: Desk, name: str, person: str, reference: str, **fields: Any) -> Ask:
    step = desk.instruction(person, reference, name, fields)
    return lambda: desk.commands.instruct_intervention(step).answer
