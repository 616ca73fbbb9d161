"""Attachments over HTTP: taken in when they are what they say, and read by whoever may."""

from datetime import timedelta
from typing import Any

import pytest

from api.public import MOST_WAITING
from domain.interventions.model import Intervention
from runtime.file_store import UPLOADS_KEPT, files
from tests.api.office import REPORT, Office
from tests.api.test_decisions import FORWARD, decide
from tests.api.test_instructions import forwarded
from tests.api.test_public import taken
from tests.api.test_tasks import refusal

PHOTO = b"\xff\xd8\xff\xe0" + b"Zdj\xc4\x99cie ulicy D\xc5\x82ugiej" * 400
JPEG = "image/jpeg"


@pytest.fixture
def task(served: Office) -> str:
    return served.triage_task()


def upload(
    office: Office, case: str, content: bytes = PHOTO, kind: str = JPEG, by: str = "clerk-a"
) -> Any:
    headers = office.headers(by) | {"Idempotency-Key": "any", "Content-Type": kind}
    return office.client.post(f"/cases/{case}/attachments", content=content, headers=headers)


def test_a_photo_is_attached_to_a_comment_and_read_again(served: Office, task: str) -> None:
    office, case = served, task[:15]
    photos = [upload(office, case, PHOTO + bytes([n])).json() for n in range(2)]
    body = {"text": "Zdjęcia z Długiej", "attachments": photos}
    answer = office.post(f"/tasks/{task}/comments", body, "clerk-a")
    assert answer.status_code == 200, answer.text
    (comment,) = office.get(f"/tasks/{task}/texts", "clerk-b").json()
    names = [each["name"] for each in comment["attachments"]]
    assert names == ["zalacznik-1.jpg", "zalacznik-2.jpg"]
    second = comment["attachments"][1]["file"]
    read = office.get(f"/tasks/{task}/attachments/{second}", "clerk-b")
    assert read.content == PHOTO + b"\x01"
    assert read.headers["content-type"] == JPEG
    assert read.headers["content-disposition"] == 'attachment; filename="zalacznik-2.jpg"'
    assert read.headers["x-content-type-options"] == "nosniff"


def test_the_same_file_is_kept_once_in_a_case_and_is_another_one_in_another(
    served: Office, task: str
) -> None:
    first, again = upload(served, task[:15]).json(), upload(served, task[:15]).json()
    other = upload(served, served.register()).json()
    assert first == again
    assert other["file"] != first["file"]
    body = {"text": "Zdjęcie", "attachments": [other]}
    answer = served.post(f"/tasks/{task}/comments", body, "clerk-a")
    assert refusal(answer) == (404, "AttachmentUnknown")


def test_nothing_of_a_file_is_in_an_event_and_the_vault_holds_it_sealed(
    served: Office, task: str
) -> None:
    photo = upload(served, task[:15]).json()
    body = {"text": "Zdjęcie", "attachments": [photo]}
    served.post(f"/cases/{task[:15]}/comments", body, "clerk-a")
    stored = served.services.store.recorder.select_notifications(1, 1_000)
    last = stored[-1]
    assert last.topic == "intervention.Commented"
    assert set(photo) == {"file", "media_type", "size"}
    with served.services.vault.reader.connect() as connection:
        (row,) = connection.execute(files.select())
    assert b"D\xc5\x82ugiej" not in bytes(row.sealed)


