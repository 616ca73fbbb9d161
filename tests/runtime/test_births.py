"""Births of cases: gap-free references, one case for a key (I2), in one transaction."""

import inspect
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder

from domain.errors import Refusal
from domain.interventions.commands import RegisterIntervention
from domain.interventions.model import Intervention
from domain.messages import Act
from domain.references import case_ref
from runtime.births import Birth, Born, KeyUsedForAnotherRequest, digest_of
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import sealed
from tests.given import moment

BOOK = load_reference_data()
AT = moment("2026-10-05 10:20")
ROOT = Path(__file__).parents[2]


class RegisterClosed(Refusal):
    """Nothing is registered today."""


def a_birth(
    store: Store,
    key: str,
    *,
    text: str = "Dziura w jezdni przy ul. Długiej 12",
    client: str = "web-form",
    year: int = 2026,
    spoil: Callable[[Sequence[StoredEvent]], Sequence[StoredEvent]] = lambda events: events,
) -> Birth:
    """A real report; `spoil` is done to its events before they are stored."""
    report = RegisterIntervention(
        received_at=AT, channel="form", text=sealed(text), category="roads.pothole"
    )
    act = Act(command_id=f"{client}:{key}", at=AT, by=client)

    def first_events(reference: str) -> Sequence[StoredEvent]:
        case = Intervention.register(report, act, reference, "none", BOOK)
        return spoil(store.first_events(case))

    return Birth(client, key, digest_of(report), "INT", year, first_events)


def register(store: Store, key: str, **more: Any) -> Born:
    return store.bear(a_birth(store, key, **more))


def statements(settings: Settings, *sql: str) -> list[Any]:
    """What the last statement finds, asked beside the store as an operator would."""
    if settings.database_url is None:
        with closing(sqlite3.connect(settings.events_db)) as lite, lite:
            return [lite.execute(statement).fetchall() for statement in sql][-1]
    with psycopg.connect(settings.database_url) as server:
        found = [server.execute(statement.encode()) for statement in sql][-1]
        return found.fetchall() if found.description else []


def stored(store: Store, settings: Settings) -> tuple[int, int, int]:
    """How many events, births and counters there are."""
    births = len(statements(settings, "SELECT * FROM births"))
    counters = len(statements(settings, "SELECT * FROM counters"))
    return len(store.recorder.select_notifications(None, 100_000)), births, counters


def test_the_first_case_of_a_year_has_number_one_and_says_where_it_stands(store: Store) -> None:
    born = register(store, "k-1")
    assert born == Born("INT-2026-000001", store.position(), repeated=False)
    case = store.find(Intervention, born.reference)
    assert case is not None
    assert case.reference == born.reference


def test_a_repetition_gets_the_first_answer(store: Store, settings: Settings) -> None:
    first = register(store, "k-1")
    register(store, "k-2")
    again = register(store, "k-1")
    assert again == Born(first.reference, first.position, repeated=True)
    assert stored(store, settings) == (2, 2, 1)


def test_a_key_belongs_to_its_client(store: Store) -> None:
    found = [register(store, "k-1", client=client).reference for client in ("web-form", "clerk-a")]
    assert found == ["INT-2026-000001", "INT-2026-000002"]


def test_the_same_key_with_another_body_is_refused(store: Store, settings: Settings) -> None:
    register(store, "k-1")
    with pytest.raises(KeyUsedForAnotherRequest) as refused:
        register(store, "k-1", text="Nie świeci latarnia, ul. Dietla 42")
    assert refused.value.facts == {"key": "k-1"}
    assert stored(store, settings) == (1, 1, 1)


def test_every_year_counts_from_one(store: Store) -> None:
    years = (2026, 2027, 2026, 2027)
    found = [
        register(store, f"k-{number}", year=year).reference for number, year in enumerate(years)
    ]
    assert found == ["INT-2026-000001", "INT-2027-000001", "INT-2026-000002", "INT-2027-000002"]


# Event, birth and counter stand or fall together.


