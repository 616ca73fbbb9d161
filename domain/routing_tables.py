"""Decision tables of routing: dated, each row a rule with the unit that it proposes (§ 9.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.messages import Message
from domain.places import street_key
from domain.routing import HitPolicy, Routing, RoutingTable

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=60)]
Version = Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=20)]

NO_TABLE = "no_table"
NO_RULE = "no_rule"
"""Stand for the rule of a proposal that names no unit."""

Verdict = Literal["proposed", "another_place", "unit_not_active", "after_the_first"]


class Matter(Message):
    """What a table decides by: the inputs that stand beside each decision in the log."""

    category: str
    district: str | None = None
    street: str | None = None

    def inputs(self) -> dict[str, str]:
        return self.model_dump(exclude_none=True)


class Condition(Message):
    """When a row fits; what is left out does not matter."""

    category: str | None = None
    group: str | None = None
    districts: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.category and self.group:
            raise ValueError("a row is for a category or for a group, not for both")
        return self

    @property
    def somewhere_only(self) -> bool:
        return bool(self.districts or self.streets)

    def about(self, category: str) -> bool:
        if self.group:
            return category.startswith(f"{self.group}.")
        return self.category in (None, category)

    def placed(self, matter: Matter) -> bool:
        """Whether the matter is where the row applies; one without a place is nowhere."""
        streets = {street_key(street) for street in self.streets}
        return (not self.districts or matter.district in self.districts) and (
            not streets or street_key(matter.street or "") in streets
        )


class Rule(Message):
    """A row: its id stands in every decision that it proposed."""

    id: Name
    when: Condition
    unit: str
    alternatives: tuple[str, ...] = ()
    principle: str = "category"
    """The rule of `routing.yaml` whose sentence is the reason, unless a reason is given."""
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None

    def fits(self, matter: Matter) -> bool:
        return self.when.about(matter.category) and self.when.placed(matter)


class DecisionTable(Message):
    """One version of the rules; never edited once it was in force."""

    version: Version
    valid_from: date
    valid_to: date | None = None
    """The last day; then the table before it is in force again."""
    hit_policy: HitPolicy
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day <= (self.valid_to or day)


@dataclass(frozen=True)
class Considered:
    """A row that is about the category, and why it was proposed or was not."""

    rule: Rule
    verdict: Verdict


class RoutingTables:
    """`routing_tables.yaml`: every version, and which one decides at a moment."""

    def __init__(self, tables: Iterable[DecisionTable], routing: RoutingTable) -> None:
        self._tables = sorted(tables, key=lambda table: table.valid_from, reverse=True)
        self._routing = routing

    def has_version(self, version: str) -> bool:
        return any(table.version == version for table in self._tables)

    def in_force(self, day: date) -> DecisionTable | None:
        """The one that came last of those that have not ended."""
        return next((table for table in self._tables if table.in_force(day)), None)

    def propose(self, matter: Matter, day: date) -> Routing:
        """The unit to which the matter goes unless a person decides otherwise."""
        table = self.in_force(day)
        if table is None:
            return Routing.nobody(NO_TABLE, matter.inputs())
        return propose_by(table, matter, day, self._routing)

    def consider(self, matter: Matter, day: date) -> tuple[Considered, ...]:
        """Every row that is about the category, in the order of the table."""
        table = self.in_force(day)
        return tuple(_considered(table, matter, day, self._routing)) if table else ()


def propose_by(table: DecisionTable, matter: Matter, day: date, routing: RoutingTable) -> Routing:
    """What this table proposes, whether it is in force that day or not."""
    for each in _considered(table, matter, day, routing):
        if each.verdict == "proposed":
            rule = each.rule
            return Routing(
                version=table.version,
                rule=rule.id,
                unit=rule.unit,
                alternatives=tuple(
                    unit for unit in rule.alternatives if routing.unit_active(unit, day)
                ),
                inputs=matter.inputs(),
                hit_policy=table.hit_policy,
                reason=rule.reason or routing.sentence_of(rule.principle),
            )
    return Routing.nobody(NO_RULE, matter.inputs(), table.version, table.hit_policy)


def _considered(
    table: DecisionTable, matter: Matter, day: date, routing: RoutingTable
) -> Iterator[Considered]:
    proposed = False
    for rule in table.rules:
        if not rule.when.about(matter.category):
            continue
        verdict: Verdict = "proposed"
        if not rule.when.placed(matter):
            verdict = "another_place"
        elif not routing.unit_active(rule.unit, day):
            verdict = "unit_not_active"
        elif proposed:
            verdict = "after_the_first"
        proposed = proposed or verdict == "proposed"
        yield Considered(rule, verdict)
