"""Extra tasks: ordered by the right posts only, offered to the unit, and done (story 11)."""

from typing import Any

import pytest

from tests.api.office import Office, WorkingOn, eventually
from tests.api.test_decisions import decide
from tests.api.test_tasks import inbox, refusal

TEXT = "Proszę o relację z wernisażu pani Wójcik"
NOTE = "Relacja oddana"
WHY = "Wydarzenie odwołano"


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


def complete(office: Office, task: str, by: str, key: str | None = None) -> Any:
    version = office.get(f"/tasks/{task}", "director-a").json()["version"]
    body = {"outcome": "done", "expected_version": version, "fields": {"note": NOTE}}
    return office.post(f"/tasks/{task}/complete", body, by, key)


def withdraw(office: Office, reference: str, by: str, key: str | None = None, **more: Any) -> Any:
    body = {"reason": WHY} | more
    return office.post(f"/assignments/{reference}/withdraw", body, by, key)


def test_an_extra_task_is_done_by_the_unit_through_its_workflow(working: Office) -> None:
    taken = order(working, "KS-03", "director-a").json()
    task = taken["task_ref"]
    assert refusal(complete(working, task, "clerk-a")) == (403, "NotYourTask")
    allowed = [
        each["allowed"]
        for each in working.get(f"/tasks/{task}/actions", "media-head").json()
        if each["command"] == "complete"
    ]
    assert allowed == [True]
    body = {"outcome": "done", "expected_version": 1, "fields": {"note": NOTE}}
    first = working.post(f"/tasks/{task}/complete", body, "media-head", "jeden")
    assert first.status_code == 200, first.text
    again = working.post(f"/tasks/{task}/complete", body, "media-head", "jeden")
    assert again.json() == first.json()
    page = working.get(f"/assignments/{taken['reference']}", "director-a").json()
    assert (page["stage"], page["done_by"], page["note"]) == ("done", "media-head", NOTE)
    done = ["task.Claimed", "task.Completed", "assignment.Done"]
    assert sorted(working.topics()[-3:]) == sorted(done)
    stored = working.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"jcik" in event.state or b"oddana" in event.state for event in stored)
    assert inbox(working, "done", "media-head") == [task]
    assert refusal(complete(working, task, "media-head")) == (409, "TaskNotOpen")
    assert refusal(withdraw(working, taken["reference"], "director-a")) == (409, "OrderNotOpen")


def test_an_order_is_withdrawn_and_gone_from_the_inbox(working: Office) -> None:
    taken = order(working, "KS-03", "deputy-m").json()
    reference, task = taken["reference"], taken["task_ref"]
    assert inbox(working, "offered", "media-head") == [task]
    first = withdraw(working, reference, "deputy-m", "jeden")
    assert (first.status_code, first.json()["stage"]) == (200, "withdrawn")
    assert withdraw(working, reference, "deputy-m", "jeden").json() == first.json()
    other = withdraw(working, reference, "deputy-m", "jeden", reason="Co innego")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert inbox(working, "offered", "media-head") == []
    assert refusal(complete(working, task, "media-head")) == (409, "TaskNotOpen")
    for by in ("media-head", "director-a", "deputy-m"):
        page = working.get(f"/assignments/{reference}", by).json()
        assert (page["stage"], page["withdrawn_by"], page["reason"]) == (
            "withdrawn", "deputy-m", WHY,
        )  # fmt: skip
    assert working.get(f"/assignments/{reference}", "auditor-a").json()["reason"] is None
    eventually(lambda: "assignment.Closed" in working.topics(), "the unit is told")
    stored = working.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"Wydarzenie" in event.state for event in stored)
    told = working.get(f"/cases/{reference}/explain", "director-a").json()
    assert (told["stage"], told["waiting"]["code"]) == (
        {"code": "withdrawn", "label_pl": "cofnięte"}, "nobody",
    )  # fmt: skip


def test_who_may_withdraw_is_said_before(working: Office) -> None:
    reference = order(working, "KS-03", "director-a").json()["reference"]

    def offered(by: str) -> dict[str, list[str]]:
        found = working.get(f"/assignments/{reference}/actions", by).json()
        return {each["command"]: [why["refusal"] for why in each["reasons"]] for each in found}

    assert offered("director-a") == {"withdraw_order": [], "move_deadline": []}
    assert offered("operator-a") == {"withdraw_order": ["OrderNotYours"], "move_deadline": []}
    not_theirs = {"withdraw_order": ["OrderNotYours"], "move_deadline": ["OrderNotYours"]}
    before = working.topics()
    for by in ("media-head", "deputy-m"):
        assert offered(by) == not_theirs
        assert refusal(withdraw(working, reference, by)) == (403, "OrderNotYours")
    for by in ("clerk-a", "nobody"):
        assert refusal(withdraw(working, reference, by)) == (403, "NotYourCase")
    assert refusal(withdraw(working, reference, "director-a", reason="")) == (422, "InputInvalid")
    unknown = withdraw(working, "ORD-2026-000099", "director-a")
    assert refusal(unknown) == (404, "CaseUnknown")
    assert working.topics() == before


def test_an_order_stands_while_temporal_is_away_and_what_waits_is_said(office: Office) -> None:
    taken = order(office, "KS-03", "director-a").json()
    assert inbox(office, "offered", "media-head") == [taken["task_ref"]]
    away = (503, "ProcessAway")
    assert refusal(complete(office, taken["task_ref"], "media-head")) == away
    assert refusal(withdraw(office, taken["reference"], "director-a")) == away


def test_an_extra_task_is_explained(office: Office) -> None:
    taken = order(office, "KS-03", "director-a").json()
    told = office.get(f"/cases/{taken['reference']}/explain", "director-a").json()
    assert told["stage"]["code"] == "ordered"
    assert told["unblocks"][0]["about"] == taken["task_ref"]
    assert [each["rule"] for each in told["terms"]] == ["asg.extra_task"]
    assert told["steps"]
    assert refusal(office.get("/cases/ORD-2026-000099/explain", "director-a"))[0] == 404


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
