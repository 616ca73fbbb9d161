"""Whoever reported a matter reads how it stands, and adds to it: with its code, not an account."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api.attaching import attached_to
from api.attachments import media_type_of
from api.auth import Key
from api.decisions import case_key
from api.instructions import instruct, instruction
from api.pages import STATE
from api.services import Here, Services
from domain.attachments import Attachments, UploadedFile, refuse_unfit
from domain.errors import Refusal, refuse_if_any
from domain.instructions import CaseAnswer
from domain.interventions.instruction_types import sender_of
from domain.interventions.model import Intervention
from domain.interventions.promises import outcome_with_promises
from domain.interventions.transitions import stage_allows
from domain.labels import Labels
from domain.messages import Act, Message
from domain.people import PersonErased, Text
from domain.references import CaseRef
from domain.routing import RoutingTable
from domain.working_days import local_day

CODE_HEADER: Final = "X-Case-Code"
"""A header, as addresses end up in the logs and histories of others."""

MOST_WAITING: Final = 20
"""Files uploaded with a code that nothing names yet; as many as one supplement may bring."""

router = APIRouter(tags=["public"])


class TooManyUploads(Refusal):
    """Too many files wait to be named by a supplement."""


class CodeUnknown(Refusal):
    """No intervention has this reference and this code."""


class AskedUnit(Message):
    name: str
    asked_on: date


class LetterTold(Message):
    """That a letter went out, and not what it says."""

    kind: str
    label_pl: str
    to: str | None
    """The unit it was for; None for the sender."""
    sent_on: date


class PublicState(Message):
    """Where a case stands; no text and nobody's data."""

    reference: CaseRef
    received_on: date
    handling: str
    handling_pl: str
    """As the motion of a sender, or as a signal on which the Office acts of its own motion."""
    stage: str
    stage_pl: str
    outcome: str | None
    outcome_pl: str | None
    units: tuple[AskedUnit, ...]
    letters: tuple[LetterTold, ...]


class Said(Message):
    text: Text


class Supplement(Said):
    files: Attachments = ()
    """Uploaded to the case with the code."""


def opened(
    reference: str,
    here: Here,
    request: Request,
    code: Annotated[
        str, Header(alias=CODE_HEADER, description="As it was given with the reference.")
    ] = "",
) -> Intervention:
    """The case. A wrong code and an unknown reference get the same answer."""
    # Nothing is looked up before the code fits: time would tell which references there are.
    case = here.store.find(Intervention, reference) if here.codes.fits(reference, code) else None
    if case is None:
        raise CodeUnknown()
    request.state.case = case.reference
    return case


Opened = Annotated[Intervention, Depends(opened)]


@router.get("/public/interventions/{reference}", response_model=PublicState)
def read_state(
    reference: str,
    here: Here,
    request: Request,
    code: Annotated[
        str, Header(alias=CODE_HEADER, description="As it was given with the reference.")
    ] = "",
    accept: Annotated[str, Header()] = "",
) -> PublicState | RedirectResponse:
    """Where the case stands. A browser is shown the page that asks for the code."""
    if not code and "text/html" in accept:
        return RedirectResponse(f"{STATE}?{urlencode({'reference': reference[:40]})}", 303)
    return state_of(opened(reference, here, request, code), here)


@router.post("/public/interventions/{reference}/supplement")
async def supplement(case: Opened, said: Supplement, here: Here, key: Key) -> CaseAnswer:
    """What was asked for is added to the report (A7)."""
    return await say(here, case, "supplement", said.model_dump(mode="json"), key)


@router.post("/public/interventions/{reference}/attachments")
async def upload_for_a_supplement(
    case: Opened,
    request: Request,
    here: Here,
    key: Key,
    content_type: Annotated[str, Header(max_length=100)] = "",
) -> UploadedFile:
    """Upload a file as the body of the request; `files` of the supplement names it.

    Only while a supplement may come. The same file again is the same attachment.
    """
    content = await request.body()
    return await run_in_threadpool(_take_in, here, case, content, content_type)


@router.post("/public/interventions/{reference}/reopening")
async def ask_to_reopen(case: Opened, said: Said, here: Here, key: Key) -> CaseAnswer:
    """The matter is to be looked at once more (A27)."""
    return await say(here, case, "reopen", {"text": said.text}, key)


@router.post("/public/interventions/{reference}/withdrawal")
async def withdraw(case: Opened, said: Said, here: Here, key: Key) -> CaseAnswer:
    """The matter need not be looked at any more (A31)."""
    return await say(here, case, "withdraw", {"text": said.text}, key)


async def say(
    here: Services, case: Intervention, name: str, fields: dict[str, Any], key: str
) -> CaseAnswer:
    """An instruction of whoever showed the code; the same key again gives the first answer."""
    by = sender_of(case.reference)
    act = Act(command_id=f"{by}:{key}", at=here.clock.now(), by=by)
    return await instruct(here, act, instruction(case.reference, name, fields))


def _take_in(here: Services, case: Intervention, content: bytes, content_type: str) -> UploadedFile:
    refuse_if_any(stage_allows(case.stage, "SupplementIntervention"))
    media_type, own = media_type_of(content_type), case_key(case.reference)
    refuse_unfit(content, media_type)
    named = {each.file for each in attached_to(here, case.id)}
    if len(here.files.uploaded_to(case.reference) - named) >= MOST_WAITING:
        raise TooManyUploads(limit=MOST_WAITING)
    with here.sealing:
        try:
            about = case.sender or own
            return here.files.put(content, media_type, owner=case.reference, key_ref=about)
        except PersonErased:
            return here.files.put(content, media_type, owner=case.reference, key_ref=own)


def state_of(case: Intervention, here: Services) -> PublicState:
    labels, routing = here.data.labels, here.data.routing
    outcome = _outcome(case)
    return PublicState(
        reference=case.reference,
        received_on=local_day(case.received_at),
        handling=case.handling,
        handling_pl=labels.of(case.handling, "handlings"),
        stage=case.stage,
        stage_pl=labels.of(case.stage, "stages"),
        outcome=outcome,
        outcome_pl=labels.of(outcome, "outcomes") if outcome else None,
        units=tuple(
            AskedUnit(name=routing.unit(each.unit).name, asked_on=local_day(each.sent_at))
            for each in case.referrals.values()
        ),
        letters=tuple(_letters(case, labels, routing)),
    )


def _outcome(case: Intervention) -> str | None:
    """What a reply says is only so once it is out of the hands of those who write and approve."""
    if case.stage == "replied" and case.reply is not None:
        return outcome_with_promises(case, case.reply.outcome)
    return case.outcome or case.ending


def _letters(case: Intervention, labels: Labels, routing: RoutingTable) -> Iterator[LetterTold]:
    """Those to the sender and to units; others who were written to are nobody's business."""
    for key, letter in case.letters.items():
        kind, _, recipient = key.split(".")
        referral = case.referrals.get(recipient)
        if letter.state == "prepared" or not (referral or recipient == "sender"):
            continue
        yield LetterTold(
            kind=kind,
            label_pl=labels.of(kind, "letters"),
            to=routing.unit(referral.unit).name if referral else None,
            sent_on=local_day(letter.sent_at),
        )
