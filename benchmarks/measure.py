"""How figures are taken: rounds interleaved with their floor, medians, CPU beside the clock."""

import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import psutil
from rich.console import Console
from rich.table import Table

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One answer: what was measured, its floor, and what the product promises of the ratio."""

    question: str
    value: str
    floor: str
    ratio: float | None = None
    promise: str = ""
    kept: bool | None = None


@dataclass
class Spent:
    """Seconds on the clock, and of the processors by the name of the process."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def all_cpu(self) -> float:
        return sum(self.cpu.values())


@contextmanager
def spent(processes: Mapping[str, psutil.Process]) -> Iterator[Spent]:
    """Fill in what the block took, of the clock and of these processes."""
    found, before = Spent(), _cpu_seconds(processes)
    began = time.perf_counter()
    yield found
    found.seconds = time.perf_counter() - began
    found.cpu = {name: now - before[name] for name, now in _cpu_seconds(processes).items()}


def _cpu_seconds(processes: Mapping[str, psutil.Process]) -> dict[str, float]:
    used = {name: process.cpu_times() for name, process in processes.items()}
    return {name: times.user + times.system for name, times in used.items()}


@dataclass(frozen=True)
class Pair:
    """One value of all rounds, of the product and of its floor."""

    rounds: Sequence[tuple[float, float]]

    @property
    def product(self) -> float:
        return statistics.median(product for product, _ in self.rounds)

    @property
    def floor(self) -> float:
        return statistics.median(floor for _, floor in self.rounds)

    @property
    def ratio(self) -> float:
        """Median of the ratios of the rounds."""
        return statistics.median(product / floor for product, floor in self.rounds)


async def interleaved(
    product: Callable[[], Awaitable[T]], floor: Callable[[], Awaitable[T]], rounds: int
) -> list[tuple[T, T]]:
    """What each round of the product and of its floor found, taken in turn so that both see the
    same machine; the first round of each is thrown away."""
    await product(), await floor()
    found = []
    for _ in range(rounds):
        below = await floor()
        found.append((await product(), below))
    return found


def percentile(values: Sequence[float], percent: float) -> float:
    """By the nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * int(percent) // 100) - 1)]


def show(title: str, figures: Iterable[Figure], console: Console | None = None) -> None:
    table = Table(title=title, title_justify="left")
    for heading in ("question", "product", "floor", "ratio", "promise"):
        table.add_column(heading)
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        colour = {True: "green", False: "red", None: "default"}[figure.kept]
        table.add_row(
            figure.question, figure.value, figure.floor, f"[{colour}]{ratio}[/]", figure.promise
        )
    (console or Console(width=150)).print(table)
