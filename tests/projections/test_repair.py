"""Repair: who is started, who is told, and what is left alone."""

import asyncio

from sqlalchemy import update

from domain.labels import Labels
from projections.interventions import find
from projections.repair import Mended, MendedTables, Times, repair_runs, repair_tables
from projections.tables import interventions
from projections.verify import verify
from runtime.read_side import ReadSide
from runtime.store import Store
from tests.builders import Case
from tests.projections.contents import caught_up
from tests.projections.histories import START

AT_ONCE = Times(grace=0, patience=0)


class Server:
    """Runs by reference, each with the position up to which it knows its case."""

    def __init__(self, **known: int) -> None:
        self.known = {name.replace("_", "-"): position for name, position in known.items()}
        self.told: list[str] = []
        self.deaf = False

    async def tell(self, reference: str, process: str) -> None:
        self.told.append(reference)
        if not self.deaf:
            self.known[reference] = 1_000

    async def is_up_to(self, reference: str, process: str, position: int) -> bool:
        return self.known.get(reference, 0) >= position

    async def running(self, reference: str, process: str) -> bool:
        return reference in self.known

    async def listed(self, process: str) -> frozenset[str]:
        return frozenset(self.known)


def repaired(store: Store, server: Server) -> list[Mended]:
    async def gather() -> list[Mended]:
        return [each async for each in repair_runs(store, server, AT_ONCE)]

    return asyncio.run(gather())


def test_an_open_case_without_a_run_is_started_again(store: Store) -> None:
    Case(1, START, store=store).open_needed()
    Case(2, START, store=store).open_needed().forward("ZDMK")
    server = Server(INT_2026_000002=store.position())
    (mended,) = repaired(store, server)
    assert str(mended) == "INT-2026-000001: no workflow runs; started again"
    assert server.told == ["INT-2026-000001"]
    assert repaired(store, server) == []


def test_a_run_that_is_behind_its_case_is_told(store: Store) -> None:
    case = Case(1, START, store=store).open_needed()
    before = store.position()
    case.forward("ZDMK")
    forwarded_at = store.position_of(case.case, case.case.version)
    (mended,) = repaired(store, Server(INT_2026_000001=before))
    assert mended.well
    assert mended.found == f"its run does not know event {forwarded_at}"


def test_a_closed_case_without_a_run_is_left_alone(store: Store) -> None:
    Case(1, START, store=store).whole_way()
    server = Server()
    assert repaired(store, server) == []
    assert server.told == []


def test_a_run_that_does_not_know_that_its_case_is_closed_is_told(store: Store) -> None:
    Case(1, START, store=store).whole_way()
    server = Server(INT_2026_000001=3)
    (mended,) = repaired(store, server)
    assert server.told == ["INT-2026-000001"]
    # This one goes on running all the same, so all is not well.
    assert not mended.well
    assert str(mended).endswith("; told to look again, and is not well yet")


def test_a_case_that_cannot_be_started_is_said_not_to_be_well(store: Store) -> None:
    Case(1, START, store=store)
    server = Server()
    server.deaf = True
    assert [each.well for each in repaired(store, server)] == [False]


def test_tables_that_differ_are_rebuilt_and_others_are_not(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    Case(1, START, store=store).whole_way()
    caught_up(store, read_side.live(), labels)
    kept = read_side.live().target
    assert repair_tables(store, read_side, labels) == MendedTables(0, (), ())
    assert read_side.live().target == kept
    with read_side.writer().begin() as connection:
        connection.execute(update(interventions).values(stage="triage"))
    mended = repair_tables(store, read_side, labels)
    assert [each.column for each in mended.found] == ["stage"]
    assert list(mended.left) == []
    assert verify(store, read_side, labels) == []


def test_tables_that_nobody_brings_up_to_the_log_are_brought_up(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    case = Case(1, START, store=store).open_needed()
    caught_up(store, read_side.live(), labels)
    known, kept = store.position(), read_side.live().target
    case.forward("ZDMK")
    mended = repair_tables(store, read_side, labels, AT_ONCE)
    assert mended == MendedTables(store.position() - known, (), ())
    assert read_side.live().target == kept  # not built anew
    with read_side.reader().connect() as connection:
        row = find(connection, case.reference)
    assert row is not None
    assert row["stage"] == "with_units"
    assert repair_tables(store, read_side, labels, AT_ONCE).behind == 0


def test_tables_that_are_behind_and_differ_are_brought_up_and_built_anew(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    case = Case(1, START, store=store).open_needed()
    caught_up(store, read_side.live(), labels)
    case.forward("ZDMK")
    with read_side.writer().begin() as connection:
        connection.execute(update(interventions).values(category="roads.cycle"))
    mended = repair_tables(store, read_side, labels, AT_ONCE)
    assert mended.behind > 0
    assert [each.column for each in mended.found] == ["category"]
    assert list(mended.left) == []
