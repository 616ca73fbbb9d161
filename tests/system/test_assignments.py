"""Extra tasks through a real workflow: their ladder, the end by either side, and what is lost."""

import asyncio

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError

from domain.messages import Act
from domain.tasks.commands import ClaimTask
from runtime.reference_data import load_reference_data
from runtime.staff import Staff
from tests.commands.conftest import ks_of
from tests.system.conftest import Play, city_moment
from tests.system.office import Office, refusal_of
from tests.system.test_upkeep import follow

pytestmark = pytest.mark.system

HEAD, DEPUTY = "halina.dabrowska@um.krakow.invalid", "zast.media@um.krakow.invalid"
TEXT = "Dyżur w sobotę podczas Wianków"


def enrolled(office: Office) -> None:
    staff = Staff(office.workshop.vault)
    staff.enrol("head-a", "Halina Dąbrowska", HEAD)
    staff.enrol("deputy-media", "Zofia Łoś", DEPUTY)


def told(office: Office, subject: str) -> list[tuple[str, str]]:
    """Recipient and day of each message with this in its subject."""
    return [
        (letter["To"], f"{letter['Date'].datetime:%Y-%m-%d}")
        for letter in office.letters()
        if subject in letter["Subject"]
    ]


async def order_of(office: Office) -> str:
    reference = await office.order("KS-06", TEXT)
    await office.until(lambda: office.extra_task(reference).is_open, "the task stands")
    return reference


def test_story_11_an_extra_task_is_reminded_of_and_done(with_its_own_time: Play) -> None:
    """Ordered on Monday 5 October for 14 days; nobody does it until Friday the 23rd."""

    async def story(office: Office) -> None:
        enrolled(office)
        reference = await order_of(office)
        await office.wait_until(city_moment("2026-10-22 12:00"))
        await office.until(lambda: len(told(office, "Zadanie zlecone")) == 3, "all are told")
        assert told(office, "Zadanie zlecone") == [
            (HEAD, "2026-10-15"),
            (HEAD, "2026-10-19"),
            (DEPUTY, "2026-10-22"),
        ]
        answer = await office.decide(
            "head-a", office.extra_task(reference), "done", {"note": "Dyżur był"}
        )
        assert answer.state == "completed"
        assert await office.handle(reference).result() == "done"
        await office.wait_until(city_moment("2026-11-02 12:00"))
        assert len(told(office, "Zadanie zlecone")) == 3
        assert office.extra_task(reference).notices_owed == frozenset()

    with_its_own_time(story, "2026-10-05 10:00")


def test_story_an_order_is_given_more_time_and_then_withdrawn(with_its_own_time: Play) -> None:
    async def story(office: Office) -> None:
        enrolled(office)
        reference = await order_of(office)
        task = office.extra_task(reference)
        act = Act(command_id="head-a:claim", at=await office.now(), by="head-a")
        office.workshop.commands.desk.handle(task.task_ref, ClaimTask(), act)
        await office.wait_until(city_moment("2026-10-15 12:00"))
        await office.until(lambda: len(told(office, "Przypomnienie")) == 1, "the first step")
        more = {"task": task.task_ref, "until": "2026-10-30", "reason": "Choroba"}
        await office.instruct("director-a", reference, "move_deadline", more)
        await office.wait_until(city_moment("2026-10-28 12:00"))
        await office.until(lambda: len(told(office, "Przypomnienie")) == 2, "it begins anew")

        why = {"reason": "Wydarzenie odwołano"}
        forbidden = office.instruct("head-a", reference, "withdraw_order", why)
        assert await refusal_of(forbidden) == "OrderNotYours"
        answer = await office.instruct("director-a", reference, "withdraw_order", why)
        assert answer.stage == "withdrawn"
        assert await office.handle(reference).result() == "withdrawn"
        assert told(office, "Zlecenie cofnięte") == [(HEAD, "2026-10-28")]
        assert not office.extra_task(reference).is_open
        assert office.assignment(reference).closed
        assert not any("odwołano" in letter.get_content() for letter in office.letters())

    with_its_own_time(story, "2026-10-05 10:00")


