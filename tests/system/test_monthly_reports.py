"""The monthly reports on the real server: due ones are filed by the schedule, and once."""

from datetime import UTC, datetime

import pytest

from projections.reports.filing import ReportsFiled
from runtime.schedules import MONTHLY_REPORTS
from runtime.settings import Settings
from tests.builders import Case
from tests.given import moment
from tests.system.conftest import Play, city_moment
from tests.system.office import Office
from worker import Workshop
from workflows.reports import MonthlyReportsWorkflow

pytestmark = pytest.mark.system

NOW = "2026-11-04 07:00"


@pytest.fixture
def workshop(settings: Settings) -> Workshop:
    """Its clock shows the date of the story."""
    shift = city_moment(NOW) - datetime.now(UTC)
    return Workshop.of(settings.model_copy(update={"clock_shift": shift}))


async def one_round(office: Office) -> ReportsFiled:
    """What the schedule starts every morning, waited for."""
    result: ReportsFiled = await office.client.execute_workflow(
        MonthlyReportsWorkflow.run, id="reports-now", task_queue=office.settings.task_queue
    )
    return result


def test_the_schedule_files_what_is_due_and_a_later_round_nothing_twice(
    on_the_real_server: Play, workshop: Workshop
) -> None:
    async def story(office: Office) -> None:
        Case(901, moment("2026-09-29 10:20"), store=office.store)
        await office.client.get_schedule_handle(MONTHLY_REPORTS).trigger()
        directory = office.settings.reports_directory / "R1"
        await office.until(lambda: list(directory.glob("2026-10/filed.json")), "October is filed")
        recorded = office.store.position()
        assert {path.name for path in directory.iterdir()} == {"2026-09", "2026-10"}

        assert await one_round(office) == ReportsFiled()
        assert office.store.position() == recorded
        (directory / "2026-09/R1.json").unlink()
        assert (await one_round(office)).restored == ("R1-2026-09",)

    on_the_real_server(story, NOW, workshop)
