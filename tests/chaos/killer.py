"""Who kills parts of the town, at moments that follow from the seed."""

import asyncio
import random
from typing import Final, NamedTuple

from tests.chaos.people import Ledger
from tests.chaos.town import TEMPORAL, Town

PARTS: Final = ("worker", "follower", "api")

LAST: Final = 0.9
"""Share of the work after which nobody is killed: what is under way then has to suffer too."""

LONGEST_DELAY: Final = 0.7
"""Seconds: a kill must not always come in the moment after an answer."""


class Kill(NamedTuple):
    after: int
    """Writes that are acknowledged before."""
    delay: float
    victim: str


def kills(rng: random.Random, *, parts: int, temporal: int, writes: int) -> list[Kill]:
    """So many of each, spread over the work; each part is hit about equally often."""
    victims = [PARTS[number % len(PARTS)] for number in range(parts)] + [TEMPORAL] * temporal
    rng.shuffle(victims)
    moments = sorted(rng.uniform(0, LAST) * writes for _ in victims)
    return [
        Kill(int(moment), rng.uniform(0, LONGEST_DELAY), victim)
        for moment, victim in zip(moments, victims, strict=True)
    ]


async def carry_out(planned: list[Kill], town: Town, ledger: Ledger) -> None:
    for kill in planned:
        await ledger.until(kill.after)
        await asyncio.sleep(kill.delay)
        town.kill(kill.victim)
        town.note(f"  with {len(ledger.commands)} writes acknowledged")