def closed_today(_: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
    raise RegisterClosed()


def test_a_refused_report_leaves_nothing_and_takes_no_number(
    store: Store, settings: Settings
) -> None:
    with pytest.raises(RegisterClosed):
        register(store, "k-1", spoil=closed_today)
    assert stored(store, settings) == (0, 0, 0)
    assert register(store, "k-1") == Born("INT-2026-000001", store.position(), repeated=False)


def test_a_failure_in_the_middle_of_the_events_leaves_nothing(
    store: Store, settings: Settings
) -> None:
    with pytest.raises(IntegrityError):
        register(store, "k-1", spoil=lambda events: [*events, *events])
    assert stored(store, settings) == (0, 0, 0)


def test_a_failure_after_the_events_leaves_nothing(store: Store, settings: Settings) -> None:
    # The last statement of a birth puts the reference into its row; here there is no room for it.
    if settings.database_url is None:
        forbid = (
            "CREATE TRIGGER no_room BEFORE UPDATE ON births "
            "BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
        allow = "DROP TRIGGER no_room"
    else:
        forbid = "ALTER TABLE births ADD CONSTRAINT no_room CHECK (reference IS NULL)"
        allow = "ALTER TABLE births DROP CONSTRAINT no_room"
    statements(settings, forbid)
    with pytest.raises(Exception, match=r"no.room"):
        register(store, "k-1")
    assert stored(store, settings) == (0, 0, 0)
    statements(settings, allow)
    assert register(store, "k-1").reference == "INT-2026-000001"


# What the library does not promise, and births depend on.


@pytest.mark.parametrize(
    ("recorder", "method", "parameters"),
    [
        (SQLiteApplicationRecorder, "_insert_events", "self c stored_events _"),
        (PostgresApplicationRecorder, "_insert_stored_events", "self curs stored_events kwargs"),
        (
            PostgresApplicationRecorder,
            "_fetch_ids_after_insert_events",
            "self curs stored_events _",
        ),
        (PostgresApplicationRecorder, "_lock_table", "self curs"),
    ],
)
def test_the_recorders_still_have_the_methods_that_births_join(
    recorder: type, method: str, parameters: str
) -> None:
    assert list(inspect.signature(getattr(recorder, method)).parameters) == parameters.split()


def test_events_are_inserted_in_the_open_transaction_and_their_positions_known(
    store: Store,
) -> None:
    events = a_birth(store, "k-1").first_events("INT-2026-000001")
    recorder: Any = store.recorder
    if store.is_sqlite:
        with recorder.datastore.transaction(commit=False) as c:
            positions = recorder._insert_events(c, events)
    else:
        with (
            recorder.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor() as c,
        ):
            recorder._insert_stored_events(c, events)
            positions = recorder._fetch_ids_after_insert_events(c, events)
            # Without this lock a follower could pass over events that are committed later.
            c.execute("SELECT mode FROM pg_locks WHERE relation = 'ks_events'::regclass")
            assert "ExclusiveLock" in {row["mode"] for row in c.fetchall()}
            raise psycopg.Rollback()
    assert len(positions) == len(events) == 1
    assert store.position() == 0


# Many at once.


def test_fifty_at_once_get_references_without_gap_or_repetition(store: Store) -> None:
    with ThreadPoolExecutor(50) as pool:
        born = list(pool.map(lambda number: register(store, f"k-{number}"), range(100)))
    references = sorted(each.reference for each in born)
    assert references == [case_ref("INT", 2026, number) for number in range(1, 101)]
    assert sorted(each.position for each in born) == sorted({each.position for each in born})


def test_eight_duplicates_at_once_are_one_birth(store: Store, settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        born = list(pool.map(lambda _: register(store, "k-1"), range(8)))
    assert {(each.reference, each.position) for each in born} == {
        ("INT-2026-000001", store.position())
    }
    assert [each.repeated for each in born].count(False) == 1
    assert stored(store, settings) == (1, 1, 1)


def test_two_processes_at_once_share_one_row_of_numbers(store: Store, settings: Settings) -> None:
    environment = os.environ | {
        "KS_DATABASE_URL": settings.database_url or "",
        "KS_VAR": str(settings.var),
        "PYTHONPATH": str(ROOT),
    }
    script = "from tests.runtime.test_births import register_from_outside as go; go({})"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script.format(repr(name))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        for name in ("a", "b")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [reference for p in processes for reference in p.communicate(timeout=60)[0].split()]
    # Each registered 25 of its own and 5 that both had the same key for.
    assert sorted(set(found)) == [case_ref("INT", 2026, number) for number in range(1, 56)]
    assert len(found) == 60
    assert stored(store, settings) == (55, 55, 1)


def register_from_outside(name: str) -> None:
    """What one of two processes does: as another client, and five times as the same."""
    with closing(Store(Settings())) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        keys = [f"{name}-{number}" for number in range(25)] + [f"same-{n}" for n in range(5)]
        with ThreadPoolExecutor(8) as pool:
            for born in pool.map(lambda key: register(store, key), keys):
                sys.stdout.write(f"{born.reference}\n")


# Both tables from the log.


def test_births_and_counters_are_rebuilt_from_the_log(store: Store, settings: Settings) -> None:
    before = [register(store, f"k-{number}", year=2026 + number % 2) for number in range(5)]
    register(store, "k:with:colons", client="clerk-a")
    statements(settings, "DELETE FROM births", "DELETE FROM counters")
    assert store.rebuild_births() == 6
    again = [register(store, f"k-{number}", year=2026 + number % 2) for number in range(5)]
    assert again == [Born(born.reference, born.position, repeated=True) for born in before]
    assert register(store, "k:with:colons", client="clerk-a").reference == "INT-2026-000004"
    assert register(store, "k-new").reference == "INT-2026-000005"
    assert register(store, "k-next", year=2027).reference == "INT-2027-000003"


def test_rebuilding_leaves_what_is_there(store: Store) -> None:
    register(store, "k-1")
    assert store.rebuild_births() == 1
    with pytest.raises(KeyUsedForAnotherRequest):  # the digest of the body is still known
        register(store, "k-1", text="Nie świeci latarnia, ul. Dietla 42")


def test_an_empty_log_has_no_births(store: Store) -> None:
    assert store.rebuild_births() == 0
