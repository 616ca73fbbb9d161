"""Extra tasks over HTTP: ordered by the posts that the ordinance names, read, withdrawn."""

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from activities.actions import Action
from activities.assignments import known_assignment
from api.auth import Caller, Key, Me
from api.orders import instruct_order
from api.services import Here, Services
from domain.assignments.commands import AssignmentPage, OrderExtraTask, WithdrawOrder
from domain.assignments.headlines import headline
from domain.assignments.instructions import INSTRUCTIONS
from domain.assignments.model import Assignment
from domain.assignments.rules import task_of
from domain.instructions import CaseAnswer, InstructCase
from domain.interventions import access
from domain.messages import Message
from domain.references import CaseRef
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork
from runtime.text_store import TextDiffers, seal_texts

router = APIRouter(tags=["assignments"])

_NOT_BORN = "ORD-0000-000000"


class OrderTaken(Message):
    """An extra task that was ordered, and its task for the unit."""

    reference: CaseRef
    task_ref: str
    position: int


@router.post("/assignments", status_code=201, responses={200: {"model": OrderTaken}})
def order_extra_task(
    command: OrderExtraTask, here: Here, me: Me, key: Key, response: Response
) -> OrderTaken:
    """Order a task outside the list of a unit; who may differs from unit to unit (§4.18-§11.25).

    The same key again gives the same reference, with status 200.
    """
    act = me.act(key)
    here.assignments.ordered(command, act, _NOT_BORN)  # refused before a text is kept
    # Keyed, as a plain digest of what a person wrote could be found by guessing.
    digest = here.vault.references.make("request", command.model_dump_json())
    own = here.vault.references.make("case", act.command_id)
    try:
        with here.sealing:
            sealed = seal_texts(command, key_ref=own, command_id=act.command_id, texts=here.texts)
    except TextDiffers:
        raise KeyUsedForAnotherRequest(key=key) from None
    born = here.assignments.order(sealed, act, key, digest)
    if born.repeated:
        response.status_code = 200
    else:
        titled = headline(born.reference, command.unit)
        here.processes.start_soon("assignment", born.reference, titled)
    return OrderTaken(
        reference=born.reference, task_ref=task_of(born.reference), position=born.position
    )


@router.post("/assignments/{reference}/withdraw")
async def withdraw_order(
    reference: str, command: WithdrawOrder, here: Here, me: Me, key: Key
) -> CaseAnswer:
    """Take the order back before it is done: for who ordered it, and the posts above. Whoever
    was to do it is told by mail, and the inbox shows it no more."""
    told = InstructCase.model_construct(
        case_ref=reference, instruction="withdraw_order", fields=command.model_dump()
    )
    await run_in_threadpool(_visible, here, me, reference)
    return await instruct_order(here, me.act(key), told)


@router.get("/assignments/{reference}/actions")
def read_actions_on_order(reference: str, here: Here, me: Me) -> tuple[Action, ...]:
    """What the caller may tell the order outside its task, and why not."""
    _visible(here, me, reference)
    named = (
        InstructCase.model_construct(case_ref=reference, instruction=name, fields={})
        for name in INSTRUCTIONS
    )
    return tuple(here.rehearsal.instruct_order(each, me.person, me.at) for each in named)


@router.get("/assignments/{reference}")
def read_assignment(reference: str, here: Here, me: Me) -> AssignmentPage:
    """An extra task: for who ordered it, the unit, and the posts above; masked for operators."""
    assignment = _visible(here, me, reference)
    kept = (assignment.text_ref, assignment.note_ref, assignment.reason_ref)
    refs = [] if _is_masked(here, me, assignment) else [ref for ref in kept if ref is not None]
    texts = here.texts.get_many(refs)
    return AssignmentPage(
        reference=assignment.reference,
        unit=assignment.unit,
        ordered_by=assignment.ordered_by,
        ordered_as=assignment.ordered_as,
        clause=assignment.clause,
        ordered_at=assignment.ordered_at,
        stage=assignment.stage,
        done_by=assignment.done_by,
        done_at=assignment.done_at,
        withdrawn_by=assignment.withdrawn_by,
        withdrawn_at=assignment.withdrawn_at,
        text=texts.get(assignment.text_ref),
        note=texts.get(assignment.note_ref or ""),
        reason=texts.get(assignment.reason_ref or ""),
    )


def _visible(here: Services, me: Caller, reference: str) -> Assignment:
    """An order that the caller may see, at least masked."""
    assignment = known_assignment(UnitOfWork(here.store), reference)
    if _is_masked(here, me, assignment) and not me.posts & access.MASKED:
        raise access.NotYourCase(reference=assignment.reference)
    return assignment


def _is_masked(here: Services, me: Caller, assignment: Assignment) -> bool:
    """Whether nothing of it is the caller's own."""
    unit = assignment.unit
    above = here.data.organisation.superiors(f"{unit}/clerk")
    own = any(post.startswith(f"{unit}/") or post in above for post in me.all_posts)
    return not own and assignment.ordered_by != me.person
