"""The page behind a link: what is asked of somebody without an account, and the answer to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from activities.interventions import known_case
from activities.letter_contents import place_line
from activities.tasks import known_task
from api.attaching import attached_to
from api.auth import Caller, identify
from api.page_forms import Form, Typed, can_be_drawn, drawn, filled_in
from api.page_input import Attempt, Sent, kept, new_key, sent
from api.pages import LINKS, page
from api.problems import Refused
from api.services import Here, Services
from api.tasks import decided
from domain.assignments.forms import PROCESS as EXTRA_TASK
from domain.attachments import AttachedFile, AttachmentUnknown
from domain.interventions import events
from domain.interventions.model import Intervention
from domain.parties.model import ExternalParty
from domain.people import is_text_ref
from domain.task_types import TASK_TYPES
from domain.tasks.commands import CompleteTask
from domain.tasks.model import Task
from domain.tasks.refusals import OutcomeNotOffered
from domain.working_days import local_day
from runtime.keys import KeyUnknown
from runtime.links import PREFIX
from runtime.store import UnitOfWork

router = APIRouter(include_in_schema=False)

_ADDRESS: Final = f"{LINKS}{{token}}"


@dataclass(frozen=True)
class Asked:
    """What the page tells of the task: nothing of the sender, nothing of what staff say."""

    title: str
    reference: str
    about: str
    place: str
    due: date | None
    late: bool
    texts: tuple[str, ...] = ()
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True)
class Finished:
    at: datetime
    outcome: str
    mine: bool


@router.get(_ADDRESS)
def read_link(token: str, request: Request, here: Here) -> Response:
    """What is asked, by when, and the ways to answer."""
    return _shown(here, _caller(here, token, request), token)


@router.get(f"{_ADDRESS}/files/{{file}}")
def read_file(token: str, file: str, request: Request, here: Here) -> Response:
    """A document that is attached to the task."""
    me = _caller(here, token, request)
    task = known_task(UnitOfWork(here.store), _reference(me))
    found = next((each for each in attached_to(here, task.id) if each.file == file), None)
    if found is None:
        raise AttachmentUnknown(files=[file[:40]])
    disposition = {"content-disposition": f'attachment; filename="{found.name}"'}
    return Response(here.files.get(found.file), media_type=found.media_type, headers=disposition)


@router.post(_ADDRESS)
async def answer_by_link(token: str, request: Request, here: Here) -> Response:
    """Take the answer and show the page anew; sent again, it gets the first answer."""
    me = await run_in_threadpool(_caller, here, token, request)
    got = await sent(request)
    try:
        command = await run_in_threadpool(_command, here, me, got)
        await decided(here, me, got.key, command)
    except Exception as error:
        attempt = Attempt.of(error, got)
    else:
        return Response(status_code=303, headers={"location": f"{LINKS}{token}"})
    return await run_in_threadpool(_shown, here, me, token, attempt)


def _caller(here: Services, token: str, request: Request) -> Caller:
    """Only the token of a link opens a page; a key of the API has no place in an address."""
    if not token.startswith(PREFIX):
        raise KeyUnknown()
    me = identify(here, token)
    request.state.person = me.person
    return me


def _reference(me: Caller) -> str:
    assert me.link is not None  # whoever comes by a link has one
    return me.link


def _command(here: Services, me: Caller, got: Sent) -> CompleteTask:
    """The decision with its files in the vault; nothing is kept of what would be refused."""
    task = known_task(UnitOfWork(here.store), _reference(me))
    outcome = got.values.get("form", "")
    kind = TASK_TYPES[task.type].outcomes.get(outcome)
    if kind is None:
        raise OutcomeNotOffered(outcome=outcome[:40], offered=list(task.outcomes))

    def command(files: Any = ()) -> CompleteTask:
        return CompleteTask(
            task_ref=task.task_ref,
            expected_version=got.version,
            outcome=outcome,
            fields=filled_in(kind.form, got.values, files),
        )

    if task.answered(me.act(got.key).command_id) is None:
        reasons = here.rehearsal.rehearse(command(), me.person, me.at).reasons
        if reasons:
            raise Refused([reason.model_dump() for reason in reasons])
    return command(kept(here, got.files, task.case_ref, None))


def _shown(here: Services, me: Caller, token: str, attempt: Attempt | None = None) -> Response:
    unit = UnitOfWork(here.store)
    task = known_task(unit, _reference(me))
    party = unit.find(ExternalParty, me.person)
    assert party is not None  # it has a link
    labels = here.data.labels
    ends = max(link.expires_at for link in party.links_to(task.task_ref))
    forms = tuple(_forms(here, task, me, attempt.typed if attempt else None))
    return page(
        "link.html.j2",
        attempt.status if attempt else 200,
        asked=_asked(here, task, me.at),
        finished=None
        if task.is_open
        else Finished(
            at=task.finished_at or me.at,
            outcome=labels.of(task.outcome, "decisions") if task.outcome else "",
            mine=task.finished_by == me.person,
        ),
        forms=forms,
        problems=attempt.problems(forms, labels) if attempt else (),
        address=f"{LINKS}{token}",
        action=lambda form: f"{LINKS}{token}",
        key=attempt.key if attempt else new_key(),
        version=task.version,
        # It expires at the midnight that ends this day.
        good_until=local_day(ends - timedelta(minutes=1)),
    )


def _forms(here: Services, task: Task, me: Caller, typed: Typed | None) -> Iterator[Form]:
    if not task.is_open:
        return
    day = local_day(me.at)
    units = tuple((each.id, each.name) for each in here.data.routing.units if each.active(day))
    for name in task.outcomes:
        command = TASK_TYPES[task.type].outcomes[name].form
        if can_be_drawn(command):
            yield drawn(name, command, here.data.labels, units, typed)


def _asked(here: Services, task: Task, at: datetime) -> Asked:
    title, term = here.data.labels.of(task.type, "task_titles"), task.complete_by
    case = None
    if task.process != EXTRA_TASK:
        case = known_case(UnitOfWork(here.store), task.case_ref)
    routing = here.data.routing
    return Asked(
        title=title,
        reference=task.case_ref,
        about=routing.category(case.category).pl if case else "",
        place=place_line(case, {row.id: row.name for row in routing.districts}) if case else "",
        due=term.safe_due if term else None,
        late=bool(term and term.overdue(at)),
        texts=tuple(_texts(here, task, case)),
        files=tuple(attached_to(here, task.id)),
    )


def _texts(here: Services, task: Task, case: Intervention | None) -> Iterator[str]:
    """The question of the referral, and what the answer to it lacked when it came back."""
    if case is None or task.subject not in case.referrals:
        return
    refs = [case.referrals[task.subject].question_ref]
    told: Mapping[str, str] = {
        event.referral: event.what_is_missing_ref
        for event in here.store.events.get(case.id)
        if isinstance(event, events.FeedbackReturned)
    }
    if task.type == "answer_referral" and task.subject in told:
        refs.append(told[task.subject])
    opened = here.texts.get_many(ref for ref in refs if is_text_ref(ref))
    yield from (opened[ref] for ref in refs if ref in opened)
