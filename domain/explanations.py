"""Explanations: how a term was counted, day by day, for the person who asks why."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.counting import count_term
from domain.messages import Message
from domain.terms import CountedUnit, Suspension, Term, TermRule
from domain.working_days import WARSAW, Calendar, local_day

_ONE_DAY = timedelta(days=1)


class CountedDay(Message):
    """A day between start and end: its number in the count, or why it was skipped."""

    day: date
    number: int | None
    day_off: str | None
    """Why the day is a day off; a term in days counts such a day all the same."""


class DayOff(Message):
    """A day that an end was rolled over."""

    day: date
    reason: str


class Explanation(Message):
    """The term with the row and calendar version it follows, and the way from start to end.

    `days` is empty for months, hours and minutes, which are not counted by single days.
    """

    term: Term
    rule: TermRule
    days: tuple[CountedDay, ...]
    rolled_forward: tuple[DayOff, ...]
    rolled_back: tuple[DayOff, ...]
    sentences: tuple[str, ...]


def explain(term: Term, rule: TermRule, calendar: Calendar) -> Explanation:
    days = tuple(_days(term, calendar))
    end = term.extended_to or term.nominal
    forward = () if term.by_the_clock else tuple(_passed(end, _ONE_DAY, calendar))
    back = () if term.by_the_clock else tuple(_passed(end, -_ONE_DAY, calendar))
    return Explanation(
        term=term,
        rule=rule,
        days=days,
        rolled_forward=forward,
        rolled_back=back,
        sentences=(
            _rule_sentence(term, rule),
            *_counting_sentences(term, days),
            *_ending_sentences(term, rule, calendar, forward),
            f"Days off are those of calendar version {term.calendar}.",
        ),
    )


def _days(term: Term, calendar: Calendar) -> Iterator[CountedDay]:
    """Every day from the one beside the start to the nominal end, in the order of counting."""
    if term.unit not in ("days", "working_days"):
        return
    start = local_day(term.start)
    step = _ONE_DAY if term.nominal >= start else -_ONE_DAY
    day, number = start, 0
    while day != term.nominal:
        day += step
        reason = calendar.day_off_reason(day)
        counted = term.unit == "days" or reason is None
        number += counted
        yield CountedDay(day=day, number=number if counted else None, day_off=reason)


def _passed(end: date, step: timedelta, calendar: Calendar) -> Iterator[DayOff]:
    while (reason := calendar.day_off_reason(end)) is not None:
        yield DayOff(day=end, reason=reason)
        end += step


def _rule_sentence(term: Term, rule: TermRule) -> str:
    origin = "a setting" if rule.setting else "not a setting"
    return (
        f"{rule.id}: {rule.what}, {_amount(term.length, term.unit)} from {rule.starts_at}"
        f" ({rule.basis}; {rule.kind}, {origin}; row valid from {rule.valid_from};"
        f" source: {rule.source})."
    )


def _counting_sentences(term: Term, days: tuple[CountedDay, ...]) -> Iterator[str]:
    start = term.start.astimezone(WARSAW)
    if term.unit in ("hours", "minutes"):
        yield f"The time runs without a break from {_day(start.date())} {start:%H:%M}."
        return
    yield f"The day of the start, {_day(start.date())}, is not counted."
    skipped = [f"{_day(day.day)} ({day.day_off})" for day in days if day.number is None]
    if skipped:
        yield f"Not counted: {', '.join(skipped)}."
    yield f"The nominal end is {_day(term.nominal)}."


def _ending_sentences(
    term: Term, rule: TermRule, calendar: Calendar, rolled: tuple[DayOff, ...]
) -> Iterator[str]:
    if term.extended_to is not None:
        yield f"A decision set the new end {_day(term.extended_to)}."
    if rolled:
        yield (
            f"{_day(rolled[0].day)} is a day off ({rolled[0].reason}): the legal end is rolled"
            " forward to a working day, the safe due back."
        )
    for index, stop in enumerate(term.suspensions):
        earlier = term.suspensions[:index]
        before = count_term(rule, term.start, calendar, earlier, term.extended_to)
        yield _suspension_sentence(stop, before, calendar)
    if term.by_the_clock:
        yield _clock_sentence(term)
    else:
        yield f"Safe due {_day(term.safe_due)}, legal end {_day(term.legal_end)}."


def _suspension_sentence(stop: Suspension, before: Term, calendar: Calendar) -> str:
    since = local_day(stop.since)
    until = f"to {_day(local_day(stop.until))}" if stop.until else "and has not gone on yet"
    sentence = f"The clock stood still from {_day(since)} {until}"
    if before.overdue(stop.since):
        return f"{sentence}; the safe due had passed before."
    if before.by_the_clock:
        return f"{sentence}."
    left = calendar.working_days_between(since, before.safe_due)
    return f"{sentence}, with {_amount(left, 'working_days')} left to the safe due."


def _clock_sentence(term: Term) -> str:
    if term.due_at is None:
        return "The end is out of reach until the clock runs again."
    return f"It ends on {term.due_at.astimezone(WARSAW):%a %Y-%m-%d at %H:%M}."


def _amount(number: int, unit: CountedUnit) -> str:
    """`1 working day`, `-5 working days`."""
    words = unit.replace("_", " ")
    return f"{number} {words.removesuffix('s') if abs(number) == 1 else words}"


def _day(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"
