"""Rounds: what Temporal starts by the clock. Making them again changes nothing."""

from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)
from temporalio.common import WorkflowIDConflictPolicy

from runtime.settings import Settings

UPKEEP: Final = "upkeep"
MONTHLY_REPORTS: Final = "monthly-reports"
CITY: Final = "Europe/Warsaw"
AFTER_AN_IMPORT: Final = timedelta(minutes=2)


async def keep_schedules(client: Client, settings: Settings) -> None:
    """Make the schedules that are missing; one that an operator paused or moved stays so."""
    for name, schedule in _schedules(settings).items():
        try:
            await client.create_schedule(name, schedule)
        except ScheduleAlreadyRunningError:
            continue


async def file_reports_soon(client: Client, settings: Settings) -> None:
    """File what is due before the next morning, once what was imported is a minute old.

    A filed report is as of the minute before, and what it missed it would miss for good.
    """
    await client.start_workflow(
        "MonthlyReportsWorkflow",
        id=f"{MONTHLY_REPORTS}-after-import",
        task_queue=settings.task_queue,
        start_delay=AFTER_AN_IMPORT,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


def _schedules(settings: Settings) -> dict[str, Schedule]:
    return {
        UPKEEP: _daily("UpkeepWorkflow", UPKEEP, settings, hour=2, minute=30),
        # Which months are due is counted in working days, which no calendar of Temporal knows.
        MONTHLY_REPORTS: _daily(
            "MonthlyReportsWorkflow", MONTHLY_REPORTS, settings, hour=6, minute=15
        ),
    }


def _daily(workflow: str, name: str, settings: Settings, *, hour: int, minute: int) -> Schedule:
    """Once a day by the clocks of the city; after an outage once, however long it was."""
    return Schedule(
        action=ScheduleActionStartWorkflow(workflow, id=name, task_queue=settings.task_queue),
        spec=ScheduleSpec(
            calendars=[
                ScheduleCalendarSpec(hour=[ScheduleRange(hour)], minute=[ScheduleRange(minute)])
            ],
            time_zone_name=CITY,
        ),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=12)
        ),
    )
