"""How many examples a property is tried on: few in CI, many with `--full`."""

FULL = False
"""Set from the command line before tests are collected."""

TIMES = 20


def examples(number: int) -> int:
    """So many, and with `--full` so many times more."""
    return number * TIMES if FULL else number
