"""What a person says on its way to the workflow of a case, which may be away or not yet started."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from fastapi.concurrency import run_in_threadpool

from api.problems import Refused
from api.processes import NotRunning, ProcessAway
from api.services import Services
from domain.assignments.headlines import headline as headline_of_order
from domain.assignments.model import Assignment
from domain.catalogue import process_of
from domain.instructions import CaseAnswer, Instruction
from domain.interventions.headlines import headline
from domain.interventions.model import Intervention
from domain.tasks.commands import Answer, Decision

A = TypeVar("A", Answer, CaseAnswer)

_PATIENCE: Final = 6.0
"""Seconds that a request waits for a workflow which has only just been started."""

_LOOK_EVERY: Final = 0.1


@dataclass(frozen=True)
class Submission(Generic[A]):
    """A signed message to the workflow of a case."""

    update: str
    message: Decision | Instruction
    answer: type[A]
    workflow_id: str
    process: str
    case_ref: str
    headline: str


def headline_of(here: Services, case: Intervention) -> str:
    return headline(case.reference, case.category, case.place.district, here.data.routing)


async def submit(
    here: Services,
    ready: Submission[A],
    from_store: Callable[[], A | None],
    refuse_if_over: Callable[[], None],
) -> A:
    """Tell the workflow, started first if it does not run yet; what it did before is answered
    from the store."""
    now = asyncio.get_running_loop().time
    give_up = now() + _PATIENCE
    while True:
        try:
            return await here.processes.tell(ready)
        except Refused as refused:
            # A run started anew has forgotten which updates it answered: the store has not.
            names = {named["refusal"] for named in refused.refusals}
            if "TaskNotOpen" in names and (answer := await run_in_threadpool(from_store)):
                return answer
            raise
        except ProcessAway:
            if answer := await run_in_threadpool(from_store):
                return answer
            raise
        except NotRunning:
            if answer := await run_in_threadpool(from_store):
                return answer
            await run_in_threadpool(refuse_if_over)
        if now() >= give_up:
            raise ProcessAway()
        await here.processes.start(ready.process, ready.case_ref, ready.headline)
        await asyncio.sleep(_LOOK_EVERY)


async def look_again(here: Services, case_ref: str) -> None:
    """Make sure that the process knows what the store answered for it."""
    process = process_of(case_ref).name
    titled = await run_in_threadpool(_headline_if_open, here, case_ref)
    if titled is not None:
        await here.processes.look_again(process, case_ref, titled)


def _headline_if_open(here: Services, case_ref: str) -> str | None:
    case = here.store.find(process_of(case_ref).aggregate, case_ref)
    match case:
        case Intervention() if case.stage != "closed":
            return headline_of(here, case)
        case Assignment() if not case.closed:
            return headline_of_order(case.reference, case.unit)
    return None
