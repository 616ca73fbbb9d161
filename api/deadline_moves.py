"""The terms of many tasks moved at once: each by an instruction to its own case (§ 7 of tasks)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from fastapi.concurrency import run_in_threadpool

from activities.actions import Action
from activities.assignments import PREFIX
from api.instructions import instruct
from api.orders import instruct_order
from api.problems import InternalFault, Refused
from api.processes import ProcessAway
from api.reading import tables
from api.services import Services
from domain.batches import rules
from domain.batches.commands import BatchPage, ItemResult, MoveDeadlines, MovePreview
from domain.batches.model import Batch
from domain.batches.refusals import BatchUnknown
from domain.errors import Refusal, Refusals
from domain.instructions import InstructCase, InstructionNotYours
from domain.messages import Act
from domain.references import case_of
from projections.tasks import dues_of
from runtime.births import KeyUsedForAnotherRequest
from runtime.text_store import seal_texts

_NOT_THEIRS: Final = frozenset({"ActorNotActive", "InstructionNotYours", "OrderNotYours"})


async def move(here: Services, act: Act, command: MoveDeadlines) -> BatchPage:
    """Start the batch of this act, or go on with it.

    Raises `ProcessAway` when a case cannot be reached: what had its turn is done, and the rest
    follows when the same is ordered again.
    """
    batch_id = here.vault.references.make("batch", act.command_id)
    batch = await run_in_threadpool(_started, here, batch_id, act, command)
    for task_ref in batch.waiting:
        item = Act(command_id=f"{batch_id}:{task_ref}", at=act.at, by=batch.started_by)
        told = _instruction(task_ref, batch.days[task_ref], command.reason)
        refusals = await _tell(here, item, told)
        await run_in_threadpool(here.batches.note, batch_id, task_ref, refusals, act.at)
    return await run_in_threadpool(here.batches.finish, batch_id, act.at)


def preview(here: Services, act: Act, command: MoveDeadlines) -> MovePreview:
    """What would become of each task now."""
    days = _days(here, command)
    here.batches.refuse_moving(command, days, act)
    results = tuple(
        ItemResult(
            task_ref=task_ref,
            until=day,
            refusals=tuple(
                r.refusal for r in _rehearsed(here, act, command, task_ref, day).reasons
            ),
        )
        for task_ref, day in days.items()
    )
    refused = sum(bool(each.refusals) for each in results)
    return MovePreview(results=results, allowed=len(results) - refused, refused=refused)


def _started(here: Services, batch_id: str, act: Act, command: MoveDeadlines) -> Batch:
    known = here.batches.find(batch_id)
    if known is None:
        days = _days(here, command)
        # Refused before a text is kept of what may not be.
        here.batches.refuse_moving(command, days, act)
        _refuse_strangers(here, act, command, days)
        with here.sealing:
            sealed = seal_texts(
                command, key_ref=batch_id, command_id=act.command_id, texts=here.texts
            )
        here.batches.start_moving(batch_id, sealed, days, act)
        known = here.batches.find(batch_id)
    elif not _is_same(here, known, command):
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
    if known is None:
        raise BatchUnknown(batch=batch_id)
    return known


def _days(here: Services, command: MoveDeadlines) -> dict[str, date]:
    with tables(here) as connection:
        dues = dues_of(connection, command.filter)
    return rules.new_days(command, dues, here.data.deadlines.calendar)


def _refuse_strangers(
    here: Services, act: Act, command: MoveDeadlines, days: Mapping[str, date]
) -> None:
    """Whoever may move none of them starts nothing."""
    for task_ref, day in days.items():
        reasons = _rehearsed(here, act, command, task_ref, day).reasons
        if _NOT_THEIRS.isdisjoint(reason.refusal for reason in reasons):
            return
    raise InstructionNotYours(posts=sorted(here.desk.posts(act.by, act.at)))


def _rehearsed(
    here: Services, act: Act, command: MoveDeadlines, task_ref: str, day: date
) -> Action:
    told = _instruction(task_ref, day, command.reason)
    rehearse = here.rehearsal.instruct
    if _is_order(task_ref):
        rehearse = here.rehearsal.instruct_order
    return rehearse(told, act.by, act.at, filled=True)


def _instruction(task_ref: str, until: date, reason: str) -> InstructCase:
    fields = {"task": task_ref, "until": str(until), "reason": reason}
    return InstructCase.model_construct(
        case_ref=case_of(task_ref), instruction="move_deadline", fields=fields
    )


async def _tell(here: Services, act: Act, told: InstructCase) -> tuple[str, ...]:
    """The names of what the case refused; none when the term was moved."""
    try:
        await (instruct_order if _is_order(told.case_ref) else instruct)(here, act, told)
    except (ProcessAway, InternalFault):
        raise  # no answer of the case: it has its turn later
    except Refused as refused:
        return tuple(named["refusal"] for named in refused.refusals)
    except Refusals as several:
        return _names(several.refusals)
    except Refusal as refusal:
        return _names([refusal])
    return ()


def _names(refusals: Iterable[Refusal]) -> tuple[str, ...]:
    return tuple(refusal.name() for refusal in refusals)


def _is_order(reference: str) -> bool:
    return reference.startswith(f"{PREFIX}-")


def _is_same(here: Services, batch: Batch, command: MoveDeadlines) -> bool:
    reason = here.texts.get_many([batch.reason_ref]).get(batch.reason_ref, command.reason)
    kept = (batch.filter, batch.until, batch.working_days, reason)
    return kept == (command.filter, command.until, command.working_days, command.reason)
