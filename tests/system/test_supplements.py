"""Story 6: a report that says too little; the sender is called, and answers or does not."""

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of, safe_due

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
CALL = {"question": "Na którym przystanku jest brudno?"}


async def dirty_stop(office: Office) -> str:
    return await office.report(
        SENDER, text="Na przystanku jest brudno", category="transport.stop", place=Place()
    )


async def called(office: Office) -> str:
    """Reported on Monday; the call reaches the sender on Tuesday."""
    ref = await dirty_stop(office)
    triage = await office.opened(ref, "triage")
    await office.wait_until(city_moment("2026-04-28 09:00"))
    await office.decide("clerk-a", triage, "ask_supplement", CALL)
    await office.until(lambda: "supplement" in office.case(ref).clocks, "the call is delivered")
    return ref


def test_story_6_no_place_given_and_no_answer(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await called(office)
        term = office.case(ref).clocks["supplement"]
        assert str(term.legal_end) == "2026-05-05"
        assert (await office.view(ref)).waiting == "sender"
        [call] = [each for each in office.letters() if "Wezwanie" in each["Subject"]]
        assert call["Message-ID"] == f"<{ref}.N3.1.sender@{call['From'].partition('@')[2]}"
        text = call.get_content()
        assert CALL["question"] in text
        assert "7 dni od dnia otrzymania" in text
        assert "pozostawienie zgłoszenia bez rozpoznania" in text

        await office.wait_until(city_moment("2026-05-05 23:59"))
        assert "intervention.SupplementLapsed" not in office.events(ref)
        await office.wait_until(city_moment("2026-05-06 08:00"))
        decide = await office.opened(ref, "decide_incomplete")
        assert decide.opened_at.replace(microsecond=0) == city_moment("2026-05-06 00:00")
        assert safe_due(decide) == "2026-05-07"
        settlement = office.case(ref).clocks["settlement"]
        assert str(settlement.legal_end) == "2026-05-27"

        await office.decide("head-a", decide, "leave_without_consideration")
        assert await office.handle(ref).result() == "closed"
        assert office.case(ref).outcome == "left_without_consideration"
        assert office.events(ref)[-2:] == ["intervention.SupplementLapsed", "intervention.Closed"]

    with_its_own_time(story, "2026-04-27 10:00")


def test_story_6_no_place_given_and_an_answer_at_the_last_moment(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await called(office)
        before = office.case(ref).clocks["triage"]
        assert before.suspended_since is not None
        await office.wait_until(city_moment("2026-05-05 23:50"))
        said = {"text": "Przystanek Rondo Mogilskie, kierunek Nowa Huta"}
        answer = await office.instruct("clerk-a", ref, "supplement", said)
        assert answer.stage == "triage"
        triage = await office.opened(ref, "triage", round_=2)
        # Received Monday, called on Tuesday: of two working days one is left.
        assert safe_due(triage) == "2026-05-06"
        case = office.case(ref)
        assert case.clocks["triage"].suspended_since is None
        assert str(case.clocks["settlement"].legal_end) == "2026-05-27"

        again = office.decide("clerk-a", triage, "ask_supplement", CALL)
        assert await refusal_of(again) == "AlreadyAskedToSupplement"
        await office.wait_until(city_moment("2026-05-06 09:00"))
        assert "intervention.SupplementLapsed" not in office.events(ref)
        to_zim = {"referrals": [{"unit": "ZTP", "question": "Proszę sprzątnąć.", "lead": True}]}
        await office.decide("clerk-a", triage, "forward", to_zim)
        assert office.case(ref).stage == "with_units"

    with_its_own_time(story, "2026-04-27 10:00")
