"""Story 13: an operator puts a case on hold, and it goes on with the days that were left."""

import asyncio

import pytest

from domain.people import PersonalData
from domain.steps import CaseStep
from domain.tasks.model import Task
from tests.system.conftest import Play, city_moment
from tests.system.office import PATIENCE, Office, refusal_of, safe_due

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZDMK = {"referrals": [{"unit": "ZDMK", "question": "Proszę naprawić ubytek.", "lead": True}]}
WHY = {"reason": "Sprawdzamy, czy zgłoszenie nie dotyczy innej ulicy."}
CLEAR = {"reason": "Adres potwierdzony przez zgłaszającą."}


async def at(office: Office, moment: str) -> None:
    await office.wait_until(city_moment(moment))


async def put_on_hold(office: Office, ref: str) -> None:
    await office.instruct("operator-a", ref, "hold", WHY)


async def go_on(office: Office, ref: str) -> None:
    await office.instruct("operator-a", ref, "resume", CLEAR)


async def knows_what_the_events_tell(office: Office, ref: str) -> None:
    """I15: with no command under way, the run knows of its case what the events tell."""
    known = await office.view(ref)
    step = CaseStep(reference=ref, at=await office.now())
    told = office.workshop.commands.take_up_intervention(step)
    # These two depend on the moment of the reading.
    moments = {"position": known.position, "upcoming": known.upcoming}
    assert known == told.model_copy(update=moments)


def escalations(office: Office, task: Task) -> list[str]:
    story = office.store.events.get(task.id)
    return [type(e).__name__ for e in story if type(e).__name__ in ("Reminded", "Escalated")]


def test_operators_find_cases_on_hold(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(text="Dziura w jezdni", category="roads.pothole")
        await office.opened(ref, "triage")
        await put_on_hold(office, ref)
        assert await found(office, "OnHold = true", 1) == [f"intervention-{ref}"]
        await go_on(office, ref)
        assert await found(office, "OnHold = true", 0) == []

    on_the_real_server(story, "2026-10-06 10:20")


async def found(office: Office, query: str, number: int) -> list[str]:
    """What the server lists, once it lists so many; its index lags behind."""
    async with asyncio.timeout(PATIENCE):
        while True:
            ids = [each.id async for each in office.client.list_workflows(query)]
            if len(ids) == number:
                return ids
            await asyncio.sleep(0.05)


def test_story_13_a_case_stands_still_and_goes_on(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER, text="Dziura w jezdni, ul. Długa 12", category="roads.pothole"
        )
        await at(office, "2026-10-07 10:00")
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        answer = await office.opened(ref, "answer_referral", "R1")
        assert safe_due(answer) == "2026-10-14"

        await at(office, "2026-10-08 12:00")
        assert await refusal_of(office.instruct("head-a", ref, "hold", WHY)) == (
            "InstructionNotYours"
        )
        await put_on_hold(office, ref)
        await knows_what_the_events_tell(office, ref)
        before = escalations(office, answer)
        settlement = office.case(ref).clocks["settlement"]
        assert (str(settlement.safe_due), str(settlement.legal_end)) == ("2026-11-06", "2026-11-06")

        await at(office, "2026-10-19 12:00")
        done = {"text": "Ubytek naprawiono."}
        assert await refusal_of(office.decide("zdmk-a", answer, "done", done)) == "CaseOnHold"
        assert escalations(office, answer) == before, "nobody is chased for what stands still"

        await at(office, "2026-10-21 10:00")
        await go_on(office, ref)
        await knows_what_the_events_tell(office, ref)
        answer = await office.opened(ref, "answer_referral", "R1")
        assert safe_due(answer) == "2026-10-27", "four working days were left on 8 October"
        assert office.case(ref).clocks["settlement"] == settlement

        await at(office, "2026-10-27 10:00")
        assert len(escalations(office, answer)) > len(before), "the ladder followed the term"
        await office.decide("zdmk-a", answer, "done", done)
        check = await office.opened(ref, "check_feedback", "R1")
        await office.decide("clerk-b", check, "accept")
        reply = {"outcome": "done", "text": "Ubytek został naprawiony."}
        await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", reply)
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")

        await at(office, "2026-11-05 10:00")
        await put_on_hold(office, ref)
        await at(office, "2026-12-01 10:00")
        assert office.case(ref).stage == "replied", "on hold nothing closes"
        await go_on(office, ref)
        window = office.case(ref).window
        assert window
        assert window.ends_at
        await office.wait_until(window.ends_at)
        assert await office.handle(ref).result() == "closed"
        assert [type(e).__name__ for e in office.history(ref)].count("Resumed") == 2

    with_its_own_time(story, "2026-10-06 10:20")