def test_who_is_erased_is_erased_with_what_was_attached(served: Office, task: str) -> None:
    photo = upload(served, task[:15]).json()
    body = {"text": "Zdjęcie", "attachments": [photo]}
    served.post(f"/tasks/{task}/comments", body, "clerk-a")
    case = served.services.store.find(Intervention, task[:15])
    assert case is not None
    assert case.sender is not None
    served.services.vault.erase(case.sender, served.services.clock.now())
    answer = served.get(f"/tasks/{task}/attachments/{photo['file']}")
    assert refusal(answer) == (410, "PersonErased")


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (PHOTO, "image/svg+xml", (415, "AttachmentTypeNotAllowed")),
        (PHOTO, "", (415, "AttachmentTypeNotAllowed")),
        (b"<script>alert(1)</script>", JPEG, (415, "AttachmentTypeDiffers")),
        (b"%PDF-1.7 ...", JPEG, (415, "AttachmentTypeDiffers")),
        (b"", JPEG, (422, "AttachmentEmpty")),
        (PHOTO * 2_000, JPEG, (413, "BodyTooLarge")),
    ],
)
def test_what_is_no_attachment_is_refused_by_name(
    office: Office, content: bytes, kind: str, expected: tuple[int, str]
) -> None:
    case = office.register()
    assert refusal(upload(office, case, content, kind)) == expected
    with office.services.vault.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM files").scalar() == 0


def test_attachments_are_closed_to_those_who_do_not_see_the_case(office: Office) -> None:
    task = office.triage_task()
    case = task[:15]
    photo = upload(office, case).json()
    office.post(f"/tasks/{task}/comments", {"text": "x", "attachments": [photo]}, "clerk-a")
    path = f"/tasks/{task}/attachments/{photo['file']}"
    for by, expected in (
        ("zdmk-a", (403, "NotYourCase")),
        ("nobody", (403, "NotYourCase")),
        ("operator-a", (403, "AttachmentMasked")),
        ("auditor-a", (403, "AttachmentMasked")),
    ):
        assert refusal(office.get(path, by)) == expected
    assert refusal(upload(office, case, by="zdmk-a")) == (403, "NotYourCase")
    unknown = office.get(f"/tasks/{task}/attachments/file:{'0' * 32}")
    assert refusal(unknown) == (404, "AttachmentUnknown")


# Of a report that is still to be registered


def upload_for_report(office: Office, by: str = "web-form", content: bytes = PHOTO) -> Any:
    headers = office.headers(by) | {"Idempotency-Key": "any", "Content-Type": JPEG}
    return office.client.post("/attachments", content=content, headers=headers)


def test_a_report_brings_its_photos_along_and_they_are_its_senders(served: Office) -> None:
    photo = upload_for_report(served).json()
    body = REPORT | {"text": None, "files": [photo]}
    first = served.post("/interventions", body, "web-form", "jeden")
    assert first.status_code == 201, first.text
    again = served.post("/interventions", body, "web-form", "jeden")
    assert again.json()["reference"] == first.json()["reference"]
    reference = first.json()["reference"]
    case = served.services.store.find(Intervention, reference)
    assert case is not None
    assert case.sender is not None
    birth: Any = next(iter(served.services.store.events.get(case.id)))
    (kept,) = birth.files
    assert (kept.name, kept.size) == ("zalacznik-1.jpg", len(PHOTO))
    assert kept.file != photo["file"]
    path = f"/cases/{reference}/attachments/{kept.file}"
    assert served.get(path).content == PHOTO
    assert refusal(served.get(path, "zdmk-a")) == (403, "NotYourCase")
    assert refusal(served.get(path, "auditor-a")) == (403, "AttachmentMasked")
    served.services.vault.erase(case.sender, served.services.clock.now())
    assert refusal(served.get(path)) == (410, "PersonErased")


def test_nobody_names_in_a_report_what_another_client_uploaded(office: Office) -> None:
    photo = upload_for_report(office, "clerk-a").json()
    answer = office.post("/interventions", REPORT | {"files": [photo]}, "web-form")
    assert refusal(answer) == (404, "AttachmentUnknown")
    wrong = photo | {"size": 1}
    answer = office.post("/interventions", REPORT | {"files": [wrong]}, "clerk-a")
    assert refusal(answer) == (404, "AttachmentUnknown")
    assert "intervention.Registered" not in office.topics()


def test_only_who_registers_reports_uploads_for_them(office: Office) -> None:
    for by in ("zdmk-a", "brand-clerk", "auditor-a", "nobody"):
        assert refusal(upload_for_report(office, by)) == (403, "RegistrationNotAllowed")
    assert refusal(upload_for_report(office, content=b"")) == (422, "AttachmentEmpty")


