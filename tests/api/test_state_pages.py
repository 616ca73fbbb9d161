"""The page of a sender: opened with reference and code, and used without an account."""

import re
from typing import Any

import httpx

from api.attaching import attached_to
from domain.interventions.model import Intervention
from tests.api.office import Office
from tests.api.test_attachments import PHOTO
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_public import taken

QUESTION = "Przy którym przystanku?"
KEY = re.compile(r'name="key" value="(\w+)"')


def show(office: Office, reference: str, code: str) -> httpx.Response:
    return office.client.post("/state", data={"reference": reference, "code": code})


def tell(
    office: Office, name: str, report: Any, page: httpx.Response, text: str, **files: bytes
) -> httpx.Response:
    found = KEY.search(page.text)
    assert found is not None
    data = {
        "reference": report["reference"],
        "code": report["code"],
        "key": found[1],
        "form": name,
        "text": text,
    }
    sent = [("files", (name, content)) for name, content in files.items()]
    return office.client.post(f"/state/{name}", data=data, files=sent or {"files": ("", b"")})


def called_to_supplement(office: Office) -> Any:
    report = taken(office)
    question = {"question": QUESTION}
    asked = decide(office, "clerk-a", f"{report['reference']}-triage-1", "ask_supplement", question)
    assert asked.status_code == 200, asked.text
    return report


def test_a_browser_is_asked_for_the_code_and_shown_the_case(served: Office) -> None:
    report = taken(served, sender=None)
    state = served.client.get(report["links"]["state"], headers={"Accept": "text/html,*/*"})
    assert (state.status_code, state.headers["location"]) == (
        303, f"/state?reference={report['reference']}"
    )  # fmt: skip
    form = served.client.get(state.headers["location"])
    assert f'value="{report["reference"]}"' in form.text
    page = show(served, f" {report['reference'].lower()} ", report["code"].lower())
    assert page.status_code == 200
    for told in (report["reference"], "5 października 2026 r.", "Kwalifikacja"):
        assert told in page.text
    assert "Dziura" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_wrong_code_is_said_beside_the_fields_and_tells_nothing(served: Office) -> None:
    report = taken(served)
    answers = [
        show(served, report["reference"], "K7QD"),
        show(served, "INT-2026-000999", report["code"]),
    ]
    for answer in answers:
        assert answer.status_code == 404
        assert "Nie ma interwencji o tym znaku i kodzie." in answer.text
        assert "Kwalifikacja" not in answer.text


def test_a_sender_supplements_once_however_often_the_page_is_sent(working: Office) -> None:
    report = called_to_supplement(working)
    page = show(working, report["reference"], report["code"])
    assert "Uzupełniam zgłoszenie" in page.text
    assert QUESTION in page.text
    empty = tell(working, "supplement", report, page, "")
    assert empty.status_code == 422
    assert "Prosimy wypełnić to pole." in empty.text
    for _ in range(2):
        told = tell(working, "supplement", report, page, "Przystanek Filharmonia")
        assert told.status_code == 200, told.text
        assert "Uzupełnienie zostało dołączone do sprawy." in told.text
    assert working.topics().count("intervention.Supplemented") == 1
    assert "Uzupełniam zgłoszenie" not in told.text
    assert QUESTION not in told.text


def test_what_cannot_be_told_now_is_not_offered_and_refused(working: Office) -> None:
    report = taken(working)
    opened(working, f"{report['reference']}-triage-1")
    page = show(working, report["reference"], report["code"])
    assert "Wycofuję zgłoszenie" in page.text
    assert "rozpatrzyć ją ponownie" not in page.text
    refused = tell(working, "reopen", report, page, "Nadal dziura")
    assert refused.status_code in (409, 422)
    assert "Nic nie zostało zapisane" in refused.text
    assert "intervention.ReopenRequested" not in working.topics()


def test_a_sender_withdraws(working: Office) -> None:
    report = taken(working)
    opened(working, f"{report['reference']}-triage-1")
    page = show(working, report["reference"], report["code"])
    told = tell(working, "withdraw", report, page, "Już naprawione")
    assert "Wycofanie zostało przyjęte." in told.text
    assert working.topics().count("intervention.WithdrawalReceived") == 1


def test_a_file_that_is_not_taken_in_is_named_beside_its_field(working: Office) -> None:
    report = called_to_supplement(working)
    page = show(working, report["reference"], report["code"])
    told = tell(working, "supplement", report, page, "Zdjęcie", plik=b"GIF89a" + PHOTO)
    assert told.status_code == 415
    assert "Plików tego rodzaju nie przyjmujemy." in told.text
    assert "intervention.Supplemented" not in working.topics()


def test_a_photo_comes_with_the_supplement(working: Office) -> None:
    report = called_to_supplement(working)
    page = show(working, report["reference"], report["code"])
    told = tell(working, "supplement", report, page, "Zdjęcie", plik=PHOTO)
    assert told.status_code == 200, told.text
    case = working.services.store.find(Intervention, report["reference"])
    assert case is not None
    (file,) = attached_to(working.services, case.id)
    assert working.services.files.get(file.file) == PHOTO


def test_the_sender_is_told_of_units_and_letters(working: Office) -> None:
    report = taken(working)
    decide(working, "clerk-a", f"{report['reference']}-triage-1", "forward", FORWARD)
    page = show(working, report["reference"], report["code"])
    assert "Zarząd Dróg Miasta Krakowa" in page.text
