"""Task types: what a process may ask a person, who may answer, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.messages import Message

Priority = Literal["urgent", "high", "normal", "low"]


@dataclass(frozen=True)
class Outcome:
    """One way to complete a task; `form` is the command that the person fills in."""

    form: type[Message]
    risk_reducing: bool = False
    """Allowed although the case is on hold (stop, cancel, decrease, withdraw)."""


def on_lapse(outcome: str) -> str:
    """Of a task that ends by itself with the effect of this outcome."""
    return f"expire:{outcome}"


@dataclass(frozen=True)
class TaskType:
    """The fixed part of every task of one kind; a process keeps a table of them."""

    name: str
    outcomes: Mapping[str, Outcome]
    complete: str
    """Id of the term rule by which the task is to be done."""
    respond: str | None = None
    """Id of the term rule by which somebody has to take it."""
    ladder: str = "standard"
    priority: Priority = "normal"
    on_lapse: str = "none"
    stands_still: bool = True
    """Whether its terms stop while the case is on hold; a danger does not wait."""
    form_version: int = 1
    recorders: tuple[str, ...] = field(default=())
    """Posts that may record the answer of somebody who answered by letter."""

    @property
    def risk_reducing(self) -> tuple[str, ...]:
        """The outcomes that are taken also while the case is on hold."""
        return tuple(name for name, outcome in self.outcomes.items() if outcome.risk_reducing)

    def __post_init__(self) -> None:
        lapses = ("none", *map(on_lapse, self.outcomes))
        if self.on_lapse not in lapses:
            raise ValueError(f"{self.name}: {self.on_lapse} is none of {', '.join(lapses)}")
