"""The guards of an erasure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.erasures.commands import CaseOfSubject, EraseSubject
from domain.erasures.refusals import CaseStillOpen, ErasureTooEarly
from domain.errors import Refusal
from domain.retention import Retention
from domain.working_days import local_day


def erasing(command: EraseSubject, at: datetime, retention: Retention) -> Iterator[Refusal]:
    today = local_day(at)
    still_open = [case for case in command.cases if case.closed_on is None]
    if still_open:
        earliest = max(retention.free_from(case.process, today) for case in still_open)
        yield CaseStillOpen(cases=_names(still_open), not_before=str(earliest))
    kept = {
        case.reference: retention.free_from(case.process, case.closed_on)
        for case in command.cases
        if case.closed_on is not None
    }
    too_early = {reference: day for reference, day in kept.items() if today < day}
    if too_early:
        yield ErasureTooEarly(cases=list(too_early), not_before=str(max(too_early.values())))


def _names(cases: Sequence[CaseOfSubject]) -> list[str]:
    return [case.reference for case in cases]
