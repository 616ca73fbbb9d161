"""The worker: which workflows and activities exist, put together and run."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.assignment_notices import AssignmentNotices
from activities.assignments import AssignmentCommands
from activities.interventions import InterventionCommands
from activities.letters import Letters
from activities.links import LinkLetters
from activities.sender_keys import SenderKeys
from activities.task_notices import TaskNotices
from activities.tasks import TaskDesk
from projections.reports.filing import ReportFiling
from projections.tables import TABLES
from projections.upkeep import ReadSideUpkeep
from runtime.clock import SystemClock
from runtime.first_run import checked_reference_data
from runtime.links import LinkTokens
from runtime.plugin import connect
from runtime.read_side import ReadSide
from runtime.settings import Settings
from runtime.signing import DecisionSigner
from runtime.store import Store
from runtime.text_store import TextStore
from runtime.vault import Vault
from workflows.assignments import AssignmentWorkflow
from workflows.interventions import InterventionWorkflow
from workflows.links import LinkLetterWorkflow
from workflows.reports import MonthlyReportsWorkflow
from workflows.upkeep import UpkeepWorkflow

WORKFLOWS: tuple[type, ...] = (
    AssignmentWorkflow,
    InterventionWorkflow,
    LinkLetterWorkflow,
    MonthlyReportsWorkflow,
    UpkeepWorkflow,
)
ACTIVITIES: tuple[type, ...] = (
    AssignmentCommands,
    InterventionCommands,
    Letters,
    LinkLetters,
    TaskNotices,
    AssignmentNotices,
    ReadSideUpkeep,
    ReportFiling,
)

THREADS = 16
STICKY = timedelta(seconds=1)
"""How long a case waits for a worker that was killed; the default of 10 s is felt by people."""


@dataclass(frozen=True)
class Workshop:
    """The parts that activities work with; one set a process."""

    store: Store
    vault: Vault
    commands: InterventionCommands
    letters: Letters
    links: LinkLetters
    notices: TaskNotices
    assignments: AssignmentCommands
    assignment_notices: AssignmentNotices
    read_side: ReadSide
    upkeep: ReadSideUpkeep
    filing: ReportFiling

    @classmethod
    def of(cls, settings: Settings) -> "Workshop":
        data = checked_reference_data(settings)
        store = Store(settings)
        clock = SystemClock(settings.clock_shift)
        vault = Vault.of(settings, clock)
        master = settings.load_master_key()
        signer = DecisionSigner(master)
        desk = TaskDesk(store, data, signer)
        assignments = AssignmentCommands(desk)
        commands = InterventionCommands(desk, SenderKeys(store, vault).settle)
        letters = Letters(commands, vault, TextStore(vault), data.labels, settings)
        links = LinkLetters(letters, LinkTokens(master))
        notices = TaskNotices(commands, letters)
        read_side = ReadSide(settings, TABLES)
        upkeep = ReadSideUpkeep(store, read_side, data.labels)
        filing = ReportFiling(store, data, settings, clock)
        return cls(
            store=store,
            vault=vault,
            commands=commands,
            letters=letters,
            links=links,
            notices=notices,
            assignments=assignments,
            assignment_notices=AssignmentNotices(assignments, notices),
            read_side=read_side,
            upkeep=upkeep,
            filing=filing,
        )

    @property
    def activities(self) -> list[Any]:
        commands, letters = self.commands, self.letters
        assignments, assignment_notices = self.assignments, self.assignment_notices
        return [
            assignments.take_up_assignment,
            assignments.climb_assignment_ladders,
            assignments.decide_assignment_task,
            assignments.instruct_assignment,
            assignments.note_assignment_stop,
            assignment_notices.send_extra_task_notice,
            assignment_notices.tell_of_withdrawal,
            commands.take_up_intervention,
            commands.decide_intervention_task,
            commands.instruct_intervention,
            commands.climb_intervention_ladders,
            commands.close_intervention,
            commands.note_stop,
            letters.send_intervention_letter,
            self.links.send_link,
            self.notices.send_task_notice,
            self.upkeep.check_read_side,
            self.filing.file_due_reports,
        ]

    def close(self) -> None:
        self.read_side.close()
        self.store.close()
        self.vault.close()


def make_worker(client: Client, settings: Settings, workshop: Workshop) -> Worker:
    """A worker for every process; converter, sandbox and interceptors come with the client."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=workshop.activities,
        activity_executor=ThreadPoolExecutor(THREADS, thread_name_prefix="activity"),
        max_concurrent_activities=THREADS,
        max_concurrent_local_activities=THREADS,
        max_cached_workflows=settings.cached_workflows,
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=timedelta(seconds=20),
    )


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C, then let what is under way finish."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    workshop = Workshop.of(settings)
    try:
        client = await connect(settings)
        async with make_worker(client, settings, workshop):
            await stopped.wait()
    finally:
        workshop.close()


def main() -> None:
    from runtime.log import configure_logging

    settings = Settings()
    configure_logging(settings)
    with suppress(KeyboardInterrupt):
        asyncio.run(run_worker(settings))


if __name__ == "__main__":
    main()
