"""How long a registration takes: at the API, beside an empty endpoint that appends one event."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import Final

from benchmarks.cases import Desk, ProductDesk, in_parallel, screen
from benchmarks.floor import FloorDesk, appending
from benchmarks.installation import Installation, product
from benchmarks.measure import Figure, Pair, interleaved, percentile
from benchmarks.sizes import Size
from domain.references import aggregate_id
from runtime.store import Store
from tests.databases import PostgresServer, PostgresUnavailable

PROMISED: Final = 3.0
AT_ONCE: Final = (1, 8, 50)


async def run(size: Size) -> list[Figure]:
    """Registering over the API, beside an empty endpoint with a bare append; milliseconds"""
    figures = await _on("SQLite", (None, None), size)
    with _postgres() as server:
        if server is not None:
            urls = server.create_database(), server.create_database()
            figures += await _on("PostgreSQL", urls, size)
    return figures


@contextmanager
def _postgres() -> Iterator[PostgresServer | None]:
    """A server that waits for the disk; None where there is none."""
    try:
        server = PostgresServer.start(durable=True)
    except PostgresUnavailable:
        yield None
        return
    try:
        yield server
    finally:
        server.stop()


async def _on(database: str, urls: tuple[str | None, str | None], size: Size) -> list[Figure]:
    """Only the APIs run: what a case costs after its birth is asked elsewhere."""
    above, below = urls
    async with product("api", database_url=above) as here, screen(here) as shown:
        make_desk = partial(ProductDesk, here, shown)
        async with appending(await _bytes_of_a_birth(here, make_desk()), below) as low:
            return [
                figure
                for number in AT_ONCE
                for figure in await _at_once(number, database, make_desk, low, size)
            ]


async def _bytes_of_a_birth(here: Installation, desk: Desk) -> int:
    case = await desk.register()
    with closing(Store(here.settings)) as store:
        (birth,) = store.recorder.select_events(aggregate_id("intervention", case))
        return len(birth.state)


async def _at_once(
    number: int,
    database: str,
    make_desk: Callable[[], Desk],
    low: Installation,
    size: Size,
) -> list[Figure]:
    registering = [make_desk().register for _ in range(number)]
    appending = [FloorDesk(low).append for _ in range(number)]
    rounds = await interleaved(
        partial(_latencies, registering, size.requests),
        partial(_latencies, appending, size.requests),
        size.rounds,
    )
    return [
        _figure(f"registering, {database}, {number} at once, p{percent}", percent, rounds)
        for percent in (50, 99)
    ]


async def _latencies(
    clients: Sequence[Callable[[], Awaitable[object]]], requests: int
) -> list[float]:
    """Milliseconds of each request, all clients together."""
    found: list[float] = []

    async def one(ask: Callable[[], Awaitable[object]]) -> None:
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)

    await in_parallel(clients, requests, one)
    return found


def _figure(question: str, percent: int, rounds: list[tuple[list[float], list[float]]]) -> Figure:
    pair = Pair([(percentile(a, percent), percentile(b, percent)) for a, b in rounds])
    value, below = f"{pair.product:.1f} ms", f"{pair.floor:.1f} ms"
    if percent == 50:
        return Figure(question, value, below, pair.ratio)
    kept = pair.ratio < PROMISED
    return Figure(question, value, below, pair.ratio, f"< {PROMISED:.0f}", kept)
