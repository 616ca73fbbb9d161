"""Links of parties outside the Office: one task each, until some days after its term (story 10).

Editions are not built yet; the printers' tasks are two referrals of one case, of the same shape.
"""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.messages import Act
from domain.steps import DecisionStep
from domain.tasks.commands import CompleteTask
from domain.tasks.model import Task
from domain.tasks.refusals import LinkExpired, NotYourTask
from domain.tasks.rules import Hats
from runtime.links import NamedLink
from tests.api.office import Office, WorkingOn
from tests.api.test_decisions import decide, opened
from tests.api.test_tasks import refusal
from tests.builders import sealed

P1, P2 = "party-zdmk", "party-ztp"
CONTACT = {"name": "Drukarnia Żółw", "email": "druk@zolw.invalid"}


def signed(office: Office, by: str, task: str, outcome: str, fields: Any) -> DecisionStep:
    services = office.services
    at = services.clock.now()
    command = CompleteTask(task_ref=task, expected_version=1, outcome=outcome, fields=fields)
    act = Act(command_id=f"{by}:{task}:{outcome}", at=at, by=by)
    return DecisionStep(decision=services.signer.decision(command, act), at=at)


@pytest.fixture
def tasks(served: Office) -> tuple[str, str]:
    """Of two parties, in one case."""
    triage = served.fresh_triage_task()
    referrals = [
        {"unit": unit, "question": sealed("Pliki"), "lead": unit == "ZDMK"}
        for unit in ("ZDMK", "ZTP")
    ]
    step = signed(served, "clerk-a", triage, "forward", {"referrals": referrals})
    served.services.commands.decide_intervention_task(step)
    make_known(served)
    case = triage[:15]
    return f"{case}-answer_referral-R1-1", f"{case}-answer_referral-R2-1"


def make_known(office: Office) -> None:
    for party, post in ((P1, "ZDMK/coordinator"), (P2, "ZTP/coordinator")):
        body = {"party_id": party, "post": post, "contact": CONTACT}
        answer = office.post("/parties", body, "clerk-a")
        assert answer.status_code == 201, answer.text


def issue(office: Office, task: str, party: str) -> dict[str, Any]:
    answer = office.post(f"/tasks/{task}/links", {"party_id": party}, "clerk-a")
    assert answer.status_code == 201, answer.text
    link: dict[str, Any] = answer.json()
    named = NamedLink(party, task, link["number"])
    return {**link, "token": office.services.links.make(named)}


def get(office: Office, path: str, token: str) -> httpx.Response:
    return office.client.get(path, headers={"Authorization": f"Bearer {token}"})


def complete(office: Office, task: str, token: str) -> httpx.Response:
    body = {"expected_version": 1, "outcome": "done", "fields": {"text": "Gotowe"}}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "jeden"}
    return office.client.post(f"/tasks/{task}/complete", json=body, headers=headers)


def test_story_10_a_link_holder(working_on: WorkingOn) -> None:
    """P1 and P2 are asked in one case; the task of P1 goes when its question is recalled."""
    with working_on("2026-07-06 10:00") as office:
        case = office.register_now()
        questions = [
            {"unit": "ZTP", "question": "Pliki drugiej drukarni", "lead": True},
            {"unit": "ZDMK", "question": "Pliki pierwszej drukarni"},
        ]
        asked = decide(office, "clerk-a", f"{case}-triage-1", "forward", {"referrals": questions})
        assert asked.status_code == 200, asked.text
        make_known(office)
        of_p2, of_p1 = (f"{case}-answer_referral-R{number}-1" for number in (1, 2))
        link = issue(office, of_p1, P1)
        term = opened(office, of_p1)["complete_by"]
        assert (term["legal_end"], link["expires_at"][:10]) == ("2026-07-13", "2026-07-27")

        token = link["token"]
        assert get(office, f"/tasks/{of_p1}", token).json()["state"] == "offered"
        assert refusal(get(office, f"/tasks/{of_p2}", token)) == (403, "NotYourTask")
        assert refusal(complete(office, of_p2, token)) == (403, "NotYourTask")
        assert refusal(get(office, "/roster", token)) == (403, "RosterNotYours")

        recall = {"fields": {"referral": "R2", "reason": "Druk w jednej drukarni"}}
        path = f"/interventions/{case}/instructions/recall_referral"
        assert office.post(path, recall, "clerk-a").status_code == 200
        for _ in range(2):
            assert refusal(get(office, f"/tasks/{of_p1}", token)) == (401, "LinkExpired")
        assert refusal(complete(office, of_p1, token)) == (401, "LinkExpired")
        assert office.topics().count("party.LinkRevoked") == 1

        other = issue(office, of_p2, P2)["token"]
        done = complete(office, of_p2, other)
        assert (done.status_code, done.json()["state"]) == (200, "completed"), done.text
        opened(office, f"{case}-check_feedback-R1-1")


