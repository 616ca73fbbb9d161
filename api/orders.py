"""What people tell an extra task on its way to its workflow: done, withdrawn, given more time."""

from functools import partial
from typing import Any

from fastapi.concurrency import run_in_threadpool

from activities.assignments import known_assignment
from activities.tasks import known_task
from api.decisions import case_key, decided_before, same_decision, sealed_under
from api.first_answers import first_answer
from api.problems import Refused
from api.services import Services
from api.submissions import Submission, look_again, submit
from domain.assignments.forms import DO_EXTRA_TASK, PROCESS
from domain.assignments.headlines import headline
from domain.assignments.instructions import INSTRUCTIONS, filled_form, form_problems
from domain.assignments.model import Assignment
from domain.assignments.rules import must_be_ordered
from domain.errors import refuse_if_any
from domain.instructions import CaseAnswer, InstructCase
from domain.messages import Act
from domain.people import texts_in
from domain.references import workflow_id
from domain.tasks import rules
from domain.tasks.commands import Answer, CompleteTask
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork
from runtime.text_store import TextDiffers, seal_texts


async def complete_extra_task(here: Services, act: Act, command: CompleteTask) -> Answer:
    """Say that it is done. The same key again gives the first answer."""
    ready = await run_in_threadpool(_decision, here, act, command)
    if isinstance(ready, Answer):
        await look_again(here, ready.case_ref)
        return ready
    return await submit(
        here,
        ready,
        from_store=partial(decided_before, here, ready.message),
        refuse_if_over=partial(_refuse_if_over, here, ready.case_ref),
    )


async def instruct_order(here: Services, act: Act, command: InstructCase) -> CaseAnswer:
    """Tell the workflow of the order something outside its task."""
    ready = await run_in_threadpool(_instruction, here, act, command)
    if isinstance(ready, CaseAnswer):
        await look_again(here, ready.case_ref)
        return ready
    return await submit(
        here,
        ready,
        from_store=partial(_told_before, here, act, command),
        refuse_if_over=partial(_refuse_if_over, here, ready.case_ref),
    )


def _decision(here: Services, act: Act, command: CompleteTask) -> Answer | Submission[Answer]:
    unit = UnitOfWork(here.store)
    if answer := first_answer(here, unit, command.task_ref, act, same_decision(here, command)):
        return answer
    task = known_task(unit, command.task_ref)
    assignment = known_assignment(unit, task.case_ref)
    # Refused before a text is kept of what may not be.
    here.assignments.decide(task, assignment, here.signer.decision(command, act), act)
    with here.sealing:
        form = rules.filled_form(DO_EXTRA_TASK, command)
        sealed = sealed_under(here, case_key(task.case_ref), act, form, command)
    return Submission(
        update="complete_task",
        message=here.signer.decision(sealed, act),
        answer=Answer,
        **_address(assignment),
    )


def _instruction(
    here: Services, act: Act, command: InstructCase
) -> CaseAnswer | Submission[CaseAnswer]:
    assignment = known_assignment(UnitOfWork(here.store), command.case_ref)
    if answer := _told_before(here, act, command):
        return answer
    # Nothing is kept of what would be refused.
    reasons = here.rehearsal.instruct_order(command, act.by, act.at, filled=True).reasons
    if reasons:
        raise Refused([reason.model_dump() for reason in reasons])
    try:
        with here.sealing:
            form = seal_texts(
                filled_form(command),
                key_ref=case_key(assignment.reference),
                command_id=act.command_id,
                texts=here.texts,
                within=".fields",
            )
    except TextDiffers:
        raise _used(act) from None
    sealed = InstructCase(
        case_ref=assignment.reference,
        instruction=command.instruction,
        fields=form.model_dump(mode="json", exclude_none=True),
    )
    return Submission(
        update="instruct_case",
        message=here.signer.instruction(sealed, act),
        answer=CaseAnswer,
        **_address(assignment),
    )


def _address(assignment: Assignment) -> dict[str, str]:
    """Which workflow is meant, and with what to start it if it does not run yet."""
    return {
        "workflow_id": workflow_id(PROCESS, assignment.reference),
        "process": PROCESS,
        "case_ref": assignment.reference,
        "headline": headline(assignment.reference, assignment.unit),
    }


def _told_before(here: Services, act: Act, command: InstructCase) -> CaseAnswer | None:
    """The answer of old, or None when the instruction is new."""
    assignment = known_assignment(UnitOfWork(here.store), command.case_ref)
    if assignment.answered(act.command_id) is None:
        return None
    story: list[Any] = list(here.store.events.get(assignment.id))
    caused = next(event for event in story if event.command_id == act.command_id)
    if not _is_same(here, caused, command):
        raise _used(act)
    return here.assignments.instructed(assignment, act.command_id)


def _is_same(here: Services, event: Any, command: InstructCase) -> bool:
    """Whether what was recorded is what this instruction would have recorded."""
    kind = INSTRUCTIONS.get(command.instruction)
    if kind is None or type(event).__name__ != kind.event or form_problems(command):
        return False
    form = filled_form(command)
    if getattr(form, "until", None) != getattr(event, "until", None):
        return False
    opened = here.texts.get_many([event.reason_ref])
    # One erased since can no longer be compared.
    return opened.get(event.reason_ref, texts_in(form)[".reason"]) == texts_in(form)[".reason"]


def _refuse_if_over(here: Services, reference: str) -> None:
    """No workflow of it runs: because it is over, or because none was started yet."""
    refuse_if_any(must_be_ordered(known_assignment(UnitOfWork(here.store), reference)))


def _used(act: Act) -> KeyUsedForAnotherRequest:
    return KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
