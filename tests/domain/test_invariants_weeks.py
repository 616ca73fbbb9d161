"""The line of interventions over weeks: many steps in a row, most of them what the work asks for.

Walks that hypothesis steers try odd things early; here cases go far, ladders are climbed, and
whoever is away is replaced. What holds is read from the log after each step (T1-T6, T9, T11,
I1-I7, I9-I11, I14).
"""

from collections.abc import Callable
from functools import partial
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.databases import NewDatabase
from tests.domain.housekeeping import KINDS, NOTE, PEOPLE
from tests.domain.staff_moves import POSTS
from tests.domain.test_invariants_line import Line
from tests.sizes import examples

STEPS = 110
HOURS = (1, 5, 24, 24, 72, 24 * 9)
KEYS = tuple(f"k-{number}" for number in range(1, 7))

Step = Callable[[], None]


def steps(line: Line, chance: Random) -> list[tuple[int, Step]]:
    """What may come next, and how often."""
    somebody, another = chance.choice(PEOPLE), chance.choice(PEOPLE)
    for_another = chance.choice([None, None, another])
    found: list[tuple[int, Step]] = [
        (8, partial(line.work_on, chance, chance.randint(1, 4))),
        (4, partial(line.send_letters, chance, chance.random() < 0.25)),
        (5, partial(line.let_time_pass, chance.choice(HOURS))),
        (3, partial(line.hand_about, chance, chance.choices(KINDS, k=chance.randint(2, 6)))),
        (2, partial(line.close, chance)),
        (2, partial(line.tell, chance)),
        (2, partial(line.register, chance.choice(KEYS), "Dziura", chance.random() < 0.2)),
        (1, partial(line.register, chance.choice(KEYS), "Gaz", chance.random() < 0.2)),
        (1, partial(line.replace, somebody, another, chance.randint(0, 20))),
        (1, partial(line.be_away, somebody, chance.randint(0, 5))),
        (1, partial(line.change_roles, somebody, chance.choice(POSTS), chance.random() < 0.8)),
        (
            2,
            partial(
                line.decide_anyhow,
                chance,
                for_another,
                chance.choice([None, NOTE]),
                chance.choice([0, 0, 1]),
                chance.random() < 0.7,
                chance.random() < 0.2,
            ),
        ),
    ]
    if line.with_exclusions():
        found.append((2, partial(line.decide_on_ones_own_work, chance)))
    if line.done:
        found.append((1, partial(line.repeat, chance)))
    return found


@pytest.mark.walk
@settings(
    max_examples=examples(3),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 1_000_000))
def test_it_all_fits_together_over_weeks(new_database: NewDatabase, seed: int) -> None:
    chance, line = Random(seed), Line(new_database)
    try:
        line.open_the_office(chance, 12)
        for place in range(STEPS):
            weights, ways = zip(*steps(line, chance), strict=True)
            chance.choices(ways, weights)[0]()
            if place == STEPS // 2:
                line.load_a_new_day_off()
            line.everything_fits_together()
    finally:
        line.teardown()
