"""Tasks over HTTP: read, taken, given back, given to somebody, and shown in the inbox."""

from typing import Any

import pytest

from tests.api.office import Office


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["refusal"]


def inbox(office: Office, view: str, by: str) -> list[str]:
    office.follow()
    page = office.get("/inbox", by, view=view).json()
    return [row["task_ref"] for row in page["items"]]


def test_a_task_shows_what_may_be_decided_and_with_which_fields(office: Office) -> None:
    task = office.triage_task()
    page = office.get(f"/tasks/{task}").json()
    assert (page["state"], page["version"], page["title_pl"]) == (
        "offered", 1, "Kwalifikacja zgłoszenia",
    )  # fmt: skip
    assert page["complete_by"]["safe_due"] == "2026-10-07"
    assert page["complete_by"]["overdue"]
    assert page["outcomes"]["forward"]["required"] == ["referrals"]


def test_a_claimed_task_moves_from_offered_to_mine(office: Office) -> None:
    task = office.fresh_triage_task()
    assert inbox(office, "offered", "clerk-a") == inbox(office, "offered", "clerk-b") == [task]
    answer = office.post(f"/tasks/{task}/claim", {"expected_version": 1}, "clerk-a")
    assert (answer.status_code, answer.json()["state"]) == (200, "claimed")
    office.follow()
    mine = office.get("/inbox", "clerk-a", view="mine", at_or_after=answer.json()["position"])
    assert [row["task_ref"] for row in mine.json()["items"]] == [task]
    assert inbox(office, "offered", "clerk-b") == []
    assert inbox(office, "team", "head-a") == [task]


def test_a_released_task_is_offered_again(office: Office) -> None:
    task = office.fresh_triage_task()
    office.post(f"/tasks/{task}/claim", by="clerk-a")
    assert office.post(f"/tasks/{task}/release", by="clerk-a").json()["state"] == "offered"
    assert inbox(office, "offered", "clerk-b") == [task]


def test_the_head_gives_a_task_to_a_clerk_and_the_reason_is_sealed(office: Office) -> None:
    task = office.triage_task()
    body = {"assignee": "clerk-b", "reason": "Pani Wójcik dzwoniła do pana Kowalskiego"}
    answer = office.post(f"/tasks/{task}/assign", body, "head-a")
    assert answer.json()["state"] == "claimed"
    assert inbox(office, "mine", "clerk-b") == [task]
    events = office.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"Kowalskiego" in event.state for event in events)


