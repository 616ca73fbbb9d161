"""What the mail server of a town has kept, while the town is at work."""

import re
from collections.abc import Callable
from typing import Final

from runtime.settings import Settings
from tests.chaos.verdict import Evidence

_REPEATED: Final = re.compile(r"\.\d+\.eml$")


class LetterBox:
    """The letters that the mail server has kept so far; repeats count."""

    def __init__(self, settings: Settings, expected: int) -> None:
        """`expected` letters are to come, without repeats."""
        self._settings = settings
        self._expected = expected
        self.catches = 0
        """How often a letter was caught between the mail server and its record."""

    def __len__(self) -> int:
        return len(self._names())

    def next_letter(self, number: int) -> Callable[[], bool]:
        """Whether one more has come: after that many, and after those that are here now.

        Told once of each, and always when all that are expected are recorded.
        """
        known = max(number, len(self))

        def has_come() -> bool:
            nonlocal known
            names = self._names()
            if len(names) > known:
                known = len(names)
                return True
            return self._is_full(names) and self._is_over(Evidence(self._settings))

        return has_come

    def caught(self) -> bool:
        """Whether a letter is kept and not recorded; also when there is none to come."""
        evidence = Evidence(self._settings)
        unrecorded = set(evidence.kept_letters).difference(evidence.recorded_letters)
        self.catches += bool(unrecorded)
        return bool(unrecorded) or self._is_over(evidence)

    def _names(self) -> list[str]:
        return [path.name for path in self._settings.mail_directory.glob("*/*.eml")]

    def _is_full(self, names: list[str]) -> bool:
        return sum(1 for name in names if not _REPEATED.search(name)) >= self._expected

    def _is_over(self, evidence: Evidence) -> bool:
        return len(evidence.recorded_letters) >= self._expected
