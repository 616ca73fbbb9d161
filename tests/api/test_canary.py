"""Names, addresses, telephones and texts stay in the vault: nothing else holds them (I8, T12)."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.api.office import REPORT, Office, eventually
from tests.databases import Database

CANARIES = {
    "name": "Kanarek-Zięba",
    "email": "kanarek@zieba.invalid",
    "phone": "793 841 265",
    "address": "ul. Kanarkowa 7391",
}
TEXT = "Kanarkowy tekst zgłoszenia, dzwonić 793 841 265"
ALL = [*CANARIES.values(), TEXT, "Kanark", "793841265", "Kanarek-Zi"]


@pytest.fixture
def log_lines(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    """All that is logged, down to debugging, and not yet masked."""
    caplog.set_level(logging.DEBUG)
    return lambda: "".join([*capfd.readouterr(), caplog.text])


def everything_said(office: Office) -> list[str]:
    """Answers to all kinds of requests of people who may not read the texts of the case."""
    photo = office.client.post(
        "/attachments",
        content=b"\xff\xd8\xff" + TEXT.encode(),
        headers=office.headers("web-form") | {"Idempotency-Key": "x", "Content-Type": "image/jpeg"},
    )
    report = REPORT | {"sender": CANARIES, "text": TEXT, "files": [photo.json()]}
    wrong = [
        report | {"category": "nie.ma"},
        report | {"text": f"{TEXT}\x00"},
        report | {"sender": CANARIES | {"email": CANARIES["name"]}},
        report | {"sender": CANARIES | {"name": f"{CANARIES['name']}\n"}},
        report | {"channel": CANARIES["name"]},
        report | {"received_at": CANARIES["phone"]},
        report | {"place": {"point": CANARIES["address"]}},
    ]
    answers = [office.post("/interventions", body, "web-form") for body in [report, *wrong]]
    case = answers[0].json()["reference"]
    task = f"{case}-triage-1"
    eventually(lambda: office.get(f"/tasks/{task}").status_code == 200, "the task is open")
    referral = {"unit": "ZDMK", "question": TEXT, "lead": True}
    for referrals in ([referral, referral], [referral | {"unit": CANARIES["name"]}], [referral]):
        body = {"outcome": "forward", "expected_version": 1, "fields": {"referrals": referrals}}
        answers.append(office.post(f"/tasks/{task}/actions", body, "clerk-a"))
        answers.append(office.post(f"/tasks/{task}/complete", body, "zdmk-a"))
        answers.append(office.post(f"/tasks/{task}/complete", body, "clerk-a"))
    assert answers[-1].json()["case_stage"] == "with_units", answers[-1].text
    answers.append(office.post(f"/tasks/{task}/assign",
                               {"assignee": "clerk-b", "reason": TEXT}, "head-a"))  # fmt: skip
    photo = office.client.post(
        f"/cases/{case}/attachments",
        content=b"\xff\xd8\xff" + TEXT.encode(),
        headers=office.headers("clerk-a")
        | {"Idempotency-Key": "photo", "Content-Type": f'image/jpeg; name="{CANARIES["email"]}"'},
    )
    comment = {"text": TEXT, "attachments": [photo.json()]}
    answers += [photo, office.post(f"/cases/{case}/comments", comment, "clerk-a")]
    assert answers[-1].status_code == 200, answers[-1].text
    answers.append(office.post(f"/tasks/{task}/comments", comment, "clerk-a"))
    answer_task = f"{case}-answer_referral-R1-1"
    eventually(
        lambda: office.get(f"/tasks/{answer_task}").status_code == 200, "it is with the unit"
    )
    body = {"assignee": "zdmk-a", "reason": TEXT}
    answers.append(office.post(f"/tasks/{answer_task}/assign", body, "zdmk-head"))
    for person in ("zdmk-a", "zdmk-head", "operator-a"):
        path, draft = f"/tasks/{answer_task}/draft", {"fields": {"text": TEXT}}
        answers.append(office.put(path, draft, person))
    head_reads = office.get(f"/tasks/{answer_task}/draft", "zdmk-head")
    assert head_reads.json()["fields"] == {"text": TEXT}
    body = {"priority": "high", "note": TEXT}
    answers.append(office.post(f"/tasks/{answer_task}/priority", body, "zdmk-head"))
    statuses = [answer.status_code for answer in answers[-6:]]
    assert statuses == [200, 200, 200, 403, 403, 200], answers[-1].text
    office.follow()
    paths = ("/interventions", f"/interventions/{case}", f"/interventions/{case}/timeline",
             f"/interventions/{case}/texts", f"/tasks/{task}", f"/tasks/{task}/texts",
             f"/tasks/{answer_task}/texts", "/inbox?view=team")  # fmt: skip
    answers += [office.get(path, by) for path in paths for by in ("operator-a", "auditor-a")]
    answers += [office.get(path, "zdmk-a") for path in paths if "texts" not in path]
    return [answer.text for answer in answers]


def test_what_was_told_in_confidence_is_in_the_vault_alone(
    working: Office, database: Database, log_lines: Callable[[], str]
) -> None:
    said = everything_said(working)
    assert [canary for canary in ALL for answer in said if canary in answer] == []
    lines = log_lines()
    assert "request" in lines
    assert [canary for canary in ALL if canary in lines] == []
    stored = b"".join(stored_bytes(working, database))
    assert b"intervention.Forwarded" in stored
    for canary in ALL:
        assert canary.encode() not in stored, canary
        assert canary.encode("unicode_escape") not in stored, canary


def stored_bytes(office: Office, database: Database) -> Iterator[bytes]:
    """Every byte that the databases hold; the vault is sealed, so it is looked at too."""
    settings = office.services.settings
    if database.kind == "sqlite":
        files = [path for path in settings.var.rglob("*") if path.is_file()]
        assert {"events.db", "vault.db"} <= {path.name for path in files}
        yield from map(Path.read_bytes, files)
        return
    with office.services.vault.reader.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
                "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
        ).scalars()
        for table in list(tables):
            rows = connection.execute(text(f"SELECT * FROM {table}"))
            yield from (_as_bytes(row) for row in rows)


def _as_bytes(row: Any) -> bytes:
    return b"|".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for value in row
    )
