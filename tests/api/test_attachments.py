"""Attachments over HTTP: taken in when they are what they say, and read by whoever may."""

from datetime import timedelta
from typing import Any

import pytest

from domain.interventions.model import Intervention
from runtime.file_store import UPLOADS_KEPT, files
from tests.api.office import REPORT, Office
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
