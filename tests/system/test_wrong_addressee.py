"""Story 3: units return what is not their own, and the head settles whose it is."""

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of, safe_due
from tests.system.reports import r1, row_of

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZZM = {"referrals": [{"unit": "ZZM", "question": "Proszę skosić pas.", "lead": True}]}
NOT_OURS = {"reason": "To pas drogowy.", "suggested": "ZDMK"}


async def grass(office: Office) -> str:
    return await office.report(
        SENDER,
        text="Niekoszona trawa przy al. Pokoju, pas przy jezdni",
        category="greenery.mowing",
        place=Place(district="XIV", street="al. Pokoju"),
    )


def test_story_3_wrong_addressee_twice(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await grass(office)
        await office.wait_until(city_moment("2026-05-21 10:00"))
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZZM)

        await office.wait_until(city_moment("2026-05-22 12:00"))
        first = await office.opened(ref, "answer_referral", "R1")
        await office.decide("zzm-a", first, "misrouted", NOT_OURS)
        reroute = await office.opened(ref, "reroute", "R1")
        assert safe_due(reroute) == "2026-05-25"

        await office.wait_until(city_moment("2026-05-25 11:00"))
        await office.decide("clerk-b", reroute, "forward", {"unit": "ZDMK"})
        second = await office.opened(ref, "answer_referral", "R2")
        await office.wait_until(city_moment("2026-05-27 15:00"))
        await office.decide("zdmk-a", second, "misrouted", {"reason": "Zieleń prowadzi ZZM."})
        settle = await office.opened(ref, "settle_competence", "R2")
        assert safe_due(settle) == "2026-05-29"
        assert settle.candidates == ("KS-06/head",)

        await office.wait_until(city_moment("2026-05-28 10:00"))
        decided = {"unit": "ZZM", "reason": "Tak mówi mapa zarządców."}
        await office.decide("head-a", settle, "unit", decided)
        third = await office.opened(ref, "answer_referral", "R3")
        assert third.complete_by
        assert str(third.complete_by.nominal) == "2026-06-04"  # Corpus Christi
        assert safe_due(third) == "2026-06-03"
        assert str(third.complete_by.legal_end) == "2026-06-05"

        refused = await refusal_of(office.decide("zzm-a", third, "misrouted", NOT_OURS))
        assert refused == "CompetenceAlreadyDecided"

        case = office.case(ref)
        settlement = case.clocks["settlement"]
        assert (str(settlement.safe_due), str(settlement.legal_end)) == ("2026-06-19", "2026-06-22")
        returned = [e for e in office.history(ref) if type(e).__name__ == "ReferralReturned"]
        assert [(str(e.return_by.safe_due), e.late) for e in returned] == [
            ("2026-05-25", False),
            ("2026-05-27", False),
        ]
        assert {r.ref: (r.unit, r.state, r.followed_by) for r in case.referrals.values()} == {
            "R1": ("ZZM", "returned", "R2"),
            "R2": ("ZDMK", "returned", "R3"),
            "R3": ("ZZM", "sent", None),
        }
        may = r1(office, "2026-05-01", "2026-06-01", "2026-06-01 08:00")
        forwarded = may.table("R1.7").column("forwarded")
        assert (forwarded["up_to_1"], forwarded["total"]) == (1, 1)
        assert row_of(may, "R1.6", "forwarding", first="cases")["own"] == 1

    with_its_own_time(story, "2026-05-20 10:00")
