"""Many cases and a small cache: runs are put away while their activities are under way."""

import asyncio

import pytest

from runtime.settings import Settings
from tests.system.conftest import Play
from tests.system.office import Office
from tests.system.test_interventions import pothole

pytestmark = [
    pytest.mark.usefixtures("postgres_in_full_size_only"),
    pytest.mark.system,
    # The SDK warns when an activity ended before its cancelling came; as an error it would end
    # the worker.
    pytest.mark.filterwarnings("default:Cannot find activity to cancel"),
]

CASES = 60


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"cached_workflows": 2})


def test_a_run_put_away_in_the_middle_of_its_work_leaves_the_store_whole(
    on_the_real_server: Play,
) -> None:
    """What a cancelled activity had begun on a connection failed everybody who got it next."""

    async def story(office: Office) -> None:
        references = await asyncio.gather(*(pothole(office) for _ in range(CASES)))
        for reference in references:
            await office.opened(reference, "triage")
        await office.until(lambda: len(office.letters()) == CASES, "every N1 is out")
        await office.until(
            lambda: all(len(office.events(each)) == 3 for each in references),
            "every case knows that its letter arrived",
        )

    on_the_real_server(story, "2026-10-05 10:20")
