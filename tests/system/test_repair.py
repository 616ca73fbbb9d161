"""`ks verify --repair` on the real server: what was lost runs again as its events tell."""

import asyncio
import subprocess
from collections import Counter

import pytest
from sqlalchemy import update
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from domain.interventions.commands import CaseView
from domain.steps import CaseStep, DecisionStep
from domain.working_days import WARSAW
from projections.tables import interventions
from runtime.reference_data import load_reference_data
from tests.commands.conftest import ks_of
from tests.system.conftest import Play
from tests.system.office import Office
from tests.system.test_interventions import TO_ZDMK, answered, pothole
from tests.system.test_upkeep import follow
from workflows.interventions import InterventionWorkflow
from workflows.starting import look_again

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("postgres_in_full_size_only")]

REPLY = {"outcome": "done", "text": "Naprawiono ubytek."}


async def verify(office: Office, *options: str) -> subprocess.CompletedProcess[str]:
    settings = office.settings.model_copy(update={"clock_shift": office.shift})
    return await asyncio.to_thread(ks_of(settings), "verify", *options)


async def at_triage(office: Office) -> str:
    ref = await pothole(office)
    await office.opened(ref, "triage")
    return ref


async def at_the_unit(office: Office) -> str:
    ref = await at_triage(office)
    await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
    await office.opened(ref, "answer_referral", "R1")
    return ref


async def at_drafting(office: Office) -> str:
    ref = await at_the_unit(office)
    await answered(office, ref, "zdmk-a", "R1")
    await office.opened(ref, "draft_reply")
    return ref


async def replied(office: Office) -> str:
    ref = await at_drafting(office)
    await office.decide("clerk-a", await office.opened(ref, "draft_reply"), "submitted", REPLY)
    await office.until(lambda: office.case(ref).window is not None, "N5 is delivered")
    return ref


async def settled(office: Office, ref: str) -> CaseView:
    """What the workflow remembers, once every letter is out."""
    await office.until(
        lambda: all(letter.settled for letter in office.case(ref).letters.values()), "letters"
    )
    view = await office.view(ref)
    while view.letters_due:
        view = await office.view(ref)
    return view


def where(view: CaseView) -> tuple[str, list[str]]:
    return view.stage, [row.task_ref for row in view.open_tasks]


def message_ids(office: Office) -> Counter[str]:
    return Counter(str(letter["Message-ID"]) for letter in office.letters())


def test_cases_whose_workflows_were_terminated_run_again_where_they_stood(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        stages = at_triage, at_the_unit, at_drafting, replied
        refs = [await each(office) for each in stages]
        untouched = await at_the_unit(office)
        before = {ref: where(await settled(office, ref)) for ref in [*refs, untouched]}
        letters = message_ids(office)
        for ref in refs:
            await office.handle(ref).terminate()

        repaired = await verify(office, "--repair")
        assert repaired.returncode == 0, repaired.stdout + repaired.stderr
        said = repaired.stdout.splitlines()
        assert said[:-2] == [f"{ref}: no workflow runs; started again" for ref in refs]
        assert said[-2].endswith("events behind: brought up")  # here nobody follows
        assert said[-1].startswith("every open case runs")
        after = {ref: where(await settled(office, ref)) for ref in [*refs, untouched]}
        assert after == before
        assert message_ids(office) == letters
        assert set(letters.values()) == {1}

        again = await verify(office, "--repair")
        assert (again.returncode, again.stdout.count("\n")) == (0, 1)
        # And people go on deciding.
        triage = await office.opened(refs[0], "triage")
        answer = await office.decide("clerk-a", triage, "forward", TO_ZDMK)
        assert answer.case_stage == "with_units"

    on_the_real_server(story, "2026-10-05 10:20")


def test_a_run_hears_of_what_was_saved_without_it(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        commands = office.workshop.commands
        decided = await at_triage(office)
        await settled(office, decided)
        triage = await office.opened(decided, "triage")
        decision = office.decision("clerk-a", triage, "forward", await office.now(), TO_ZDMK)
        step = DecisionStep(decision=decision, at=decision.act.at)
        await asyncio.to_thread(commands.decide_intervention_task, step)

        closed = await replied(office)
        await settled(office, closed)
        window = office.case(closed).window
        assert window is not None
        assert window.ends_at is not None
        over = CaseStep(reference=closed, at=window.ends_at)
        await asyncio.to_thread(commands.close_intervention, over)

        repaired = await verify(office, "--repair")
        assert repaired.returncode == 0, repaired.stdout + repaired.stderr
        told = [line for line in repaired.stdout.splitlines() if "told to look again" in line]
        assert [line.partition(":")[0] for line in told] == [decided, closed]
        assert where(await office.view(decided))[0] == "with_units"
        # The task that was opened without it has its timers now.
        asked = (await office.opened(decided, "answer_referral", "R1")).rungs
        first = min(rung.fires_at for rung in asked)
        moments = await office.handle(decided).query(InterventionWorkflow.next_moments)
        assert moments[0].startswith(f"{first.astimezone(WARSAW):%Y-%m-%d %H:%M} ")
        run = await office.handle(closed).describe()
        assert run.status is WorkflowExecutionStatus.COMPLETED

    on_the_real_server(story, "2026-10-05 10:20")


def test_read_tables_that_are_behind_or_differ_are_mended(on_the_real_server: Play) -> None:
    labels = load_reference_data().labels

    async def story(office: Office) -> None:
        ref = await at_triage(office)
        await settled(office, ref)
        await asyncio.to_thread(follow, office, labels)
        await office.decide("clerk-a", await office.opened(ref, "triage"), "forward", TO_ZDMK)
        await office.opened(ref, "answer_referral", "R1")
        behind = await verify(office, "--repair")
        assert behind.returncode == 0, behind.stderr
        assert "events behind: brought up" in behind.stdout
        with office.workshop.read_side.writer().begin() as connection:
            connection.execute(update(interventions).values(stage="closed"))
        assert (await verify(office)).returncode == 1
        repaired = await verify(office, "--repair")
        assert repaired.returncode == 0, repaired.stderr
        assert f"interventions {ref} stage: 'closed', not 'with_units'" in repaired.stdout
        assert "1 differences: the read tables were rebuilt" in repaired.stdout
        assert (await verify(office)).returncode == 0

    on_the_real_server(story, "2026-10-05 10:20")


def test_without_a_worker_it_says_so(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        nobody = {"task_queue": "nobody-works-here", "clock_shift": office.shift}
        settings = office.settings.model_copy(update=nobody)
        refused = await asyncio.to_thread(ks_of(settings), "verify", "--repair")
        assert refused.returncode == 1
        assert refused.stderr.startswith("ks: No worker asks for work in queue nobody-works-here")

    on_the_real_server(story, "2026-10-05 10:20")


def test_who_is_asked_to_look_again_is_not_started_again(on_the_real_server: Play) -> None:
    async def story(office: Office) -> None:
        ref = await at_triage(office)
        await settled(office, ref)
        run = office.handle(ref)
        await look_again(office.client, "intervention", ref)
        await run.terminate()
        await look_again(office.client, "intervention", ref)
        found = await run.describe()
        assert found.status is WorkflowExecutionStatus.TERMINATED
        types = [event.event_type async for event in run.fetch_history_events()]
        assert types.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) == 1

    on_the_real_server(story, "2026-10-05 10:20")
