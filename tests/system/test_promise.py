"""Story 10: trees are promised for the spring, come a month late, and the sender is told."""

import pytest

from domain.interventions.commands import Place
from domain.interventions.refusals import PromiseOpen
from domain.people import PersonalData
from domain.steps import CaseStep
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of, safe_due

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZZM = {"referrals": [{"unit": "ZZM", "question": "Proszę o posadzenie drzew.", "lead": True}]}


def told(office: Office, what: str) -> bool:
    return any(what in letter.get_content() for letter in office.letters())


def test_story_10_a_promise(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER,
            text="Prośba o posadzenie drzew, os. Widok",
            category="greenery.park",
            place=Place(district="VI", street="os. Widok"),
        )
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZZM)
        await office.wait_until(city_moment("2026-11-18 10:00"))
        answer = await office.opened(ref, "answer_referral", "R1")
        far = {"text": "Posadzimy.", "promised_on": "2028-01-10"}
        assert await refusal_of(office.decide("zzm-a", answer, "planned", far)) == "PromiseTooFar"
        spring = {"text": "Posadzimy wiosną.", "promised_on": "2027-05-31"}
        await office.decide("zzm-a", answer, "planned", spring)
        await office.decide("clerk-b", await office.opened(ref, "check_feedback", "R1"), "accept")
        await office.wait_until(city_moment("2026-11-20 11:00"))
        reply = {"outcome": "planned", "text": "Drzewa zostaną posadzone do 31 maja 2027."}
        await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", reply)
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")
        window = office.case(ref).window
        assert window
        assert str(window.legal_end) == "2026-12-04"

        # The window is over, and the case stays: PromiseOpen.
        await office.wait_until(city_moment("2026-12-05 09:00"))
        step = CaseStep(reference=ref, at=await office.now())
        with pytest.raises(PromiseOpen):
            office.workshop.commands.close_intervention(step)
        assert office.case(ref).stage == "replied"

        await office.wait_until(city_moment("2027-05-31 09:30"))
        confirm = await office.opened(ref, "confirm_promise", "R1")
        assert safe_due(confirm) == "2027-06-03"
        moved = {"new_date": "2027-06-30", "reason": "Dostawa sadzonek się opóźniła."}
        await office.decide("zzm-a", confirm, "new_date", moved)
        await office.until(lambda: told(office, "Nowy termin: 30.06.2027"), "N9: moved")
        assert told(office, "Dostawa sadzonek się opóźniła.")

        await office.wait_until(city_moment("2027-06-30 10:00"))
        again = await office.opened(ref, "confirm_promise", "R1", round_=2)
        await office.decide("zzm-a", again, "kept", {"text": "Posadzono 12 lip."})
        assert await office.handle(ref).result() == "closed"
        assert office.case(ref).outcome == "planned"
        assert told(office, "zostało wykonane")
        assert sorted(key for key in office.case(ref).letters if key.startswith("N9")) == [
            "N9.1.sender",
            "N9.2.sender",
        ]

    with_its_own_time(story, "2026-11-16 10:00")
