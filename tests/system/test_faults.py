"""What goes wrong inside a process: an outage is waited out, a fault fails one call only."""

import asyncio
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from domain.aggregates import Aggregate
from domain.steps import DecisionStep
from runtime.settings import Settings
from runtime.store import Store, StoreBusy
from tests.system.conftest import Play
from tests.system.office import PATIENCE, Office
from tests.system.test_interventions import TO_ZDMK, pothole
from worker import Workshop
from workflows.starting import LOOK_AGAIN, knows

pytestmark = pytest.mark.system


class UnreliableStore(Store):
    """A store that is away whenever the test says so."""

    away = threading.Event()

    def save_all(self, aggregates: Iterable[Aggregate]) -> dict[UUID, int]:
        if self.away.is_set():
            raise StoreBusy("away")
        return super().save_all(aggregates)


def workshop_with(settings: Settings, store: Store) -> Workshop:
    """The parts of a worker around another store."""
    whole = Workshop.of(settings)
    whole.store.close()
    whole.commands.store = whole.commands.desk.store = whole.letters.store = store
    return replace(whole, store=store)


def test_a_decision_waits_for_a_store_that_is_away(
    settings: Settings, on_the_real_server: Play
) -> None:
    UnreliableStore.away.clear()
    store = UnreliableStore(settings)

    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        await office.until(lambda: office.case(ref).letters, "N1 is out")
        store.away.set()
        deciding = asyncio.create_task(office.decide("clerk-a", triage, "forward", TO_ZDMK))
        await asyncio.wait([deciding], timeout=2)
        assert not deciding.done()
        store.away.clear()
        assert (await deciding).case_stage == "with_units"
        assert office.events(ref).count("intervention.Forwarded") == 1

    on_the_real_server(story, "2026-10-05 10:20", workshop_with(settings, store))


def test_a_bug_in_a_decision_fails_that_decision_and_nothing_else(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        commands = office.workshop.commands
        commands.decide = _broken  # type: ignore[method-assign, assignment]  # the bug under test
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        assert isinstance(failed.value.cause, ApplicationError)
        assert failed.value.cause.type == "InternalFault"
        assert "Długiej" not in str(failed.value.cause)
        del commands.decide  # mended
        answer = await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        assert answer.case_stage == "with_units"

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_decision_that_the_run_never_heard_of_is_found_when_it_looks_again(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        decision = office.decision("clerk-a", triage, "forward", await office.now(), TO_ZDMK)
        step = DecisionStep(decision=decision, at=decision.act.at)
        await asyncio.to_thread(office.workshop.commands.decide_intervention_task, step)
        command_id = decision.act.command_id
        assert not await knows(office.client, "intervention", ref, command_id)
        await office.handle(ref).signal(LOOK_AGAIN)
        async with asyncio.timeout(PATIENCE):
            while (await office.view(ref)).stage != "with_units":
                await asyncio.sleep(0.01)
        answer = await office.opened(ref, "answer_referral", "R1")
        heard = office.decision("zdmk-a", answer, "done", await office.now(), {"text": "Załatano."})
        await office.submit(heard)
        assert await knows(office.client, "intervention", ref, heard.act.command_id)

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_run_cancelled_by_hand_is_noted_and_the_case_goes_on_from_its_events(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        await office.handle(ref).cancel()
        with pytest.raises(WorkflowFailureError) as ended:
            await office.handle(ref).result()
        assert isinstance(ended.value.cause, CancelledError)
        assert office.case(ref).stage == "triage"

        await office.start(ref)  # as the starter does
        why = await office.opened(ref, "justify_stop")
        await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        await office.decide("head-a", why, "restart", {"reason": "Pomyłka w konsoli."})
        await office.opened(ref, "answer_referral", "R1")
        await office.until(lambda: len(office.case(ref).letters) == 3, "all letters are out")
        assert len(office.letters()) == 3

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_case_registered_by_mistake_calls_its_referral_back_and_ends(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        ref = await pothole(office)
        triage = await office.opened(ref, "triage")
        await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        answer = await office.opened(ref, "answer_referral", "R1")
        await office.until(lambda: len(office.case(ref).letters) == 3, "all letters are out")
        await office.handle(ref).cancel()
        with pytest.raises(WorkflowFailureError):
            await office.handle(ref).result()
        await office.start(ref)
        why = await office.opened(ref, "justify_stop")
        await office.decide("head-a", why, "close_in_error", {"reason": "Zgłoszenie próbne."})
        assert await office.handle(ref).result() == "closed"
        assert office.case(ref).outcome == "registered_in_error"
        assert "N7.1.R1" in office.case(ref).letters
        withdrawn = office.task(answer.task_ref)
        assert withdrawn
        assert withdrawn.state == "withdrawn"

    on_the_real_server(story, "2026-10-05 10:20")


def _broken(*_: Any) -> None:
    raise KeyError("Długiej 12")


@workflow.defn
class CarelessWorkflow:
    """Pulls a module into the sandbox that was not passed through on purpose."""

    @workflow.run
    async def run(self) -> str:
        import colorsys

        return colorsys.__name__


def test_a_stray_import_stops_the_worker_at_its_start(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        with pytest.raises(RuntimeError, match="CarelessWorkflow"):
            Worker(office.client, task_queue="careless", workflows=[CarelessWorkflow])

    on_the_real_server(story, "2026-10-05 10:20")
