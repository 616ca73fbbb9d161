"""What the mail server of a town has kept, while the town is at work."""

import re
from collections.abc import Callable
from typing import Any, Final

from runtime.settings import Settings
from runtime.store import Store
from tests.chaos.verdict import EVERYTHING, SENT, letters_kept

_REPEATED: Final = re.compile(r"\.\d+\.eml$")


class LetterBox:
    """The letters that the mail server has kept so far; repeats count."""

    def __init__(self, settings: Settings, expected: int) -> None:
        """`expected` letters are to come, without repeats."""
        self._settings = settings
        # Opened before anybody is held: on PostgreSQL opening waits for who writes.
        self._store = Store(settings)
        self._expected = expected
        self.catches = 0
        """How often a letter was caught between the mail server and its record."""

    def close(self) -> None:
        self._store.close()

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
            return self._is_full(names) and self._is_over(self._recorded())

        return has_come

    def caught(self) -> bool:
        """Whether a letter is kept and not recorded; also when there is none to come."""
        recorded = self._recorded()
        unrecorded = not recorded.issuperset(letters_kept(self._settings))
        self.catches += unrecorded
        return unrecorded or self._is_over(recorded)

    def _recorded(self) -> set[str]:
        """The Message-IDs in the log."""
        found = self._store.recorder.select_notifications(1, EVERYTHING, topics=SENT)
        events: list[Any] = [self._store.mapper.to_domain_event(stored) for stored in found]
        return {event.message_id for event in events}

    def _names(self) -> list[str]:
        return [path.name for path in self._settings.mail_directory.glob("*/*.eml")]

    def _is_full(self, names: list[str]) -> bool:
        return sum(1 for name in names if not _REPEATED.search(name)) >= self._expected

    def _is_over(self, recorded: set[str]) -> bool:
        return len(recorded) >= self._expected
