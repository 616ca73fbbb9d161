"""The monthly reports on the real server: due ones are filed by the schedule, and once."""

from datetime import UTC, datetime

import pytest
from temporalio.api.enums.v1 import EventType

from domain.imports.commands import BeginImport, FinishImport
from domain.imports.model import RegisterImport
from domain.messages import Act
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
TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED


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


def test_a_round_waits_for_an_import_and_files_when_it_is_over(
    with_its_own_time: Play, workshop: Workshop
) -> None:
    def act(at: str) -> Act:
        return Act(command_id="import:rejestr", at=city_moment(at), by="import")

    async def story(office: Office) -> None:
        Case(901, moment("2026-10-05 10:20"), store=office.store)
        command = BeginImport(file="5d" * 32, name="rejestr.csv", rows=2)
        register = RegisterImport.begin(command, act("2026-11-04 06:42"))
        office.store.save_all([register])
        handle = await office.client.start_workflow(
            MonthlyReportsWorkflow.run, id="reports-now", task_queue=office.settings.task_queue
        )
        await office.wait_until(city_moment("2026-11-04 06:59"))
        looks = [e async for e in handle.fetch_history_events() if e.event_type == TIMER_STARTED]
        assert len(looks) == 2
        assert not office.settings.reports_directory.exists()

        register.finish(FinishImport(rejected=0), act("2026-11-04 06:50"))
        office.store.save_all([register])
        done = await handle.result()
        assert (done.filed, done.waiting, done.waits_for) == (("R1-2026-10",), (), ())
        assert await one_round(office) == ReportsFiled()

    with_its_own_time(story, "2026-11-04 06:40", workshop)


def test_a_round_that_waits_too_long_leaves_it_to_the_next_morning(
    with_its_own_time: Play, workshop: Workshop
) -> None:
    async def story(office: Office) -> None:
        Case(901, moment("2026-10-05 10:20"), store=office.store)
        command = BeginImport(file="5d" * 32, name="rejestr.csv", rows=2)
        begun = Act(command_id="import:rejestr", at=city_moment("2026-11-04 06:42"), by="import")
        office.store.save_all([RegisterImport.begin(command, begun)])
        done = await one_round(office)
        assert done.waiting == ("R1-2026-10",)
        assert done.waits_for == ("ImportUnderWay: rejestr.csv",)

    with_its_own_time(story, "2026-11-04 06:40", workshop)
