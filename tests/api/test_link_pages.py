"""The page behind a link: read in a browser, answered by a form, over when the link is over."""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from activities.tasks import known_task
from domain.interventions.events import ReferralAnswered
from domain.messages import SYSTEM, Act
from domain.parties.model import ExternalParty
from domain.references import aggregate_id
from domain.tasks.commands import WithdrawTask
from domain.tasks.model import Task
from runtime.store import UnitOfWork
from tests.api.office import Office, eventually
from tests.api.test_attachments import PHOTO, upload
from tests.api.test_canary import log_lines as log_lines  # the same net
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_links import CONTACT, P1, issue
from tests.api.test_links import tasks as tasks  # the same two parties
from tests.api.test_public import history_of

QUESTION = "Co z dziurą na Długiej?"
HIDDEN = re.compile(r'name="(key|version)" value="(\w+)"')


def linked(office: Office, **changes: Any) -> str:
    """The address of the page behind a link to an answer that is asked of ZDMK."""
    case = office.register(**changes)
    decided = decide(office, "clerk-a", f"{case}-triage-1", "forward", FORWARD)
    assert decided.status_code == 200, decided.text
    return link_to(office, f"{case}-answer_referral-R1-1")


def link_to(office: Office, task: str) -> str:
    opened(office, task)
    party = {"party_id": P1, "post": "ZDMK/coordinator", "contact": CONTACT}
    assert office.post("/parties", party, "clerk-a", key="party").status_code == 201
    return f"/links/{issue(office, task, P1)['token']}"


def withdraw(office: Office, task: str) -> None:
    act = Act(command_id=f"withdraw:{task}", at=office.services.clock.now(), by=SYSTEM)

    def work(unit: UnitOfWork) -> None:
        known_task(unit, task).withdraw(WithdrawTask(reason="not_needed"), act)

    office.services.store.carry_out(work)


def hidden(page: httpx.Response) -> dict[str, str]:
    """What each form of the page sends along unseen."""
    return dict(HIDDEN.findall(page.text))


def send(
    office: Office, address: str, outcome: str, unseen: dict[str, str], **typed: str
) -> httpx.Response:
    data = {**unseen, "form": outcome, **typed}
    return office.client.post(address, data=data, files={"files": ("", b"")})


def completed(office: Office) -> int:
    return office.topics().count("intervention.ReferralAnswered")


def test_a_party_reads_what_is_asked_and_answers_without_an_account(working: Office) -> None:
    address = linked(working)
    page = working.client.get(address)
    assert page.status_code == 200
    for told in ("Odpowiedź jednostki", QUESTION, "Długa 12", "Dzielnica I Stare Miasto",
                 "Załatwiono", "Zaplanowano", "Zwróć jako niewłaściwe"):  # fmt: skip
        assert told in page.text
    for kept in ("Żaneta", "Wójcik", "600 100 200"):
        assert kept not in page.text
    unseen = hidden(page)
    answered = send(working, address, "done", unseen, text="Załatano w piątek")
    assert (answered.status_code, answered.headers["location"]) == (303, address)
    assert "Dziękujemy, odpowiedź została przyjęta" in working.client.get(address).text
    again = send(working, address, "done", unseen, text="Załatano w piątek")
    assert again.status_code == 303
    assert completed(working) == 1
    other = send(working, address, "no_basis", unseen, text="Jednak nie")
    assert other.status_code == 409
    assert "Ten klucz idempotencji był już użyty" in other.text


def test_what_is_refused_is_said_beside_its_field_and_nothing_typed_is_lost(
    working: Office,
) -> None:
    address = linked(working)
    unseen = hidden(working.client.get(address))
    answer = send(working, address, "planned", unseen, text="Wymienimy płyty")
    assert answer.status_code == 422
    place = answer.text.index('id="planned-promised_on-problem"')
    assert "wymaga podania daty" in answer.text[place : place + 200]
    assert "Wymienimy płyty</textarea>" in answer.text
    assert "<details open>" in answer.text
    malformed = send(working, address, "planned", unseen, text="Tak", promised_on="jutro")
    assert "Prosimy poprawić to pole." in malformed.text
    empty = send(working, address, "misrouted", unseen)
    assert "Prosimy wypełnić to pole." in empty.text
    unknown = send(working, address, "forward", unseen)
    assert unknown.status_code == 422
    assert "Odpowiedź nie została zapisana" in unknown.text
    assert completed(working) == 0


def test_photos_come_with_the_answer_and_a_repeated_one_attaches_them_once(
    working: Office,
) -> None:
    address = linked(working)
    data = {**hidden(working.client.get(address)), "form": "done", "text": "Załatano"}
    photos = [("files", (f"IMG{n}.jpg", PHOTO + bytes([n]))) for n in range(2)]
    wrong = working.client.post(address, data=data, files=[("files", ("a.gif", b"GIF89a"))])
    assert wrong.status_code == 415
    place = wrong.text.index('id="done-files-problem"')
    assert "Plików tego rodzaju nie przyjmujemy." in wrong.text[place : place + 200]
    for _ in range(2):
        assert working.client.post(address, data=data, files=photos).status_code == 303
    case = address.split(".")[2][:15]
    (answered,) = [
        event
        for event in working.services.store.events.get(aggregate_id("intervention", case))
        if isinstance(event, ReferralAnswered)
    ]
    assert [each.name for each in answered.files] == ["zalacznik-1.jpg", "zalacznik-2.jpg"]
    kept = working.services.files.get(answered.files[1].file)
    assert kept == PHOTO + b"\x01"


