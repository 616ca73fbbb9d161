"""Matters of others, and what KS-06 answers itself (§ 9 pt 2 and 5)."""

import pytest

from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")


def subjects(office: Office, address: str) -> list[str]:
    return [str(each["Subject"]) for each in office.letters() if each["To"] == address]


def test_story_a_matter_of_others_is_handed_over(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER, text="Wystaje przewód gazowy przy ul. Kalwaryjskiej 30", category="energy.gas"
        )
        triage = await office.opened(ref, "triage")
        call = await office.opened(ref, "call_duty_officer")
        await office.decide("duty-a", call, "passed_on", {"to": "EXT-GAZ"})
        await office.wait_until(city_moment("2026-11-16 09:00"))
        gas = {"unit": "EXT-GAZ", "question": "Proszę zabezpieczyć przewód.", "redacted": True}
        await office.decide("clerk-a", triage, "hand_over", {"referrals": [gas]})
        assert await office.handle(ref).result() == "closed"
        case = office.case(ref)
        assert (case.outcome, case.referrals["R1"].state) == ("handed_over", "handed_over")
        assert case.letters["N2.1.sender"].state == "delivered"
        assert office.events(ref)[-1] == "intervention.Closed"
        [told] = [each for each in office.letters() if "Przekazanie" in each["Subject"]]
        assert "poinformuje podmiot, któremu przekazaliśmy zgłoszenie" in told.get_content()

    with_its_own_time(story, "2026-11-13 12:10")


def test_a_sender_with_a_matter_of_nobody_known_is_told_whom_to_ask(
    with_its_own_time: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(SENDER, text="Sąsiad hałasuje", category="services.other")
        triage = await office.opened(ref, "triage")
        guidance = "W sprawach sąsiedzkich prosimy pytać zarządcę budynku."
        await office.decide("clerk-a", triage, "hand_over", {"guidance": guidance})
        assert await office.handle(ref).result() == "closed"
        [told] = [each for each in office.letters() if "Właściwość" in each["Subject"]]
        assert guidance in told.get_content()
        assert "przekazaliśmy" not in told.get_content()

    with_its_own_time(story, "2026-10-05 10:20")


def test_story_what_is_known_is_answered_at_once(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER, text="Do której jest czynny magistrat?", category="services.other"
        )
        text = "Urząd jest czynny w dni robocze do 15:30."
        triage = await office.opened(ref, "triage")
        await office.decide("clerk-a", triage, "answer_at_once", {"text": text})
        draft = await office.opened(ref, "draft_reply")
        reply = {"outcome": "information_given", "text": text}
        await office.decide("clerk-b", draft, "submitted", reply)
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")
        await office.wait_until(city_moment("2026-10-20 00:01"))
        assert await office.handle(ref).result() == "closed"
        assert office.case(ref).outcome == "information_given"

    with_its_own_time(story, "2026-10-05 10:20")
