"""The page of a sender: where the case stands, and what may be added to it with its code.

The code travels in the body of each request: an address would end up in logs and histories.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.instructions import instruction
from api.page_forms import Form, Typed, drawn, filled_in
from api.page_input import Attempt, Sent, kept, new_key, sent
from api.pages import STATE, page
from api.problems import Refused
from api.public import CodeUnknown, opened, say, state_of
from api.services import Here, Services
from domain.interventions.instruction_types import sender_of
from domain.interventions.instructions import INSTRUCTIONS
from domain.interventions.model import Intervention

router = APIRouter(include_in_schema=False)

_OFFERED: Final = ("supplement", "reopen", "withdraw")
"""What a sender may tell a case, in the order in which the page offers it."""


@router.get(STATE)
def ask_for_the_code(reference: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The reference and the code, by which the case is opened."""
    return page("code.html.j2", reference=reference, problem="", action=STATE)


@router.post(STATE)
async def show_state(request: Request, here: Here) -> Response:
    """Where the case stands, and what can be added now."""
    got = await sent(request)
    return await run_in_threadpool(_open, here, request, got)


@router.post(f"{STATE}/{{name}}")
async def tell_the_case(name: str, request: Request, here: Here) -> Response:
    """Tell the case something, and show where it stands then; sent again, it counts once."""
    got = await sent(request)
    case = await run_in_threadpool(_case, here, request, got)
    if case is None or name not in _OFFERED:
        return await run_in_threadpool(_open, here, request, got)
    try:
        fields = await run_in_threadpool(_fields, here, case, name, got)
        await say(here, case, name, fields, got.key)
    except Exception as error:
        return await run_in_threadpool(_shown, here, case, got, Attempt.of(error, got))
    case = await run_in_threadpool(_case, here, request, got)
    assert case is not None  # a case never goes away
    return await run_in_threadpool(_shown, here, case, got, None, name)


def _open(here: Services, request: Request, got: Sent) -> Response:
    case = _case(here, request, got)
    if case is None:
        wrong = here.data.labels.of(CodeUnknown.name(), "refusals")
        typed = got.values.get("reference", "")[:40]
        return page("code.html.j2", 404, reference=typed, problem=wrong, action=STATE)
    return _shown(here, case, got)


def _case(here: Services, request: Request, got: Sent) -> Intervention | None:
    reference = got.values.get("reference", "").strip().upper()
    try:
        return opened(reference, here, request, got.values.get("code", ""))
    except CodeUnknown:
        return None


def _fields(here: Services, case: Intervention, name: str, got: Sent) -> dict[str, Any]:
    """What was typed, with its files in the vault; nothing is kept of what would be refused."""
    form, by = INSTRUCTIONS[name].form, sender_of(case.reference)
    if case.answered(f"{by}:{got.key}") is None:
        plain = instruction(case.reference, name, filled_in(form, got.values, ()))
        reasons = here.rehearsal.instruct(plain, by, here.clock.now(), filled=True).reasons
        if reasons:
            raise Refused([reason.model_dump() for reason in reasons])
    files = kept(here, got.files, case.reference, case.sender)
    return filled_in(form, got.values, files)


def _shown(
    here: Services,
    case: Intervention,
    got: Sent,
    attempt: Attempt | None = None,
    taken: str = "",
) -> Response:
    state = state_of(case, here)
    forms = tuple(_forms(here, case, attempt.typed if attempt else None))
    return page(
        "state.html.j2",
        attempt.status if attempt else 200,
        state=state,
        question=_question(here, case),
        forms=forms,
        taken=here.data.labels.of(f"{taken}.taken", "fields") if taken else "",
        problems=attempt.problems(forms, here.data.labels) if attempt else (),
        action=lambda form: f"{STATE}/{form.name}",
        hidden={
            "reference": case.reference,
            "code": got.values.get("code", ""),
            "key": attempt.key if attempt else new_key(),
        },
    )


def _question(here: Services, case: Intervention) -> str | None:
    """What the sender was asked to add, while the case waits for it."""
    asked = case.supplements.get(case.round) if case.stage == "awaiting_supplement" else None
    return here.texts.get_many([asked.question_ref]).get(asked.question_ref) if asked else None


def _forms(here: Services, case: Intervention, typed: Typed | None) -> Iterator[Form]:
    by, at = sender_of(case.reference), here.clock.now()
    for name in _OFFERED:
        said = instruction(case.reference, name, {"text": "-"})
        if here.rehearsal.instruct(said, by, at, filled=True).allowed:
            yield drawn(name, INSTRUCTIONS[name].form, here.data.labels, typed=typed)
