"""Story 4: two people report one lamp; the later report ends, and both are told the outcome."""

from datetime import datetime

import pytest

from domain.interventions.commands import Place, Point
from domain.people import PersonalData
from projections.duplicates import duplicates_of
from projections.interventions import find
from runtime.file_store import FileStore
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from tests.paper import in_the_window, pages_of, said
from tests.projections.contents import caught_up
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of
from tests.system.reports import counts, r1

pytestmark = pytest.mark.system

FIRST = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")
SECOND = PersonalData(
    name="Jan Śliwa", email="jan.sliwa@example.pl", address="ul. Dietla 40/7, 31-039 Kraków"
)
LAMP = Place(district="I", street="Dietla", number="42", point=Point(lat=50.0520, lon=19.9430))
NEAR = Place(district="I", street="ul. Dietla", point=Point(lat=50.05215, lon=19.94315))
TO_ZDMK = {"referrals": [{"unit": "ZDMK", "question": "Proszę naprawić.", "lead": True}]}


async def lamp(office: Office, sender: PersonalData, place: Place) -> str:
    text = "Nie świeci latarnia, ul. Dietla 42"
    return await office.report(sender, text=text, category="lighting.street", place=place)


def sent(office: Office, to: str) -> list[str]:
    """What a person was written, by subject."""
    return [letter["Subject"] for letter in office.letters() if letter["To"] == to]


def lose_mailbox(office: Office, ref: str) -> None:
    """From now on letters to the sender of this case come back."""
    sender = office.case(ref).sender
    assert sender is not None
    without = SECOND.model_copy(update={"email": "bounce@example.pl"})
    office.workshop.vault.correct(sender, without)


def listed_at_triage(
    office: Office, read_side: ReadSide, ref: str, at: datetime
) -> list[tuple[str, int | None, int]]:
    """The other cases that may be about the same, how many metres and days apart."""
    data = load_reference_data()
    caught_up(office.store, read_side.live(), data.labels)
    with read_side.reader().connect() as connection:
        row = find(connection, ref)
        assert row is not None
        found = duplicates_of(connection, row, data.limits.interventions, at)
    return [(each.reference, each.metres_apart, each.days_apart) for each in found]


async def settled(office: Office, ref: str) -> None:
    """From the answer of the unit to the notice of outcome."""
    answer = await office.opened(ref, "answer_referral", "R1")
    await office.decide("zdmk-a", answer, "done", {"text": "Wymieniono źródło światła."})
    await office.decide("clerk-b", await office.opened(ref, "check_feedback", "R1"), "accept")
    reply = {"outcome": "done", "text": "Latarnia świeci."}
    await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", reply)


def test_story_4_two_people_report_one_lamp(with_its_own_time: Play, read_side: ReadSide) -> None:
    async def story(office: Office) -> None:
        first = await lamp(office, FIRST, LAMP)
        await office.decide("clerk-a", await office.opened(first, "triage"), "forward", TO_ZDMK)

        await office.wait_until(city_moment("2026-09-03 10:00"))
        second = await lamp(office, SECOND, NEAR)
        triage = await office.opened(second, "triage")
        listed = listed_at_triage(office, read_side, second, await office.now())
        assert listed == [(first, 20, 2)]
        await office.decide("clerk-b", triage, "duplicate", {"target": first})
        assert await office.handle(second).result() == "closed"
        assert office.case(second).outcome == "duplicate"
        joined = f"Dołączenie zgłoszenia {second} do sprawy {first}"
        assert joined in sent(office, "jan.sliwa@example.pl")
        back = office.instruct("clerk-a", first, "mark_duplicate", {"target": second})
        assert await refusal_of(back) == "NotADuplicate"

        lose_mailbox(office, second)
        await settled(office, first)
        outcome = f"Sposób załatwienia zgłoszenia {first}"
        await office.until(lambda: outcome in sent(office, "lucja.zolc@example.pl"), "N5 is out")

        # The mailbox of the second sender is gone meanwhile: the letter goes by post.
        bounce = await office.opened(first, "handle_bounce", "N5.S1")
        await office.decide("clerk-a", bounce, "post")
        posting = await office.opened(first, "post_letter", "N5.S1.2")
        printed = office.case(first).letters["N5.1.S1"].file
        assert printed is not None
        pages = pages_of(FileStore(office.workshop.vault).get(printed))
        assert in_the_window(pages).splitlines() == [
            "Jan Śliwa", "ul. Dietla 40/7", "31-039 Kraków",
        ]  # fmt: skip
        assert "Latarnia świeci." in said(pages)
        day = str((await office.now()).date())
        await office.decide("clerk-a", posting, "posted", {"posted_on": day})
        receipt = await office.opened(first, "post_receipt", "N5.S1.2")
        await office.wait_until(city_moment("2026-09-08 12:00"))
        await office.decide("clerk-a", receipt, "received", {"received_on": "2026-09-07"})
        letter = office.case(first).letters["N5.1.S1"]
        assert (letter.channel, letter.state, letter.attempt) == ("post", "delivered", 2)

        await office.wait_until(city_moment("2026-09-18 00:01"))
        assert await office.handle(first).result() == "closed"
        assert [office.case(ref).outcome for ref in (first, second)] == ["done", "duplicate"]
        counted = counts(r1(office, "2026-09-01", "2026-10-01", "2027-01-01 00:00"))
        assert (counted["received"], counted["closed"], counted["joined"]) == (2, 2, 1)

    with_its_own_time(story, "2026-09-01 09:00")


def test_what_was_joined_by_mistake_begins_anew(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        first, second = await lamp(office, FIRST, LAMP), await lamp(office, SECOND, NEAR)
        triage = await office.opened(second, "triage")
        await office.decide("clerk-b", triage, "duplicate", {"target": first})
        assert await office.handle(second).result() == "closed"

        await office.wait_until(city_moment("2026-09-04 10:00"))
        await office.instruct_closed(
            "clerk-b", second, "unlink_duplicate", {"reason": "To sąsiednia latarnia."}
        )
        await office.start(second, again=True)
        again = await office.opened(second, "triage", round_=2)
        assert again.complete_by
        assert str(again.complete_by.safe_due) == "2026-09-03"  # from its own receipt
        await office.decide("clerk-b", again, "forward", TO_ZDMK)
        await settled(office, second)
        case = office.case(second)
        assert str(case.clocks["settlement"].legal_end) == "2026-10-01"
        await office.wait_until(city_moment("2026-09-21 10:00"))
        assert await office.handle(second).result() == "closed"
        assert office.case(second).outcome == "done"
        assert office.case(first).joined["S1"].has_left

    with_its_own_time(story, "2026-09-01 09:00")