def test_documents_of_the_task_are_shown_and_nothing_of_what_staff_say(working: Office) -> None:
    case = working.register()
    decide(working, "clerk-a", f"{case}-triage-1", "forward", FORWARD)
    task = f"{case}-answer_referral-R1-1"
    address = link_to(working, task)
    photo, other = (upload(working, case, PHOTO + bytes([n])).json() for n in range(2))
    body = {"text": "Plan od projektanta", "attachments": [photo]}
    assert working.post(f"/tasks/{task}/comments", body, "clerk-a").status_code == 200
    page = working.client.get(address)
    assert "zalacznik-1.jpg" in page.text
    assert "Plan od projektanta" not in page.text
    read = working.client.get(f"{address}/files/{photo['file']}")
    assert read.content == PHOTO + b"\x00"
    assert working.client.get(f"{address}/files/{other['file']}").status_code == 404


def test_a_link_that_is_over_shows_that_and_nothing_more(
    served: Office, tasks: tuple[str, str]
) -> None:
    taken_back, withdrawn = tasks
    office = served
    first = issue(office, taken_back, P1)
    revoke = f"/parties/{P1}/links/{first['number']}/revoke"
    assert office.post(revoke, by="clerk-a").status_code == 200
    second = issue(office, withdrawn, "party-ztp")
    withdraw(office, withdrawn)
    for link in (first, second):
        for ask in (office.client.get, office.client.post):
            answer = ask(f"/links/{link['token']}")
            assert answer.status_code == 410
            assert "Ten odnośnik już nie działa" in answer.text
            assert taken_back[:15] not in answer.text
            assert CONTACT["name"] not in answer.text


@pytest.mark.parametrize("wrong", ["ksl.x", "ks_abc", "x" * 3_000, "ksl.party-a.b.1." + "0" * 64])
def test_an_address_that_was_not_made_here_leads_nowhere(office: Office, wrong: str) -> None:
    answer = office.client.get(f"/links/{wrong}")
    assert answer.status_code == 404
    assert "Nie ma takiej strony" in answer.text


def test_a_key_of_the_api_opens_no_page(office: Office) -> None:
    assert office.client.get(f"/links/{office.tokens['clerk-a']}").status_code == 404


def test_a_page_is_kept_nowhere_and_tells_its_address_to_nobody(
    working: Office, log_lines: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    for client in ("httpx", "httpcore"):  # the test's own, which sends the token
        caplog.set_level(logging.WARNING, client)
    address = linked(working)
    answer = working.client.get(address)
    assert answer.status_code == 200
    said = answer.headers
    assert (said["cache-control"], said["referrer-policy"]) == ("no-store", "no-referrer")
    assert "default-src 'none'" in said["content-security-policy"]
    assert "<script" not in answer.text
    assert "set-cookie" not in said
    send(working, address, "done", hidden(answer), text="Gotowe")
    proof = address.rpartition(".")[2]
    eventually(lambda: "/links/{token}" in log_lines(), "the line is written")
    assert proof not in log_lines()
    stored = working.services.store.recorder.select_notifications(1, 1_000)
    assert not any(proof.encode() in event.state for event in stored)
    history = asyncio.run(history_of(working, address.split(".")[2][:15]))
    assert proof not in history


def test_what_is_too_large_or_no_form_of_ours_is_said_on_a_page(working: Office) -> None:
    address = linked(working)
    limit = working.services.data.limits.attachments.max_bytes
    large = working.client.post(
        address, files={"files": ("a.jpg", PHOTO + b"0" * (limit + 1_000_000))}
    )
    assert large.status_code == 413
    assert "Przesyłka jest za duża" in large.text
    unseen = hidden(working.client.get(address))
    for data in ({"form": "done"}, unseen | {"form": "done", "key": "x"}):
        answer = working.client.post(address, data=data)
        assert answer.status_code == 400
        assert "<h1>" in answer.text
    nothing = working.client.post(address)
    assert (nothing.status_code, "<h1>" in nothing.text) == (422, True)


def test_a_link_expires_at_the_end_of_its_last_day(served: Office, tasks: tuple[str, str]) -> None:
    issue(served, tasks[0], P1)
    party = served.services.store.find(ExternalParty, P1)
    assert party is not None
    (link,) = party.links_to(tasks[0])
    assert link.holds(link.expires_at - timedelta(seconds=1))
    assert not link.holds(link.expires_at)


def test_a_task_that_somebody_else_finished_offers_nothing_any_more(working: Office) -> None:
    address = linked(working)
    case = address.split(".")[2][:15]
    done = decide(working, "zdmk-a", f"{case}-answer_referral-R1-1", "done", {"text": "Gotowe"})
    assert done.status_code == 200
    page = working.client.get(address)
    assert "Zadanie jest zakończone" in page.text
    assert "<form" not in page.text
    found = working.services.store.find(Task, f"{case}-answer_referral-R1-1")
    assert found is not None
    assert found.finished_by == "zdmk-a"
    late = send(working, address, "done", {"key": "0" * 32, "version": "1"}, text="Gotowe")
    assert late.status_code == 409
    assert "Odpowiedź nie została zapisana" in late.text
