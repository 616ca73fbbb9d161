"""Extra tasks over HTTP: ordered by the posts that the ordinance names, read and done."""

from fastapi import APIRouter, Response

from activities.assignments import known_assignment
from activities.tasks import known_task
from api.auth import Caller, Key, Me
from api.decisions import case_key, same_decision, sealed_under
from api.first_answers import first_answer
from api.services import Here, Services
from domain.assignments.commands import AssignmentPage, OrderExtraTask
from domain.assignments.forms import DO_EXTRA_TASK
from domain.assignments.model import Assignment
from domain.interventions import access
from domain.messages import Act, Message
from domain.references import CaseRef
from domain.tasks.commands import Answer, CompleteTask, Decision
from domain.tasks.rules import filled_form
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
    task = f"{born.reference}-{DO_EXTRA_TASK.name}-1"
    return OrderTaken(reference=born.reference, task_ref=task, position=born.position)


@router.get("/assignments/{reference}")
def read_assignment(reference: str, here: Here, me: Me) -> AssignmentPage:
    """An extra task: for who ordered it, the unit, and the posts above; masked for operators."""
    assignment = known_assignment(UnitOfWork(here.store), reference)
    masked = _refuse_strangers(here, me, assignment)
    refs = [ref for ref in (assignment.text_ref, assignment.note_ref) if ref is not None]
    texts = {} if masked else here.texts.get_many(refs)
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
        text=texts.get(assignment.text_ref),
        note=texts.get(assignment.note_ref or ""),
    )


def complete_extra_task(here: Services, me: Caller, act: Act, command: CompleteTask) -> Answer:
    """Decide its task: no workflow waits for it, so it is saved at once."""
    unit = UnitOfWork(here.store)
    if answer := first_answer(here, unit, command.task_ref, act, same_decision(here, command)):
        return answer
    task = known_task(unit, command.task_ref)
    assignment = known_assignment(unit, task.case_ref)
    # Refused before a text is kept of what may not be.
    here.assignments.decide(task, assignment, _signed(here, command, act))
    with here.sealing:
        form = filled_form(DO_EXTRA_TASK, command)
        sealed = sealed_under(here, case_key(task.case_ref), act, form, command)
    return here.assignments.complete(_signed(here, sealed, act))


def _signed(here: Services, command: CompleteTask, act: Act) -> Decision:
    unsigned = Decision(command=command, act=act, proof="")
    proof = here.signer.sign(unsigned.signed_bytes())
    return unsigned.model_copy(update={"proof": proof})


def _refuse_strangers(here: Services, me: Caller, assignment: Assignment) -> bool:
    """Whether texts are masked for this person; refused when nothing of it is theirs."""
    unit = assignment.unit
    above = here.data.organisation.superiors(f"{unit}/clerk")
    own = any(post.startswith(f"{unit}/") or post in above for post in me.all_posts)
    if own or assignment.ordered_by == me.person:
        return False
    if not me.posts & access.MASKED:
        raise access.NotYourCase(reference=assignment.reference)
    return True
