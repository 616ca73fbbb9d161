"""Every write eight times at once, fifty clients at once: one effect each, on both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.api.office import REPORT, Office

TIMES = 8
CLIENTS = 50


def at_once(times: int, write: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """The answers to writes that all begin at the same moment."""
    start = Barrier(times)

    def one(number: int) -> httpx.Response:
        start.wait()
        return write(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def test_a_report_sent_eight_times_at_once_is_one_case(served: Office) -> None:
    answers = at_once(TIMES, lambda _: served.post("/interventions", REPORT, "web-form", "klucz"))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: TIMES - 1}
    assert len({answer.text for answer in answers}) == 1
    assert Counter(served.topics())["intervention.Registered"] == 1


@pytest.mark.parametrize(
    ("command", "body", "by", "event"),
    [
        ("claim", None, "clerk-b", "task.Claimed"),
        ("assign", {"assignee": "clerk-b", "reason": "pilne"}, "head-a", "task.Assigned"),
        ("release", None, "clerk-a", "task.Released"),
        ("delegate", {"delegate": "clerk-b", "note": "pilne"}, "clerk-a", "task.Delegated"),
        ("conflict", None, "clerk-a", "task.ExclusionAdded"),
        ("comments", {"text": "pilne"}, "clerk-b", "task.Commented"),
        ("priority", {"priority": "high", "note": "pilne"}, "head-a", "task.PriorityChanged"),
    ],
)
def test_housekeeping_sent_eight_times_at_once_is_one_event(
    served: Office, command: str, body: Any, by: str, event: str
) -> None:
    task = served.triage_task()
    if command in ("release", "delegate"):
        served.post(f"/tasks/{task}/claim", by="clerk-a")
    answers = at_once(TIMES, lambda _: served.post(f"/tasks/{task}/{command}", body, by, "klucz"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert Counter(served.topics())[event] == 1
    later = served.post(f"/tasks/{task}/{command}", body, by, "klucz")
    assert later.text == answers[0].text


def test_of_eight_who_claim_at_once_one_gets_the_task(served: Office) -> None:
    task = served.triage_task()
    people = ["clerk-a", "clerk-b"] * (TIMES // 2)
    answers = at_once(
        TIMES,
        lambda number: served.post(f"/tasks/{task}/claim", by=people[number], key=f"k{number}"),
    )
    winner = served.get(f"/tasks/{task}").json()["assignee"]
    for person, answer in zip(people, answers, strict=True):
        if person != winner:
            assert (answer.status_code, answer.json()["refusal"]) == (409, "AlreadyClaimed")


def test_fifty_clients_at_once_get_references_without_gap_or_repetition(served: Office) -> None:
    answers = at_once(
        CLIENTS, lambda n: served.post("/interventions", REPORT, "web-form", f"klient-{n}")
    )
    assert {answer.status_code for answer in answers} == {201}
    references = sorted(answer.json()["reference"] for answer in answers)
    assert references == [f"INT-2026-{number:06d}" for number in range(1, CLIENTS + 1)]
    assert len({answer.json()["position"] for answer in answers}) == CLIENTS
    served.follow()
    page = served.get("/interventions", limit=200).json()
    assert sorted(row["reference"] for row in page["items"]) == references


def test_a_refused_birth_leaves_no_gap(served: Office) -> None:
    wrong = REPORT | {"category": "nie.ma"}
    at_once(
        TIMES,
        lambda n: served.post("/interventions", wrong if n % 2 else REPORT, "web-form", f"k{n}"),
    )
    references = [served.register() for _ in range(2)]
    assert references == ["INT-2026-000005", "INT-2026-000006"]


def test_a_key_used_for_one_command_does_not_serve_another(served: Office) -> None:
    task = served.triage_task()
    assert served.post(f"/tasks/{task}/claim", by="clerk-a", key="jeden").status_code == 200
    again = served.post(f"/tasks/{task}/release", by="clerk-a", key="jeden")
    assert (again.status_code, again.json()["refusal"]) == (409, "KeyUsedForAnotherRequest")
    assert served.get(f"/tasks/{task}").json()["state"] == "claimed"


def test_a_repeated_claim_is_answered_as_the_first_whatever_came_between(served: Office) -> None:
    task = served.triage_task()
    first = served.post(f"/tasks/{task}/claim", by="clerk-a", key="jeden")
    served.post(f"/tasks/{task}/release", by="clerk-a")
    again = served.post(f"/tasks/{task}/claim", by="clerk-a", key="jeden")
    assert again.text == first.text
    assert served.get(f"/tasks/{task}").json()["state"] == "offered"
