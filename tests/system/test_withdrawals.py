"""The sender withdraws: what is open is called back, the last letters go out, the case closes."""

import pytest

from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZDMK = {"referrals": [{"unit": "ZDMK", "question": "Proszę naprawić ubytek.", "lead": True}]}
WISH = {"text": "Sprawa jest już nieaktualna."}


async def forwarded(office: Office) -> str:
    ref = await office.report(SENDER, text="Dziura w jezdni", category="roads.pothole")
    triage = await office.opened(ref, "triage")
    await office.decide("clerk-a", triage, "forward", TO_ZDMK)
    await office.until(lambda: "N2.1.R1" in office.case(ref).letters, "the unit was written to")
    return ref


def test_story_a_withdrawn_report_calls_its_referral_back(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await forwarded(office)
        answer = await office.opened(ref, "answer_referral", "R1")
        await office.wait_until(city_moment("2026-10-06 12:00"))
        await office.instruct("clerk-a", ref, "withdraw", WISH)
        task = await office.opened(ref, "decide_withdrawal")
        await office.decide("clerk-b", task, "stop")
        assert await office.handle(ref).result() == "closed"
        case = office.case(ref)
        assert (case.outcome, case.referrals["R1"].state) == ("withdrawn", "recalled")
        open_task = office.task(answer.task_ref)
        assert open_task
        assert open_task.state == "withdrawn"
        events = [topic.partition(".")[2] for topic in office.events(ref)][-5:]
        assert events == [
            "ReferralRecalled",
            "Withdrawn",
            "NoticeSent",
            "NoticeDelivered",
            "Closed",
        ]
        [recall] = [each for each in office.letters() if "Odwołanie" in each["Subject"]]
        assert recall["To"] == "zgloszenia@zdmk.krakow.pl"
        for personal in ("Łucja", "Żółć", "lucja.zolc"):
            assert personal not in recall.as_string()
            assert personal not in recall.get_content()

    with_its_own_time(story, "2026-10-05 10:20")


def test_a_matter_of_public_interest_goes_on_without_the_sender(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await forwarded(office)
        await office.instruct("clerk-a", ref, "withdraw", WISH)
        task = await office.opened(ref, "decide_withdrawal")
        await office.decide("clerk-b", task, "continue", {"reason": "Dziura zagraża innym."})
        assert office.case(ref).stage == "with_units"
        assert office.case(ref).referrals["R1"].state == "sent"

    with_its_own_time(story, "2026-10-05 10:20")
