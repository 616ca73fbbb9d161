"""Instructions to a case over HTTP: what is told it outside its tasks, and why not."""

from contextlib import suppress
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from activities.actions import Action
from activities.interventions import known_case
from api.attaching import files_of, refuse_unknown_files, seal_files
from api.auth import Key, Me
from api.cases import visible_case
from api.decisions import case_key
from api.problems import Refused
from api.processes import ProcessAway
from api.senders import admitted, refuse_reference, same_sender
from api.services import Here, Services
from api.submissions import Submission, headline_of, look_again, submit
from domain.instructions import CaseAnswer, InstructCase, Instruction
from domain.interventions.commands_records import CorrectData
from domain.interventions.instructions import INSTRUCTIONS, filled_form, form_problems
from domain.interventions.model import Intervention
from domain.interventions.refusals import CaseClosed
from domain.messages import Act, Message
from domain.people import PersonErased, texts_in
from domain.references import workflow_id
from domain.steps import InstructionStep
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork
from runtime.text_store import TextDiffers, seal_texts
from runtime.vault import PersonDiffers

router = APIRouter(tags=["interventions"])

M = TypeVar("M", bound=Message)

Fields = Annotated[dict[str, Any], Field(default_factory=dict)]


class Told(Message):
    """The fields of the instruction's form."""

    fields: Fields


class Offered(Action):
    """An instruction, whether the caller may give it, and the JSON schema of its form."""

    form: dict[str, Any]


@router.get("/interventions/{reference}/instructions")
def read_instructions(reference: str, here: Here, me: Me) -> tuple[Offered, ...]:
    """What the caller may tell the case outside its tasks, and why not."""
    visible_case(here, me, reference)
    return tuple(
        Offered(
            **dict(here.rehearsal.instruct(instruction(reference, name, {}), me.person, me.at)),
            form=kind.form.model_json_schema(),
        )
        for name, kind in INSTRUCTIONS.items()
    )


@router.post("/interventions/{reference}/instructions/{name}")
async def instruct_case(
    reference: str, name: str, told: Told, here: Here, me: Me, key: Key
) -> CaseAnswer:
    """Tell the case something outside its tasks. The answer comes when it is saved."""
    return await instruct(here, me.act(key), instruction(reference, name, told.fields))


async def instruct(here: Services, act: Act, command: InstructCase) -> CaseAnswer:
    """Tell the workflow of the case, or answer what was answered before."""
    ready = await run_in_threadpool(_prepare, here, act, command)
    if isinstance(ready, CaseAnswer):
        await look_again(here, command.case_ref)
        return ready
    if await run_in_threadpool(_opens_again, here, command):
        return await _open_again(here, ready)
    return await submit(
        here,
        ready,
        from_store=partial(_first_answer, here, act, command),
        refuse_if_over=partial(_refuse_if_closed, here, command.case_ref),
    )


def _opens_again(here: Services, command: InstructCase) -> bool:
    """Whether it is given to a closed case, which has no workflow that could be told."""
    case = known_case(UnitOfWork(here.store), command.case_ref)
    return case.stage == "closed" and INSTRUCTIONS[command.instruction].of_closed


async def _open_again(here: Services, ready: Submission[CaseAnswer]) -> CaseAnswer:
    """The store is told, and then a workflow begins anew from the events."""
    instruction = ready.message
    assert isinstance(instruction, Instruction)  # made in `_prepare`
    step = InstructionStep(instruction=instruction, at=instruction.act.at)
    told = await run_in_threadpool(here.commands.instruct_intervention, step)
    # If Temporal is away, the starter follows.
    with suppress(ProcessAway):
        await here.processes.start(ready.process, ready.case_ref, ready.headline, again=True)
    return told.answer


def instruction(reference: str, name: str, fields: dict[str, Any]) -> InstructCase:
    return InstructCase.model_construct(case_ref=reference, instruction=name, fields=fields)


