"""Whether a term was kept: by its own due date, by law, by an announced date, or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from domain.working_days import Calendar, local_day, start_of_day
from projections.reports.facts import CaseFacts, DelayNotice, ReferralFacts, TermFacts
from projections.reports.periods import Period

Verdict = Literal["own", "legal", "announced", "late", "running", "announced_running"]
"""`own` is in time by law too; `legal` is so only by law."""

CLOCKS: Final = ("acknowledgement", "forwarding", "settlement", "state_notice", "feedback")

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """One term of a case or of a referral, as it was first counted."""

    term: TermFacts
    done_at: datetime | None
    ended_at: datetime | None
    """When nothing more was to be done, also without having been done."""
    delay_notices: tuple[DelayNotice, ...] = ()

    def concerns(self, period: Period) -> bool:
        """Whether it ended by being done in the period, or still runs at its end."""
        if self.done_at is not None and self.done_at < period.ends_at:
            return period.covers(self.done_at)
        ended = self.ended_at is not None and self.ended_at < period.ends_at
        return self.term.start < period.ends_at and not ended

    def done(self, before: datetime) -> datetime | None:
        return self.done_at if self.done_at is not None and self.done_at < before else None

    def verdict(self, before: datetime, at: datetime) -> Verdict:
        """How it stands at the moment `at`, by what happened before `before`."""
        done = self.done(before)
        moment = done or at
        if not self.term.legally_overdue(moment):
            if done is None:
                return "running"
            return "legal" if self.term.overdue(moment) else "own"
        announced_until = self.announced_until(before)
        if announced_until is not None and moment < announced_until:
            return "announced" if done else "announced_running"
        return "late"

    def announced_until(self, before: datetime) -> datetime | None:
        """The end by the last notice of delay that was given before the end it moved."""
        announced = [end for _, end in self._announcements(before)]
        return announced[-1] if announced else None

    def delayed_at(self, before: datetime) -> datetime:
        """When it became clear that the legal end would pass, or passed: the first notice of
        delay, or that end. Of a term that was not kept."""
        assert self.term.ends_at is not None  # it has passed
        return next((at for at, _ in self._announcements(before)), self.term.ends_at)

    def _announcements(self, before: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When each notice that counts was given, and the end it set."""
        end = self.term.ends_at
        for notice in self.delay_notices:
            if notice.at < before and end is not None and notice.at < end:
                end = start_of_day(notice.new_date + _ONE_DAY)
                yield notice.at, end

    def days_late(self, before: datetime, at: datetime) -> int:
        """Calendar days after the legal end; 0 in time."""
        day = local_day(self.done(before) or at)
        return max(0, (day - self.term.legal_end).days)

    def working_days_late(self, before: datetime, at: datetime, calendar: Calendar) -> int:
        day = local_day(self.done(before) or at)
        return max(0, calendar.working_days_between(self.term.legal_end, day))


def clocks(case: CaseFacts, name: str, unit: str | None = None) -> Iterator[Clock]:
    """The clocks of this name: of a case one at most, of feedback one for each referral to a
    unit, or to this unit."""
    if name == "feedback":
        rows = (row for row in case.referrals.values() if unit in (None, row.unit))
        yield from filter(None, map(feedback_clock, rows))
    elif name in case.clocks and (name != "acknowledgement" or case.reach != "none"):
        yield Clock(
            term=case.clocks[name],
            done_at=_done_at(case, name),
            ended_at=case.closings[-1].at if case.has_ended else None,
            delay_notices=case.delay_notices if name == "settlement" else (),
        )


def feedback_clock(row: ReferralFacts) -> Clock | None:
    """Until the first answer; None for a body that owes no feedback."""
    if row.first_term is None:
        return None
    return Clock(row.first_term, row.answered_at, row.ended_at())


def settlement_clock(case: CaseFacts) -> Clock:
    return next(clocks(case, "settlement"))


def _done_at(case: CaseFacts, name: str) -> datetime | None:
    match name:
        case "acknowledgement":
            ends = [case.acknowledged_at]
        case "forwarding":
            ends = [case.forwarded_at, case.transferred_at, case.answered_at]
        case "state_notice":
            ends = [case.state_told_at, case.answered_at]
        case _:
            ends = [case.answered_at]
    return min((at for at in ends if at is not None), default=None)