def test_what_no_report_names_is_gone_after_a_day(office: Office) -> None:
    photo = upload_for_report(office).json()
    yesterday = office.services.clock.now() - UPLOADS_KEPT - timedelta(minutes=1)
    with office.services.vault.writer.begin() as connection:
        connection.execute(files.update().values(created_at=yesterday))
    upload_for_report(office, content=PHOTO + b"another")
    answer = office.post("/interventions", REPORT | {"files": [photo]}, "web-form")
    assert refusal(answer) == (404, "AttachmentUnknown")


# Of supplements and of answers


def called(office: Office) -> tuple[str, str]:
    """A case whose sender was called to supplement the report, and its code."""
    report = taken(office)
    case = report["reference"]
    question = {"question": "Gdzie dokładnie?"}
    answer = decide(office, "clerk-a", f"{case}-triage-1", "ask_supplement", question)
    assert answer.status_code == 200, answer.text
    return case, report["code"]


def upload_with_code(
    office: Office, case: str, code: str, content: bytes = PHOTO, kind: str = JPEG
) -> Any:
    headers = {"X-Case-Code": code, "Idempotency-Key": "any", "Content-Type": kind}
    path = f"/public/interventions/{case}/attachments"
    return office.client.post(path, content=content, headers=headers)


def supplement(office: Office, case: str, code: str, *files: Any, key: str = "klucz") -> Any:
    headers = {"X-Case-Code": code, "Idempotency-Key": key}
    body = {"text": "Zdjęcie w załączeniu", "files": files}
    path = f"/public/interventions/{case}/supplement"
    return office.client.post(path, json=body, headers=headers)


def files_shown(office: Office, case: str, by: str = "clerk-a") -> list[Any]:
    office.follow()
    shown: list[Any] = office.get(f"/interventions/{case}/texts", by).json()["files"]
    return shown


def sender_of(office: Office, case: str) -> str:
    found = office.services.store.find(Intervention, case)
    assert found is not None
    assert found.sender is not None
    return found.sender


def test_the_sender_supplements_with_a_photo_and_the_code(working: Office) -> None:
    case, code = called(working)
    photo = upload_with_code(working, case, code)
    assert photo.status_code == 200, photo.text
    assert upload_with_code(working, case, code).json() == photo.json()
    first = supplement(working, case, code, photo.json())
    assert first.json()["stage"] == "triage"
    assert supplement(working, case, code, photo.json()).text == first.text
    other = supplement(working, case, code)
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    (shown,) = files_shown(working, case)
    assert (shown["event"], shown["name"]) == ("intervention.Supplemented", "zalacznik-1.jpg")
    path = f"/cases/{case}/attachments/{shown['file']}"
    assert working.get(path).content == PHOTO
    assert refusal(working.get(path, "auditor-a")) == (403, "AttachmentMasked")
    assert refusal(working.get(path, "zdmk-a")) == (403, "NotYourCase")
    here = working.services
    here.vault.erase(sender_of(working, case), here.clock.now())
    assert refusal(working.get(path)) == (410, "PersonErased")


def test_with_the_code_nothing_is_uploaded_that_nobody_waits_for(working: Office) -> None:
    case, code = called(working)
    assert refusal(upload_with_code(working, case, "inny")) == (404, "CodeUnknown")
    fake = b"<script>alert(1)</script>"
    wrong = upload_with_code(working, case, code, fake)
    assert refusal(wrong) == (415, "AttachmentTypeDiffers")
    large = upload_with_code(working, case, code, PHOTO * 2_000)
    assert refusal(large) == (413, "BodyTooLarge")
    unknown = {"file": f"file:{'0' * 32}", "media_type": JPEG, "size": 3}
    answer = supplement(working, case, code, unknown)
    assert refusal(answer) == (404, "AttachmentUnknown")
    assert answer.json()["facts"]["field"] == "files"
    for number in range(MOST_WAITING):
        assert upload_with_code(working, case, code, PHOTO + bytes([number])).status_code == 200
    full = upload_with_code(working, case, code, PHOTO + b"jeszcze")
    assert refusal(full) == (409, "TooManyUploads")
    other = taken(working)
    early = upload_with_code(working, other["reference"], other["code"])
    assert refusal(early) == (409, "StageForbids")


