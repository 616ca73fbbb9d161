"""Housekeeping over HTTP: tasks handed on, put aside, declined, remarked on, and who reads it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.working_days import local_day
from tests.api.office import Office
from tests.api.test_tasks import inbox, refusal

SECRET = "Pani Wójcik dzwoniła do pana Kowalskiego"


@pytest.fixture
def task(office: Office) -> str:
    """Taken in just now, so that it is not yet due, and held by clerk-a."""
    now = office.services.clock.now()
    reference = office.triage_task(received_at=now.isoformat())
    assert office.post(f"/tasks/{reference}/claim", by="clerk-a").status_code == 200
    return reference


def tomorrow(office: Office) -> str:
    """The next working day: the term of the triage lies behind it."""
    day = local_day(office.services.clock.now()) + timedelta(days=1)
    return str(office.services.data.deadlines.calendar.next_working_day(day))


def texts(office: Office, task: str, by: str = "clerk-a") -> list[tuple[str, str | None]]:
    answer = office.get(f"/tasks/{task}/texts", by)
    assert answer.status_code == 200, answer.text
    return [(each["event"], each["text"]) for each in answer.json()]


def test_a_task_is_delegated_followed_and_returned(office: Office, task: str) -> None:
    body = {"delegate": "clerk-b", "note": SECRET}
    answer = office.post(f"/tasks/{task}/delegate", body, "clerk-a")
    assert answer.json()["state"] == "delegated"
    page = office.get(f"/tasks/{task}", "clerk-b").json()
    assert (page["assignee"], page["owner"]) == ("clerk-b", "clerk-a")
    assert inbox(office, "delegated", "clerk-a") == [task]
    assert inbox(office, "mine", "clerk-b") == [task]
    back = office.post(f"/tasks/{task}/return", {"note": "Nie zdążę"}, "clerk-b")
    assert back.json()["state"] == "claimed"
    assert inbox(office, "delegated", "clerk-a") == []
    assert inbox(office, "mine", "clerk-a") == [task]
    assert texts(office, task) == [("task.Delegated", SECRET), ("task.Returned", "Nie zdążę")]


def test_a_task_is_parked_and_taken_up_again(office: Office, task: str) -> None:
    answer = office.post(f"/tasks/{task}/park", {"until": tomorrow(office)}, "clerk-a")
    assert answer.status_code == 200, answer.text
    assert office.get(f"/tasks/{task}").json()["parked_until"]
    assert inbox(office, "parked", "clerk-a") == [task]
    assert inbox(office, "mine", "clerk-a") == []
    assert office.post(f"/tasks/{task}/unpark", by="clerk-a").status_code == 200
    assert office.get(f"/tasks/{task}").json()["parked_until"] is None
    assert inbox(office, "mine", "clerk-a") == [task]


def test_who_declares_a_conflict_is_out_and_the_task_is_offered(office: Office, task: str) -> None:
    answer = office.post(f"/tasks/{task}/conflict", by="clerk-a")
    assert answer.json()["state"] == "offered"
    assert refusal(office.post(f"/tasks/{task}/claim", by="clerk-a")) == (403, "ExcludedFromTask")
    assert inbox(office, "offered", "clerk-a") == []
    assert inbox(office, "offered", "clerk-b") == [task]


def test_a_comment_is_read_by_those_who_see_the_task_and_masked_for_operators(
    office: Office, task: str
) -> None:
    before = office.get(f"/tasks/{task}").json()["version"]
    for person, text in (("clerk-b", SECRET), ("head-a", "Proszę pilnie")):
        answer = office.post(f"/tasks/{task}/comments", {"text": text}, person)
        assert answer.status_code == 200, answer.text
    told = [("task.Commented", SECRET), ("task.Commented", "Proszę pilnie")]
    assert texts(office, task) == told
    assert texts(office, task, "operator-a") == [("task.Commented", None)] * 2
    for answer in (
        office.get(f"/tasks/{task}/texts", "zdmk-a"),
        office.post(f"/tasks/{task}/comments", {"text": "x"}, "zdmk-a"),
    ):
        assert refusal(answer) == (403, "NotYourCase")
    claim = office.post(f"/tasks/{task}/release", by="clerk-a")
    assert claim.json()["version"] == before + 3
    events = office.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"Kowalskiego" in event.state for event in events)


def test_the_head_changes_the_priority_and_the_inbox_shows_it(office: Office, task: str) -> None:
    body = {"priority": "urgent", "note": "Radny pyta"}
    assert office.post(f"/tasks/{task}/priority", body, "head-a").status_code == 200
    office.follow()
    (row,) = office.get("/inbox", "clerk-a").json()["items"]
    assert row["priority"] == "urgent"


def test_the_story_of_the_case_tells_what_was_done_with_the_task(office: Office, task: str) -> None:
    office.post(f"/tasks/{task}/delegate", {"delegate": "clerk-b", "note": SECRET}, "clerk-a")
    office.post(f"/tasks/{task}/conflict", by="clerk-b")
    office.follow()
    items = office.get(f"/interventions/{task[:15]}/timeline").json()["items"]
    assert [(item["topic"], item["facts"]) for item in items[-2:]] == [
        ("task.Delegated", {"task_ref": task, "delegate": "clerk-b"}),
        (
            "task.ExclusionAdded",
            {"task_ref": task, "person": "clerk-b", "reason": "declared conflict"},
        ),
    ]


NOTE = {"note": "x"}


@pytest.mark.parametrize(
    ("command", "body", "by", "expected"),
    [
        ("delegate", {"delegate": "clerk-b"} | NOTE, "clerk-b", (403, "NotYourTask")),
        ("delegate", {"delegate": "zdmk-a"} | NOTE, "clerk-a", (422, "DelegateNotEligible")),
        ("delegate", {"delegate": "clerk-b"}, "clerk-a", (422, "InputInvalid")),
        ("return", None, "clerk-a", (403, "NotYourTask")),
        ("park", {"until": "2020-01-01"}, "clerk-a", (422, "ParkInThePast")),
        ("park", {"until": "jutro"}, "clerk-a", (422, "InputInvalid")),
        ("unpark", None, "clerk-a", (409, "NotParked")),
        ("conflict", None, "zdmk-a", (403, "NotYourTask")),
        ("comments", {"text": ""}, "clerk-a", (422, "InputInvalid")),
        ("comments", {"text": "x"}, "nobody", (403, "NotYourCase")),
        ("priority", {"priority": "high"} | NOTE, "clerk-a", (403, "NotYourTask")),
        ("priority", {"priority": "normal"} | NOTE, "head-a", (409, "PriorityUnchanged")),
        ("priority", {"priority": "asap"} | NOTE, "head-a", (422, "InputInvalid")),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(
    office: Office, task: str, command: str, body: Any, by: str, expected: tuple[int, str]
) -> None:
    before = office.topics()
    assert refusal(office.post(f"/tasks/{task}/{command}", body, by)) == expected
    assert office.topics() == before


def test_a_task_past_its_term_is_not_parked(office: Office) -> None:
    late = office.triage_task()
    office.post(f"/tasks/{late}/claim", by="clerk-a")
    answer = office.post(f"/tasks/{late}/park", {"until": tomorrow(office)}, "clerk-a")
    assert refusal(answer) == (422, "ParkPastDue")
    assert answer.json()["facts"]["safe_due"] == "2026-10-07"
    assert answer.json()["sentence_pl"] == "Zadania nie można odłożyć poza jego termin."


@pytest.mark.parametrize(
    ("command", "body", "other", "by"),
    [
        ("assign", {"assignee": "clerk-b", "reason": "pilne"}, {"reason": "urlop"}, "head-a"),
        ("delegate", {"delegate": "clerk-b", "note": "pilne"}, {"note": "urlop"}, "clerk-a"),
        ("comments", {"text": "pilne"}, {"text": "mniej pilne"}, "clerk-b"),
        ("priority", {"priority": "high", "note": "pilne"}, {"priority": "low"}, "head-a"),
    ],
)
def test_a_key_answers_the_same_words_again_and_refuses_others(
    office: Office, task: str, command: str, body: dict[str, Any], other: dict[str, Any], by: str
) -> None:
    path = f"/tasks/{task}/{command}"
    first = office.post(path, body, by, "jeden")
    assert first.status_code == 200, first.text
    assert office.post(path, body, by, "jeden").text == first.text
    again = office.post(path, body | other, by, "jeden")
    assert refusal(again) == (409, "KeyUsedForAnotherRequest")


def test_a_parking_repeated_under_its_key_is_answered_as_the_first(
    office: Office, task: str
) -> None:
    path, body = f"/tasks/{task}/park", {"until": tomorrow(office)}
    first = office.post(path, body, "clerk-a", "jeden")
    office.post(f"/tasks/{task}/unpark", by="clerk-a")
    assert office.post(path, body, "clerk-a", "jeden").text == first.text
    later = office.post(path, body | {"note": "x"}, "clerk-a", "jeden")
    assert refusal(later) == (409, "KeyUsedForAnotherRequest")


def test_actions_tell_what_may_be_done_with_a_task(office: Office, task: str) -> None:
    def told(by: str) -> dict[str, str | None]:
        actions = office.get(f"/tasks/{task}/actions", by).json()
        return {
            each["command"]: each["reasons"][0]["refusal"] if each["reasons"] else None
            for each in actions
            if each["outcome"] is None
        }

    assert told("clerk-a") == {
        "claim": "AlreadyClaimed",
        "release": None,
        "assign": "NotYourTask",
        "delegate": None,
        "return": "NotYourTask",
        "park": None,
        "unpark": "NotParked",
        "conflict": None,
        "comment": None,
        "draft": None,
        "priority": "NotYourTask",
    }
    assert [name for name, why in told("head-a").items() if why is None] == [
        "assign", "conflict", "comment", "priority",
    ]  # fmt: skip
