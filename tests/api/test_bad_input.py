"""Wrong requests: a clear error that names the field, no value repeated, and nothing kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from api.gate import LARGEST_BODY
from runtime.text_store import texts
from runtime.vault import people
from tests.api.office import REPORT, Office

SECRET = "tajemnica-7391"
"""Stands in what is wrong, and must not come back."""


def kept(office: Office) -> tuple[int, Any, Any]:
    """How much there is of everything a registration could leave behind."""
    here = office.services
    with here.vault.reader.connect() as connection:
        return (
            here.store.position(),
            connection.scalar(select(func.count()).select_from(people)),
            connection.scalar(select(func.count()).select_from(texts)),
        )


@pytest.mark.parametrize(
    ("changes", "field", "refusal"),
    [
        ({"text": None}, "text", "NothingReported"),
        ({"text": ""}, "text", "InputInvalid"),
        ({"text": f"{SECRET}\x00"}, "text", "InputInvalid"),
        ({"text": f"{SECRET}\x1b[31m"}, "text", "InputInvalid"),
        ({"text": f"{SECRET} \ud800"}, "text", "InputInvalid"),
        ({"text": SECRET * 2_000}, "text", "InputInvalid"),
        ({"text": f"text:{'0' * 32}"}, "text", "ReferenceInsteadOfText"),
        ({"category": "roads.unicorns"}, "category", "CategoryUnknown"),
        ({"category": f"roads {SECRET}"}, "category", "InputInvalid"),
        ({"place": {"district": "XIX"}}, "place.district", "DistrictUnknown"),
        ({"place": {"point": {"lat": 52.2, "lon": 21.0}}}, "place.point", "OutsideTheCity"),
        ({"place": {"point": {"lat": 152, "lon": 21.0}}}, "place.point.lat", "InputInvalid"),
        ({"place": {"street": f"{SECRET}\nBcc: x"}}, "place.street", "InputInvalid"),
        ({"received_at": "2999-01-01T10:00:00Z"}, "received_at", "ReceivedInTheFuture"),
        ({"received_at": "2026-10-05T10:20:00"}, "received_at", "InputInvalid"),
        ({"received_at": SECRET}, "received_at", "InputInvalid"),
        ({"received_at": "1950-01-01T10:00:00Z"}, None, "NoRuleInForce"),
        ({"channel": SECRET}, "channel", "InputInvalid"),
        ({"sender": {"email": SECRET}}, "sender.email", "InputInvalid"),
        ({"sender": {"name": f"{SECRET}\r\nBcc: x"}}, "sender.name", "InputInvalid"),
        ({"sender": f"person:{'0' * 32}"}, "sender", "InputInvalid"),
        ({"attachments": [{"sha256": SECRET}]}, "attachments.0.sha256", "InputInvalid"),
        ({"unknown": SECRET}, "unknown", "InputInvalid"),
        ({"sender": {"pesel": SECRET}}, "sender.pesel", "InputInvalid"),
    ],
)
def test_a_wrong_report_is_refused_by_field_and_leaves_nothing(
    office: Office, changes: dict[str, Any], field: str | None, refusal: str
) -> None:
    before = kept(office)
    answer = office.post("/interventions", REPORT | changes, "web-form")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["refusal"]) == (422, refusal)
    assert problem["sentence_pl"] != refusal
    assert field is None or field in [error["field"] for error in problem["errors"]]
    assert SECRET not in answer.text
    assert kept(office) == before
    assert office.register() == "INT-2026-000001", "the refused report took no number"


def test_all_that_is_wrong_is_reported_together(office: Office) -> None:
    changes = {"category": "nie.ma", "place": {"district": "XX"}, "text": None}
    problem = office.post("/interventions", REPORT | changes, "web-form").json()
    assert [each["refusal"] for each in problem["refusals"]] == [
        "NothingReported", "CategoryUnknown", "DistrictUnknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "refusal"),
    [
        (b"", 422, "InputInvalid"),
        (b"{", 400, "BodyMalformed"),
        (b'{"text": "\xff\xfe"}', 400, "BodyMalformed"),
        (b"[]", 422, "InputInvalid"),
        (b"null", 422, "InputInvalid"),
        (b'{"received_at": 1e999}', 422, "InputInvalid"),
        (b"[" * 100_000, 400, "BodyMalformed"),
        (b'{"received_at": ' + b"9" * 10_000 + b"}", 400, "BodyMalformed"),
        (b'{"received_at": "0001-01-01T00:00:00+14:00"}', 422, "InputInvalid"),
        (b" " * (LARGEST_BODY + 1), 413, "BodyTooLarge"),
    ],
)
def test_what_is_no_report_at_all_is_refused(
    office: Office, body: bytes, status: int, refusal: str
) -> None:
    headers = office.headers("web-form") | {
        "Idempotency-Key": "1", "Content-Type": "application/json"
    }  # fmt: skip
    answer = office.client.post("/interventions", content=body, headers=headers)
    assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)


def test_a_body_that_does_not_say_its_length_is_cut_off_too(office: Office) -> None:
    chunks = (b" " * 100_000 for _ in range(11))
    answer = office.client.post("/interventions", content=chunks, headers=office.headers("clerk-a"))
    assert (answer.status_code, answer.json()["refusal"]) == (413, "BodyTooLarge")


@pytest.mark.parametrize("key", [None, "", "a" * 101, "dwa słowa".encode(), "a b"])
def test_a_write_needs_a_key(office: Office, key: Any) -> None:
    headers: dict[str, Any] = dict(office.headers("web-form"))
    if key is not None:
        headers["Idempotency-Key"] = key
    for path in ("/interventions", "/tasks/INT-2026-000001-triage-1/claim"):
        answer = office.client.post(path, json=REPORT if "int" in path[:5] else None,
                                    headers=headers)  # fmt: skip
        assert (answer.status_code, answer.json()["refusal"]) == (400, "IdempotencyKeyMissing")


def test_a_key_used_again_for_another_report_is_refused(office: Office) -> None:
    first = office.post("/interventions", REPORT, "web-form", key="jeden")
    for changes in (
        {"text": "Coś innego"},
        {"sender": {"name": "Ktoś Inny"}},
        {"sender": None},
        {"category": "roads.signals"},
        {"category": "nie.ma"},
    ):
        again = office.post("/interventions", REPORT | changes, "web-form", key="jeden")
        assert (again.status_code, again.json()["refusal"]) == (409, "KeyUsedForAnotherRequest")
    same = office.post("/interventions", REPORT, "web-form", key="jeden")
    assert (same.status_code, same.json()) == (200, first.json())


def test_the_same_key_of_another_client_is_another_report(office: Office) -> None:
    one = office.post("/interventions", REPORT, "web-form", key="jeden").json()
    other = office.post("/interventions", REPORT, "clerk-a", key="jeden").json()
    assert one["reference"] != other["reference"]


def test_who_shows_no_valid_key_is_not_let_in(office: Office) -> None:
    now = datetime.now(UTC)
    keys = office.services.keys
    revoked, expired = (
        keys.issue("clerk-a", "old", now),
        keys.issue("clerk-a", "short", now, expires_at=now),
    )
    keys.revoke(revoked.split("_")[1], now)
    valid = office.tokens["clerk-a"]
    for header, refusal in [
        (None, "KeyMissing"),
        ("Basic a:b", "KeyMissing"),
        (f"Bearer {valid[:-1]}x", "KeyUnknown"),
        ("Bearer ks_000000000000_" + "x" * 43, "KeyUnknown"),
        ("Bearer śmieci".encode(), "KeyUnknown"),
        (f"Bearer {revoked}", "KeyRevoked"),
        (f"Bearer {expired}", "KeyExpired"),
    ]:
        headers: dict[str, Any] = {"Authorization": header} if header else {}
        answer = office.client.get("/interventions", headers=headers)
        assert (answer.status_code, answer.json()["refusal"]) == (401, refusal)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert valid not in answer.text
    assert office.client.get("/interventions", headers={"X-API-Key": valid}).status_code == 200


def test_refusals_speak_the_language_of_the_client(office: Office) -> None:
    polish = office.post("/interventions", {**REPORT, "category": "x"}, "clerk-a",
                         **{"Accept-Language": "pl-PL,pl;q=0.9"}).json()  # fmt: skip
    assert polish["detail"] == polish["sentence_pl"] == "Nie ma takiej kategorii."
    english = office.post("/interventions", {**REPORT, "category": "x"}).json()
    assert english["detail"] == english["title"] == "There is no such category."
    assert english["type"] == "/problems/CategoryUnknown"


@pytest.mark.parametrize(
    ("method", "path", "status", "refusal"),
    [
        ("GET", "/nothing/here", 404, "NothingHere"),
        ("DELETE", "/interventions", 405, "MethodNotAllowed"),
        ("GET", "/interventions?limit=201", 422, "InputInvalid"),
        ("GET", "/interventions?at_or_after=-1", 422, "InputInvalid"),
        ("GET", "/interventions?at_or_after=99999999999999999999", 422, "InputInvalid"),
        ("GET", "/inbox?view=everything", 422, "InputInvalid"),
        ("GET", "/tasks/INT-2026-000001-triage-1", 404, "TaskUnknown"),
        ("GET", "/cases/INT-2026-000001/actions", 404, "CaseUnknown"),
    ],
)
def test_wrong_addresses_and_queries_are_problems_too(
    office: Office, method: str, path: str, status: int, refusal: str
) -> None:
    answer = office.client.request(method, path, headers=office.headers("clerk-a"))
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)
