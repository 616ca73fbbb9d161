"""What the mail server of a town has kept, while the town is at work."""

from collections.abc import Callable
from pathlib import Path


class LetterBox:
    """The letters that the mail server has kept so far, of those that are to come."""

    def __init__(self, directory: Path, expected: int) -> None:
        self._directory = directory
        self._expected = expected

    def __len__(self) -> int:
        return sum(1 for _ in self._directory.glob("*/*.eml"))

    def next_letter(self, number: int) -> Callable[[], bool]:
        """Whether one more has come: after that many, and after those that are here now.

        Repeats count. When as many as expected are here, there may be none to wait for: then
        it is true at once.
        """
        known = min(max(number, len(self)), self._expected - 1)
        return lambda: len(self) > known
