"""Story 8: a company and a city unit at New Year, and a reply in part."""

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of, safe_due
from tests.system.reports import counts, r1

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl", phone="600 100 200")
QUESTION = "Proszę odśnieżyć chodnik i przystanek przy ul. Wielickiej 100."


def to_both(*, redacted: bool) -> dict[str, object]:
    mpo = {"unit": "MPO", "question": QUESTION, "lead": True, "redacted": redacted}
    return {"referrals": [mpo, {"unit": "ZTP", "question": QUESTION}]}


def answered_by(office: Office, as_of: str) -> int:
    """Cases that R1 counts as answered from December on, as known at a moment."""
    return int(counts(r1(office, "2026-12-01", "2027-02-01", as_of)).get("answered", 0))


def test_story_8_a_reply_in_part_at_new_year(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER,
            text="Nieodśnieżony chodnik i przystanek, ul. Wielicka 100",
            category="cleanliness.winter",
            place=Place(district="XI", street="Wielicka", number="100"),
        )
        clocks = office.case(ref).clocks
        assert {n: (str(t.safe_due), str(t.legal_end)) for n, t in clocks.items()} == {
            "acknowledgement": ("2026-12-31", "2026-12-31"),
            "triage": ("2027-01-04", "2027-01-04"),
            "forwarding": ("2027-01-05", "2027-01-07"),
            "settlement": ("2027-01-29", "2027-02-01"),
        }

        await office.wait_until(city_moment("2026-12-31 09:30"))
        triage = await office.opened(ref, "triage")
        plain = office.decide("clerk-a", triage, "forward", to_both(redacted=False))
        assert await refusal_of(plain) == "TextNotRedacted"
        await office.decide("clerk-a", triage, "forward", to_both(redacted=True))
        of_mpo = await office.opened(ref, "answer_referral", "R1")
        of_ztp = await office.opened(ref, "answer_referral", "R2")
        assert (safe_due(of_mpo), safe_due(of_ztp)) == ("2027-01-07", "2027-01-07")

        await office.wait_until(city_moment("2027-01-04 12:00"))
        await office.decide("mpo-a", of_mpo, "done", {"text": "Chodnik odśnieżono."})
        check = await office.opened(ref, "check_feedback", "R1")
        await office.wait_until(city_moment("2027-01-05 10:00"))
        await office.decide("clerk-b", check, "accept")

        await office.wait_until(city_moment("2027-01-08 09:30"))
        late = await office.opened(ref, "decide_partial", "R2")
        assert (safe_due(late), late.candidates) == ("2027-01-11", ("KS-06/head",))
        await office.decide("head-a", late, "partial")
        draft = await office.opened(ref, "draft_reply")
        await office.wait_until(city_moment("2027-01-11 10:00"))
        reply = {"outcome": "done", "text": "MPO odśnieżyło chodnik."}
        await office.decide("clerk-a", draft, "submitted", reply)
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")
        assert answered_by(office, "2027-01-12 12:00") == 0

        await office.wait_until(city_moment("2027-01-13 11:00"))
        still = office.task(of_ztp.task_ref)
        assert still
        await office.decide("ztp-a", still, "done", {"text": "Przystanek odśnieżono."})
        of_the_rest = await office.opened(ref, "check_feedback", "R2")
        await office.wait_until(city_moment("2027-01-14 10:00"))
        told = {"told": "ZTP odśnieżył przystanek 13 stycznia."}
        await office.decide("clerk-b", of_the_rest, "accept", told)
        await office.until(lambda: "N5b.1.sender" in office.case(ref).letters, "N5b is sent")

        letters = {str(letter["Message-ID"]): letter for letter in office.letters()}
        n5 = str(letters[f"<{ref}.N5.1.sender@krakow.invalid>"].get_content())
        n5b = str(letters[f"<{ref}.N5b.1.sender@krakow.invalid>"].get_content())
        assert "Odpowiedź jest częściowa" in n5
        assert "ZTP odśnieżył przystanek 13 stycznia." in n5b
        to_mpo = letters[f"<{ref}.N2.1.R1@krakow.invalid>"]
        whole = to_mpo.as_string() + str(to_mpo.get_content())
        for canary in ("Łucja", "Żółć", "lucja.zolc@example.pl", "600 100 200"):
            assert canary not in whole
        assert answered_by(office, "2027-01-20 12:00") == 1

        await office.wait_until(city_moment("2027-01-29 00:30"))
        await office.until(lambda: office.case(ref).stage == "closed", "the window is over")
        assert office.case(ref).outcome == "done"

    with_its_own_time(story, "2026-12-30 11:00")
