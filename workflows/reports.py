"""Reports by the calendar: what is filed every month without anybody asking (§ 9 pt 4)."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from projections.reports.filing import ReportFiling, ReportsFiled
    from workflows import policies

ONE_ROUND = timedelta(hours=2)


@workflow.defn
class MonthlyReportsWorkflow:
    """One morning's round; most mornings nothing is due."""

    @workflow.run
    async def run(self) -> ReportsFiled:
        done = await workflow.execute_activity_method(
            ReportFiling.file_due_reports,
            start_to_close_timeout=ONE_ROUND,
            retry_policy=policies.FOR_EVER,
            summary="file the reports that are due",
        )
        workflow.set_current_details(
            f"filed: {_named(done.filed)}; restored: {_named(done.restored)}; "
            f"lost: {_named(done.lost)}"
        )
        return done


def _named(filings: tuple[str, ...]) -> str:
    return ", ".join(filings) or "none"
