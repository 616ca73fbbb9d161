"""The pages of people without an account in a real browser: on a phone, and without any script."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.office import Office, eventually
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_link_pages import linked
from tests.api.test_public import taken
from tests.browser import Browser, a_browser, is_installed

DESK = (1100, 1000)

pytestmark = pytest.mark.skipif(
    not is_installed() and not os.environ.get("KS_REQUIRE_BROWSER"),
    reason="there is no Chromium here",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with a_browser(tmp_path_factory.mktemp("profile"), DESK) as browser:
        yield browser


def address_of(office: Office, path: str) -> str:
    return f"{office.client.base_url}".rstrip("/") + path


def test_a_party_answers_on_a_phone_without_scripts(
    working: Office, browser: Browser, tmp_path: Path
) -> None:
    link = address_of(working, linked(working))
    with browser.page() as page:
        page.as_on_a_phone()
        page.without_scripts()
        page.go_to(link, waiting_for="O co prosimy")
        assert page.value("document.documentElement.lang") == "pl"
        assert page.value("document.documentElement.scrollWidth") <= 390
        page.photograph(tmp_path / "link-phone.png")

        page.press("details:nth-of-type(2) summary")
        page.type_into("#planned-text", "Wymienimy płyty chodnika, gdy przyjdą z hurtowni")
        # The field is required: the browser itself would stop here, and the server says why too.
        page.value("document.querySelector('#planned-promised_on').required = false")
        page.press("details:nth-of-type(2) button")
        page.wait_for("wymaga podania daty")
        page.photograph(tmp_path / "link-refused.png")
        problem = page.value(
            "document.querySelector('#planned-promised_on').getAttribute('aria-describedby')"
        )
        assert problem == "planned-promised_on-problem"
        typed = page.value("document.querySelector('#planned-text').value")
        assert typed == "Wymienimy płyty chodnika, gdy przyjdą z hurtowni"

        page.choose_day("#planned-promised_on", working.services.clock.now().strftime("%Y-12-30"))
        page.press("details[open] button")
        page.wait_for("Dziękujemy, odpowiedź została przyjęta")
        page.photograph(tmp_path / "link-done.png")
        assert page.value("document.cookie") == ""
    assert working.topics().count("intervention.ReferralAnswered") == 1


def test_a_link_looks_the_same_at_a_desk_and_says_when_it_is_over(
    working: Office, browser: Browser, tmp_path: Path
) -> None:
    path = linked(working)
    with browser.page() as page:
        page.go_to(address_of(working, path), waiting_for="O co prosimy")
        page.press("details:nth-of-type(6) summary")
        page.photograph(tmp_path / "link-desk.png")
        assert working.post("/parties/party-zdmk/links/1/revoke", by="clerk-a").status_code == 200
        page.go_to(address_of(working, path), waiting_for="Ten odnośnik już nie działa")
        page.photograph(tmp_path / "link-over.png")


def test_a_sender_opens_the_case_with_its_code_and_supplements_it(
    working: Office, browser: Browser, tmp_path: Path
) -> None:
    report = taken(working)
    question = {"question": "Przy którym przystanku?"}
    decide(working, "clerk-a", f"{report['reference']}-triage-1", "ask_supplement", question)
    with browser.page() as page:
        page.as_on_a_phone()
        page.without_scripts()
        page.go_to(address_of(working, report["links"]["state"]), waiting_for="Pokaż sprawę")
        page.type_into("#code", "K7QD-03TX-9GZM-4A1R")
        page.press("button")
        page.wait_for("Nie ma interwencji o tym znaku i kodzie.")
        page.photograph(tmp_path / "code-wrong.png")
        page.type_into("#code", report["code"])
        page.press("button")
        page.wait_for(f"Zgłoszenie {report['reference']}")
        assert page.value("location.href").endswith("/state")
        page.photograph(tmp_path / "state-phone.png")
        page.press("details:nth-of-type(1) summary")
        page.type_into("#supplement-text", "Przystanek Filharmonia")
        page.press("details[open] button")
        page.wait_for("Uzupełnienie zostało dołączone do sprawy.")
        page.photograph(tmp_path / "state-told.png")
    eventually(lambda: opened(working, f"{report['reference']}-triage-2"), "triage goes on")


def test_a_sender_sees_units_and_letters_at_a_desk(
    working: Office, browser: Browser, tmp_path: Path
) -> None:
    report = taken(working)
    decide(working, "clerk-a", f"{report['reference']}-triage-1", "forward", FORWARD)
    with browser.page() as page:
        page.go_to(address_of(working, report["links"]["state"]), waiting_for="Pokaż sprawę")
        page.type_into("#code", report["code"])
        page.press("button")
        page.wait_for("Zarząd Dróg Miasta Krakowa")
        page.photograph(tmp_path / "state-desk.png")
