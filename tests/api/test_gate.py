"""What every answer has, what the log says, and what a fault shows: nothing of a person."""

import json
from typing import Any

import pytest
import structlog
from google.protobuf.json_format import MessageToJson
from temporalio.api.common.v1 import Payload, Payloads

from tests.api.office import REPORT, Office, eventually

PAGE = "http://127.0.0.1:8233"


def test_no_answer_is_kept_by_anybody_in_between(office: Office) -> None:
    for path in ("/interventions", "/health", "/nothing"):
        headers = office.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "taken_over"),
    [("0123abcd-4567", True), ("Jan Kowalski", False), ("short", False), ("a" * 65, False)],
)
def test_a_request_id_is_taken_over_when_it_can_hold_nothing_else(
    office: Office, given: str, taken_over: bool
) -> None:
    answer = office.client.get("/health", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) == taken_over
    assert len(answer.headers["x-request-id"]) >= 8


def requests(lines: Any) -> list[Any]:
    return [line for line in lines if line["event"] == "request"]


def test_the_log_has_a_line_for_each_request_without_path_query_and_body(office: Office) -> None:
    with structlog.testing.capture_logs() as lines:
        office.post("/interventions", REPORT)
        office.get("/interventions/Jan-Kowalski", stage="Kowalski")
        # A line is written when the answer is already out.
        eventually(lambda: len(requests(lines)) == 2, "two lines")
    assert [(line["route"], line["person"], line["status"]) for line in requests(lines)] == [
        ("/interventions", "clerk-a", 201),
        ("/interventions/{reference}", "clerk-a", 404),
    ]
    assert "Kowalski" not in str(lines)
    assert "Wójcik" not in str(lines)


def test_a_fault_is_a_problem_without_a_trace(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("Żaneta Wójcik, 600 100 200")

    monkeypatch.setattr(type(office.services.read_side), "reader", broken)
    with structlog.testing.capture_logs() as lines:
        answer = office.get("/interventions")
    assert (answer.status_code, answer.json()["refusal"]) == (500, "InternalFault")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Wójcik" not in answer.text + str(lines)
    assert [line["error"] for line in lines if line["event"] == "fault"] == ["RuntimeError"]


def test_health_tells_what_is_reached_and_how_far_the_tables_are(office: Office) -> None:
    office.register()
    health = office.client.get("/health").json()
    assert health["status"] == "degraded", "Temporal is away"
    assert health["temporal"] == "away"
    assert health["read_side"]["lag"] > 0
    office.follow()
    assert office.client.get("/health").json()["read_side"]["lag"] == 0


def test_the_api_describes_itself_without_another_server(office: Office) -> None:
    page = office.client.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!--", "").split("<h2>Schemas</h2>")[0]
    assert "/interventions/{reference}/timeline" in page.text
    described = office.client.get("/openapi.json").json()
    body = described["components"]["schemas"]["Report"]
    assert {"received_at", "channel", "category"} <= set(body["required"])


def payloads(office: Office) -> str:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"INT-2026-000001"')
    return MessageToJson(Payloads(payloads=[office.services.codec.encrypted(plain)]))


def decode(office: Office, by: str, **headers: str) -> Any:
    return office.client.post(
        "/codec/decode?preserveStorageRefs=true",
        content=payloads(office),
        headers=office.headers(by) | headers,
    )


def test_operators_read_payloads_on_the_page_of_the_temporal_ui(office: Office) -> None:
    answer = decode(office, "operator-a", Origin=PAGE)
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert json.loads(answer.text)["payloads"][0]["data"] == "IklOVC0yMDI2LTAwMDAwMSI="
    asked = office.client.options(
        "/codec/decode",
        headers={
            "Origin": PAGE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-namespace",
        },
    )
    assert asked.status_code == 200


@pytest.mark.parametrize("by", ["director-a", "clerk-a", "auditor-a", "web-form"])
def test_payloads_stay_closed_to_everybody_else(office: Office, by: str) -> None:
    answer = decode(office, by)
    assert (answer.status_code, answer.json()["refusal"]) == (403, "ForOperatorsOnly")


def test_another_page_gets_no_payloads(office: Office) -> None:
    answer = decode(office, "operator-a", Origin="http://elsewhere.invalid")
    assert "access-control-allow-origin" not in answer.headers
