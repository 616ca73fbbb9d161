"""An observer of ladders: what each step that fired must look like beside the log before it."""

from collections import Counter
from typing import Any

from domain.ladders import Rung
from domain.tasks import events
from domain.working_days import Calendar, local_day, moment_at
from runtime.reference_data import load_reference_data

DATA = load_reference_data()
STEPS = (events.Reminded, events.Escalated)


class LadderLedger:
    """T5, but for what follows a terminal event, which T1 rules out."""

    def __init__(self) -> None:
        self.calendar: Calendar = DATA.deadlines.calendar
        """The one in force at the events to be read next."""
        self._rungs: dict[str, tuple[Rung, ...]] = {}
        self._terms: Counter[tuple[str, bool]] = Counter()
        """Terms that decisions gave, by task and whether it is for taking it."""
        self._done: set[tuple[str, str, int, int]] = set()

    def read(self, event: Any) -> None:
        if isinstance(event, events.Opened):
            self._rungs[event.task_ref] = event.rungs
        if isinstance(event, events.DeadlineMoved):
            self._rungs[event.task_ref] = event.rungs
            self._terms[event.task_ref, event.which == "respond_by"] += event.anew
        if isinstance(event, STEPS):
            self._fired(event)

    def _fired(self, event: Any) -> None:
        term = self._terms[event.task_ref, event.ladder == "respond"]
        for step in (event.step, *event.skipped):
            place = (event.task_ref, event.ladder, step, term)
            assert place not in self._done, f"T5, twice: {event}"
            self._done.add(place)
        rung = self._rung(event)
        assert event.timestamp >= rung.fires_at, f"T5, before its moment: {event}"
        if rung.unit == "working_days":
            day = local_day(event.timestamp)
            assert self.calendar.is_working_day(day), f"T5, on a day off: {event}"
            assert event.timestamp >= moment_at(day, DATA.limits.tasks.ladder_hour), f"T5: {event}"
        assert event.recipients, f"T5, to nobody: {event}"

    def _rung(self, event: Any) -> Rung:
        ladder = self._rungs[event.task_ref]
        return next(r for r in ladder if (r.ladder, r.step) == (event.ladder, event.step))