def test_a_clerk_supplements_for_a_sender_who_telephoned(working: Office) -> None:
    case, _ = called(working)
    photo = upload(working, case).json()
    told = {"text": "Przyniesiono zdjęcie", "files": [photo]}
    path = f"/interventions/{case}/instructions/supplement"
    assert working.post(path, {"fields": told}, "clerk-b").status_code == 200
    (shown,) = files_shown(working, case)
    here = working.services
    here.vault.erase(sender_of(working, case), here.clock.now())
    gone = working.get(f"/cases/{case}/attachments/{shown['file']}")
    assert refusal(gone) == (410, "PersonErased")


def test_a_unit_answers_with_a_photo_that_belongs_to_the_case(working: Office) -> None:
    case = forwarded(working)
    photo = upload(working, case, by="zdmk-a").json()
    task = f"{case}-answer_referral-R1-1"
    unknown = photo | {"size": 1}
    refused = decide(working, "zdmk-a", task, "done", {"text": "Załatano", "files": [unknown]})
    assert refusal(refused) == (404, "AttachmentUnknown")
    assert refused.json()["facts"]["field"] == "files"
    told = {"text": "Załatano", "files": [photo]}
    first = decide(working, "zdmk-a", task, "done", told, "klucz")
    assert first.status_code == 200, first.text
    (shown,) = files_shown(working, case, "zdmk-a")
    assert (shown["event"], shown["referral"]) == ("intervention.ReferralAnswered", "R1")
    path = f"/cases/{case}/attachments/{shown['file']}"
    for by in ("zdmk-a", "clerk-a"):
        assert working.get(path, by).content == PHOTO
    assert refusal(working.get(path, "ztp-a")) == (403, "NotYourCase")
    here = working.services
    here.vault.erase(sender_of(working, case), here.clock.now())
    assert working.get(path).content == PHOTO


def test_a_unit_sees_no_file_but_those_of_its_answers(working: Office) -> None:
    report = upload_for_report(working).json()
    case = working.register(files=[report])
    two = [FORWARD["referrals"][0], {"unit": "ZTP", "question": "Co z przystankiem?"}]
    asked = decide(working, "clerk-a", f"{case}-triage-1", "forward", {"referrals": two})
    assert asked.status_code == 200, asked.text
    photo = upload(working, case, by="ztp-a").json()
    told = {"text": "Odśnieżono", "files": [photo]}
    answer = decide(working, "ztp-a", f"{case}-answer_referral-R2-1", "done", told)
    assert answer.status_code == 200, answer.text
    assert [each["event"] for each in files_shown(working, case)] == [
        "intervention.Registered",
        "intervention.ReferralAnswered",
    ]
    assert files_shown(working, case, "zdmk-a") == []
    for each in files_shown(working, case):
        path = f"/cases/{case}/attachments/{each['file']}"
        assert refusal(working.get(path, "zdmk-a")) == (404, "AttachmentUnknown")


def test_what_a_clerk_takes_down_of_a_units_letter_belongs_to_the_case(working: Office) -> None:
    case = forwarded(working)
    scan = upload(working, case, b"%PDF-1.7 pismo", "application/pdf", by="clerk-b").json()
    told = {"text": "Pismo ZDMK", "files": [scan]}
    answer = decide(working, "clerk-b", f"{case}-answer_referral-R1-1", "done", told)
    assert answer.status_code == 200, answer.text
    here = working.services
    here.vault.erase(sender_of(working, case), here.clock.now())
    assert working.get(f"/cases/{case}/attachments/{scan['file']}").is_success
