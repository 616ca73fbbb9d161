"""A random log of many cases over months, in the order of time, seeded so that it comes again."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from domain.interventions.commands import Place
from domain.interventions.promises import due_at, still_open
from domain.people import PersonRef
from tests.builders import Case
from tests.case_core import Log
from tests.projections.histories import may_close, may_join, of_task, possible
from tests.term_rows import book_with_a_day_off

BEGIN = datetime(2026, 8, 20, 8, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
LAST_RECEIPT = timedelta(days=90)
CATEGORIES = ("roads.pothole", "traffic.signal", "lighting.street", "lighting.park")
CHANNELS = ("phone", "form", "email", "letter")
DISTRICTS = ("I", "XVIII", "IV", None)
OUTCOMES = ("done", "not_possible", "no_basis", "information_given", "planned")
GAPS = (0.2, 1, 5, 20, 70, 200)
"""Hours between the steps of a case."""

NEIGHBOURS = 60
"""The last cases that came: only one of them can be the first of two about the same."""

WITH_A_DAY_OFF = book_with_a_day_off(date(2026, 10, 14))
"""Some cases are asked to count their terms by it."""

_numbers = count(1)


def random_log(
    store: Log,
    seed: int,
    *,
    cases: int = 30,
    begin: datetime = BEGIN,
    span: timedelta = LAST_RECEIPT,
    until: datetime | None = None,
    categories: Sequence[str] = CATEGORIES,
    districts: Sequence[str | None] = DISTRICTS,
    senders: Sequence[PersonRef] = (),
) -> None:
    """Cases that begin within the span, from August to November; each step is the next in time.

    With `senders` each is of one of them.
    """
    chance = Random(seed)
    births = deque(sorted(begin + span * chance.random() for _ in range(cases)))
    waiting: list[tuple[datetime, int, Case]] = []
    town: deque[Case] = deque(maxlen=NEIGHBOURS)
    while births or waiting:
        if births and (not waiting or births[0] <= waiting[0][0]):
            sender = {"sender": chance.choice(senders)} if senders else {}
            case = _born(store, births.popleft(), chance, categories, districts, sender)
            town.append(case)
        else:
            _, _, case = heapq.heappop(waiting)
            _step(case, town, chance)
        case.at += timedelta(hours=chance.choice(GAPS) * (0.5 + chance.random()))
        is_over = case.case.stage == "closed" or (until is not None and case.at >= until)
        if not is_over and chance.random() > 0.03:  # some are forgotten
            heapq.heappush(waiting, (case.at, int(case.reference[-6:]), case))


def _born(
    store: Log,
    at: datetime,
    chance: Random,
    categories: Sequence[str],
    districts: Sequence[str | None],
    sender: Mapping[str, Any],
) -> Case:
    return Case(
        next(_numbers),
        at,
        store=store,
        pace=timedelta(milliseconds=1),
        received_at=at - timedelta(hours=chance.choice((0, 0, 3, 60))),
        channel=chance.choice(CHANNELS),
        category=chance.choice(categories),
        place=Place(district=chance.choice(districts), street="Długa"),
        brought_by=chance.choice(("none", "none", "mp")),
        reach=chance.choice(("email", "email", "email", "post", "none", "none")),
        **sender,
    ).open_needed()


def _step(case: Case, town: Iterable[Case], chance: Random) -> None:
    window = case.case.window
    if case.case.stage == "replied" and window is not None and window.ends_at is not None:
        if case.at < window.ends_at and chance.random() < 0.4:
            chance.choice(possible(case))()
        elif case.at < window.ends_at:
            case.send_letters()
            case.at = window.ends_at
        elif may_close(case):
            case.close()
        elif refs := still_open(case.case):
            _promise_step(case, refs[0], chance)
        return
    if case.case.joining is not None and chance.random() < 0.3:
        case.unlink()
        return
    if case.case.stage == "ending":
        case.send_letters()
        if may_close(case):
            case.close()
        return
    case.let_lapse()
    if case.case.on_hold:
        case.resume()
        return
    if chance.random() < 0.1:
        case.load(WITH_A_DAY_OFF)
    for task in case.open_tasks:
        case.climb(task)
    kinds = {task.type for task in case.open_tasks}
    near = [other for other in town if may_join(case, other)]
    if near and chance.random() < 0.03:
        case.join(chance.choice(near))
        return
    if "triage" in kinds and chance.random() < 0.3:
        case.forward("ZZM", "EXT-GAZ")
    elif "delay_notice" in kinds and chance.random() < 0.5:
        case.tell_of_delay(days=40)
    elif "draft_reply" in kinds:
        case.draft(chance.choice(OUTCOMES), ("media",) if chance.random() < 0.3 else ())
    elif (steps := _straight_on(case)) and chance.random() < (
        0.9 if case.case.delay_notices else 0.4
    ):
        chance.choice(steps)()
    else:
        chance.choice(possible(case))()


def _promise_step(case: Case, referral: str, chance: Random) -> None:
    """The next day of a promise comes, or somebody says what became of it."""
    if case.at < due_at(case.case.promises[referral], case.book):
        case.at = due_at(case.case.promises[referral], case.book)
        return
    case.open_needed().send_letters()
    kinds = ("confirm_promise", "decide_promise")
    tasks = [task for task in case.open_tasks if task.type in kinds and task.subject == referral]
    if tasks and not case.case.on_hold:
        chance.choice(of_task(case, tasks[0].type, referral))()


def _straight_on(case: Case) -> list[Callable[[], object]]:
    """The steps by which a case comes to its end."""
    ways = {"answer_referral": case.answer, "check_feedback": case.accept}
    steps = [partial(ways[t.type], t.subject) for t in case.open_tasks if t.type in ways]
    if any(task.type == "approve_reply" for task in case.open_tasks):
        return [case.approve]
    return [*steps]