@pytest.mark.parametrize(
    ("command", "body", "by", "expected"),
    [
        ("claim", None, "zdmk-a", (403, "NotCandidate")),
        ("claim", None, "head-a", (403, "NotCandidate")),
        ("claim", None, "nobody", (403, "ActorNotActive")),
        ("claim", {"expected_version": 0}, "clerk-a", (422, "InputInvalid")),
        ("claim", {"version": 1}, "clerk-a", (422, "InputInvalid")),
        ("release", None, "clerk-a", (403, "NotYourTask")),
        ("assign", {"assignee": "clerk-b", "reason": "x"}, "clerk-a", (403, "NotYourTask")),
        ("assign", {"assignee": "zdmk-a", "reason": "x"}, "head-a", (422, "AssigneeNotEligible")),
        ("assign", {"assignee": "clerk-b"}, "head-a", (422, "InputInvalid")),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(
    office: Office, command: str, body: Any, by: str, expected: tuple[int, str]
) -> None:
    task = office.triage_task()
    before = office.topics()
    assert refusal(office.post(f"/tasks/{task}/{command}", body, by)) == expected
    assert office.topics() == before


def test_who_decides_on_an_old_version_is_told_that_the_task_changed(office: Office) -> None:
    task = office.triage_task()
    office.post(f"/tasks/{task}/claim", by="clerk-a")
    office.post(f"/tasks/{task}/release", by="clerk-a")
    answer = office.post(f"/tasks/{task}/claim", {"expected_version": 1}, "clerk-b")
    assert refusal(answer) == (409, "TaskChanged")
    assert answer.json()["facts"] == {"expected": 1, "version": 3}


def test_a_taken_task_says_who_holds_it(office: Office) -> None:
    task = office.triage_task()
    office.post(f"/tasks/{task}/claim", by="clerk-a")
    answer = office.post(f"/tasks/{task}/claim", by="clerk-b")
    assert refusal(answer) == (409, "AlreadyClaimed")
    assert answer.json()["facts"] == {"assignee": "clerk-a"}


@pytest.mark.parametrize("by", ["zdmk-a", "brand-clerk", "web-form", "nobody"])
def test_a_task_is_closed_to_those_whom_it_does_not_concern(office: Office, by: str) -> None:
    task = office.triage_task()
    for path in (f"/tasks/{task}", f"/tasks/{task}/actions"):
        assert refusal(office.get(path, by)) == (403, "NotYourCase")
    assert refusal(office.get(f"/cases/{task[:15]}/actions", by)) == (403, "NotYourCase")


def test_why_not_is_answered_before_the_attempt(office: Office) -> None:
    task = office.triage_task()
    office.post(f"/tasks/{task}/claim", by="clerk-a")
    actions = {
        (action["command"], action["outcome"]): action
        for action in office.get(f"/tasks/{task}/actions", "clerk-b").json()
    }
    assert [reason["refusal"] for reason in actions["claim", None]["reasons"]] == ["AlreadyClaimed"]
    assert [reason["refusal"] for reason in actions["complete", "forward"]["reasons"]] == [
        "NotYourTask"
    ]
    head = office.get(f"/cases/{task[:15]}/actions", "head-a").json()[task]
    complete = next(action for action in head if action["command"] == "complete")
    assert (complete["allowed"], complete["mode"]) == (True, "override")
    assert set(complete["needs"]) == {"referrals", "note"}


def test_a_decision_is_rehearsed_with_its_fields_and_changes_nothing(office: Office) -> None:
    task = office.triage_task()
    before = office.topics()

    def attempt(*units: str) -> Any:
        orders = [{"unit": unit, "question": "Co dalej?", "lead": True} for unit in units]
        body = {"outcome": "forward", "fields": {"referrals": orders}}
        return office.post(f"/tasks/{task}/actions", body, "clerk-a").json()

    assert attempt("ZDMK")["allowed"]
    refused = attempt("ZDMK", "MPO", "NIE-MA")
    assert [reason["refusal"] for reason in refused["reasons"]] == [
        "TextNotRedacted", "UnitNotActive", "LeadUnitMissing",
    ]  # fmt: skip
    assert office.topics() == before


def test_a_decision_waits_while_its_process_is_away(office: Office) -> None:
    task = office.triage_task()
    body = {
        "outcome": "forward",
        "expected_version": 1,
        "fields": {"referrals": [{"unit": "ZDMK", "question": "Co dalej?", "lead": True}]},
    }
    answer = office.post(f"/tasks/{task}/complete", body, "clerk-a", "jeden")
    assert refusal(answer) == (503, "ProcessAway")
    assert answer.headers["retry-after"]
    assert office.get(f"/tasks/{task}").json()["state"] == "offered"


def test_a_decision_that_can_only_be_refused_is_refused_at_once_and_nothing_is_kept(
    office: Office,
) -> None:
    task = office.triage_task()

    def decide(by: str, **changes: Any) -> Any:
        referrals = [{"unit": "ZDMK", "question": "Co dalej?", "lead": True}]
        body = {"outcome": "forward", "expected_version": 1, "fields": {"referrals": referrals}}
        return office.post(f"/tasks/{task}/complete", body | changes, by, "jeden")

    assert refusal(decide("zdmk-a")) == (403, "NotYourTask")
    assert refusal(decide("clerk-a", outcome="shred")) == (422, "OutcomeNotOffered")
    wrong = decide("clerk-a", fields={"referrals": [{"unit": "ZDMK", "question": ""}]})
    assert refusal(wrong) == (422, "FieldsMissing")
    assert wrong.json()["errors"][0]["field"] == "referrals.0.question"
    assert refusal(decide("clerk-a")) == (503, "ProcessAway")


def test_every_list_says_at_which_position_it_stands(office: Office) -> None:
    office.triage_task()
    office.follow()
    position = office.services.store.position()
    for path in ("/inbox", "/interventions"):
        assert office.get(path).json()["log_position"] == position


def test_the_inbox_is_read_page_by_page(office: Office) -> None:
    tasks = [office.fresh_triage_task() for _ in range(5)]
    office.follow()
    first = office.get("/inbox", "clerk-a", view="offered", limit=2).json()
    second = office.get("/inbox", "clerk-a", view="offered", limit=2, cursor=first["next"]).json()
    third = office.get("/inbox", "clerk-a", view="offered", limit=2, cursor=second["next"]).json()
    pages = (first, second, third)
    assert [row["task_ref"] for page in pages for row in page["items"]] == tasks
    assert [page["total"] for page in pages] == [5, 5, 5]
    assert third["next"] is None


@pytest.mark.parametrize("cursor", ["%%%", "WzFd", "eyJhIjoxfQ", "WyJ1cmdlbnQiLDEsMiwzXQ"])
def test_what_is_no_cursor_of_the_view_is_refused(office: Office, cursor: str) -> None:
    for view in ("offered", "team", "parked", "done"):
        answer = office.get("/inbox", "clerk-a", view=view, cursor=cursor)
        assert refusal(answer) == (400, "CursorMalformed")
