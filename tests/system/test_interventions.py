"""The stories of interventions, through real workflows on their own dates (§ 9 pt 1-3)."""

import asyncio
from typing import Any

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from domain.tasks.model import Task
from domain.working_days import local_day
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from tests.system.reports import r1, row_of
from workflows.interventions import InterventionWorkflow

pytestmark = pytest.mark.system

ŁUCJA = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl", phone="600 100 200")
PHOTO = b"\xff\xd8\xff\xe0" + b"Naprawiona nawierzchnia"
DŁUGA = Place(district="I", street="Długa", number="12")
TO_ZDMK = {"referrals": [{"unit": "ZDMK", "question": "Proszę naprawić ubytek.", "lead": True}]}


async def pothole(office: Office) -> str:
    return await office.report(
        ŁUCJA,
        channel="phone",
        text="Dziura w jezdni przy ul. Długiej 12, około 40 cm",
        category="roads.pothole",
        place=DŁUGA,
    )


def test_story_1_a_pothole_goes_the_straight_way(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        clocks = {name: str(term.safe_due) for name, term in office.case(ref).clocks.items()}
        assert clocks == {
            "acknowledgement": "2026-10-06",
            "triage": "2026-10-07",
            "forwarding": "2026-10-12",
            "settlement": "2026-11-05",
        }

        triage = await office.opened(ref, "triage")
        await office.wait_until(city_moment("2026-10-06 09:10"))
        await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        answer = await office.opened(ref, "answer_referral", "R1")
        assert answer.respond_by
        assert str(answer.respond_by.safe_due) == "2026-10-07"
        assert answer.complete_by
        assert str(answer.complete_by.safe_due) == "2026-10-13"

        await office.wait_until(city_moment("2026-10-09 12:00"))
        photo = office.upload(ref, PHOTO)
        done = {"text": "Ubytek naprawiono 8 października.", "files": [photo.model_dump()]}
        await office.decide("zdmk-a", answer, "done", done)
        [event] = [e for e in office.history(ref) if e.TOPIC == "intervention.ReferralAnswered"]
        assert [office.file(attached.file) for attached in event.files] == [PHOTO]
        check = await office.opened(ref, "check_feedback", "R1")
        await office.wait_until(city_moment("2026-10-12 10:00"))
        await office.decide("clerk-b", check, "accept")
        draft = await office.opened(ref, "draft_reply")
        await office.wait_until(city_moment("2026-10-13 11:00"))
        await office.decide(
            "clerk-a", draft, "submitted", {"outcome": "done", "text": "Ubytek został naprawiony."}
        )
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")
        window = office.case(ref).window
        assert window
        assert str(window.legal_end) == "2026-10-27"

        await office.wait_until(city_moment("2026-10-28 00:01"))
        assert await office.handle(ref).result() == "closed"
        closed = office.case(ref)
        assert closed.outcome == "done"
        assert closed.modified_on.replace(microsecond=0) == city_moment("2026-10-28 00:00")
        assert letters_of(office) == [
            ("lucja.zolc@example.pl", "Potwierdzenie przyjęcia zgłoszenia"),
            ("lucja.zolc@example.pl", "Przekazanie zgłoszenia"),
            ("lucja.zolc@example.pl", "Sposób załatwienia zgłoszenia"),
            # Nobody took the referral; the unit was reminded on 7, 8 and 9 October.
            *[("zgloszenia@zdmk.krakow.pl", "Przypomnienie:")] * 3,
            ("zgloszenia@zdmk.krakow.pl", "Zgłoszenie interwencyjne"),
        ]
        sent = [entry.sent_at for key, entry in closed.letters.items() if key == "N2.1.sender"]
        assert [str(local_day(at)) for at in sent] == ["2026-10-06"]

        october = r1(office, "2026-10-01", "2026-11-01", "2026-11-01 08:00")
        for clock in ("acknowledgement", "forwarding", "settlement", "feedback"):
            in_time = {"cases": 1, "own": 1, "legal": 1, "legal_share": 100}
            kept = row_of(october, "R1.6", clock, first="cases")
            assert kept.items() <= in_time.items(), clock

    with_its_own_time(story, "2026-10-05 10:20")


async def answered(office: Office, ref: str, person: str, subject: str) -> None:
    """The unit answers, and KS-06 accepts."""
    task = await office.opened(ref, "answer_referral", subject)
    await office.decide(person, task, "done", {"text": "Wykonano."})
    await office.decide("clerk-b", await office.opened(ref, "check_feedback", subject), "accept")


def test_two_units_answer_before_the_reply_is_written(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await office.report(
            ŁUCJA,
            text="Nieodśnieżony chodnik i przystanek, ul. Wielicka 100",
            category="cleanliness.winter",
            place=Place(district="XI", street="Wielicka", number="100"),
        )
        orders = [
            {"unit": "MPO", "question": "Proszę odśnieżyć.", "lead": True, "redacted": True},
            {"unit": "ZTP", "question": "Proszę odśnieżyć przystanek."},
        ]
        await office.decide(
            "clerk-a", await office.opened(ref, "triage"), "forward", {"referrals": orders}
        )
        await answered(office, ref, "mpo-a", "R1")
        assert office.case(ref).stage == "with_units"
        await answered(office, ref, "ztp-a", "R2")
        assert office.case(ref).stage == "drafting"
        to_units = {letter["To"] for letter in office.letters()}
        assert "ztp@jednostka.invalid" in to_units
        about_the_sender = [
            letter for letter in office.letters() if letter["To"] == "interwencje24h@mpo.krakow.pl"
        ]
        assert len(about_the_sender) == 1
        assert "Żółć" not in about_the_sender[0].get_content()

    on_the_real_server(story, "2026-12-30 10:00")


def test_another_body_has_the_matter_when_its_letter_is_delivered(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        orders = [
            {"unit": "ZDMK", "question": "Proszę naprawić ubytek.", "lead": True},
            {
                "unit": "EXT-TAURON",
                "question": "Proszę sprawdzić latarnię.",
                "mode": "hand_over",
                "redacted": True,
            },
        ]
        await office.decide(
            "clerk-a", await office.opened(ref, "triage"), "forward", {"referrals": orders}
        )
        await answered(office, ref, "zdmk-a", "R1")
        await office.opened(ref, "draft_reply")
        assert office.case(ref).referrals["R2"].state == "handed_over"

    on_the_real_server(story, "2026-10-05 10:20")


def test_insufficient_feedback_goes_back_to_the_unit_with_a_shorter_term(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        first = await office.opened(ref, "answer_referral", "R1")
        await office.decide("zdmk-a", first, "information", {"text": "Przyjęto."})
        check = await office.opened(ref, "check_feedback", "R1")
        missing = {"what_is_missing": "Kiedy naprawa?"}
        await office.decide("clerk-a", check, "return", missing)
        again = await office.opened(ref, "answer_referral", "R1", round_=2)
        assert again.complete_by
        assert again.complete_by.rule == "int.rework"
        assert again.respond_by is None
        await office.decide("zdmk-a", again, "done", {"text": "Naprawiono."})
        second = await office.opened(ref, "check_feedback", "R1", round_=2)
        await office.decide("clerk-a", second, "accept")
        assert office.case(ref).stage == "drafting"

    on_the_real_server(story, "2026-10-05 10:20")


def test_an_answer_that_came_by_letter_is_recorded_and_checked_by_two_persons(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        answer = await office.opened(ref, "answer_referral", "R1")
        await office.decide("clerk-a", answer, "done", {"text": "Pismo z 8 października."})
        (recorded,) = [e for e in office.history(ref) if name(e) == "ReferralAnswered"]
        assert recorded.recorded_by == "clerk-a"
        check = await office.opened(ref, "check_feedback", "R1")
        assert check.excluded == {"clerk-a": "answered R1"}
        await office.decide("clerk-b", check, "accept")

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_sensitive_reply_is_approved_by_another_person_before_it_goes_out(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        await answered(office, ref, "zdmk-a", "R1")
        reply = {"outcome": "done", "text": "Naprawiono.", "sensitive": ["claim"]}
        await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", reply)
        approval = await office.opened(ref, "approve_reply")
        assert approval.candidates == ("KS-06/head",)
        await office.decide("head-a", approval, "return", {"note": "Proszę dodać datę."})
        second = await office.opened(ref, "draft_reply", round_=2)
        await office.decide("clerk-a", second, "submitted", reply)
        assert "N5.1.sender" not in office.case(ref).letters
        approval = await office.opened(ref, "approve_reply", round_=2)
        await office.decide("head-a", approval, "approve")
        await office.until(lambda: "N5.1.sender" in office.case(ref).letters, "N5 is sent")

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_letter_that_cannot_be_delivered_asks_for_a_person(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        sender = PersonalData(name="Jan Śliwa", email="bounce@example.pl")
        ref = await office.report(sender, text="Nie świeci latarnia", category="lighting.street")
        bounce = await office.opened(ref, "handle_bounce", "N1")
        assert office.case(ref).stage == "triage"
        await office.decide("clerk-a", bounce, "file_note", {"note": "Skrzynka nie istnieje."})
        assert office.case(ref).letters["N1.1.sender"].state == "noted"

    with_its_own_time(story, "2026-09-01 12:00")


def test_an_open_promise_keeps_the_case_open_after_the_window(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        answer = await office.opened(ref, "answer_referral", "R1")
        promise = {"text": "Sadzenie drzew wiosną.", "promised_on": "2027-05-31"}
        await office.decide("zdmk-a", answer, "planned", promise)
        await office.decide("clerk-a", await office.opened(ref, "check_feedback", "R1"), "accept")
        reply = {"outcome": "planned", "text": "Drzewa zostaną posadzone do 31 maja."}
        await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", reply)
        await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")
        await office.wait_until(city_moment("2026-12-06 09:00"))
        assert office.case(ref).stage == "replied"

    with_its_own_time(story, "2026-11-18 10:00")


def test_a_silent_unit_is_reminded_and_raised_to_its_head(with_its_own_time: Play) -> None:
    """Story 2 as far as the ladder of the unit goes: 11 November is off."""

    async def story(office: Office) -> None:
        ref = await office.report(
            ŁUCJA,
            text="Nie działa sygnalizacja: al. Pokoju / ul. Nowohucka",
            category="traffic.signal",
            place=Place(district="XIV", street="al. Pokoju"),
        )
        settlement = office.case(ref).clocks["settlement"]
        assert (str(settlement.safe_due), str(settlement.legal_end)) == ("2026-11-27", "2026-11-30")
        triage = await office.opened(ref, "triage")
        await office.wait_until(city_moment("2026-11-02 09:10"))
        await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        task = await office.opened(ref, "answer_referral", "R1")
        await office.wait_until(city_moment("2026-11-24 12:00"))
        assert [
            (str(local_day(event.timestamp)), name(event), event.recipients)
            for event in ladder_of(office, task)
        ] == [
            ("2026-11-03", "Reminded", ("ZDMK/coordinator",)),
            ("2026-11-04", "Escalated", ("ZDMK/unit_head",)),
            ("2026-11-05", "Reminded", ("ZDMK/coordinator",)),
            ("2026-11-09", "Reminded", ("ZDMK/coordinator",)),
            ("2026-11-10", "Escalated", ("ZDMK/unit_head",)),
            ("2026-11-13", "Escalated", ("ZDMK/unit_head",)),
            ("2026-11-17", "Escalated", ("deputy_media",)),
            ("2026-11-24", "Escalated", ("director", "presidents_office")),
        ]

    with_its_own_time(story, "2026-10-29 19:40")


def test_a_case_started_anew_from_its_events_goes_on_without_a_second_letter(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        await office.until(lambda: len(office.case(ref).letters) == 3, "all letters are out")
        task = await office.opened(ref, "answer_referral", "R1")
        before = office.store.position()

        await office.handle(ref).terminate("the server lost it")
        await office.start(ref)
        view = await office.view(ref)
        assert [row.task_ref for row in view.open_tasks] == [task.task_ref]
        assert office.store.position() == before
        await answered(office, ref, "zdmk-a", "R1")
        assert len(office.letters()) == 3

    on_the_real_server(story, "2026-10-05 10:20")


def test_operators_find_a_case_and_read_what_it_waits_for(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        await office.opened(ref, "answer_referral", "R1")
        query = f'CaseRef = "{ref}" AND Stage = "with_units" AND Waiting = "unit" AND Round = 1'
        await found(office, query)
        details = await office.handle(ref).query("__temporal_workflow_metadata")
        page = str(details)
        assert "with_units" in page
        assert "ZDMK/coordinator" in page
        assert "R1 ZDMK: sent 2026-10-05, feedback by 2026-10-12" in page
        assert "Żółć" not in page
        await the_queries_tell_as_much(office, ref)

    on_the_real_server(story, "2026-10-05 10:20")


async def the_queries_tell_as_much(office: Office, ref: str) -> None:
    handle = office.handle(ref)
    assert await handle.query(InterventionWorkflow.stage) == "with_units"
    referrals = await handle.query(InterventionWorkflow.referrals)
    assert referrals == ["R1 ZDMK: sent 2026-10-05, feedback by 2026-10-12"]
    clocks = await handle.query(InterventionWorkflow.clocks)
    assert "settlement: safe 2026-11-05, legal 2026-11-05 (kpa.settle_motion)" in clocks
    # A reminder at nine, by the clocks of Warsaw.
    first, *_ = await handle.query(InterventionWorkflow.next_moments)
    assert first.startswith("2026-10-06 09:00 ")


async def found(office: Office, query: str) -> None:
    """Wait until visibility, which lags a little, knows exactly one such workflow."""
    async with asyncio.timeout(60):
        while (await office.client.count_workflows(query)).count != 1:
            await asyncio.sleep(0.05)


def ladder_of(office: Office, task: Task) -> list[Any]:
    """The events of the ladders of a task, oldest first."""
    return [
        event
        for event in office.store.events.get(task.id)
        if name(event) in ("Reminded", "Escalated")
    ]


def name(event: object) -> str:
    return type(event).__name__


def letters_of(office: Office) -> list[tuple[str, str]]:
    """Recipient and subject of each letter, without the reference."""
    return sorted(
        (letter["To"], str(letter["Subject"]).split(" INT-")[0]) for letter in office.letters()
    )