def test_a_party_decides_its_task_by_its_link_and_no_other(
    served: Office, tasks: tuple[str, str]
) -> None:
    of_p1, of_p2 = tasks
    issue(served, of_p1, P1)
    decide = served.services.commands.decide_intervention_task
    done = {"text": sealed("Gotowe")}
    with pytest.raises(NotYourTask):
        decide(signed(served, P1, of_p2, "done", done))
    answer = decide(signed(served, P1, of_p1, "done", done)).answer
    assert answer.state == "completed"
    completed = served.services.store.find(Task, of_p1)
    assert completed is not None
    assert completed.finished_by == P1


def test_a_link_says_until_when_it_is_good_and_is_taken_back(
    served: Office, tasks: tuple[str, str]
) -> None:
    link = issue(served, tasks[0], P1)
    task = served.services.store.find(Task, tasks[0])
    assert task is not None
    assert task.complete_by is not None
    days = served.services.data.limits.tasks.link_days_after_term
    assert link["expires_at"][:10] >= str(task.complete_by.legal_end)
    assert days == 14
    path = f"/parties/{P1}/links/{link['number']}/revoke"
    assert served.post(path, by="clerk-a").status_code == 200
    assert refusal(get(served, f"/tasks/{tasks[0]}", link["token"])) == (401, "LinkExpired")
    again = issue(served, tasks[0], P1)
    assert get(served, f"/tasks/{tasks[0]}", again["token"]).status_code == 200


def test_the_domain_knows_a_link_that_is_over(served: Office, tasks: tuple[str, str]) -> None:
    """Whatever way a command comes, a link that expired gives nothing."""
    issue(served, tasks[0], P1)
    task = served.services.store.find(Task, tasks[0])
    assert task is not None
    assert task.complete_by is not None

    assert task.complete_by.ends_at is not None
    end = task.complete_by.ends_at

    def hats(days: int) -> Hats:
        return served.services.desk.hats(P1, end + timedelta(days=days), task)

    assert hats(13).posts == {"ZDMK/coordinator"}
    assert not hats(15).posts
    assert hats(15).link_expired
    assert LinkExpired.sentence() == "The link to the task is no longer valid."


def test_a_link_is_for_its_task_though_its_party_has_another(
    served: Office, tasks: tuple[str, str]
) -> None:
    for task, party in ((tasks[0], P1), (tasks[1], P2)):
        issue(served, task, party)
    other = served.fresh_triage_task()
    token = issue(served, tasks[0], P1)["token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "jeden"}
    for task in (tasks[1], other):
        answer = served.client.post(f"/tasks/{task}/claim", headers=headers)
        assert refusal(answer) == (403, "NotYourTask")
    claimed = served.client.post(f"/tasks/{tasks[0]}/claim", headers=headers)
    assert claimed.json()["state"] == "claimed"


@pytest.mark.parametrize("path", ["texts", "draft", "attachments/file:0"])
def test_a_link_shows_nothing_of_what_is_said_about_the_task(
    served: Office, tasks: tuple[str, str], path: str
) -> None:
    token = issue(served, tasks[0], P1)["token"]
    answer = get(served, f"/tasks/{tasks[0]}/{path}", token)
    assert answer.status_code in (403, 404)
    assert answer.json()["refusal"] in ("NotYourTask", "DraftUnknown")
    for address in ("/interventions", f"/interventions/{tasks[0][:15]}"):
        assert refusal(get(served, address, token))[0] in (403, 404)
    assert get(served, "/inbox", token).json()["items"] == []


def test_a_token_that_was_not_made_here_opens_nothing(
    served: Office, tasks: tuple[str, str]
) -> None:
    token = issue(served, tasks[0], P1)["token"]
    for wrong in (token[:-1] + ("0" if token[-1] != "0" else "1"), "ksl.x", token + "0"):
        assert refusal(get(served, f"/tasks/{tasks[0]}", wrong)) == (401, "KeyUnknown")


def test_only_the_office_of_the_case_gives_links_and_only_to_candidates(
    served: Office, tasks: tuple[str, str]
) -> None:
    for by in ("zdmk-a", "operator-a", "brand-clerk", "nobody"):
        answer = served.post(f"/tasks/{tasks[0]}/links", {"party_id": P1}, by)
        assert refusal(answer) == (403, "LinksNotYours")
    answer = served.post(f"/tasks/{tasks[0]}/links", {"party_id": P2}, "clerk-a")
    assert refusal(answer) == (403, "NotCandidate")
    answer = served.post(f"/tasks/{tasks[0]}/links", {"party_id": "party-none"}, "clerk-a")
    assert refusal(answer) == (404, "PartyUnknown")
    stored = served.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"zolw" in event.state for event in stored)
