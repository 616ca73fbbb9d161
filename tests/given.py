"""Stories of one aggregate: given commands, when another follows, then events, or a refusal."""

import inspect
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import datetime
from typing import Any, Generic, Self, TypeVar, get_args
from zoneinfo import ZoneInfo

from domain.aggregates import Aggregate
from domain.errors import Refusal, Refusals
from domain.messages import Act, Message

A = TypeVar("A", bound=Aggregate)


def moment(text: str) -> datetime:
    """`2026-07-06 08:00` on the clocks of Kraków."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Warsaw"))


def rebuilt(events: Iterable[Any], base: Any = None) -> Any:
    """The aggregate as its events alone make it, from birth or from an earlier state."""
    for event in events:
        base = event.mutate(base)
    return base


class Story(Generic[A]):
    """Of a class not yet born, or of a copy of an aggregate."""

    def __init__(self, subject: Any, act: dict[str, Any]) -> None:
        self.aggregate: A = deepcopy(subject)  # the class itself until it is born
        self.events: list[Any] = []
        self._act = act
        self._refusals: tuple[Refusal, ...] = ()
        self._base = None
        if isinstance(self.aggregate, Aggregate):
            self.aggregate.collect_events()
            self._base = deepcopy(self.aggregate)

    def also(self, command: Message, *known: Any, **act: Any) -> Self:
        """Carry out a command; `known` follows the act, `act` changes who, when and the id."""
        self._told = len(self.events)
        done = Act(**({"command_id": f"c-{self._told}", "by": "tester"} | self._act | act))
        result = _method(self.aggregate, command)(command, done, *known)
        self.aggregate = self.aggregate if result is None else result
        self.events += self.aggregate.collect_events()
        return self

    def when(self, command: Message, *known: Any, **act: Any) -> Self:
        """The same, but a refusal waits to be told by `refused`."""
        assert not self._refusals, self._refusals
        try:
            self.also(command, *known, **act)
        except (Refusal, Refusals) as refused:
            self._refusals = (refused,) if isinstance(refused, Refusal) else refused.refusals
        return self

    def then(self, event: type, **fields: Any) -> Self:
        """The next event of the command; all events alone make the aggregate what it is."""
        assert not self._refusals, self._refusals
        assert self._told < len(self.events), f"{event.__name__} did not happen"
        found = self.events[self._told]
        self._told += 1
        assert isinstance(found, event), found
        assert fields == {name: getattr(found, name) for name in fields}
        assert self.aggregate == rebuilt(self.events, deepcopy(self._base))
        return self

    def then_nothing_more(self) -> None:
        assert not self._refusals, self._refusals
        assert self.events[self._told :] == []

    def refused(self, *refusals: type[Refusal], **facts: Any) -> Self:
        """By exactly these refusals, the first found with these facts; nothing was recorded."""
        assert {type(refusal) for refusal in self._refusals} == set(refusals), self._refusals
        assert facts == {name: self._refusals[0].facts.get(name) for name in facts}
        assert not getattr(self.aggregate, "_pending_events", ())
        self._refusals = ()
        return self


def given(subject: type[A] | A, *commands: Message, at: datetime, **act: Any) -> Story[A]:
    story: Story[A] = Story(subject, {"at": at, **act})
    for command in commands:
        story.also(command)
    return story


def _method(subject: Any, command: Message) -> Callable[..., Any]:
    """The public method that takes this command, by the annotation of its parameters."""
    for name, method in inspect.getmembers(subject, inspect.isroutine):
        if not name.startswith("_"):
            for parameter in inspect.signature(method).parameters.values():
                if type(command) in (parameter.annotation, *get_args(parameter.annotation)):
                    return getattr(subject, name)  # type: ignore[no-any-return]  # by name only
    raise LookupError(f"{subject!r} takes no {type(command).__name__}")
