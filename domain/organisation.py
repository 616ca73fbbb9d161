"""The Department: its units, posts, reporting lines and who may order what (§1-§3)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final, Literal, Self

from pydantic import model_validator

from domain.messages import Message

OUTSIDE: Final = "outside"
"""Stands in the table for every unit of `routing.yaml`."""

ALL_UNITS: Final = "all"
"""The row of §11.25, which holds for every unit besides its own row."""


class Department(Message):
    code: str
    name: str
    en: str
    clause: str
    valid_from: date


class Position(Message):
    """A post that the ordinance itself names."""

    id: str
    name: str
    en: str
    clause: str
    reports_to: str | None = None
    held_by: str | None = None
    also: tuple[str, ...] = ()
    note: str | None = None


class OrganisationalUnit(Message):
    code: str
    name: str
    en: str
    type: Literal["section", "office", "independent_post"]
    clause: str
    reports_to: str
    line: str
    """The clause of §3 that puts the unit under its superior."""
    scope: str
    points: int


class CommonDuties(Message):
    scope: str
    points: int
    applies_to: tuple[str, ...]


class ExtraTasksRow(Message):
    """Who may order tasks outside the scope of a unit."""

    by: tuple[str, ...]
    clause: str
    note: str | None = None


class Role(Message):
    """A role is held as the post `unit/role` for each entry of `per`, or is a post of its own."""

    id: str
    name: str
    per: tuple[str, ...] = ()
    clause: str | None = None
    note: str | None = None
    setting: bool = False


class SubstitutionRule(Message):
    single_person_posts: tuple[str, ...]
    rule: str
    setting: bool


class OrganisationTable(Message):
    """`org.yaml` as it is written."""

    department: Department
    positions: tuple[Position, ...]
    units: tuple[OrganisationalUnit, ...]
    common_duties: CommonDuties
    who_may_order_extra_tasks: Mapping[str, ExtraTasksRow]
    roles: tuple[Role, ...]
    other_roles_named: tuple[str, ...]
    bodies_named: tuple[str, ...]
    escalation_lines: Mapping[str, tuple[str, ...]]
    substitution: SubstitutionRule
    oddities_of_the_ordinance: tuple[str, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        unknown = [f"{place}: {name} is not in the table" for place, name in self._unknown_names()]
        if unknown:
            raise ValueError("; ".join(unknown))
        return self

    def _unknown_names(self) -> Iterator[tuple[str, str]]:
        units = {unit.code for unit in self.units}
        positions = {position.id for position in self.positions}
        roles = {role.id for role in self.roles}
        rows: list[tuple[str, Iterable[str], set[str]]] = [
            ("common_duties", self.common_duties.applies_to, units),
            ("who_may_order_extra_tasks", self.who_may_order_extra_tasks, units | {ALL_UNITS}),
            ("escalation_lines", self.escalation_lines, units | {OUTSIDE}),
            ("substitution", self.substitution.single_person_posts, units | positions),
        ]
        rows += [(unit.code, [unit.reports_to], positions) for unit in self.units]
        rows += [
            (f"who_may_order_extra_tasks {unit}", row.by, positions)
            for unit, row in self.who_may_order_extra_tasks.items()
        ]
        rows += [
            (f"escalation_lines {unit}", (step.split("/")[-1] for step in line), positions | roles)
            for unit, line in self.escalation_lines.items()
        ]
        for place, names, known in rows:
            yield from ((place, name) for name in names if name not in known)
        for row in (self.who_may_order_extra_tasks, self.escalation_lines):
            yield from ((code, "its row") for code in sorted(units - set(row)))


class Organisation:
    """Answers from the table. Posts are written `KS-06/head`, `ZDMK/coordinator` or `director`."""

    def __init__(self, table: OrganisationTable, outside: Collection[str] = ()) -> None:
        self.table = table
        self._outside = frozenset(outside)
        self._units = {unit.code: unit for unit in table.units}
        self._positions = {position.id: position for position in table.positions}
        self._roles = {role.id: role for role in table.roles}

    @property
    def units(self) -> tuple[OrganisationalUnit, ...]:
        return self.table.units

    def has_unit(self, code: str) -> bool:
        return code in self._units

    def unit(self, code: str) -> OrganisationalUnit:
        """A unit of the Department; KeyError for any other."""
        return self._units[code]

    def line_of(self, unit: str) -> tuple[str, ...]:
        """The posts of §3 above a unit of the Department, lowest first."""
        lowest = self._units[unit].reports_to
        return (lowest, *self._above(lowest))

    def superiors(self, post: str) -> tuple[str, ...]:
        """The posts above a post, lowest first.

        Inside the Department they end with the Director (§3); outside it only the head of the
        unit stands above its coordinator. Contractors and posts of their own have nobody.
        """
        unit, _, role = post.rpartition("/")
        if not unit:
            return self._above(post)
        if unit in self._units:
            heads = self._held("head", unit) if role != "head" else ()
            return (*heads, *self.line_of(unit))
        return self._held("unit_head", unit) if role != "unit_head" else ()

    def escalation_line(self, unit: str) -> tuple[str, ...]:
        """The posts to which a matter of the unit is raised, lowest first; any unit is known."""
        lines = self.table.escalation_lines
        line = lines[unit] if unit in self._units else lines[OUTSIDE]
        return tuple(f"{unit}/{step}" if self._is_of_unit(step) else step for step in line)

    def raised_from(self, post: str) -> tuple[str, ...]:
        """The posts above to which a task of this post may be raised, lowest first.

        A task of a unit outside the Department stays in that unit: nobody else answers for it.
        What the Director may not decide goes to the President, to whom the post reports (§1.1);
        the President has no other power over tasks.
        """
        unit, _, _ = post.rpartition("/")
        if post in self._positions and not self.superiors(post):
            superior = self._positions[post].reports_to
            return (superior,) if superior else ()
        above = self.superiors(post)
        line = self.escalation_line(unit) if unit else above
        return tuple(step for step in line if step in above)

    def deputy_of(self, unit: str) -> str | None:
        """The deputy in the line of a unit of the Department; KS-01 and KS-02 have none (§3.1)."""
        superior = self._units[unit].reports_to
        return None if superior == "director" else superior

    def may_order_extra_task(self, post: str, unit: str) -> bool:
        """§4.18, §5.18, §6.18, §7.12, §8.9, §9.9, §10.10 and, for every unit, §11.25."""
        if unit not in self._units:
            return False
        rows = self.table.who_may_order_extra_tasks
        return post in rows[unit].by or post in rows[ALL_UNITS].by

    def extra_task_clause(self, post: str, unit: str) -> str:
        """The clause by which this post may order it; the unit's own comes first."""
        rows = self.table.who_may_order_extra_tasks
        return next(row.clause for row in (rows[unit], rows[ALL_UNITS]) if post in row.by)

    def is_single_person(self, post: str) -> bool:
        """Whether an absence from the post needs a substitute."""
        single = self.table.substitution.single_person_posts
        return post in single or post.partition("/")[0] in single

    def knows_post(self, post: str) -> bool:
        unit, _, role = post.rpartition("/")
        if not unit:
            return post in self._positions or (post in self._roles and not self._roles[post].per)
        return bool(self._held(role, unit))

    def _above(self, position: str) -> tuple[str, ...]:
        # The President, to whom the Director reports, stands outside the Department.
        if position == "director" or position not in self._positions:
            return ()
        superior = self._positions[position].reports_to
        return (superior, *self._above(superior)) if superior else ()

    def _held(self, role: str, unit: str) -> tuple[str, ...]:
        """The post of that role in the unit, if there is one."""
        per = self._roles[role].per if role in self._roles else ()
        units = self._outside if OUTSIDE in per else per
        return (f"{unit}/{role}",) if unit in units else ()

    def _is_of_unit(self, step: str) -> bool:
        return step in self._roles and bool(self._roles[step].per)
