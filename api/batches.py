"""Batches over HTTP: one order about many tasks, and the page of what became of each."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api.auth import Caller, Key, Me
from api.deadline_moves import move, preview
from api.reading import tables, wait_until_reached
from api.services import Here, Services
from domain.batches.commands import BatchPage, MoveDeadlines, MovePreview, ReassignTasksOf
from domain.batches.model import Batch
from domain.batches.refusals import BatchUnknown, NotYourBatch
from domain.interventions.access import MASKED
from domain.messages import Act
from projections.tasks import held_by
from runtime.births import KeyUsedForAnotherRequest
from runtime.text_store import seal_texts

router = APIRouter(tags=["tasks"])


@router.post("/batches/reassign-tasks", status_code=201)
async def reassign_tasks_of(command: ReassignTasksOf, here: Here, me: Me, key: Key) -> BatchPage:
    """Give every open task that somebody holds to another: for the head of the unit, and posts
    above. Under the same key it goes on where it stopped, and changes nothing once it is done."""
    await wait_until_reached(here, here.store.position())
    return await run_in_threadpool(reassign, here, me.act(key), command)


@router.post("/batches/move-deadlines", status_code=201)
async def move_deadlines(command: MoveDeadlines, here: Here, me: Me, key: Key) -> BatchPage:
    """Move the terms of many open tasks, each through its own case: for operators, and for posts
    above those that the tasks are offered to. Terms of law stay. Under the same key it goes on
    where it stopped, and changes nothing once it is done."""
    await wait_until_reached(here, here.store.position())
    return await move(here, me.act(key), command)


@router.post("/batches/move-deadlines/preview")
async def preview_move_deadlines(command: MoveDeadlines, here: Here, me: Me) -> MovePreview:
    """Which tasks that would be, to which day each, and why not. Nothing is changed."""
    await wait_until_reached(here, here.store.position())
    return await run_in_threadpool(preview, here, me.act("preview"), command)


@router.get("/batches/{batch_id}")
def read_batch(batch_id: str, here: Here, me: Me) -> BatchPage:
    """What became of each task: for whoever started it, operators and auditors."""
    batch = here.batches.find(batch_id)
    if batch is None:
        raise BatchUnknown(batch=batch_id[:50])
    _refuse_strangers(me, batch)
    return here.batches.page(batch_id)


def reassign(here: Services, act: Act, command: ReassignTasksOf) -> BatchPage:
    """Start the batch of this act, or go on with it."""
    batch_id = here.vault.references.make("batch", act.command_id)
    known = here.batches.find(batch_id)
    if known is not None and not _is_same(here, known, command):
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
    if known is None:
        with tables(here) as connection:
            tasks = held_by(connection, command.person)
        # Refused before a text is kept of what may not be.
        here.batches.refuse(command, tasks, act)
        with here.sealing:
            sealed = seal_texts(
                command, key_ref=batch_id, command_id=act.command_id, texts=here.texts
            )
        here.batches.start(batch_id, sealed, tasks, act)
    return here.batches.run(batch_id, act.at)


def _is_same(here: Services, batch: Batch, command: ReassignTasksOf) -> bool:
    reason = here.texts.get_many([batch.reason_ref]).get(batch.reason_ref, command.reason)
    asked = (command.person, command.to, command.reason)
    return (batch.person, batch.to, reason) == asked


def _refuse_strangers(me: Caller, batch: Batch) -> None:
    if batch.started_by != me.person and not me.posts & MASKED:
        raise NotYourBatch(batch=batch.batch_id)
