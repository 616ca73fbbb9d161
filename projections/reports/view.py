"""The cases as one period shows them; every count is the length of one of these lists."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
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

    def of(self, cases: tuple[CaseFacts, ...]) -> tuple[CaseFacts, ...]:
        return cases if not self.given() else tuple(case for case in cases if self._wants(case))

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
    """What happened in the period, and what stood at its end or at `as_of`, if that is earlier.

    Each list is made once, of the cases that the period can have anything to do with.
    """

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
        return min(self.as_of.astimezone(UTC), self.before - timedelta.resolution)

    @cached_property
    def current(self) -> Cases:
        """Those that had begun before its end, and were not over before its beginning."""
        starts_at, ends_at = self.period.starts_at, self.period.ends_at
        return [c for c in self.cases if c.first_at < ends_at and not c.was_over(starts_at)]

    @cached_property
    def received(self) -> Cases:
        return self._in_period(case.received_at for case in self.current)

    @cached_property
    def registered(self) -> Cases:
        return self._in_period(case.registered_at for case in self.current)

    @cached_property
    def forwarded(self) -> Cases:
        return self._in_period(case.forwarded_at for case in self.current)

    @cached_property
    def with_feedback(self) -> Cases:
        return self._in_period(case.feedback_of_lead() for case in self.current)

    @cached_property
    def answered(self) -> Cases:
        return self._in_period(case.answered_at for case in self.current)

    def answered_in_time(self, *verdicts: Verdict) -> Cases:
        """Of those answered that have a term here."""
        return [
            case
            for case in self.answered
            if case.counts_for_terms(self.before)
            and settlement_clock(case).verdict(self.before, self.measured_at) in verdicts
        ]

    def closed(self, *outcomes: str) -> Cases:
        """A case closed twice is there twice."""
        return [
            case
            for case in self.current
            for closing in case.closings
            if self.period.covers(closing.at) and (not outcomes or closing.outcome in outcomes)
        ]

    @cached_property
    def open(self) -> Cases:
        return [case for case in self.current if case.open(self.before)]

    @cached_property
    def open_at_start(self) -> Cases:
        return [case for case in self.current if case.open(self.period.starts_at)]

    @cached_property
    def overdue(self) -> Cases:
        return [case for case in self.open if case.overdue(self.before, self.measured_at)]

    @property
    def reopened(self) -> Cases:
        return [case for case, _ in self.reopenings]

    @cached_property
    def reopenings(self) -> list[tuple[CaseFacts, datetime]]:
        """A case that was reopened twice is there twice."""
        found = ((case, at) for case in self.current for at in case.reopenings)
        return [(case, at) for case, at in found if self.period.covers(at)]

    @cached_property
    def parted(self) -> Cases:
        return [c for c in self.current for at in c.parted if self.period.covers(at)]

    @cached_property
    def handed_over(self) -> Cases:
        """Closed because another body took all of it over, without an answer of our own."""
        return [case for case in self.closed("handed_over") if not case.settled(self.before)]

    @cached_property
    def for_terms(self) -> Cases:
        return [case for case in self.current if case.counts_for_terms(self.before)]

    @cached_property
    def referrals(self) -> list[ReferralFacts]:
        """Sent before the end of the period."""
        return self.referrals_of(self.current)

    @cached_property
    def promised(self) -> list[ReferralFacts]:
        """With a promise made before the end of the period, however long ago."""
        rows = self.referrals_of(self.cases)
        return [row for row in rows if (made := row.promise_made()) and made[0] < self.before]

    def referrals_of(self, cases: Iterable[CaseFacts]) -> list[ReferralFacts]:
        """Those of some cases."""
        rows = (row for case in cases for row in case.referrals.values())
        return [row for row in rows if row.sent_at < self.before and self.unit in (None, row.unit)]

    def _in_period(self, moments: Iterable[datetime | None]) -> Cases:
        """The cases whose moment, in their order, is in the period."""
        starts_at, ends_at = self.period.starts_at, self.period.ends_at
        return [
            case
            for case, at in zip(self.current, moments, strict=True)
            if at is not None and starts_at <= at < ends_at
        ]


def grouped(cases: Iterable[CaseFacts], key: Callable[[CaseFacts], str]) -> Mapping[str, Cases]:
    found: dict[str, Cases] = {}
    for case in cases:
        found.setdefault(key(case), []).append(case)
    return found
