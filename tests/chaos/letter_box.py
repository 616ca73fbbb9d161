"""What the mail server of a town has kept, while the town is at work."""

from collections.abc import Callable
from pathlib import Path


class LetterBox:
    """The letters that the mail server has kept so far."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __len__(self) -> int:
        return sum(1 for _ in self._directory.glob("*/*.eml"))

    def next_letter(self, number: int) -> Callable[[], bool]:
        """Whether one more has come: after that many, and after those that are here now."""
        known = max(number, len(self))
        return lambda: len(self) > known
