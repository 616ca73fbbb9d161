"""R1: tables that count cases: summary, kinds, districts, channels and outcomes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from domain.report_texts import OneReport, TableTexts
from projections.reports.document import Cell, Table, table_of
from projections.reports.facts import CaseFacts
from projections.reports.figures import NOTHING, change, days_from, nearest_rank, shares
from projections.reports.view import TOTAL, UNKNOWN, Cases, PeriodView, grouped
from runtime.reference_data import ReferenceData

Cells = dict[str, Cell]

MEASURES: Final[Mapping[str, Callable[[PeriodView], Cases]]] = {
    "received": attrgetter("received"),
    "registered": attrgetter("registered"),
    "forwarded": attrgetter("forwarded"),
    "with_feedback": attrgetter("with_feedback"),
    "answered": attrgetter("answered"),
    "in_time_legal": lambda view: view.answered_in_time("own", "legal"),
    "in_time_own": lambda view: view.answered_in_time("own"),
    "closed": PeriodView.closed,
    "open": attrgetter("open"),
    "overdue": attrgetter("overdue"),
    "reopened": attrgetter("reopened"),
    "joined": lambda view: view.closed("duplicate"),
    "transferred": lambda view: view.closed("transferred"),
    "unconsidered": lambda view: view.closed("left_without_consideration"),
}

OUTCOMES: Final = (
    "done", "planned", "not_possible", "no_basis", "information_given", "handed_over",
)  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """What a table is made of: three views of the same cases, and the tables of data."""

    now: PeriodView
    previous: PeriodView
    last_year: PeriodView
    reference: ReferenceData
    texts: OneReport

    def of(self, table: str) -> TableTexts:
        return self.texts.tables[table]


def summary(sources: Sources) -> Table:
    """R1.1."""
    texts = sources.of("R1.1")

    def rows() -> Iterator[tuple[str, Cells]]:
        for key, measure in MEASURES.items():
            now, previous, last_year = (
                len(measure(view)) for view in (sources.now, sources.previous, sources.last_year)
            )
            yield (
                key,
                {
                    "measure": texts.row(key),
                    "period": now,
                    "previous": previous,
                    "previous_change": change(now, previous),
                    "last_year": last_year,
                    "last_year_change": change(now, last_year),
                },
            )

    columns = (
        "measure", "period", "previous", "previous_change", "last_year", "last_year_change",
    )  # fmt: skip
    return table_of("R1.1", texts, columns, rows())


def kinds(sources: Sources) -> Table:
    """R1.3: the most frequent category first."""
    texts, routing = sources.of("R1.3"), sources.reference.routing
    groups = {group.id: group.pl for group in routing.groups}
    received = grouped(sources.now.received, lambda case: case.category)
    before = grouped(sources.previous.received, lambda case: case.category)
    answered = grouped(sources.now.answered, lambda case: case.category)

    def cells(now: Cases, then: Cases, settled: Cases) -> Cells:
        days = [days_from(c.received_at, c.answered_at) for c in settled if c.answered_at]
        return {
            "received": len(now),
            "answered": len(settled),
            "median": nearest_rank(days, 50),
            "percentile": nearest_rank(days, 90),
            "change": change(len(now), len(then)),
        }

    def rows() -> Iterator[tuple[str, Cells]]:
        keys = sorted(
            {*received, *before, *answered}, key=lambda key: (-len(received.get(key, [])), key)
        )
        parts = shares([len(received.get(key, [])) for key in keys])
        for key, part in zip(keys, parts, strict=True):
            group = key.partition(".")[0]
            yield (
                key,
                {
                    "group": groups.get(group, group),
                    "category": routing.category(key).pl if routing.has_category(key) else key,
                    "share": part,
                    **cells(received.get(key, []), before.get(key, []), answered.get(key, [])),
                },
            )
        everything = cells(sources.now.received, sources.previous.received, sources.now.answered)
        yield TOTAL, {"group": texts.row(TOTAL), "share": sum(parts, NOTHING), **everything}

    columns = (
        "group", "category", "received", "share", "answered", "median", "percentile", "change",
    )  # fmt: skip
    return table_of("R1.3", texts, columns, rows())


def districts(sources: Sources) -> Table:
    """R1.4: all districts, also those with nothing to report.

    How many people live in each is dated data that no table holds yet: that column stays empty.
    """
    texts, routing, view = sources.of("R1.4"), sources.reference.routing, sources.now

    def of(case: CaseFacts) -> str:
        known = case.district is not None and routing.has_district(case.district)
        return case.district if known and case.district else UNKNOWN

    found = [grouped(cases, of) for cases in (view.received, view.open, view.overdue)]

    def cells(received: Cases, open_: Cases, overdue: Cases) -> Cells:
        counted = Counter(case.category for case in received)
        most = min(counted, key=lambda key: (-counted[key], key), default=None)
        known = most is not None and routing.has_category(most)
        return {
            "received": len(received),
            "category": routing.category(most).pl if known and most else most,
            "open": len(open_),
            "overdue": len(overdue),
        }

    def rows() -> Iterator[tuple[str, Cells]]:
        for row in routing.districts:
            counts = cells(*(cases.get(row.id, []) for cases in found))
            yield row.id, {"number": row.id, "district": row.name, **counts}
        unplaced = cells(*(cases.get(UNKNOWN, []) for cases in found))
        yield UNKNOWN, {"district": texts.row(UNKNOWN), **unplaced}
        everything = cells(view.received, view.open, view.overdue)
        yield TOTAL, {"district": texts.row(TOTAL), **everything}

    columns = ("number", "district", "received", "per_10000", "category", "open", "overdue")
    return table_of("R1.4", texts, columns, rows())


def channels(sources: Sources) -> Table:
    """R1.5: the most used channel first."""
    texts, labels = sources.of("R1.5"), sources.reference.labels
    now = Counter(case.channel for case in sources.now.received)
    then = Counter(case.channel for case in sources.previous.received)

    def rows() -> Iterator[tuple[str, Cells]]:
        keys = sorted({*now, *then}, key=lambda key: (-now[key], key))
        parts = shares([now[key] for key in keys])
        for key, part in zip(keys, parts, strict=True):
            yield (
                key,
                {
                    "channel": labels.of(key, "channels"),
                    "received": now[key],
                    "share": part,
                    "change": change(now[key], then[key]),
                },
            )
        yield (
            TOTAL,
            {
                "channel": texts.row(TOTAL),
                "received": now.total(),
                "share": sum(parts, NOTHING),
                "change": change(now.total(), then.total()),
            },
        )

    return table_of("R1.5", texts, ("channel", "received", "share", "change"), rows())


def outcomes(sources: Sources) -> Table:
    """R1.10: of the cases answered in the period, and of those that another body took over."""
    texts, view = sources.of("R1.10"), sources.now
    counted = Counter(case.answered_with or UNKNOWN for case in view.answered)
    counted["handed_over"] += len(view.handed_over)

    def rows() -> Iterator[tuple[str, Cells]]:
        keys = [*OUTCOMES, *sorted(set(counted) - set(OUTCOMES))]
        parts = shares([counted[key] for key in keys])
        for key, part in zip(keys, parts, strict=True):
            yield key, {"outcome": texts.row(key), "cases": counted[key], "share": part}
        yield (
            TOTAL,
            {"outcome": texts.row(TOTAL), "cases": counted.total(), "share": sum(parts, NOTHING)},
        )

    return table_of("R1.10", texts, ("outcome", "cases", "share"), rows())
