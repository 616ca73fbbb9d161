"""Extra tasks: ordered by the right posts only, offered to the unit, and done (story 11)."""

from typing import Any

import pytest

from tests.api.office import Office, WorkingOn
from tests.api.test_decisions import decide
from tests.api.test_tasks import inbox, refusal

TEXT = "Proszę o relację z wernisażu pani Wójcik"
NOTE = "Relacja oddana"


def order(office: Office, unit: str, by: str, key: str | None = None, text: str = TEXT) -> Any:
    return office.post("/assignments", {"unit": unit, "text": text}, by, key)


def test_story_11_an_extra_task_is_ordered_by_the_right_post_only(working_on: WorkingOn) -> None:
    """§9.9 names the President and the Director for KS-06; §6.18 the deputy, too, for KS-03."""
    with working_on("2026-07-06 10:00") as office:
        before = office.topics()
        refused = order(office, "KS-06", "deputy-m")
        assert refusal(refused) == (422, "OrderNotAllowed")
        assert refused.json()["facts"]["unit"] == "KS-06"
        assert office.topics() == before

        answer = order(office, "KS-03", "deputy-m")
        assert answer.status_code == 201, answer.text
        assert office.topics()[len(before) :] == ["assignment.Ordered", "task.Opened"]
        taken = answer.json()
        assert taken["reference"] == "ORD-2026-000001"
        page = office.get(f"/assignments/{taken['reference']}", "media-head").json()
        assert (page["ordered_as"], page["clause"], page["text"]) == ("deputy_media", "§6.18", TEXT)
        assert inbox(office, "offered", "media-head") == [taken["task_ref"]]

        done = decide(office, "media-head", taken["task_ref"], "done", {"note": NOTE})
        assert (done.status_code, done.json()["state"]) == (200, "completed"), done.text
        page = office.get(f"/assignments/{taken['reference']}", "deputy-m").json()
        assert (page["stage"], page["done_by"], page["note"]) == ("done", "media-head", NOTE)


def test_an_extra_task_is_done_by_the_unit_without_any_workflow(served: Office) -> None:
    taken = order(served, "KS-03", "director-a").json()
    task = taken["task_ref"]
    body = {"outcome": "done", "expected_version": 1, "fields": {"note": NOTE}}
    assert refusal(served.post(f"/tasks/{task}/complete", body, "clerk-a")) == (403, "NotYourTask")
    allowed = [
        each["allowed"]
        for each in served.get(f"/tasks/{task}/actions", "media-head").json()
        if each["command"] == "complete"
    ]
    assert allowed == [True]
    first = served.post(f"/tasks/{task}/complete", body, "media-head", "jeden")
    assert first.status_code == 200, first.text
    again = served.post(f"/tasks/{task}/complete", body, "media-head", "jeden")
    assert again.json() == first.json()
    page = served.get(f"/assignments/{taken['reference']}", "director-a").json()
    assert (page["stage"], page["done_by"], page["note"]) == ("done", "media-head", NOTE)
    done = ["task.Claimed", "task.Completed", "assignment.Done"]
    assert sorted(served.topics()[-3:]) == sorted(done)
    stored = served.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"jcik" in event.state or b"oddana" in event.state for event in stored)
    served.follow()
    assert inbox(served, "done", "media-head") == [task]


@pytest.mark.parametrize(
    ("unit", "allowed"),
    [
        ("KS-03", {"deputy-m", "director-a"}),
        ("KS-04", {"deputy-p", "director-a"}),
        ("KS-06", {"director-a"}),
        ("KS-07", {"director-a"}),
        ("ZDMK", set[str]()),
        ("KS-99", set[str]()),
    ],
)
def test_each_unit_has_its_own_superiors(office: Office, unit: str, allowed: set[str]) -> None:
    people = ("deputy-m", "deputy-p", "director-a", "head-a", "operator-a")
    taken = {by for by in people if order(office, unit, by).status_code == 201}
    assert taken == allowed


def test_an_order_is_taken_once_under_its_key(office: Office) -> None:
    first = order(office, "KS-07", "director-a", "jeden")
    again = order(office, "KS-07", "director-a", "jeden")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["reference"] == first.json()["reference"]
    other = order(office, "KS-07", "director-a", "jeden", "Coś innego")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert inbox(office, "offered", "editor-a") == [first.json()["task_ref"]]


def test_an_extra_task_is_read_by_its_unit_and_its_superiors(office: Office) -> None:
    reference = order(office, "KS-03", "director-a").json()["reference"]
    for by in ("media-head", "deputy-m", "director-a"):
        assert office.get(f"/assignments/{reference}", by).json()["text"] == TEXT
    for by in ("operator-a", "auditor-a"):
        assert office.get(f"/assignments/{reference}", by).json()["text"] is None
    for by in ("clerk-a", "deputy-p", "zdmk-a", "nobody"):
        assert refusal(office.get(f"/assignments/{reference}", by)) == (403, "NotYourCase")


def test_what_can_be_done_with_any_task_can_be_done_with_this_one(office: Office) -> None:
    task = order(office, "KS-03", "director-a").json()["task_ref"]
    assert office.get(f"/tasks/{task}", "media-head").json()["title_pl"] == "Zadanie zlecone"
    office.post(f"/tasks/{task}/claim", by="media-head")
    draft = {"fields": {"note": "Rela"}}
    assert office.put(f"/tasks/{task}/draft", draft, "media-head").status_code == 200
    assert office.get(f"/tasks/{task}/draft", "media-head").json()["fields"] == draft["fields"]
    comment = office.post(f"/tasks/{task}/comments", {"text": "Dziś"}, "media-head")
    assert comment.status_code == 200
