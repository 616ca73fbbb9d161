"""The state of a case, read with its reference and code by whoever reported the matter."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import structlog
from google.protobuf.json_format import MessageToJson
from temporalio.client import Client

from domain.interventions import notices
from domain.interventions.commands import LetterOrder, RecordNotice
from domain.interventions.letters import letters_due
from domain.interventions.model import Intervention
from domain.messages import SYSTEM, Act
from domain.references import workflow_id
from runtime.store import UnitOfWork
from tests.api.office import REPORT, Office, eventually
from tests.api.test_canary import log_lines as log_lines  # the same net
from tests.api.test_canary import stored_bytes
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_interventions import forwarded
from tests.api.test_tasks import refusal
from tests.databases import Database
from tests.system.test_canaries import decoded

ROADS = "Zarząd Dróg Miasta Krakowa"


def state_of(office: Office, reference: str, code: str | bytes | None) -> httpx.Response:
    """Asked without an account."""
    headers: dict[str, Any] = {} if code is None else {"X-Case-Code": code}
    return office.client.get(f"/public/interventions/{reference}", headers=headers)


def taken(office: Office, **changes: Any) -> dict[str, Any]:
    answer = office.post("/interventions", REPORT | changes, "web-form")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def send_letters(office: Office, reference: str) -> list[LetterOrder]:
    """Every letter that the case owes went out just now."""
    here = office.services
    act = Act(command_id=f"letters:{reference}", at=here.clock.now(), by=SYSTEM)
    sent: list[LetterOrder] = []

    def work(unit: UnitOfWork) -> None:
        case = unit.find(Intervention, reference)
        assert case is not None
        for order in letters_due(case):
            notice = RecordNotice(
                letter=order,
                channel="email",
                message_id=f"<{order.key}@test>",
                recipient_ref="-",
                result="delivered",
            )
            sent.append(order)
            notices.record_notice(case, notice, act, here.data)

    here.store.carry_out(work)
    return sent


def test_an_anonymous_sender_reads_the_state_with_the_code(served: Office) -> None:
    report = taken(served, sender=None)
    answer = served.client.get(report["links"]["state"], headers={"X-Case-Code": report["code"]})
    assert answer.status_code == 200
    assert answer.json() == {
        "reference": report["reference"],
        "received_on": "2026-10-05",
        "handling": "ex_officio",
        "handling_pl": "sygnał, podejmowany z urzędu",
        "stage": "triage",
        "stage_pl": "kwalifikacja",
        "outcome": None,
        "outcome_pl": None,
        "units": [],
        "letters": [],
    }


def test_a_repeated_report_gives_the_same_code(served: Office) -> None:
    first = served.post("/interventions", REPORT, "web-form", key="formularz-1").json()
    again = served.post("/interventions", REPORT, "web-form", key="formularz-1")
    assert (again.status_code, again.json()) == (200, first)
    assert taken(served)["code"] != first["code"]


def test_units_and_letters_are_told_without_texts_and_people(served: Office) -> None:
    reference = forwarded(served, "ZDMK")
    today = served.services.clock.now().date().isoformat()
    keys = [order.key for order in send_letters(served, reference)]
    assert keys == ["N2.1.R1", "N1.1.sender", "N2.1.sender"]
    answer = state_of(served, reference, served.services.codes.make(reference))
    told = answer.json()
    assert (told["stage"], told["stage_pl"]) == ("with_units", "u jednostek")
    assert [unit["name"] for unit in told["units"]] == [ROADS]
    assert [(letter["kind"], letter["label_pl"], letter["to"]) for letter in told["letters"]] == [
        ("N2", "zawiadomienie o przekazaniu", ROADS),
        ("N1", "potwierdzenie przyjęcia", None),
        ("N2", "zawiadomienie o przekazaniu", None),
    ]
    assert {letter["sent_on"] >= today for letter in told["letters"]} == {True}
    for kept in (REPORT["text"], "Pytanie do ZDMK", *REPORT["sender"].values(), "Długa"):
        assert kept not in answer.text


def test_wrong_code_and_unknown_reference_get_the_same_answer(served: Office) -> None:
    report, other = taken(served, sender=None), taken(served, sender=None)
    never = "INT-2026-000999"
    answers = [
        state_of(served, report["reference"], code)
        for code in (None, "", other["code"], report["code"][:-1], "ą".encode())
    ]
    answers += [
        state_of(served, never, report["code"]),
        state_of(served, never, served.services.codes.make(never)),
        state_of(served, "x" * 2_000, report["code"]),
    ]
    assert {refusal(answer) for answer in answers} == {(404, "CodeUnknown")}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["sentence_pl"] == "Nie ma interwencji o tym znaku i kodzie."


def test_the_outcome_is_told_once_the_reply_is_approved(working: Office) -> None:
    report = taken(working, sender=None)
    case = report["reference"]

    def told() -> Any:
        return state_of(working, case, report["code"]).json()

    reply = {"outcome": "done", "text": "Dziura została załatana", "sensitive": ["media"]}
    for by, task, outcome, fields in [
        ("clerk-a", "triage-1", "forward", FORWARD),
        ("zdmk-a", "answer_referral-R1-1", "done", {"text": "Załatano w piątek"}),
        ("clerk-b", "check_feedback-R1-1", "accept", {}),
        ("clerk-a", "draft_reply-1", "submitted", reply),
    ]:
        assert decide(working, by, f"{case}-{task}", outcome, fields).status_code == 200
    assert (told()["stage"], told()["outcome"]) == ("approval", None)
    approved = decide(working, "director-a", f"{case}-approve_reply-1", "approve", {})
    assert approved.status_code == 200
    assert (told()["stage"], told()["outcome_pl"]) == ("replied", "załatwiono")


def test_the_log_tells_that_a_state_was_read_and_of_which_case(office: Office) -> None:
    report = taken(office, sender=None)
    route = "/public/interventions/{reference}"
    with structlog.testing.capture_logs() as lines:
        for code in (report["code"], "0000-0000-0000-0000"):
            state_of(office, report["reference"], code)
        read = eventually(lambda: _two(lines, route), "two lines")
    told = [(line["person"], line["case"], line["status"]) for line in read]
    assert told == [(None, report["reference"], 200), (None, None, 404)]


def _two(lines: Any, route: str) -> list[Any]:
    """Others may be written meanwhile, of what was asked before."""
    found = [line for line in lines if line.get("route") == route]
    return found if len(found) == 2 else []


def test_a_code_is_kept_nowhere(
    working: Office,
    database: Database,
    log_lines: Callable[[], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "httpcore")  # the client's own, which sends the code
    report = taken(working, sender=None)
    case, code = report["reference"], report["code"]
    opened(working, f"{case}-triage-1")
    assert decide(working, "clerk-a", f"{case}-triage-1", "forward", FORWARD).status_code == 200
    for given in (code, code.lower(), code[:-1]):
        state_of(working, case, given)
    working.follow()
    said = [
        working.get(path).text
        for path in (f"/interventions/{case}", f"/interventions/{case}/timeline",
                     f"/interventions/{case}/texts", f"/cases/{case}/explain")
    ]  # fmt: skip
    history = asyncio.run(history_of(working, case))
    assert case in history
    stored = b"".join(stored_bytes(working, database)).decode(errors="replace")
    for place in (log_lines(), history, stored, *said):
        assert code[:9].lower() not in place.lower()
        assert code.replace("-", "")[:8].lower() not in place.lower()


async def history_of(office: Office, case: str) -> str:
    """The history of its run, in plain."""
    settings = office.services.settings
    client = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
    handle = client.get_workflow_handle(workflow_id("intervention", case))
    events = (await handle.fetch_history()).events
    codec = office.services.codec
    return "\n".join(decoded(json.loads(MessageToJson(event)), codec) for event in events)
