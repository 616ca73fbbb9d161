"""Reference data: every table that decisions are made by, loaded once and checked as a whole."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from domain.anonymous import AnonymousReports, AnonymousRow
from domain.clauses import Clause
from domain.deadlines import Deadlines
from domain.edition_calendar import EditionCalendar
from domain.glossary import Word
from domain.holidays import CalendarVersion
from domain.labels import Labels
from domain.ladders import Ladder
from domain.limits import Amount, Limits
from domain.organisation import Organisation, OrganisationTable
from domain.report_texts import ReportTexts
from domain.requalification import Kind, Requalification
from domain.requalification import faults_of as faults_of_requalification
from domain.retention import Retention, RetentionRow
from domain.routing import RoutingTable
from domain.routing_checks import faults_of as faults_of_routing
from domain.routing_tables import DecisionTable, RoutingTables
from domain.rulebook import Rulebook
from domain.terms import TermRule
from domain.working_days import calendars_of
from runtime.reference_tables import TableReader

_UNITS_OF_COMMON_CLAUSES: Final = frozenset({"all", "department"})
_DOTTED_WORD: Final = re.compile(r"[a-z0-9_]+\.[a-z_]+")


class WrongReferenceData(Exception):
    """A table is wrong; the message has a line for each fault: file, row, field, reason."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class ReferenceData(Rulebook):
    """The rulebook and the tables beside it."""

    clauses: tuple[Clause, ...]
    glossary: tuple[Word, ...]
    amounts: tuple[Amount, ...]
    edition_calendar: EditionCalendar
    labels: Labels
    retention: Retention
    report_texts: ReportTexts


@dataclass(frozen=True)
class _Tables:
    """The tables as they are written, each valid in itself."""

    versions: tuple[CalendarVersion, ...]
    rules: tuple[TermRule, ...]
    ladders: tuple[Ladder, ...]
    clauses: tuple[Clause, ...]
    words: tuple[Word, ...]
    amounts: tuple[Amount, ...]
    anonymous: tuple[AnonymousRow, ...]
    organisation: OrganisationTable
    routing: RoutingTable
    routing_tables: tuple[DecisionTable, ...]
    kinds: tuple[Kind, ...]
    limits: Limits
    edition_calendar: EditionCalendar
    labels: Labels
    retention: tuple[RetentionRow, ...]
    report_texts: ReportTexts


@cache
def load_reference_data(overrides: Path | None = None) -> ReferenceData:
    """The tables of the package, with those in a directory of overrides laid over them.

    An override adds its rows to a table that is a list (`deadlines.yaml`, `holidays.yaml`) and
    replaces one that is a mapping (`org.yaml`, `limits.yaml`). Raises WrongReferenceData.
    """
    tables = _read(overrides)
    faults = tuple(_faults_of(tables))
    if faults:
        raise WrongReferenceData(faults)
    return ReferenceData(
        organisation=Organisation(
            tables.organisation, outside=[unit.id for unit in tables.routing.units]
        ),
        deadlines=Deadlines(tables.rules, calendars_of(tables.versions)),
        ladders={ladder.id: ladder for ladder in tables.ladders},
        limits=tables.limits,
        routing=tables.routing,
        routing_tables=RoutingTables(tables.routing_tables, tables.routing),
        requalification=Requalification(tables.kinds),
        anonymous=AnonymousReports(tables.anonymous),
        clauses=tables.clauses,
        glossary=tables.words,
        amounts=tables.amounts,
        edition_calendar=tables.edition_calendar,
        labels=tables.labels,
        retention=Retention(tables.retention),
        report_texts=tables.report_texts,
    )


