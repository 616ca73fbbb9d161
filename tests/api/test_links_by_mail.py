"""A link on its whole way: issued over HTTP, sent by a real workflow and mail server, opened."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from projections.link_watch import LinkWatch
from projections.noted import Notes
from runtime.mail import MailServer
from runtime.ports import free_port
from runtime.settings import Settings
from tests.api.office import Office, eventually, office_at, worker_at_work
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_links import P1
from tests.api.test_tasks import refusal
from tests.system.office import queue_name
from workflows.case_runs import CaseRuns

PARTY = {
    "party_id": P1,
    "post": "ZDMK/coordinator",
    "contact": {"name": "Drukarnia Żółw", "email": "druk@zolw.example.pl"},
}


@pytest.fixture
def mailing(settings: Settings, temporal_address: str) -> Iterator[Office]:
    name = queue_name()
    own = {
        "temporal_address": temporal_address,
        "temporal_namespace": name,
        "task_queue": name,
        "smtp_port": free_port(),
        "public_url": "https://ks.example.pl/",
    }
    settings = settings.model_copy(update=own)
    server = MailServer.of(settings)
    server.start()
    try:
        with worker_at_work(settings), office_at(settings) as office:
            yield office
    finally:
        server.stop()


def watched(office: Office) -> None:
    """One look of `ks follow`."""
    settings, store = office.services.settings, office.services.store
    with closing(Notes(settings)) as notes:
        runs = CaseRuns(settings, lambda reference, process: reference)
        asyncio.run(LinkWatch(store, runs, notes).look())


def mail(office: Office, found: str) -> list[Any]:
    """Letters whose file is called so."""
    directory = Path(office.services.settings.mail_directory)
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(directory.glob(f"*/{found}*.eml"))
    ]


def sent(office: Office) -> Callable[[], bool]:
    """Whether every letter with a link of the party is recorded."""

    def all_sent() -> bool:
        links = office.get(f"/parties/{P1}/links").json()
        return all(link["sent"] != "on_its_way" for link in links)

    return all_sent


def test_a_link_comes_by_mail_once_and_opens_its_task(mailing: Office) -> None:
    case = mailing.register()
    decide(mailing, "clerk-a", f"{case}-triage-1", "forward", FORWARD)
    task = f"{case}-answer_referral-R1-1"
    opened(mailing, task)
    assert mailing.post("/parties", PARTY).status_code == 201
    issued = mailing.post(f"/tasks/{task}/links", {"party_id": P1})
    assert issued.status_code == 201
    assert "token" not in issued.json()
    assert issued.json()["sent"] == "on_its_way"
    for _ in range(2):
        watched(mailing)
    eventually(sent(mailing), "the letter is recorded")
    watched(mailing)
    (letter,) = mail(mailing, f"link.{P1}.1.1@")
    assert letter["To"] == "druk@zolw.example.pl"
    found = re.search(r"https://ks\.example\.pl(/links/\S+)", letter.get_content())
    assert found is not None
    assert "O co prosimy" in mailing.client.get(found[1]).text
    again = mailing.post(f"/parties/{P1}/links/1/resend")
    assert again.json()["sent"] == "on_its_way"
    watched(mailing)
    eventually(sent(mailing), "the second letter is recorded")
    assert len(mail(mailing, f"link.{P1}.1.")) == 2


def test_a_party_needs_an_address_to_be_written_to(served: Office) -> None:
    nowhere = PARTY | {"contact": {"name": "Drukarnia Żółw", "phone": "600 100 200"}}
    assert refusal(served.post("/parties", nowhere)) == (422, "PartyWithoutAddress")
    assert served.post("/parties", PARTY).status_code == 201
    changed = {"contact": {"email": "biuro@zolw.example.pl"}}
    path = f"/parties/{P1}/contact"
    assert served.post(path, changed, key="adres").status_code == 200
    assert served.post(path, changed, key="adres").status_code == 200
    assert served.topics().count("party.ContactChanged") == 1
    for by in ("zdmk-a", "operator-a"):
        assert refusal(served.post(path, changed, by)) == (403, "LinksNotYours")
        assert refusal(served.get(f"/parties/{P1}/links", by)) == (403, "LinksNotYours")
    assert refusal(served.post("/parties/party-none/contact", changed)) == (404, "PartyUnknown")
