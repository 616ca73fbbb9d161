"""Story 2: a unit is silent in November, and the sender is told of the delay in time."""

from datetime import date
from typing import Any

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from domain.working_days import WARSAW
from projections.reports.document import Report
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, safe_due
from tests.system.reports import r1, row_of

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
TO_ZDMK = {"referrals": [{"unit": "ZDMK", "question": "Proszę naprawić.", "lead": True}]}
REASON = "Zarząd Dróg czeka na części do sterownika."


def steps(office: Office, ref: str) -> list[tuple[str, str]]:
    """When each step of the ladders of the answer fired, and which it was."""
    task = office.task(f"{ref}-answer_referral-R1-1")
    assert task
    told: list[Any] = list(office.store.events.get(task.id))
    return [
        (f"{event.timestamp.astimezone(WARSAW):%m-%d %H:%M}", f"{event.ladder} {event.step:+d}")
        for event in told
        if type(event).__name__ in ("Reminded", "Escalated")
    ]


def report_of(office: Office, month: int, as_of: str) -> Report:
    first, to = date(2026, month, 1), date(2026 + month // 12, month % 12 + 1, 1)
    return r1(office, str(first), str(to), as_of)


def settled(report: Report) -> dict[str, Any]:
    return row_of(report, "R1.6", "settlement", first="cases")


def test_story_2_a_silent_unit_in_november(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            SENDER,
            text="Nie działa sygnalizacja: al. Pokoju / ul. Nowohucka",
            category="traffic.signal",
            place=Place(district="XIV", street="al. Pokoju"),
        )
        clocks = office.case(ref).clocks
        assert {name: str(term.safe_due) for name, term in clocks.items()} == {
            "acknowledgement": "2026-10-30",
            "triage": "2026-11-02",
            "forwarding": "2026-11-05",
            "settlement": "2026-11-27",
        }
        assert str(clocks["settlement"].legal_end) == "2026-11-30"

        await office.wait_until(city_moment("2026-11-02 09:40"))
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        answer = await office.opened(ref, "answer_referral", "R1")
        assert safe_due(answer) == "2026-11-09"

        await office.wait_until(city_moment("2026-11-17 09:10"))
        silence = await office.opened(ref, "decide_silence", "R1")
        assert (safe_due(silence), silence.candidates) == ("2026-11-19", ("deputy_media",))
        assert steps(office, ref) == [
            ("11-03 09:00", "respond +0"),
            ("11-04 09:00", "respond +1"),
            ("11-05 09:00", "unit -2"),
            ("11-09 09:00", "unit +0"),
            ("11-10 09:00", "unit +1"),
            ("11-13 09:00", "unit +3"),
            ("11-17 09:00", "unit +5"),
        ]

        await office.wait_until(city_moment("2026-11-19 11:00"))
        await office.decide("deputy-media", silence, "wait_until", {"until": "2026-11-30"})
        notice = await office.opened(ref, "delay_notice", "D1")
        assert safe_due(notice) == "2026-11-27"
        moved = office.task(answer.task_ref)
        assert moved
        assert safe_due(moved) == "2026-11-30"

        await office.wait_until(city_moment("2026-11-20 12:00"))
        told = {"new_date": "2026-12-11", "reason": REASON}
        await office.decide("clerk-b", notice, "sent", told)
        await office.until(lambda: "N4.1.sender" in office.case(ref).letters, "N4 is sent")
        [letter] = [e for e in office.letters() if "zwłoce" in str(e["Subject"])]
        content = str(letter.get_content())
        for part in (REASON, "30.11.2026", "11.12.2026", "art. 245", "art. 246", "kierownik"):
            assert part in content

        # The step of the 24th belonged to the old term; the ladder begins anew on the 26th.
        await office.wait_until(city_moment("2026-11-27 10:00"))
        assert steps(office, ref)[7:] == [("11-26 09:00", "unit -2")]
        answered = office.task(answer.task_ref)
        assert answered
        done = {"text": "Sygnalizację uruchomiono."}
        await office.decide("zdmk-a", answered, "done", done)

        await office.wait_until(city_moment("2026-11-30 10:00"))
        check = await office.opened(ref, "check_feedback", "R1")
        await office.decide("clerk-a", check, "accept")
        draft = await office.opened(ref, "draft_reply")
        await office.wait_until(city_moment("2026-12-04 10:00"))
        reply = {"outcome": "done", "text": "Sygnalizacja działa od 26 listopada."}
        await office.decide("clerk-a", draft, "submitted", reply)
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")

        october = report_of(office, 10, "2026-12-04 12:00")
        assert settled(october) == {"cases": 1, "running": 1}
        november = report_of(office, 11, "2026-12-01 00:00")
        assert november.table("R1.1").column("period")["overdue"] == 1
        assert settled(november) == {"cases": 1, "running": 1}
        december = report_of(office, 12, "2026-12-01 12:00")
        assert settled(december) == {"cases": 1, "announced_running": 1, "longest": 1}
        december = report_of(office, 12, "2026-12-20 12:00")
        assert december.table("R1.1").column("period")["answered"] == 1
        assert settled(december) == {"cases": 1, "announced": 1, "longest": 4}
        causes = december.table("R1.8").column("cases")
        assert (causes["unit"], causes["us"]) == (1, 0)

    with_its_own_time(story, "2026-10-29 19:40")
