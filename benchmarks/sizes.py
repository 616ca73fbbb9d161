"""How large each question is asked: for figures to be quoted, or only to see that all works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Rounds are those that count: one before them warms up."""

    rounds: int
    cases: int
    """Whole cases of a round."""
    requests: int
    """Registrations of a round, at each concurrency."""
    decided: int
    """Cases of which every decision is timed in a round."""
    rush: int
    """Registrations that come in while somebody decides."""
    open_cases: int
    events: int
    """In the log that the follower catches up with."""
    reported: tuple[int, ...]
    """Interventions in the logs that R1 is made from, one after the other."""


FULL = Size(
    rounds=5,
    cases=200,
    requests=500,
    decided=25,
    rush=1_000,
    open_cases=10_000,
    events=100_000,
    reported=(36_500, 365_000),
)
QUICK = Size(
    rounds=2,
    cases=16,
    requests=100,
    decided=4,
    rush=60,
    open_cases=200,
    events=10_000,
    reported=(365,),
)
