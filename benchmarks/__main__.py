"""`python -m benchmarks`: each question beside its floor, and at the end what was promised."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

from benchmarks import (
    catch_up,
    cold_start,
    deciding,
    open_cases,
    recovery,
    registering,
    reports,
    whole_case,
)
from benchmarks.measure import Figure, show
from benchmarks.sizes import FULL, QUICK, Size

Run = Callable[[Size], Coroutine[Any, Any, list[Figure]]]


async def _catching_up(size: Size) -> list[Figure]:
    """The follower in catch-up, on the real tables"""
    return [
        Figure(
            f"catch-up, events a second, {result.database}",
            f"{result.follower:,.0f}",
            f"{result.floor:,.0f}",
            result.ratio,
            ">= 0.75, 40,000/s",
            result.ratio >= 0.75 and result.follower >= 40_000,
        )
        for result in await asyncio.to_thread(catch_up.run, size.events, size.rounds)
    ]


BENCHES: Final[dict[str, Run]] = {
    "whole_case": whole_case.run,
    "registering": registering.run,
    "deciding": deciding.run,
    "catch_up": _catching_up,
    "open_cases": open_cases.run,
    "recovery": recovery.run,
    "cold_start": cold_start.run,
    "reports": reports.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes: only whether it works")
    parser.add_argument(
        "--reported", nargs="+", type=int, metavar="N", help="interventions that R1 is made from"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - BENCHES.keys():
        parser.error(f"no bench is called {', '.join(sorted(unknown))}")
    # A bench that is told to stop takes its processes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    size = QUICK if chosen.quick else FULL
    if chosen.reported:
        size = replace(size, reported=tuple(chosen.reported))
    figures: list[Figure] = []
    for name in chosen.names or BENCHES:
        found = asyncio.run(BENCHES[name](size))
        show(f"{name}: {BENCHES[name].__doc__}", found)
        figures += found
    show("What was promised", [figure for figure in figures if figure.promise])


if __name__ == "__main__":
    main()
