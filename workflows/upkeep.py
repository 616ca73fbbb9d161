"""Upkeep: what the system does every night by itself, so that reports stay right (§11.17)."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from projections.upkeep import ReadSideChecked, ReadSideUpkeep
    from workflows import policies

ONE_CHECK = timedelta(hours=1)


@workflow.defn
class UpkeepWorkflow:
    """One night's round; its result is read in the list of the schedule's runs."""

    @workflow.run
    async def run(self) -> ReadSideChecked:
        checked = await workflow.execute_activity_method(
            ReadSideUpkeep.check_read_side,
            start_to_close_timeout=ONE_CHECK,
            retry_policy=policies.FOR_EVER,
            summary="compare the read tables with the log",
        )
        workflow.set_current_details(
            f"{checked.differences} differences at position {checked.position} "
            f"{', '.join(checked.places)}"
        )
        return checked
