"""Story 12: a councillor passes a resident's motion on, and is told where it stands in time."""

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZZM = {"referrals": [{"unit": "ZZM", "question": "Proszę o oświetlenie.", "lead": True}]}


async def motion(office: Office) -> str:
    return await office.report(
        SENDER,
        channel="letter",
        text="Brakuje oświetlenia w parku Jordana",
        category="lighting.park",
        place=Place(district="V"),
        brought_by="councillor",
        brought_by_email="radna@example.pl",
    )


def sent(office: Office, to: str) -> list[str]:
    return [letter["Subject"] for letter in office.letters() if letter["To"] == to]


def test_story_12_passed_on_by_a_councillor(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await motion(office)
        clocks = office.case(ref).clocks
        assert str(clocks["state_notice"].safe_due) == "2026-06-22"
        assert str(clocks["settlement"].safe_due) == "2026-07-08"
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZZM)

        await office.wait_until(city_moment("2026-06-22 10:00"))
        state = await office.opened(ref, "state_notice")
        assert state.complete_by
        assert str(state.complete_by.safe_due) == "2026-06-22"
        text = "Czekamy na odpowiedź Zarządu Zieleni Miejskiej."
        await office.decide("clerk-a", state, "sent", {"text": text})
        about = f"Stan sprawy {ref}"
        await office.until(lambda: about in sent(office, "radna@example.pl"), "N6 is out")
        [letter] = [each for each in office.letters() if each["Subject"] == about]
        assert text in letter.get_content()
        assert "Żółć" not in letter.get_content()
        assert "radna@example.pl" not in str(office.history(ref))

    with_its_own_time(story, "2026-06-08 10:00")


def test_story_12_an_interpellation_is_of_another_kind(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await motion(office)
        kind = {"kind": "formal_inquiry.councillor", "reason": "To interpelacja radnej."}
        await office.decide("clerk-a", await office.opened(ref, "triage"), "requalify", kind)
        confirm = await office.opened(ref, "confirm_requalification")
        await office.decide("head-a", confirm, "confirm")
        assert await office.handle(ref).result() == "closed"
        [event] = [e for e in office.history(ref) if type(e).__name__ == "Requalified"]
        term = event.terms["councillor"]
        assert (event.owner, str(term.safe_due)) == ("KS-01", "2026-06-22")

    with_its_own_time(story, "2026-06-08 10:00")
