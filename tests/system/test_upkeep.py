"""The nightly round on the real server: made once by the bootstrap, and it tells the truth."""

import asyncio

import pytest
from sqlalchemy import update

from domain.labels import Labels
from projections.catalogue import projections
from projections.follower import Follower
from projections.tables import interventions
from projections.upkeep import ReadSideChecked
from runtime.bootstrap import bootstrap_temporal
from runtime.reference_data import load_reference_data
from runtime.schedules import UPKEEP
from tests.system.conftest import Play
from tests.system.office import Office
from tests.system.test_interventions import pothole
from workflows.upkeep import UpkeepWorkflow

pytestmark = pytest.mark.system


def follow(office: Office, labels: Labels) -> None:
    read_side = office.workshop.read_side
    Follower(office.store, read_side.live, projections(labels)).catch_up()


async def checked(office: Office) -> ReadSideChecked:
    result: ReadSideChecked = await office.client.execute_workflow(
        UpkeepWorkflow.run, id="upkeep-now", task_queue=office.settings.task_queue
    )
    return result


def test_the_schedule_is_made_once_and_stays_as_operators_left_it(
    on_the_real_server: Play,
) -> None:
    async def story(office: Office) -> None:
        handle = office.client.get_schedule_handle(UPKEEP)
        await handle.pause(note="przerwa")
        await bootstrap_temporal(office.settings)
        assert (await handle.describe()).schedule.state.paused

    on_the_real_server(story, "2026-10-05 10:20")


def test_the_round_finds_a_row_that_the_log_does_not_know(on_the_real_server: Play) -> None:
    labels = load_reference_data().labels

    async def story(office: Office) -> None:
        ref = await pothole(office)
        await office.until(lambda: office.case(ref).letters, "N1 is out")
        await asyncio.to_thread(follow, office, labels)
        assert (await checked(office)).differences == 0

        with office.workshop.read_side.writer().begin() as connection:
            connection.execute(update(interventions).values(stage="closed"))
        found = await checked(office)
        assert found.places == ("interventions.stage",)

    on_the_real_server(story, "2026-10-05 10:20")
