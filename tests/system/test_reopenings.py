"""Story 7: reopened twice, and not a third time."""

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from domain.tasks.model import Task
from projections.reports.fold import fold
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of, safe_due

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZZM = {"referrals": [{"unit": "ZZM", "question": "Proszę naprawić ławkę.", "lead": True}]}
REPLY = {"outcome": "done", "text": "Ławka została naprawiona."}
AGAIN = {"text": "Ławki nadal nie ma, przesyłam zdjęcie."}


async def answer_in_round(office: Office, ref: str, round_: int, day: str) -> None:
    """From triage to the notice of outcome, which is delivered on that day."""
    triage = await office.opened(ref, "triage", round_=round_)
    await office.decide("clerk-a", triage, "forward", TO_ZZM)
    referral = f"R{round_}"
    answer = await office.opened(ref, "answer_referral", referral)
    await office.decide("zzm-a", answer, "done", {"text": "Naprawiono."})
    check = await office.opened(ref, "check_feedback", referral)
    await office.decide("clerk-b", check, "accept")
    draft = await office.opened(ref, "draft_reply", round_=round_)
    await office.wait_until(city_moment(f"{day} 11:00"))
    await office.decide("clerk-a", draft, "submitted", REPLY)
    await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")


async def reopen(office: Office, ref: str, number: int, moment: str) -> Task:
    await office.wait_until(city_moment(moment))
    await office.instruct("clerk-b", ref, "reopen", AGAIN)
    review = await office.opened(ref, "review_reopening", round_=number)
    await office.decide("head-a", review, "reopen")
    return review


def test_story_7_reopened_twice(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER,
            text="Uszkodzona ławka, Planty",
            category="greenery.mowing",
            place=Place(district="I", street="Planty"),
        )
        received_at = office.case(ref).received_at
        await answer_in_round(office, ref, 1, "2026-03-20")
        window = office.case(ref).window
        assert window
        assert str(window.legal_end) == "2026-04-03"

        review = await reopen(office, ref, 1, "2026-03-30 10:00")
        assert safe_due(review) == "2026-04-01"
        case = office.case(ref)
        assert (case.round, case.stage) == (2, "triage")
        assert str(case.clocks["settlement"].legal_end) == "2026-04-30"

        await answer_in_round(office, ref, 2, "2026-04-17")
        window = office.case(ref).window
        assert window
        assert (str(window.nominal), str(window.legal_end)) == ("2026-05-01", "2026-05-04")
        await reopen(office, ref, 2, "2026-05-04 20:00")
        assert office.case(ref).round == 3

        await answer_in_round(office, ref, 3, "2026-05-12")
        third = office.instruct("clerk-b", ref, "reopen", AGAIN)
        assert await refusal_of(third) == "ReopeningsExhausted"
        await office.wait_until(city_moment("2026-05-27 00:01"))
        assert await office.handle(ref).result() == "closed"

        case = office.case(ref)
        assert (case.reference, case.received_at, case.outcome) == (ref, received_at, "done")
        sent = sorted(key for key in case.letters if key.startswith("N5"))
        assert sent == ["N5.1.sender", "N5.2.sender", "N5.3.sender"]
        [known] = fold(office.store, office.store.position()).cases
        assert (len(known.reopenings), known.received_at) == (2, received_at)

    with_its_own_time(story, "2026-03-02 10:00")


def test_a_request_without_new_facts_is_declined_and_the_case_closes(
    with_its_own_time: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(SENDER, text="Uszkodzona ławka", category="greenery.mowing")
        await answer_in_round(office, ref, 1, "2026-03-20")
        await office.wait_until(city_moment("2026-03-30 10:00"))
        await office.instruct("clerk-b", ref, "reopen", {"text": "Proszę jeszcze raz."})
        review = await office.opened(ref, "review_reopening")
        why = {"reason": "Ławka stoi od 18 marca."}
        await office.decide("head-a", review, "no_new_facts", why)
        await office.wait_until(city_moment("2026-04-04 00:01"))
        assert await office.handle(ref).result() == "closed"
        [told] = [each for each in office.letters() if "ponowne rozpatrzenie" in each["Subject"]]
        assert why["reason"] in told.get_content()
        assert "art. 239" in told.get_content()

    with_its_own_time(story, "2026-03-02 10:00")
