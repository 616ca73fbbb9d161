"""Story 5: what was reported is a complaint; the second person is somebody else than the first."""

import pytest

from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, safe_due
from tests.system.reports import counts, r1, row_of
from tests.system.test_candidates import absence
from tests.system.test_reopenings import answer_in_round
from tests.system.test_tasks import refused

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl", phone="600 100 200")
COMPLAINT = {"kind": "complaint", "reason": "Skarga na przewlekłość i na zachowanie urzędnika."}
TEXT = "Od trzech miesięcy urząd nie odpowiada na moje pismo, a urzędnik mnie zbył"


def test_a_request_to_reopen_turns_out_to_be_a_complaint(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(SENDER, text="Uszkodzona ławka", category="greenery.mowing")
        await answer_in_round(office, ref, 1, "2026-03-20")
        await office.instruct("clerk-b", ref, "reopen", {"text": "Urzędnik mnie zbył."})
        why = {"reason": "Skarga na zachowanie urzędnika."}
        review = await office.opened(ref, "review_reopening")
        await office.decide("head-a", review, "complaint", why)
        confirm = await office.opened(ref, "confirm_requalification")
        assert confirm.candidates == ("deputy_media",)
        await office.decide("deputy-media", confirm, "reject", {"reason": "To zwykła prośba."})

        again = await office.opened(ref, "review_reopening", round_=2)
        await office.decide("head-a", again, "complaint", why)
        confirm = await office.opened(ref, "confirm_requalification", round_=2)
        await office.decide("deputy-media", confirm, "confirm")
        assert await office.handle(ref).result() == "closed"
        assert office.case(ref).outcome == "transferred"
        [notice] = [x for x in office.letters() if x["Subject"] == f"Przekazanie sprawy {ref}"]
        assert notice["To"] == SENDER.email
        [to_register] = [x for x in office.letters() if x["Subject"].endswith(": skarga")]
        assert "Urzędnik mnie zbył." in to_register.get_content()

    with_its_own_time(story, "2026-03-02 10:00")


def test_story_5_it_is_a_complaint(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        # The clerk is also acting head that week.
        await absence(office, "head-a", "2026-12-21", "2026-12-27", "clerk-a")
        ref = await office.report(SENDER, channel="email", text=TEXT, category="services.complaint")
        triage = await office.opened(ref, "triage")
        assert safe_due(triage) == "2026-12-23"

        await office.wait_until(city_moment("2026-12-22 11:00"))
        await office.decide("clerk-a", triage, "requalify", COMPLAINT)
        confirm = await office.opened(ref, "confirm_requalification")
        assert safe_due(confirm) == "2026-12-23"
        own = office.decision("clerk-a", confirm, "confirm", await office.now())
        found = {each["refusal"]: each["facts"] for each in await refused(office, own)}
        assert found["ExcludedFromTask"] == {
            "person": "clerk-a",
            "reason": "proposed the requalification",
        }
        assert confirm.candidates == ("deputy_media",)

        await office.wait_until(city_moment("2026-12-23 10:00"))
        await office.decide("deputy-media", confirm, "confirm")
        assert await office.handle(ref).result() == "closed"
        case = office.case(ref)
        assert case.outcome == "transferred"
        assert case.received_at.replace(second=0, microsecond=0) == city_moment("2026-12-21 09:00")
        assert str(case.modified_on.date()) == "2026-12-23"

        [event] = [e for e in office.history(ref) if type(e).__name__ == "Requalified"]
        assert event.received_at == case.received_at
        limit = event.terms["kpa.forward_complaint"]
        assert (str(limit.safe_due), str(limit.legal_end)) == ("2026-12-28", "2026-12-28")

        by_recipient = {letter["To"]: letter for letter in office.letters()}
        assert set(by_recipient) == {"lucja.zolc@example.pl", "umk-wk@jednostka.invalid"}
        to_register = by_recipient["umk-wk@jednostka.invalid"]
        assert to_register["Subject"] == f"Przekazanie sprawy {ref}: skarga"
        body = to_register.get_content()
        assert TEXT in body
        assert "Data pierwszego wpływu do Urzędu: 21.12.2026" in body
        assert "Nadawca: Łucja Żółć, lucja.zolc@example.pl, 600 100 200" in body
        [notice] = [x for x in office.letters() if x["Subject"] == f"Przekazanie sprawy {ref}"]
        assert "Wydział Kontroli Wewnętrznej" in notice.get_content()

        january = r1(office, "2026-12-01", "2027-02-01", "2027-02-01 08:00")
        assert counts(january) == {"received": 1, "registered": 1, "transferred": 1, "closed": 1}
        assert not row_of(january, "R1.6", "settlement", first="cases").get("late")

    with_its_own_time(story, "2026-12-21 09:00")
