"""What the mail server of a town has kept, while the town is at work."""

from collections.abc import Callable

from runtime.settings import Settings
from tests.chaos.verdict import Evidence


class LetterBox:
    """The letters that the mail server has kept so far; repeats count."""

    def __init__(self, settings: Settings, expected: int) -> None:
        self._settings = settings
        self._expected = expected

    def __len__(self) -> int:
        return sum(1 for _ in self._settings.mail_directory.glob("*/*.eml"))

    def next_letter(self, number: int) -> Callable[[], bool]:
        """Whether one more has come: after that many, and after those that are here now.

        Told once of each, and always when all that are expected are recorded.
        """
        known = max(number, len(self))

        def has_come() -> bool:
            nonlocal known
            now = len(self)
            if now > known:
                known = now
                return True
            return now >= self._expected and self._is_over(Evidence(self._settings))

        return has_come

    def caught(self) -> bool:
        """Whether a letter is kept and not recorded; also when there is none to come."""
        evidence = Evidence(self._settings)
        unrecorded = set(evidence.kept_letters).difference(evidence.recorded_letters)
        return bool(unrecorded) or self._is_over(evidence)

    def _is_over(self, evidence: Evidence) -> bool:
        return len(evidence.recorded_letters) >= self._expected
