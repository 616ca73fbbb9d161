"""R1 counted a second time, straight from the raw events and by nothing that the report uses."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from runtime.store import Store
from tests.projections.naive_story import WARSAW, Story

WITHOUT_TERMS = (
    "duplicate", "transferred", "left_without_consideration", "registered_in_error",
)  # fmt: skip
OF_SIGNALS = ("int.forward_signal", "int.settle_signal")
NEVER = datetime.max.replace(tzinfo=WARSAW)
Row = dict[str, Any]
Rows = dict[str, Row]
Clock = tuple[Any, datetime | None, datetime | None, datetime | None]
"""A term, when it was met, when nothing more was to be done, and the end announced instead."""


def day(moment: datetime) -> date:
    return moment.astimezone(WARSAW).date()


def begun(term: Any) -> datetime:
    """The moment from which it runs; of a day its midnight."""
    start: Any = term.start
    if isinstance(start, datetime):
        return start
    return datetime(start.year, start.month, start.day, tzinfo=WARSAW)


def tenth(value: Fraction) -> float:
    """To one decimal, a half away from zero."""
    tenths = math.floor(abs(value) * 10 + Fraction(1, 2))
    return math.copysign(tenths / 10, value) if tenths else 0.0


def days_of(span: timedelta) -> float:
    return tenth(Fraction(span // timedelta(microseconds=1), 86_400_000_000))


def ranked(values: Iterable[float], percent: int) -> float | None:
    ordered = sorted(values)
    return ordered[math.ceil(Fraction(percent * len(ordered), 100)) - 1] if ordered else None


def change(now: int, then: int) -> float | None:
    return tenth(Fraction(100 * (now - then), then)) if then else None


def parts(counts: dict[str, int]) -> dict[str, float]:
    """By the largest remainder, in the order of the rows."""
    whole = sum(counts.values())
    if not whole:
        return dict.fromkeys(counts, 0.0)
    exact = {key: Fraction(1000 * count, whole) for key, count in counts.items()}
    given = {key: math.floor(value) for key, value in exact.items()}
    for key in sorted(counts, key=lambda key: given[key] - exact[key]):
        if sum(given.values()) < 1000:
            given[key] += 1
    return {key: value / 10 for key, value in given.items()}


def _events(store: Store) -> Iterator[Any]:
    after = 0
    while page := store.recorder.select_notifications(after, 5_000, inclusive_of_start=False):
        yield from map(store.mapper.to_domain_event, page)
        after = page[-1].id


class Naive:
    """What each table must show of a period, by the keys of its rows and columns."""

    def __init__(self, store: Store, as_of: datetime) -> None:
        by_case: dict[str, list[Any]] = defaultdict(list)
        self.escalations: list[tuple[str, str | None, datetime, int]] = []
        """Of a referral, or of another task of the case."""
        for event in _events(store):
            if event.timestamp > as_of:
                break
            if event.TOPIC.startswith("intervention."):
                by_case[event.reference].append(event)
            elif event.TOPIC == "task.Escalated":
                prefix, year, number, kind, *subject = event.task_ref.split("-")
                referral = subject[0] if kind == "answer_referral" else None
                case = f"{prefix}-{year}-{number}"
                self.escalations.append((case, referral, event.timestamp, event.level))
        self.stories = {reference: Story(events) for reference, events in by_case.items()}
        self.as_of = as_of

    def period(self, first: date, to: date) -> "NaivePeriod":
        return NaivePeriod(self, first, to)


class NaivePeriod:
    def __init__(self, naive: Naive, first: date, to: date) -> None:
        self.start = datetime(first.year, first.month, first.day, tzinfo=WARSAW)
        self.end = datetime(to.year, to.month, to.day, tzinfo=WARSAW)
        self.moment = min(naive.as_of, self.end - timedelta(microseconds=1))
        self.stories = list(naive.stories.values())
        self.naive = naive

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end

    def past(self, moment: datetime | None) -> bool:
        return moment is not None and moment < self.end

    def count(self, wanted: Callable[[Story], bool]) -> int:
        return sum(map(bool, map(wanted, self.stories)))

    def is_open(self, story: Story) -> bool:
        return self.past(story.registered) and story.closed(self.end) is None

    def last_round(self, story: Story) -> tuple[datetime, Any]:
        """Since when it runs, and the term of its settlement."""
        since, term, anew = story.registered, story.clocks()["settlement"], False
        for event in filter(lambda event: self.past(event.timestamp), story.events):
            if event.TOPIC == "intervention.Reopened":
                since, anew = event.timestamp, anew or "settlement" in event.clocks
                term = event.clocks.get("settlement", term)
            elif event.TOPIC == "intervention.TermRecounted" and anew:
                term = event.new if event.clock == "settlement" else term
            elif anew:
                term = (getattr(event, "clocks", None) or {}).get("settlement", term)
        return since, term

    def is_overdue(self, story: Story) -> bool:
        since, term = self.last_round(story)
        settled = any(since <= at < self.end for at, _ in story.answers)
        return self.is_open(story) and not settled and self.moment >= (term.due_at or NEVER)

    def in_time(self, story: Story, end: str) -> bool:
        answered = story.answered
        if answered is None or not self.has(answered) or self.has_no_terms(story):
            return False
        return answered < (getattr(story.clocks()["settlement"], end) or NEVER)

    def summary(self) -> dict[str, int]:
        return {
            "received": self.count(lambda s: self.has(s.received)),
            "registered": self.count(lambda s: self.has(s.registered)),
            "forwarded": self.count(lambda s: self.has(s.forwarded)),
            "with_feedback": self.count(lambda s: self.has(s.lead_accepted())),
            "answered": self.count(lambda s: self.has(s.answered)),
            "in_time_legal": self.count(lambda s: self.in_time(s, "ends_at")),
            "in_time_own": self.count(lambda s: self.in_time(s, "due_at")),
            "closed": len(self.closings()),
            "open": self.count(self.is_open),
            "overdue": self.count(self.is_overdue),
            "reopened": len(self._reopened()),
            "joined": len(self.closings("duplicate")),
            "transferred": len(self.closings("transferred")),
            "unconsidered": len(self.closings("left_without_consideration")),
        }

    def closings(self, *outcomes: str) -> list[Any]:
        """Of the period; a case closed twice is there twice."""
        closed = [e for s in self.stories for e in s.closings if self.has(e.timestamp)]
        return [e for e in closed if not outcomes or e.outcome in outcomes]

    def units(self) -> Rows:
        found: dict[str, list[tuple[Story, str]]] = defaultdict(list)
        for story in self.stories:
            for key, event in story.referrals.items():
                if self.past(event.timestamp):
                    found[event.unit].append((story, key))
                    found["total"].append((story, key))
        rows = {unit: self._unit(some) for unit, some in found.items()}
        rows.setdefault("total", self._unit([]))
        for unit, row in rows.items():
            row["reopened"] = sum(self._led(unit, event) for event in self._reopened())
        return {u: row for u, row in rows.items() if u == "total" or any(row.values())}

    def _unit(self, some: list[tuple[Story, str]]) -> Row:
        answered, days, own, extended, overdue = 0, [], 0, 0, 0
        heard: list[Any] = []
        for story, key in some:
            sent, at, first = story.referrals[key], story.answer(key), story.informed(key)
            if first is not None and self.has(first):
                heard.append(days_of(first - sent.timestamp))
            if at is not None and self.has(at):
                answered += 1
                days.append(days_of(at - sent.timestamp))
                in_own_time = at < (story.first_term(key, at).due_at or NEVER)
                own += in_own_time
                extended += not in_own_time and at < (story.term(key, at).due_at or NEVER)
            term = story.term(key, self.end)
            waits = story.waits_for_unit(key, self.end)
            stands = term is None or term.due_at is None
            overdue += waits and not stands and self.moment >= term.due_at
        of_these = {(story.born.reference, key) for story, key in some}
        levels = [
            level
            for case, referral, at, level in self.naive.escalations
            if self.has(at) and (case, referral) in of_these
        ]
        return {
            "sent": sum(self.has(s.referrals[k].timestamp) for s, k in some),
            "answered": answered,
            "own": own,
            "extended": extended,
            "late": answered - own - extended,
            "open": sum(s.waits_for_unit(k, self.end) for s, k in some),
            "overdue": overdue,
            "first_information": ranked(heard, 50),
            "median": ranked(days, 50),
            "percentile": ranked(days, 90),
            "misrouted": sum(self.has(s.returned(k)) for s, k in some),
            "misrouted_late": sum(
                self.has(e.timestamp) and e.late
                for s, k in some
                for e in s.all("intervention.ReferralReturned", k)
            ),
            "insufficient": sum(
                self.has(e.timestamp)
                for s, k in some
                for e in s.all("intervention.FeedbackReturned", k)
            ),
            "escalations": len(levels),
            "highest": max(levels, default=0),
        }

    def _reopened(self) -> list[Any]:
        found = (e for story in self.stories for e in story.all("intervention.Reopened"))
        return [event for event in found if self.has(event.timestamp)]

    def _led(self, unit: str, reopened: Any) -> bool:
        sent = self.naive.stories[reopened.reference].referrals.values()
        before = (event for event in sent if event.timestamp < reopened.timestamp)
        return unit == "total" or any(e.lead and e.unit == unit for e in before)

    def received_by(self, key: Callable[[Story], str]) -> Counter[str]:
        return Counter(key(story) for story in self.stories if self.has(story.received))

    def kinds(self, previous: "NaivePeriod") -> Rows:
        now, then = (each.received_by(category) for each in (self, previous))
        settled = [story for story in self.stories if self.has(story.answered)]
        days: dict[str, list[float]] = defaultdict(list)
        for story in settled:
            for key in (category(story), "total"):
                days[key].append(days_of(story.answered - story.received))
        keys = sorted({*now, *then, *days} - {"total"}, key=lambda key: (-now[key], key))
        shared = parts({key: now[key] for key in keys})
        now["total"], then["total"] = now.total(), then.total()
        shared["total"] = 100.0 if now["total"] else 0.0
        return {
            key: {
                "received": now[key],
                "share": shared[key],
                "answered": len(days[key]),
                "median": ranked(days[key], 50),
                "percentile": ranked(days[key], 90),
                "change": change(now[key], then[key]),
            }
            for key in (*keys, "total")
        }

    def districts(self, known: Iterable[str]) -> Rows:
        def row(wanted: Callable[[Story], bool]) -> Row:
            here = [story for story in self.stories if wanted(story)]
            counted = Counter(category(story) for story in here if self.has(story.received))
            return {
                "received": counted.total(),
                "category": min(counted, key=lambda key: (-counted[key], key), default=None),
                "open": sum(map(self.is_open, here)),
                "overdue": sum(map(self.is_overdue, here)),
            }

        rows = {key: row(lambda s, key=key: s.corrected("place").district == key) for key in known}  # type: ignore[misc]  # a default of a lambda
        rows["unknown"] = row(lambda s: s.corrected("place").district is None)
        return {**rows, "total": row(lambda s: True)}

    def channels(self, previous: "NaivePeriod") -> Rows:
        now, then = (
            each.received_by(lambda s: s.corrected("channel")) for each in (self, previous)
        )
        keys = sorted({*now, *then}, key=lambda key: (-now[key], key))
        shared = parts({key: now[key] for key in keys})
        rows = {
            key: {
                "received": now[key],
                "share": shared[key],
                "change": change(now[key], then[key]),
            }
            for key in keys
        }
        total = {
            "received": now.total(),
            "share": 100.0 if now else 0.0,
            "change": change(now.total(), then.total()),
        }
        return {**rows, "total": total}

    def terms(self) -> Rows:
        clocks: dict[str, list[Clock]] = {
            name: []
            for name in ("acknowledgement", "forwarding", "settlement", "state_notice", "feedback")
        }
        for story in self.stories:
            if self.past(story.registered) and not self.has_no_terms(story):
                for name, clock in self.clocks(story):
                    rule = clock[0].rule
                    own = f"{name}:{rule}" if rule in OF_SIGNALS else name
                    clocks.setdefault(own, []).append(clock)
        counted = {name: self.verdicts(found) for name, found in clocks.items()}
        # A rule of signals has a row where there are any.
        return {name: row for name, row in counted.items() if ":" not in name or row["cases"]}

    def has_no_terms(self, story: Story) -> bool:
        closed = story.closed(self.end)
        return closed is not None and closed.outcome in WITHOUT_TERMS

    def clocks(self, story: Story) -> Iterator[tuple[str, Clock]]:
        terms, answered, ended = story.clocks(), story.answered, story.closed(self.end)
        closed = ended.timestamp if ended else None
        known = (story.forwarded, story.transferred, answered)
        first = min((at for at in known if at is not None), default=None)
        announced = [end for at, end in story.announced if self.past(at)]
        if story.reach() != "none":
            yield "acknowledgement", (terms["acknowledgement"], story.ack, closed, None)
        yield "forwarding", (terms["forwarding"], first, closed, None)
        last = announced[-1] if announced else None
        yield "settlement", (terms["settlement"], answered, closed, last)
        if "state_notice" in terms:
            both = [at for at in (story.state_told, answered) if at is not None]
            yield "state_notice", (terms["state_notice"], min(both, default=None), closed, None)
        for key, event in story.referrals.items():
            if event.feedback_by is not None and self.past(event.timestamp):
                answer, until = story.answer(key), story.over(key)
                yield "feedback", (story.first_term(key, answer or NEVER), answer, until, None)

    def verdicts(self, found: list[Clock]) -> Row:
        row = dict.fromkeys(
            ("cases", "own", "legal", "announced", "late", "running", "announced_running"), 0
        )
        longest = 0
        for term, done, closed, announced in found:
            if not self.past(done) and not self.past(begun(term)):
                continue  # what the case was put right to be had not begun yet
            if (self.past(done) and not self.has(done)) or (
                not self.past(done) and self.past(closed)
            ):
                continue
            at = done if done is not None and self.past(done) else self.moment
            row["cases"] += 1
            longest = max(longest, (day(at) - term.legal_end).days)
            if at >= (term.ends_at or NEVER):
                kept = announced is not None and at < announced
                settled = "announced" if self.past(done) else "announced_running"
                row[settled if kept else "late"] += 1
            elif not self.past(done):
                row["running"] += 1
            else:
                row["legal"] += 1
                row["own"] += at < (term.due_at or NEVER)
        due = row["legal"] + row["announced"] + row["late"]
        rate = tenth(Fraction(100 * row["legal"], due)) if due else None
        return {**row, "legal_share": rate, "longest": longest or None}

    def forwarding(self) -> Rows:
        counts = dict.fromkeys(("up_to_1", "from_2_to_3", "from_4_to_7", "more"), 0)
        for story in self.stories:
            if story.forwarded is not None and self.has(story.forwarded):
                days = (day(story.forwarded) - day(story.received)).days
                limits = (1, 3, 7, 100_000)
                counts[
                    next(key for key, most in zip(counts, limits, strict=True) if days <= most)
                ] += 1
        shared = parts(counts)
        rows = {key: {"forwarded": n, "share": shared[key]} for key, n in counts.items()}
        whole = sum(counts.values())
        return {**rows, "total": {"forwarded": whole, "share": 100.0 if whole else 0.0}}

    def outcomes(self) -> Rows:
        names = ("done", "planned", "not_possible", "no_basis", "information_given", "handed_over")
        counts = dict.fromkeys(names, 0)
        for story in self.stories:
            if self.has(story.answered):
                counts[str(story.outcome)] += 1
            taken_over = [e for e in story.closings if e.outcome == "handed_over"]
            here = sum(self.has(event.timestamp) for event in taken_over)
            counts["handed_over"] += here * (not self.past(story.answered))
        shared = parts(counts)
        rows = {key: {"cases": n, "share": shared[key]} for key, n in counts.items()}
        whole = sum(counts.values())
        return {**rows, "total": {"cases": whole, "share": 100.0 if whole else 0.0}}


def channel(story: Story) -> str:
    return str(story.corrected("channel"))


def category(story: Story) -> str:
    return str(story.corrected("category"))
