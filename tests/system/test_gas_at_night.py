"""Story 9: gas on Saturday night; whoever has to act is telephoned, and gets the matter later."""

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from domain.interventions.commands import Place
from domain.people import PersonalData
from domain.tasks.model import Task
from domain.working_days import local_day
from runtime.settings import Settings
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from worker import Workshop

pytestmark = pytest.mark.system

SENDER = PersonalData(name="Łucja Żółć", email="lucja.zolc@example.pl")


async def gas(office: Office) -> str:
    return await office.report(
        SENDER,
        text="Czuć gaz w klatce, ul. Kalwaryjska 30",
        category="energy.gas",
        place=Place(district="XIII", street="Kalwaryjska", number="30"),
    )


def subjects(office: Office) -> list[str]:
    return [letter["Subject"] for letter in office.letters()]


def steps(office: Office, task: Task) -> list[tuple[str, int, tuple[str, ...]]]:
    """What its ladder did: how, after how many minutes, and who was told."""
    told: list[Any] = list(office.store.events.get(task.id))
    return [(type(e).__name__, e.step, e.recipients) for e in told if hasattr(e, "recipients")]


@pytest.fixture
def workshop(settings: Settings, tmp_path: Path) -> Workshop:
    """The gas emergency service has an address, whose mailbox is gone."""
    shipped = (resources.files("domain.data") / "routing.yaml").read_text("utf-8")
    tables = tmp_path / "tables"
    tables.mkdir()
    row = "- id: EXT-GAZ\n"
    changed = shipped.replace(row, f"{row}  email: zgloszenia@refused.invalid\n")
    (tables / "routing.yaml").write_text(changed, "utf-8")
    return Workshop.of(settings.model_copy(update={"tables": tables}))


def test_story_9_gas_on_saturday_night(with_its_own_time: Play, workshop: Workshop) -> None:
    async def story(office: Office) -> None:
        ref = await gas(office)
        call = await office.opened(ref, "call_duty_officer")
        assert call.complete_by
        assert call.complete_by.due_at
        assert call.complete_by.due_at.replace(second=0, microsecond=0) == city_moment(
            "2026-11-14 22:25"
        )

        await office.wait_until(city_moment("2026-11-14 22:27"))
        assert steps(office, call) == [
            ("Reminded", 10, ("KS-06/duty_officer",)),
            ("Escalated", 15, ("KS-06/head",)),
        ]
        late = office.task(call.task_ref)
        assert late
        await office.decide("duty-a", late, "passed_on", {"to": "EXT-GAZ"})
        [passed_on] = [e for e in office.history(ref) if type(e).__name__ == "EmergencyPassedOn"]
        assert (passed_on.to, passed_on.minutes_late) == ("EXT-GAZ", 2)

        forwarding = office.case(ref).clocks["forwarding"]
        assert (str(forwarding.nominal), str(forwarding.safe_due), str(forwarding.legal_end)) == (
            "2026-11-21",
            "2026-11-20",
            "2026-11-23",
        )

        await office.wait_until(city_moment("2026-11-16 09:00"))
        triage = await office.opened(ref, "triage")
        matter = {"unit": "EXT-GAZ", "question": "Czuć gaz w klatce.", "redacted": True}
        await office.decide("clerk-a", triage, "hand_over", {"referrals": [matter]})
        told = f"Przekazanie zgłoszenia {ref}"
        await office.until(lambda: told in subjects(office), "N2 is out")
        bounce = await office.opened(ref, "handle_bounce", "R1")
        assert not [t for t in office.case(ref).referrals.values() if t.feedback_by]

        # The letter is delivered in another way, and confirmed the day after.
        await office.wait_until(city_moment("2026-11-17 11:00"))
        delivered = {"channel": "e_delivery", "received_on": "2026-11-17", "note": "UPO nr 17."}
        await office.decide("clerk-a", bounce, "other_channel", delivered)
        assert await office.handle(ref).result() == "closed"
        case = office.case(ref)
        assert case.outcome == "handed_over"
        assert str(local_day(case.modified_on)) == "2026-11-17"
        [handed_over] = [e for e in office.history(ref) if type(e).__name__ == "HandedOver"]
        assert str(handed_over.received_on) == "2026-11-17"
        sent = case.letters["N2.1.sender"].sent_at
        assert str(local_day(sent)) == "2026-11-16"

    with_its_own_time(story, "2026-11-14 22:10", workshop)
