"""Routing: which unit a report is about, and where the city ends (§9.2)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from domain.messages import Message

UnitKind = Literal[
    "umk_department",
    "budget_unit",
    "budgetary_establishment",
    "company",
    "culture_institution",
    "external",
]

HitPolicy = Literal["unique", "first"]
"""Of a decision table: at most one row fits, or the one that stands first counts."""

_SEPARATE_CONTROLLERS: Final = frozenset({"company", "culture_institution", "external"})


class District(Message):
    id: str
    name: str


class RoutingRule(Message):
    id: str
    pl: str
    setting: bool = False


class Unit(Message):
    """An addressee of interventions; without `valid_from` and `valid_to` it exists on all days."""

    id: str
    name: str
    kind: UnitKind
    subject: str
    phone: str | None = None
    email: str | None = None
    note: str | None = None
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def is_separate_controller(self) -> bool:
        """It gets the text and the place; the sender's data only where they are necessary."""
        return self.kind in _SEPARATE_CONTROLLERS

    @property
    def gives_feedback(self) -> bool:
        """Another authority takes the matter over and owes the City no feedback."""
        return self.kind != "external"

    def active(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class Category(Message):
    id: str
    pl: str
    en: str
    words: tuple[str, ...] = ()
    """Words of reports that speak for it, beside those of its name."""
    rule: str | None = None
    """When to prefer an alternative; for the person who decides."""
    emergency: bool = False
    complaint_likely: bool = False
    legal: str | None = None
    note: str | None = None


class Group(Message):
    id: str
    pl: str
    en: str
    categories: tuple[Category, ...]


class CityOutline(Message):
    """A polygon of [longitude, latitude] points around the city, generous and schematic."""

    schematic: Literal[True]
    points: tuple[tuple[float, float], ...] = Field(min_length=3)

    def contains(self, lat: float, lon: float) -> bool:
        """Whether a line to the east crosses the outline an odd number of times."""
        closed = pairwise((*self.points, self.points[0]))
        crossings = 0
        for (lon_a, lat_a), (lon_b, lat_b) in closed:
            if (lat_a > lat) != (lat_b > lat):
                crossings += lon < lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
        return crossings % 2 == 1


class Routing(Message):
    """What a decision table proposed, by which rule of which version, from what and why."""

    version: str
    """Empty when no table was in force."""
    rule: str
    unit: str | None
    alternatives: tuple[str, ...]
    inputs: dict[str, str]
    hit_policy: HitPolicy = "unique"
    reason: str = ""

    @classmethod
    def nobody(
        cls,
        why: str,
        inputs: dict[str, str],
        version: str = "",
        hit_policy: HitPolicy = "unique",
    ) -> Self:
        """No row names a unit that exists: a person decides without a proposal."""
        return cls(
            version=version,
            rule=why,
            unit=None,
            alternatives=(),
            inputs=inputs,
            hit_policy=hit_policy,
        )


class RoutingTable(Message):
    """`routing.yaml`: districts, rules, units and categories."""

    districts: tuple[District, ...]
    city_outline: CityOutline
    rules: tuple[RoutingRule, ...]
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]

    @model_validator(mode="after")
    def _rows_fit_together(self) -> Self:
        faults = [*self._repeated_ids(), *self._unfit_categories()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def category(self, category: str) -> Category:
        return self._categories[category]

    def has_category(self, category: str) -> bool:
        return category in self._categories

    def has_group(self, group: str) -> bool:
        return any(row.id == group for row in self.groups)

    def has_rule(self, rule: str) -> bool:
        return any(row.id == rule for row in self.rules)

    def sentence_of(self, rule: str) -> str:
        return next(row.pl for row in self.rules if row.id == rule)

    def unit(self, unit: str) -> Unit:
        return self._units[unit]

    def has_unit(self, unit: str) -> bool:
        return unit in self._units

    def unit_active(self, unit: str, day: date) -> bool:
        """Whether the unit is known and exists on that day."""
        return unit in self._units and self._units[unit].active(day)

    def has_district(self, district: str) -> bool:
        """Whether `I` to `XVIII` names a district."""
        return any(row.id == district for row in self.districts)

    def city_contains(self, lat: float, lon: float) -> bool:
        return self.city_outline.contains(lat, lon)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {row.id: row for group in self.groups for row in group.categories}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {row.id: row for row in self.units}

    def _repeated_ids(self) -> Iterator[str]:
        categories = [row for group in self.groups for row in group.categories]
        tables: list[tuple[str, Iterable[District | RoutingRule | Unit | Group | Category]]] = [
            ("district", self.districts),
            ("rule", self.rules),
            ("unit", self.units),
            ("group", self.groups),
            ("category", categories),
        ]
        for name, rows in tables:
            counted = Counter(row.id for row in rows)
            yield from (f"{name} {id} is there twice" for id, n in counted.items() if n > 1)
        missing = {"category", "content_decides", "emergency"} - {rule.id for rule in self.rules}
        yield from (f"rule {id} is missing" for id in sorted(missing))

    def _unfit_categories(self) -> Iterator[str]:
        for group in self.groups:
            for row in group.categories:
                if not row.id.startswith(f"{group.id}."):
                    yield f"category {row.id} does not begin with its group {group.id}"
