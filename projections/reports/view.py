"""The cases as one period shows them; every count is the length of one of these lists."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from projections.reports.facts import CaseFacts, ReferralFacts
from projections.reports.periods import Period
from projections.reports.timeliness import Verdict, settlement_clock

Cases = list[CaseFacts]

UNKNOWN: Final = "unknown"
TOTAL: Final = "total"


@dataclass(frozen=True)
class Filters:
    """Which cases are counted; what is None does not matter."""

    district: str | None = None
    unit: str | None = None
    """Cases with a referral to it; of their referrals only its own are counted."""
    group: str | None = None
    channel: str | None = None

    def of(self, cases: Iterable[CaseFacts]) -> tuple[CaseFacts, ...]:
        return tuple(case for case in cases if self._wants(case))

    def given(self) -> dict[str, str]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def _wants(self, case: CaseFacts) -> bool:
        units = {row.unit for row in case.referrals.values()}
        return (
            self.district in (None, case.district)
            and self.group in (None, case.group)
            and self.channel in (None, case.channel)
            and (self.unit is None or self.unit in units)
        )


@dataclass(frozen=True)
class PeriodView:
    """What happened in the period, and what stood at its end or at `as_of`, if that is earlier."""

    cases: tuple[CaseFacts, ...]
    period: Period
    as_of: datetime
    unit: str | None = None
    """Whose referrals alone are counted."""

    @property
    def before(self) -> datetime:
        """What happened at this moment or later is not in the period."""
        return self.period.ends_at

    @cached_property
    def measured_at(self) -> datetime:
        """The last moment that the period shows."""
        return min(self.as_of, self.before - timedelta.resolution)

    def received(self) -> Cases:
        return self._where(lambda case: self.period.covers(case.received_at))

    def registered(self) -> Cases:
        return self._where(lambda case: self.period.covers(case.registered_at))

    def forwarded(self) -> Cases:
        return self._where(lambda case: self.period.covers(case.forwarded_at))

    def with_feedback(self) -> Cases:
        return self._where(lambda case: self.period.covers(case.feedback_of_lead()))

    def answered(self) -> Cases:
        return self._where(lambda case: self.period.covers(case.answered_at))

    def answered_in_time(self, *verdicts: Verdict) -> Cases:
        """Of those answered that have a term here."""
        return [
            case
            for case in self.answered()
            if case.counts_for_terms(self.before)
            and settlement_clock(case).verdict(self.before, self.measured_at) in verdicts
        ]

    def closed(self, *outcomes: str) -> Cases:
        """A case closed twice is there twice."""
        return [
            case
            for case in self.cases
            for closing in case.closings
            if self.period.covers(closing.at) and (not outcomes or closing.outcome in outcomes)
        ]

    def open(self) -> Cases:
        return self._where(lambda case: case.open(self.before))

    def open_at_start(self) -> Cases:
        return self._where(lambda case: case.open(self.period.starts_at))

    def overdue(self) -> Cases:
        return self._where(lambda case: case.overdue(self.before, self.measured_at))

    def reopened(self) -> Cases:
        return [case for case, _ in self.reopenings()]

    def reopenings(self) -> list[tuple[CaseFacts, datetime]]:
        """A case that was reopened twice is there twice."""
        found = ((case, at) for case in self.cases for at in case.reopenings)
        return [(case, at) for case, at in found if self.period.covers(at)]

    def parted(self) -> Cases:
        return [c for c in self.cases for at in c.parted if self.period.covers(at)]

    def handed_over(self) -> Cases:
        """Closed because another body took all of it over, without an answer of our own."""
        return [case for case in self.closed("handed_over") if not case.settled(self.before)]

    def for_terms(self) -> Cases:
        return self._where(lambda case: case.counts_for_terms(self.before))

    def referrals(self, cases: Iterable[CaseFacts] | None = None) -> list[ReferralFacts]:
        """All that were sent before the end of the period, or those of some cases."""
        among = self.cases if cases is None else cases
        rows = (row for case in among for row in case.referrals.values())
        return [row for row in rows if row.sent_at < self.before and self.unit in (None, row.unit)]

    def _where(self, wanted: Callable[[CaseFacts], bool]) -> Cases:
        return [case for case in self.cases if wanted(case)]


def grouped(cases: Iterable[CaseFacts], key: Callable[[CaseFacts], str]) -> Mapping[str, Cases]:
    found: dict[str, Cases] = {}
    for case in cases:
        found.setdefault(key(case), []).append(case)
    return found
