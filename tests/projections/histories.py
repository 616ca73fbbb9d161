"""Random but legal histories of cases: each step is one that the case allows at that moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from domain.interventions import rules
from domain.messages import SYSTEM, Act
from domain.tasks.model import Task
from runtime.store import Store
from tests.builders import Case

START = datetime(2026, 10, 5, 10, 20, tzinfo=ZoneInfo("Europe/Warsaw"))

FEW = settings(
    max_examples=3,
    deadline=None,
    # Examples share a store whose log grows; to shrink one would replay it for minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

Step = Callable[[], object]

_numbers = count(1)
"""Examples of one test share its store: each takes cases of its own."""

choices = st.lists(st.integers(0, 10_000), min_size=12, max_size=36)
"""Which of the possible steps is taken, one number a step."""


def played(store: Store, numbers: list[int], *, cases: int = 2) -> list[Case]:
    """New cases whose steps are mixed in the log as the numbers say; one goes the whole way."""
    straight = [number % 7 == 0 for number in numbers]
    started = [_begun(store, place) for place in range(cases)]
    for place, number in enumerate(numbers):
        case = started[number % cases]
        if steps := possible(case):
            steps[number // cases % len(steps)]()
        if straight[place] and True not in straight[:place]:
            started.append(_begun(store, cases).whole_way())
    return started


def _begun(store: Store, place: int) -> Case:
    return Case(
        next(_numbers),
        START + timedelta(days=place),
        store=store,
        pace=timedelta(minutes=50),
        reach="none" if place == 1 else "email",
        brought_by="mp" if place == 2 else "none",
    ).open_needed()


def possible(case: Case) -> list[Step]:
    """Every step that somebody may take now; decisions come up more often than the rest."""
    if case.case.stage == "closed":
        return []
    steps: list[Step] = [lambda: case.send_letters(bouncing=True), case.send_letters]
    for task in case.open_tasks:
        steps += 3 * _of_task(case, task.type, task.subject)
        steps += _of_whoever_holds(case, task)
    if may_close(case):
        steps += 3 * [lambda: case.wait_for_window().close()]
    return steps


def _of_whoever_holds(case: Case, task: Task) -> list[Step]:
    if task.assignee is not None:
        return [lambda: case.release(task)]
    above = case.book.organisation.superiors(task.candidates[0])
    return [lambda: case.claim(task), *([lambda: case.assign(task)] if above else [])]


def _of_task(case: Case, type: str, subject: str) -> list[Step]:
    match type:
        case "triage":
            return [lambda: case.forward("ZDMK"), lambda: case.forward("ZZM", "MPO", "ZDMK")]
        case "answer_referral":
            return [lambda: case.answer(subject), lambda: case.answer(subject, "planned")]
        case "check_feedback":
            steps: list[Step] = [lambda: case.accept(subject)]
            if case.case.referrals[subject].turn <= 2:
                steps.append(lambda: case.give_back(subject))
            return steps
        case "draft_reply":
            return [case.draft, lambda: case.draft("no_basis", ("media",))]
        case "approve_reply":
            return [case.approve, case.send_back]
        case _:
            return [lambda: case.note_bounce(subject)]


def may_close(case: Case) -> bool:
    """Once the window is over."""
    window = case.case.window
    if window is None or window.ends_at is None:
        return False
    then = Act(command_id="close", at=window.ends_at, by=SYSTEM)
    return not any(True for _ in rules.closing(case.case, then))
