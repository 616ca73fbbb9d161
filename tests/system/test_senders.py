"""A report that nobody signed is a signal, until somebody says whose it was."""

import pytest

from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Bogusław Ćma", email="boguslaw.cma@example.pl")
TO_ZDMK = {"referrals": [{"unit": "ZDMK", "question": "Proszę naprawić ubytek.", "lead": True}]}
WHY = {"reason": "Zgłaszający podał się przez telefon."}


def test_story_a_signal_becomes_the_motion_of_its_sender(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(text="Dziura w jezdni", category="roads.pothole")
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        await office.until(lambda: "N2.1.R1" in office.case(ref).letters, "the unit was written to")
        # Past the day on which the delay of a motion would have to be told.
        await office.wait_until(city_moment("2026-11-03 12:00"))
        assert office.case(ref).handling == "ex_officio"
        assert set(office.case(ref).letters) == {"N2.1.R1"}
        assert office.task(f"{ref}-delay_notice-D1-1") is None

        person = office.workshop.vault.admit(SENDER, command_id="the-right-one")
        told = {**WHY, "sender": person, "reach": "email"}
        await office.instruct("clerk-a", ref, "correct_data", told)
        await office.until(
            lambda: {"N1.1.sender", "N2.1.sender"} <= set(office.case(ref).letters),
            "the sender was told",
        )
        to = [each["Subject"] for each in office.letters() if each["To"] == SENDER.email]
        assert len(to) == 2
        await office.opened(ref, "delay_notice", "D1")
        assert office.case(ref).clocks["settlement"].rule == "kpa.settle_motion"

    with_its_own_time(story, "2026-10-05 10:20")
