"""A changed table of routing, tried on what the log tells: what it would have proposed instead."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from domain.interventions import events
from domain.routing import Routing, RoutingTable
from domain.routing_tables import DecisionTable, Matter, RoutingTables, propose_by
from domain.working_days import local_day
from runtime.store import Store

_PAGE: Final = 2_000

NOBODY: Final = "-"
"""Stands for the unit where no unit is proposed."""


@dataclass
class PastCase:
    """A report and what became of its way to a unit."""

    reference: str
    matter: Matter
    day: date
    """On which it was decided or, while it has not been, received."""
    proposed: Routing | None = None
    """What stands beside the decision."""
    lead: str | None = None
    """The unit that had the lead at last: whoever was right in the end."""


@dataclass(frozen=True)
class Moved:
    """A case for which the tried table proposes another unit."""

    case: PastCase
    before: Routing
    after: Routing


@dataclass
class Trial:
    """What was compared; counts are of cases."""

    cases: int = 0
    decided: int = 0
    """Of the cases, those that people sent to a unit."""
    agreed_before: int = 0
    """Of those decided, for which the unit that had the lead at last had been proposed."""
    agreed_after: int = 0
    moved: list[Moved] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    """Rows of the tried table by how many cases they decide."""
    rules_that_move: Counter[str] = field(default_factory=Counter)
    units_before: Counter[str] = field(default_factory=Counter)
    units_after: Counter[str] = field(default_factory=Counter)

    def add(self, case: PastCase, before: Routing, after: Routing) -> None:
        self.cases += 1
        self.rules[after.rule] += 1
        self.units_before[before.unit or NOBODY] += 1
        self.units_after[after.unit or NOBODY] += 1
        if case.lead is not None:
            self.decided += 1
            self.agreed_before += case.lead == before.unit
            self.agreed_after += case.lead == after.unit
        if before.unit != after.unit:
            self.rules_that_move[after.rule] += 1
            self.moved.append(Moved(case, before, after))


def tried(
    table: DecisionTable,
    cases: Iterable[PastCase],
    tables: RoutingTables,
    routing: RoutingTable,
) -> Trial:
    """The table as if it had been in force on the day of each case.

    Where nobody has decided yet, it is compared with the tables that are in force.
    """
    trial = Trial()
    for case in cases:
        before = case.proposed or tables.propose(case.matter, case.day)
        trial.add(case, before, propose_by(table, case.matter, case.day, routing))
    return trial


def past_cases(store: Store, first: date | None, to: date | None) -> list[PastCase]:
    """Those of the days from the first on, up to the day `to`, which is no longer one of them."""
    found: dict[str, PastCase] = {}
    for event in _events(store):
        if isinstance(event, events.Registered):
            found[event.reference] = _registered(event)
        else:
            _forwarded(found[event.reference], event)
    return [
        case
        for _, case in sorted(found.items())
        if (first is None or case.day >= first) and (to is None or case.day < to)
    ]


def _registered(event: events.Registered) -> PastCase:
    place = event.place
    matter = Matter(category=event.category, district=place.district, street=place.street)
    return PastCase(event.reference, matter, local_day(event.received_at))


def _forwarded(case: PastCase, event: events.Forwarded) -> None:
    if case.proposed is None:
        case.day = local_day(event.timestamp)
        case.proposed = event.routing
    if event.lead:
        case.lead = event.unit


def _events(store: Store) -> Iterator[Any]:
    topics = (events.Registered.TOPIC, events.Forwarded.TOPIC)
    after = 0
    while page := store.recorder.select_notifications(
        after, _PAGE, topics=topics, inclusive_of_start=False
    ):
        yield from (store.mapper.to_domain_event(stored) for stored in page)
        after = page[-1].id
