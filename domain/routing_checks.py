"""What is wrong with decision tables of routing, said by row and field."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from domain.places import street_key
from domain.routing import RoutingTable
from domain.routing_tables import Condition, DecisionTable, Rule


def faults_of(tables: Sequence[DecisionTable], routing: RoutingTable) -> Iterator[str]:
    """`row 2 (3), rules row 4 (roads.pothole): unit: ZZZ is not in routing.yaml`."""
    versions = Counter(table.version for table in tables)
    days = Counter(table.valid_from for table in tables)
    for number, table in enumerate(tables, 1):
        row = f"row {number} ({table.version})"
        if versions[table.version] > 1:
            yield f"{row}: version: {table.version} is there twice"
        if days[table.valid_from] > 1:
            yield f"{row}: valid_from: another version begins on {table.valid_from} too"
        yield from (f"{row}{fault}" for fault in _faults_of_rules(table, routing))


def _faults_of_rules(table: DecisionTable, routing: RoutingTable) -> Iterator[str]:
    ids = Counter(rule.id for rule in table.rules)
    for number, rule in enumerate(table.rules, 1):
        place = f", rules {_row(number, rule)}"
        if ids[rule.id] > 1:
            yield f"{place}: id: is there twice"
        yield from (f"{place}: {fault}" for fault in _unknown(rule, table, routing))
    yield from _in_each_others_way(table)
    for category in sorted(_categories(routing)):
        if not any(_everywhere(rule, category) for rule in table.rules):
            yield f": rules: no row is for {category} wherever it is"


def _unknown(rule: Rule, table: DecisionTable, routing: RoutingTable) -> Iterator[str]:
    """Names that are not in `routing.yaml`."""
    when = rule.when
    if when.category is not None and not routing.has_category(when.category):
        yield f"when: category: {when.category} is not in routing.yaml"
    if when.group is not None and not routing.has_group(when.group):
        yield f"when: group: {when.group} is not in routing.yaml"
    for district in when.districts:
        if not routing.has_district(district):
            yield f"when: districts: {district} is not in routing.yaml"
    if not routing.has_rule(rule.principle):
        yield f"principle: {rule.principle} is not in routing.yaml"
    named = [("unit", rule.unit), *(("alternatives", unit) for unit in rule.alternatives)]
    for field, unit in named:
        if not routing.has_unit(unit):
            yield f"{field}: {unit} is not in routing.yaml"
        elif not routing.unit_active(unit, table.valid_from):
            yield f"{field}: {unit} does not exist on {table.valid_from}"


def _in_each_others_way(table: DecisionTable) -> Iterator[str]:
    """Rows of which only one may fit, or of which the later one never comes to its turn."""
    numbered = enumerate(table.rules, 1)
    for (first, above), (second, below) in combinations(numbered, 2):
        place = f", rules {_row(second, below)}: when"
        if table.hit_policy == "unique" and _meet(above.when, below.when):
            yield f"{place}: fits together with {_row(first, above)}"
        if table.hit_policy == "first" and _covers(above.when, below.when):
            yield f"{place}: never comes to its turn after {_row(first, above)}"


def _meet(one: Condition, other: Condition) -> bool:
    """Whether some matter fits both."""
    return (
        (_same_subject(one, other) or _same_subject(other, one))
        and _may_share(set(one.districts), set(other.districts))
        and _may_share(_streets(one), _streets(other))
    )


def _covers(wide: Condition, narrow: Condition) -> bool:
    """Whether all that fits the narrow one fits the wide one."""
    return (
        _same_subject(wide, narrow)
        and _holds(set(wide.districts), set(narrow.districts))
        and _holds(_streets(wide), _streets(narrow))
    )


def _same_subject(wide: Condition, narrow: Condition) -> bool:
    if wide.category is None and wide.group is None:
        return True
    if narrow.category is not None:
        return wide.about(narrow.category)
    return wide.group is not None and wide.group == narrow.group


def _may_share(one: set[str], other: set[str]) -> bool:
    """An empty set means everywhere."""
    return not one or not other or bool(one & other)


def _holds(wide: set[str], narrow: set[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def _streets(condition: Condition) -> set[str]:
    return {street_key(street) for street in condition.streets}


def _everywhere(rule: Rule, category: str) -> bool:
    return rule.when.about(category) and not rule.when.somewhere_only


def _categories(routing: RoutingTable) -> Iterator[str]:
    yield from (row.id for group in routing.groups for row in group.categories)


def _row(number: int, rule: Rule) -> str:
    return f"row {number} ({rule.id})"