def _read(overrides: Path | None) -> _Tables:
    reader = TableReader(overrides)
    tables = _Tables(
        versions=reader.rows("holidays", CalendarVersion),
        rules=reader.rows("deadlines", TermRule),
        ladders=reader.rows("ladders", Ladder),
        clauses=reader.rows("clauses", Clause),
        words=reader.rows("glossary", Word),
        amounts=reader.rows("amounts", Amount),
        anonymous=reader.rows("anonymous", AnonymousRow),
        organisation=reader.table("org", OrganisationTable),
        routing=reader.table("routing", RoutingTable),
        routing_tables=reader.rows("routing_tables", DecisionTable),
        kinds=reader.rows("requalification", Kind),
        limits=reader.table("limits", Limits),
        edition_calendar=reader.table("edition_calendar", EditionCalendar),
        labels=reader.table("labels.pl", Labels),
        retention=reader.rows("retention", RetentionRow),
        report_texts=reader.table("reports.pl", ReportTexts),
    )
    if reader.faults:
        raise WrongReferenceData(reader.faults)
    return tables


def _faults_of(tables: _Tables) -> Iterator[str]:
    """What is wrong between rows that are right in themselves."""
    checks = {
        "holidays.yaml": [_refusal_of(lambda: calendars_of(tables.versions))],
        "deadlines.yaml": [
            _repeated(f"{rule.id}, valid from {rule.valid_from}" for rule in tables.rules),
            _unknown_rules(tables, _texts_of_rules(tables.rules)),
        ],
        "amounts.yaml": [
            _repeated(f"{row.id}, valid from {row.valid_from}" for row in tables.amounts)
        ],
        "anonymous.yaml": [_repeated(f"valid from {row.valid_from}" for row in tables.anonymous)],
        "ladders.yaml": [_repeated(ladder.id for ladder in tables.ladders)],
        "clauses.yaml": [
            _repeated(clause.id for clause in tables.clauses),
            _clauses_of_no_unit(tables),
        ],
        "requalification.yaml": [
            _repeated(f"{kind.id}, valid from {kind.valid_from}" for kind in tables.kinds),
            faults_of_requalification(
                tables.kinds,
                frozenset(rule.id for rule in tables.rules),
                frozenset(unit.id for unit in tables.routing.units)
                | {unit.code for unit in tables.organisation.units},
            ),
        ],
        "routing.yaml": [_unknown_rules(tables, _texts_of_routing(tables.routing))],
    }
    for file, found in checks.items():
        yield from (f"{file}: {fault}" for faults in found for fault in faults)
    for fault in faults_of_routing(tables.routing_tables, tables.routing):
        yield f"routing_tables.yaml, {fault}"


def _refusal_of(build: Callable[[], object]) -> Iterator[str]:
    try:
        build()
    except ValueError as reason:
        yield str(reason)


def _repeated(names: Iterable[str]) -> Iterator[str]:
    yield from (f"{name}: is there twice" for name, n in Counter(names).items() if n > 1)


def _clauses_of_no_unit(tables: _Tables) -> Iterator[str]:
    known = {unit.code for unit in tables.organisation.units} | _UNITS_OF_COMMON_CLAUSES
    for clause in tables.clauses:
        if clause.unit not in known:
            yield f"{clause.id}: unit {clause.unit} is not in org.yaml"


def _unknown_rules(tables: _Tables, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Texts that name a rule of a known family which is not in the table."""
    rules = {rule.id for rule in tables.rules}
    families = {rule.partition(".")[0] for rule in rules if "." in rule}
    for row, text in texts:
        for word in _DOTTED_WORD.findall(text):
            if word.partition(".")[0] in families and word not in rules:
                yield f"{row}: rule {word} is not in deadlines.yaml"


def _texts_of_rules(rules: Iterable[TermRule]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        yield rule.id, " ".join([rule.what, rule.starts_at, rule.on_lapse, rule.note or ""])


def _texts_of_routing(routing: RoutingTable) -> Iterator[tuple[str, str]]:
    yield from ((rule.id, rule.pl) for rule in routing.rules)
    for group in routing.groups:
        yield from ((row.id, row.legal or "") for row in group.categories)
