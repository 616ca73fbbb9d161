"""R1 counted a second time: who held what was late, what is overdue, and what was promised."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import holidays

from tests.projections.naive_r1 import Clock, NaivePeriod, Row, Rows, day, ranked
from tests.projections.naive_story import Story

_POLAND = holidays.country_holidays("PL")


def working_days(after: date, to: date) -> int:
    """Working days later than the first day, up to the other one."""
    days = (after + timedelta(days=n) for n in range(1, (to - after).days + 1))
    return sum(each.weekday() < 5 and each not in _POLAND for each in days)


def causes(period: NaivePeriod) -> Rows:
    """R1.8."""
    found: dict[str, list[tuple[int, int]]] = {"unit": [], "sender": [], "us": []}
    for story in period.stories:
        late = _late_by(period, story)
        if late is not None:
            delayed = [at for at, _ in story.announced if period.past(at)]
            ends_at = story.clocks()["settlement"].ends_at
            found[holder(story, delayed[0] if delayed else ends_at)].append(late)
    return {
        cause: {
            "cases": len(days),
            "median": ranked([calendar for calendar, _ in days], 50),
            "median_working": ranked([working for _, working in days], 50),
        }
        for cause, days in found.items()
    }


def _late_by(period: NaivePeriod, story: Story) -> tuple[int, int] | None:
    """Days after the legal end of a case that R1.6 counts and that was not settled by then."""
    if not period.past(story.registered) or period.has_no_terms(story):
        return None
    clocks: list[Clock] = [c for name, c in period.clocks(story) if name == "settlement"]
    verdict = period.verdicts(clocks)
    if not any(verdict[name] for name in ("announced", "announced_running", "late")):
        return None
    return _days_late(period, story)


def _days_late(period: NaivePeriod, story: Story) -> tuple[int, int]:
    end = story.clocks()["settlement"].legal_end
    done = story.answered if period.past(story.answered) else period.moment
    assert done is not None
    return max(0, (day(done) - end).days), working_days(end, day(done))


def holder(story: Story, at: datetime) -> str:
    asked = [
        event.TOPIC == "intervention.SupplementAsked"
        for event in story.events
        if event.timestamp < at and event.TOPIC in _ABOUT_THE_SENDER
    ]
    if asked and asked[-1]:
        return "sender"
    return "unit" if any(story.waits_for_unit(key, at) for key in story.referrals) else "us"


_ABOUT_THE_SENDER = (
    "intervention.SupplementAsked",
    "intervention.Supplemented",
    "intervention.SupplementLapsed",
    "intervention.IncompleteAccepted",
)


def arrears(period: NaivePeriod) -> Rows:
    """R1.9."""
    levels: dict[str, int] = defaultdict(int)
    for case, _, at, level in period.naive.escalations:
        if period.past(at):
            levels[case] = max(levels[case], level)
    overdue = filter(period.is_overdue, period.stories)
    return {s.born.reference: _arrear(period, s, levels[s.born.reference]) for s in overdue}


def _arrear(period: NaivePeriod, story: Story, level: int) -> Row:
    _, term = period.last_round(story)
    owing = [
        event.unit
        for key, event in story.referrals.items()
        if story.waits_for_unit(key, period.end)
    ]
    notices = [
        event.new_date
        for event in story.all("intervention.DelayNotified")
        if period.past(event.timestamp)
    ]
    today = day(period.moment)
    return {
        "reference": story.born.reference,
        "units": ", ".join(dict.fromkeys(owing)) or None,
        "district": story.born.place.district,
        "received": day(story.received),
        "safe_due": term.safe_due,
        "legal_end": term.legal_end,
        "announced": notices[-1] if notices else None,
        "days_late": max(0, (today - term.legal_end).days),
        "working_days_late": working_days(term.legal_end, today),
        "escalation": level,
    }


def promises(period: NaivePeriod) -> Rows:
    """R1.11."""
    rows: dict[str, Row] = defaultdict(
        lambda: dict.fromkeys(("made", "kept", "moved", "broken", "waiting"), 0) | {"nearest": None}
    )
    for story in period.stories:
        for key, sent in story.referrals.items():
            made = story.promise(key)
            for unit in (sent.unit, "total") if made and period.past(made.timestamp) else ():
                _count_promise(period, rows[unit], story, key)
    _ = rows["total"]
    return dict(rows)


def _count_promise(period: NaivePeriod, row: Row, story: Story, key: str) -> None:
    made = story.promise(key)
    assert made is not None
    row["made"] += period.has(made.timestamp)
    until = made.promised_on
    for event in story.all_promises(key):
        what = event.TOPIC.removeprefix("intervention.Promise").lower()
        if what in row:
            row[what] += period.has(event.timestamp)
        if period.past(event.timestamp):
            until = getattr(event, "new_date", None if what in ("kept", "givenup") else until)
    if until is not None and story.closed(period.end) is None:
        row["waiting"] += 1
        row["nearest"] = min(until, row["nearest"] or until)