def _prepare(
    here: Services, act: Act, command: InstructCase
) -> CaseAnswer | Submission[CaseAnswer]:
    case = known_case(UnitOfWork(here.store), command.case_ref)
    if answer := _first_answer(here, act, command):
        return answer
    # Nothing is kept of what would be refused.
    reasons = here.rehearsal.instruct(command, act.by, act.at, filled=True).reasons
    if reasons:
        raise Refused([reason.model_dump() for reason in reasons])
    form = filled_form(command)
    refuse_unknown_files(here, case.reference, form)
    if isinstance(form, CorrectData):
        refuse_reference(form)
    with here.sealing:
        sealed = _sealed(here, act, case, command)
    return Submission(
        update="instruct_case",
        message=here.signer.instruction(sealed, act),
        answer=CaseAnswer,
        workflow_id=workflow_id("intervention", case.reference),
        process="intervention",
        case_ref=case.reference,
        headline=headline_of(here, case),
    )


def _sealed(here: Services, act: Act, case: Intervention, command: InstructCase) -> InstructCase:
    """The command with references in the place of texts, its form filled in whole."""
    form, own = filled_form(command), case_key(case.reference)
    about = case.sender if INSTRUCTIONS[command.instruction].of_the_sender else None
    try:
        if isinstance(form, CorrectData) and form.sender is not None:
            form, about = admitted(here, act, case.reference, form)
        sealed = _under(here, about or own, act, case, form)
    except PersonErased:
        sealed = _under(here, own, act, case, form)
    except (TextDiffers, PersonDiffers):
        raise _used(act) from None
    fields = sealed.model_dump(mode="json", exclude_none=True)
    return InstructCase(case_ref=case.reference, instruction=command.instruction, fields=fields)


def _under(here: Services, key_ref: str, act: Act, case: Intervention, form: M) -> M:
    seal_files(here, case, form, key_ref)
    return seal_texts(
        form, key_ref=key_ref, command_id=act.command_id, texts=here.texts, within=".fields"
    )


def _first_answer(here: Services, act: Act, command: InstructCase) -> CaseAnswer | None:
    """The answer of old, or None when the instruction is new."""
    unit = UnitOfWork(here.store)
    case = known_case(unit, command.case_ref)
    version = case.answered(act.command_id)
    if version is None:
        return None
    if not _is_same(here, case, act.command_id, command):
        raise _used(act)
    return here.commands.instructed(unit, case, act.command_id)


def _is_same(here: Services, case: Intervention, command_id: str, command: InstructCase) -> bool:
    """Whether what was recorded under this id is what this instruction would have recorded."""
    kind = INSTRUCTIONS.get(command.instruction)
    if kind is None or form_problems(command):
        return False
    form = filled_form(command)
    story: list[Any] = list(here.store.events.get(case.id))
    caused = [event for event in story if event.command_id == command_id]
    if type(caused[0]).__name__ not in kind.events:
        return False
    told = {name: getattr(form, name) for name in type(form).model_fields}
    plain = {name: value for name, value in told.items() if f".{name}" not in texts_in(form)}
    if isinstance(form, CorrectData):
        if not same_sender(here, form, caused[0]):
            return False
        del plain["sender"], plain["reach"]
    if "files" in plain:
        del plain["files"]
        kept = [each.file for each in caused[0].files]
        if kept != [each.file for each in files_of(form)]:
            return False
    if any(getattr(caused[0], name, value) != value for name, value in plain.items()):
        return False
    refs = {path: getattr(caused[0], f"{path[1:]}_ref", None) for path in texts_in(form)}
    opened = here.texts.get_many(ref for ref in refs.values() if ref)
    return all(opened.get(refs[path] or "", text) == text for path, text in texts_in(form).items())


def _used(act: Act) -> KeyUsedForAnotherRequest:
    return KeyUsedForAnotherRequest(key=act.command_id.removeprefix(f"{act.by}:"))


def _refuse_if_closed(here: Services, reference: str) -> None:
    if known_case(UnitOfWork(here.store), reference).stage == "closed":
        raise CaseClosed()
