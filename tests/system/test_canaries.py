"""Personal data stays in the vault: canaries are sought in every other place (T12, I8, §11.15)."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson

from domain.interventions.commands import Place
from domain.people import PersonalData
from runtime.codec import EncryptionCodec, decode_body
from runtime.settings import Settings
from tests.system.conftest import Play
from tests.system.office import Office

pytestmark = pytest.mark.system

SENDER = PersonalData(
    name="Gżegżółka Kanarkowa",
    email="kanarek.gzegzolka@example.pl",
    phone="+48 601 777 333",
    address="ul. Kanarkowa 17/3",
)
TEXTS = (
    "Kanarek w tekście zgłoszenia",
    "Kanarek w pytaniu do jednostki",
    "Kanarek w odpowiedzi jednostki",
    "Kanarek w brakach odpowiedzi",
    "Kanarek w treści odpowiedzi",
    "Kanarek w uwadze do projektu",
)
CANARIES = ("Gżegżółka", "kanarek.gzegzolka", "601 777 333", "Kanarkowa", "Kanarek w ")


async def a_case_full_of_canaries(office: Office) -> str:
    ref = await office.report(
        SENDER, text=TEXTS[0], category="lighting.street", place=Place(street="Dietla")
    )
    order = {"referrals": [{"unit": "ZDMK", "question": TEXTS[1], "lead": True}]}
    await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", order)
    for turn, outcome in ((1, "return"), (2, "accept")):
        answer = await office.opened(ref, "answer_referral", "R1", turn)
        await office.decide("zdmk-a", answer, "done", {"text": TEXTS[2]})
        check = await office.opened(ref, "check_feedback", "R1", turn)
        missing = {"what_is_missing": TEXTS[3]} if outcome == "return" else {}
        await office.decide("clerk-a", check, outcome, missing)
    reply = {"outcome": "done", "text": TEXTS[4], "sensitive": ["claim"]}
    await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", reply)
    approval = await office.opened(ref, "approve_reply")
    await office.decide("head-a", approval, "return", {"note": TEXTS[5]})
    await office.until(lambda: len(office.case(ref).letters) == 3, "the letters are out")
    return ref


def test_no_canary_leaves_the_vault_but_in_a_letter_to_its_own_sender(
    on_the_real_server: Play, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    async def story(office: Office) -> None:
        ref = await a_case_full_of_canaries(office)
        history = await office.handle(ref).fetch_history()
        codec = EncryptionCodec(office.settings.load_master_key())
        seen = "\n".join(decoded(json.loads(MessageToJson(e)), codec) for e in history.events)
        assert ref in seen  # what is searched is in plain
        nowhere_in(seen, "the history of the workflow")

        view = await office.view(ref)
        nowhere_in(view.model_dump_json(), "the memory of the workflow")
        page = await office.handle(ref).query("__temporal_workflow_metadata")
        nowhere_in(str(page), "the page in the Temporal UI")
        for event in office.store.recorder.select_notifications(1, 10_000):
            nowhere_in(event.state.decode(), f"the event {event.topic}")

    on_the_real_server(story, "2026-09-01 10:00")
    for path in files_of(settings):
        nowhere_in(path.read_bytes().decode(errors="replace"), str(path.name))
    nowhere_in("".join(capfd.readouterr()), "the log")


def nowhere_in(text: str, where: str) -> None:
    found = [canary for canary in CANARIES if canary in text]
    assert not found, f"{found} in {where}"


def files_of(settings: Settings) -> Iterator[Path]:
    """Every file of the installation except the mailboxes, which are the recipients' own."""
    for path in settings.var.rglob("*"):
        if path.is_file() and not path.is_relative_to(settings.mail_directory):
            yield path


def decoded(value: Any, codec: EncryptionCodec) -> str:
    """The JSON of a history event with its payloads in plain."""
    match value:
        case {"metadata": dict(), "data": str()}:
            body = json.dumps({"payloads": [value]}).encode()
            (payload,) = json.loads(decode_body(codec, body))["payloads"]
            return base64.b64decode(payload.get("data", "")).decode(errors="replace")
        case dict():
            return "\n".join(f"{key} {decoded(item, codec)}" for key, item in value.items())
        case list():
            return "\n".join(decoded(item, codec) for item in value)
        case _:
            return str(value)
