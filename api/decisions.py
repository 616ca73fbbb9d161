"""A person's decision: checked, sealed and signed here, carried out by the workflow of its case."""

from functools import partial
from typing import Any, Final, TypeVar

from fastapi.concurrency import run_in_threadpool

from activities.interventions import known_case
from activities.tasks import known_task
from api.attaching import refuse_unknown_files, seal_files
from api.auth import Caller
from api.first_answers import IsSame, first_answer
from api.problems import Refused
from api.services import Services
from api.submissions import Submission, headline_of, look_again, submit
from domain.instructions import Instruction
from domain.interventions.bounces import addressee
from domain.interventions.commands import AnswerReferral, ReturnReferral
from domain.interventions.commands_bounces import CorrectAddress, GiveOtherwise, SendByPost
from domain.interventions.model import Intervention
from domain.messages import Act, Message
from domain.people import PersonErased, texts_in, with_texts
from domain.task_types import TASK_TYPES
from domain.tasks import events
from domain.tasks.commands import Answer, CompleteTask, Decision, TaskOrder
from domain.tasks.model import Task
from domain.tasks.refusals import TaskChanged
from domain.tasks.rules import filled_form, form_problems
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork
from runtime.text_store import TextDiffers, seal_texts

M = TypeVar("M", bound=Message)

_OF_UNITS: Final = (AnswerReferral, ReturnReferral)
"""Forms of units, who do not know the sender."""


async def complete(here: Services, me: Caller, key: str, command: CompleteTask) -> Answer:
    """Decide. The same key again gives the first answer."""
    ready = await run_in_threadpool(_prepare, here, me, me.act(key), command)
    if isinstance(ready, Answer):
        await look_again(here, ready.case_ref)
        return ready
    return await submit(
        here,
        ready,
        from_store=partial(decided_before, here, ready.message),
        refuse_if_over=partial(_refuse_if_finished, here, me, command),
    )


def _prepare(
    here: Services, me: Caller, act: Act, command: CompleteTask
) -> Answer | Submission[Answer]:
    unit = UnitOfWork(here.store)
    if answer := first_answer(here, unit, command.task_ref, act, same_decision(here, command)):
        return answer
    task = known_task(unit, command.task_ref)
    if not _can_be_sealed(here, me, task, command):
        _refuse(here, me, command)
    case = known_case(unit, task.case_ref)
    form = filled_form(TASK_TYPES[task.type], command)
    refuse_unknown_files(here, case.reference, form)
    with here.sealing:
        sealed = _sealed(here, act, task, case, command)
        if isinstance(form, _OF_UNITS):
            seal_files(here, case, form, case_key(case.reference))
    return Submission(
        update="complete_task",
        message=here.signer.decision(sealed, act),
        answer=Answer,
        workflow_id=task.workflow_id,
        process=task.process,
        case_ref=task.case_ref,
        headline=headline_of(here, case),
    )


def decided_before(here: Services, decision: Decision | Instruction) -> Answer | None:
    """The answer of old to a decision that was carried out."""
    assert isinstance(decision, Decision)  # made in `_prepare`
    command = decision.command
    is_same = same_decision(here, command)
    return first_answer(here, UnitOfWork(here.store), command.task_ref, decision.act, is_same)


def _can_be_sealed(here: Services, me: Caller, task: Task, command: CompleteTask) -> bool:
    """Whether this may become a decision at all; nothing is kept of what may not."""
    kind = TASK_TYPES[task.type]
    hats = here.desk.hats(me.person, me.at, task).wearing(command.acting_for)
    return (
        task.is_open
        and command.outcome in task.outcomes
        and command.outcome in kind.outcomes
        and not form_problems(kind, command)
        and hats.standing(task, kind.recorders) is not None
    )


def _refuse_if_finished(here: Services, me: Caller, command: CompleteTask) -> None:
    if not known_task(UnitOfWork(here.store), command.task_ref).is_open:
        _refuse(here, me, command)


def _refuse(here: Services, me: Caller, command: CompleteTask) -> None:
    """Report everything that stands against the decision, as the case would."""
    reasons = here.rehearsal.rehearse(command, me.person, me.at).reasons
    if not reasons:  # somebody has just changed the task
        raise TaskChanged(task=command.task_ref)
    raise Refused([reason.model_dump() for reason in reasons])


def _sealed(
    here: Services, act: Act, task: Task, case: Intervention, command: CompleteTask
) -> CompleteTask:
    """The command with references in the place of texts, its form filled in whole."""
    form = filled_form(TASK_TYPES[task.type], command)
    own = case_key(case.reference)
    # What is about the sender goes with the sender; a unit's answer belongs to the case.
    about = None if isinstance(form, _OF_UNITS) else case.sender
    if isinstance(form, CorrectAddress | SendByPost | GiveOtherwise):
        about = addressee(case, TaskOrder(type=task.type, subject=task.subject, round=task.round))
    try:
        return sealed_under(here, about or own, act, form, command)
    except PersonErased:
        return sealed_under(here, own, act, form, command)
    except TextDiffers:
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2]) from None


def sealed_under(
    here: Services, key_ref: str, act: Act, form: Message, command: CompleteTask
) -> CompleteTask:
    def sealed(message: M, within: str = "") -> M:
        return seal_texts(
            message,
            key_ref=key_ref,
            command_id=act.command_id,
            texts=here.texts,
            within=within,
        )

    fields = sealed(form, ".fields").model_dump(mode="json", exclude_none=True)
    return sealed(command).model_copy(update={"fields": fields})


def is_of_a_unit(task: Task) -> bool:
    """Whether what is written in it belongs to the case, whoever its sender is."""
    kinds = TASK_TYPES[task.type].outcomes.values()
    return all(issubclass(kind.form, _OF_UNITS) for kind in kinds)


def case_key(reference: str) -> str:
    """The key of texts that belong to no person."""
    return f"case:{reference}"


def same_decision(here: Services, command: CompleteTask) -> IsSame:
    """Whether a recorded completion is this decision."""

    def is_same(event: Any) -> bool:
        if not isinstance(event, events.Completed) or event.outcome != command.outcome:
            return False
        kind = TASK_TYPES[known_task(UnitOfWork(here.store), command.task_ref).type]
        if form_problems(kind, command):
            return False
        recorded = command.model_copy(update={"fields": dict(event.fields)})
        return _says_the_same(here, filled_form(kind, recorded), filled_form(kind, command))

    return is_same


def _says_the_same(here: Services, recorded: Message, sent: Message) -> bool:
    """Whether two forms agree; a text that was erased since can no longer be compared."""
    kept, given = texts_in(recorded), texts_in(sent)
    if with_texts(recorded, dict.fromkeys(kept, "")) != with_texts(sent, dict.fromkeys(given, "")):
        return False
    opened = here.texts.get_many(kept.values())
    return all(given[path] in (ref, opened.get(ref, given[path])) for path, ref in kept.items())
