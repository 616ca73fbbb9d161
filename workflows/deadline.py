"""The one wake-up of a case: the earliest of all its terms, ladder steps and process moments."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow

SHIFT = "shift_seconds"
"""Memo of a workflow: how far its case's time is from the server's; absent in production."""


def now() -> datetime:
    """The moment of the case: the workflow's time and the shift recorded at its start."""
    return workflow.now() + timedelta(seconds=workflow.memo_value(SHIFT, default=0.0))


class WakeUp:
    """Sleeps until the next moment of the case, however often that moment changes meanwhile.

    A timer that is too early is left to fire, and the moment is looked at again; only an earlier
    moment arms a new one. Re-arming at every step was measured at a tenth of the throughput.
    """

    def __init__(self, fire: Callable[[], Awaitable[None]]) -> None:
        self._fire = fire
        self._moment: datetime | None = None
        self._reason = ""
        self._stopped = False

    def set(self, moment: datetime | None, reason: str) -> None:
        self._moment = moment
        self._reason = reason

    def stop(self) -> None:
        self._stopped = True

    async def keep_time(self) -> None:
        """Run beside the process until it is stopped."""
        while not self._stopped:
            await workflow.wait_condition(lambda: self._stopped or self._moment is not None)
            if self._stopped or self._moment is None:
                continue
            if self._moment <= now():
                self._moment = None
                await self._fire()
            else:
                await self._sleep_until(self._moment)

    async def _sleep_until(self, armed: datetime) -> None:
        def earlier() -> bool:
            return self._stopped or (self._moment is not None and self._moment < armed)

        try:
            await workflow.wait_condition(
                earlier, timeout=armed - now(), timeout_summary=self._reason
            )
        except TimeoutError:
            return