def test_an_order_whose_run_is_lost_or_cancelled_goes_on(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        lost, cancelled, over = [await order_of(office) for _ in range(3)]
        for reference in (lost, cancelled, over):
            while await office.handle(reference).query("stage") != "ordered":
                await asyncio.sleep(0.05)
        await office.handle(lost).terminate()
        await office.handle(cancelled).cancel()
        await office.until(lambda: office.assignment(cancelled).stops == 1, "the stop is noted")
        await office.decide("head-a", office.extra_task(over), "done", {"note": "Zrobione"})
        assert await office.handle(over).result() == "done"

        settings = office.settings.model_copy(update={"clock_shift": office.shift})
        repaired = await asyncio.to_thread(ks_of(settings), "verify", "--repair")
        assert repaired.returncode == 0, repaired.stdout + repaired.stderr
        assert f"{lost}: no workflow runs; started again" in repaired.stdout
        assert f"{cancelled}: no workflow runs; started again" in repaired.stdout
        assert over not in repaired.stdout
        for reference in (lost, cancelled):
            found = await office.handle(reference).describe()
            assert found.status is WorkflowExecutionStatus.RUNNING
            task = office.extra_task(reference)
            await office.decide("head-a", task, "done", {"note": "Zrobione"})
            assert await office.handle(reference).result() == "done"

    on_the_real_server(story, "2026-10-05 10:00")


def test_what_an_operator_sees_of_it(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        reference = await order_of(office)
        handle = office.handle(reference)
        while not (moments := await handle.query("next_moments")):
            await asyncio.sleep(0.05)
        assert moments == [
            f"2026-10-15 09:00 standard -2: assignee_or_candidates: {reference}-do_extra_task-1"
        ]
        found = await handle.describe()
        attributes = {key: values[0] for key, values in found.search_attributes.items()}
        assert (attributes["CaseRef"], attributes["Stage"]) == (reference, "ordered")
        assert (attributes["Units"], attributes["Waiting"]) == ("KS-06", "us")
        settings = office.settings.model_copy(update={"clock_shift": office.shift})
        shown = await asyncio.to_thread(ks_of(settings), "explain", reference)
        assert shown.returncode == 0, shown.stderr
        assert "stands at: zlecone (ordered)" in shown.stdout
        assert f"a decision in {reference}-do_extra_task-1" in shown.stdout
        assert "asg.extra_task" in shown.stdout or "complete_by" in shown.stdout
        with pytest.raises(WorkflowUpdateFailedError):
            await office.instruct("operator-a", reference, "withdraw_order", {"reason": "Omyłka"})

    on_the_real_server(story, "2026-10-05 10:00")


def test_an_operator_moves_terms_from_the_command_line(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        first, second = [await order_of(office) for _ in range(2)]
        follow(office, load_reference_data().labels)
        settings = office.settings.model_copy(update={"clock_shift": office.shift})
        ks = ks_of(settings)
        order = (
            "batch", "move", "--process", "assignment", "--until", "2026-11-20",
            "--by", "operator-a", "--reason", "Awaria poczty",
        )  # fmt: skip
        tried = await asyncio.to_thread(ks, *order, "--dry-run")
        assert "2 may be moved, 0 refused" in tried.stdout, tried.stderr
        refused = await asyncio.to_thread(ks, *order[:-3], "clerk-a", "--reason", "Awaria")
        assert "InstructionNotYours" in refused.stderr
        wrong = await asyncio.to_thread(ks, *order, "--working-days", "2")
        assert "name either until or working_days" in wrong.stderr
        done = await asyncio.to_thread(ks, *order)
        assert "2 moved, 0 refused" in done.stdout, done.stderr
        before = office.store.position()
        again = await asyncio.to_thread(ks, *order)
        assert (again.stdout, office.store.position()) == (done.stdout, before)
        for reference in (first, second):
            term = office.extra_task(reference).complete_by
            assert term is not None
            assert str(term.safe_due) == "2026-11-20"
            moments = await office.handle(reference).query("next_moments")
            assert moments[0].startswith("2026-11-18 09:00 standard -2")

    on_the_real_server(story, "2026-10-05 10:00")
