"""Comments on a case: by whoever sees it, open or closed, and never edited."""

from typing import Any

import pytest

from domain.steps import CaseStep
from tests.api.office import Office
from tests.api.test_tasks import refusal

SECRET = "Pani Wójcik dzwoniła do pana Kowalskiego"


def comments(office: Office, case: str, by: str = "clerk-a") -> list[Any]:
    office.follow()
    texts = office.get(f"/interventions/{case}/texts", by).json()["texts"]
    return [each["text"] for each in texts if each["event"] == "intervention.Commented"]


def test_a_case_is_remarked_on_by_whoever_sees_it(served: Office) -> None:
    case = served.register()
    for person, text in (("clerk-a", SECRET), ("head-a", "Pilne"), ("operator-a", "Restart")):
        answer = served.post(f"/cases/{case}/comments", {"text": text}, person)
        assert answer.status_code == 200, answer.text
    assert comments(served, case) == [SECRET, "Pilne", "Restart"]
    assert comments(served, case, "auditor-a") == [None, None, None]
    stored = served.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"Kowalskiego" in event.state for event in stored)
    timeline = served.get(f"/interventions/{case}/timeline").json()["items"]
    assert timeline[-1]["topic"] == "intervention.Commented"


@pytest.mark.parametrize("by", ["zdmk-a", "brand-clerk", "web-form", "nobody"])
def test_nobody_else_remarks_on_it(office: Office, by: str) -> None:
    case = office.register()
    answer = office.post(f"/cases/{case}/comments", {"text": "x"}, by)
    assert refusal(answer) == (403, "NotYourCase")


def test_a_comment_is_answered_again_under_its_key_and_another_is_refused(office: Office) -> None:
    path, body = f"/cases/{office.register()}/comments", {"text": "Dzwonił radny"}
    first = office.post(path, body, key="jeden")
    assert office.post(path, body, key="jeden").text == first.text
    other = office.post(path, {"text": "Nie dzwonił"}, key="jeden")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert office.topics().count("intervention.Commented") == 1


def test_a_comment_leaves_the_case_and_its_tasks_as_they_are(office: Office) -> None:
    task = office.triage_task()
    before = office.get(f"/tasks/{task}").json()
    office.post(f"/cases/{task[:15]}/comments", {"text": "Dzwonił radny"})
    assert office.get(f"/tasks/{task}").json() == before
    step = CaseStep(reference=task[:15], at=office.services.clock.now())
    assert office.services.commands.take_up_intervention(step).stage == "triage"
