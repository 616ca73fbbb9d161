"""Steps of ladders by mail, through a real workflow: each recipient is told once."""

import pytest

from runtime.staff import Staff
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from tests.system.test_tasks import feedback_to_check

pytestmark = pytest.mark.system

HEAD, DEPUTY = "halina.dabrowska@um.krakow.invalid", "zast.media@um.krakow.invalid"


def reminders(office: Office) -> list[tuple[str, str]]:
    """Recipient and the day of each reminder."""
    told = (
        letter for letter in office.letters() if "Wiadomość wysłano automat" in letter.get_content()
    )
    return [
        (letter["To"], f"{letter['Date'].datetime:%Y-%m-%d}")
        for letter in told
        if "Sprawdzenie" in letter["Subject"]
    ]


def test_each_step_of_a_ladder_is_told_by_mail_once(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        staff = Staff(office.workshop.vault)
        staff.enrol("head-a", "Halina Dąbrowska", HEAD)
        staff.enrol("deputy-media", "Zofia Łoś", DEPUTY)
        check = await feedback_to_check(office)
        await office.wait_until(city_moment("2026-11-10 12:00"))
        await office.until(lambda: len(reminders(office)) == 1, "the head is told")

        await office.handle(check.case_ref).terminate("the server lost it")
        await office.start(check.case_ref)
        await office.wait_until(city_moment("2026-11-13 12:00"))
        await office.until(lambda: len(reminders(office)) == 2, "the deputy is told")
        assert reminders(office) == [(HEAD, "2026-11-10"), (DEPUTY, "2026-11-13")]
        task = office.task(check.task_ref)
        assert task is not None
        assert task.notices_owed == frozenset()
        await office.decide("clerk-a", check, "accept")
        await office.wait_until(city_moment("2026-11-18 12:00"))
        assert len(reminders(office)) == 2

    with_its_own_time(story, "2026-11-05 10:00")
