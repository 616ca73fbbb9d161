"""Reports by the calendar: what is filed every month without anybody asking (§ 9 pt 4)."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from projections.reports.filing import ReportFiling, ReportsFiled
    from workflows import policies

ONE_ROUND = timedelta(hours=2)
LOOK_AGAIN = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=20)
"""Then this round ends, and the one of the next morning waits in its place."""


@workflow.defn
class MonthlyReportsWorkflow:
    """One morning's round; most mornings nothing is due."""

    @workflow.run
    async def run(self) -> ReportsFiled:
        give_up = workflow.now() + LONGEST_WAIT
        done = await self._file()
        while done.waiting and workflow.now() < give_up:
            await workflow.sleep(LOOK_AGAIN, summary=f"until it is over: {_named(done.waits_for)}")
            done = _together(done, await self._file())
        return done

    async def _file(self) -> ReportsFiled:
        done = await workflow.execute_activity_method(
            ReportFiling.file_due_reports,
            start_to_close_timeout=ONE_ROUND,
            retry_policy=policies.FOR_EVER,
            summary="file the reports that are due",
        )
        workflow.set_current_details(
            f"filed: {_named(done.filed)}; restored: {_named(done.restored)}; "
            f"lost: {_named(done.lost)}; waiting: {_named(done.waiting)}\n\n"
            f"waits for: {_named(done.waits_for)} (`ks doctor` says what to do)"
        )
        return done


def _together(earlier: ReportsFiled, later: ReportsFiled) -> ReportsFiled:
    """What both looks did; what waits is what still waited at the later one."""
    return later.model_copy(
        update={
            "filed": (*earlier.filed, *later.filed),
            "restored": (*earlier.restored, *later.restored),
            "lost": tuple(dict.fromkeys((*earlier.lost, *later.lost))),
        }
    )


def _named(filings: tuple[str, ...]) -> str:
    return ", ".join(filings) or "none"
