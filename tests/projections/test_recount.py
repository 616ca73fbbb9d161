"""The batch of open cases that are asked to count their terms anew, once for each change."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from domain.deadlines import Deadlines
from projections.noted import Notes
from projections.recount import ask_after_a_change, ask_open_cases, digest_of
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.projections.histories import START
from tests.projections.test_starter import Temporal
from tests.term_rows import book_with_a_day_off, book_with_a_row

TABLES = load_reference_data().deadlines
DAY_OFF = book_with_a_day_off(date(2026, 11, 12)).deadlines
NEW_ROW = book_with_a_row("int.triage", length=3, valid_from=date(2026, 11, 1)).deadlines


@pytest.fixture
def notes(settings: Settings) -> Iterator[Notes]:
    with closing(Notes(settings)) as notes:
        yield notes


def test_open_cases_are_asked_and_closed_ones_are_not(store: Store) -> None:
    temporal = Temporal()
    first, second = (Case(number, START, store=store).open_needed() for number in (1, 2))
    Case(3, START, store=store).whole_way()
    assert asyncio.run(ask_open_cases(store, temporal, per_second=1_000_000.0)) == 2
    assert temporal.told == [(case.reference, "intervention") for case in (first, second)]


def test_they_are_asked_once_for_each_change_of_the_tables(store: Store, notes: Notes) -> None:
    temporal = Temporal()
    Case(1, START, store=store).open_needed()

    def ask(deadlines: Deadlines) -> int | None:
        return asyncio.run(ask_after_a_change(store, temporal, deadlines, notes))

    assert ask(TABLES) == 1
    assert ask(TABLES) is None
    assert ask(DAY_OFF) == 1
    assert ask(DAY_OFF) is None
    assert len(temporal.told) == 2


def test_who_was_not_reached_is_asked_again(store: Store, notes: Notes) -> None:
    temporal = Temporal()
    case = Case(1, START, store=store).open_needed()
    temporal.away = True

    async def away() -> None:
        async with asyncio.timeout(0.5):
            await ask_after_a_change(store, temporal, TABLES, notes)

    with pytest.raises(TimeoutError):
        asyncio.run(away())
    temporal.away = False
    assert asyncio.run(ask_after_a_change(store, temporal, TABLES, notes)) == 1
    assert temporal.told == [(case.reference, "intervention")]


def test_equal_tables_have_equal_names_and_others_have_not() -> None:
    again = Deadlines(reversed(TABLES.rules), TABLES.calendars)
    assert digest_of(again) == digest_of(TABLES)
    assert len({digest_of(each) for each in (TABLES, DAY_OFF, NEW_ROW)}) == 3
