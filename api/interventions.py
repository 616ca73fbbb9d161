"""Interventions over HTTP: registered, listed and read, by whoever may (§ 9 pt 1-3)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from api.auth import Caller, Key, Me
from api.cursors import Cursor, read_cursor, write_cursor
from api.reading import AtPosition, tables
from api.registering import Report, take_in
from api.services import Here, Services
from api.texts import CaseTexts, texts_of
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.headlines import headline
from domain.interventions.refusals import CaseUnknown
from domain.messages import Message, Moment
from domain.references import CaseRef
from projections.follower import position
from projections.interventions import CaseFilter, cursor_of, find, list_interventions
from projections.interventions import Cursor as Receipt
from projections.listing import Name
from projections.rows import Row
from projections.timeline import timeline_of

MOST_AT_ONCE: Final = 200

_FOR_UNITS: Final = (
    "reference", "category", "group", "district", "street", "number", "lat", "lon", "emergency",
    "received_at", "on_hold", "log_position",
)  # fmt: skip
"""What a unit outside the Department is shown of a case, besides its own referrals."""

_CURSOR: Final = TypeAdapter(tuple[Moment, Name])

router = APIRouter(tags=["interventions"])
log = structlog.get_logger(__name__)


class Taken(Message):
    """A report that was taken in."""

    reference: CaseRef
    position: int
    """Ask a list for this position with `at_or_after`."""
    code: str
    """Reads the state at `links.state` without an account: for whoever reported the matter."""
    links: dict[str, str]


class Page(Message):
    """One page of a list; `next` is the cursor of the page after it."""

    items: list[dict[str, Any]]
    next: str | None
    log_position: int


@router.post("/interventions", status_code=201, responses={200: {"model": Taken}})
def register_intervention(
    report: Report, here: Here, me: Me, key: Key, request: Request, response: Response
) -> Taken:
    """Take a report in. The same key again gives the same reference, with status 200."""
    refuse_if_any(access.registering(me.all_posts))
    born = take_in(here, me, key, report)
    if born.repeated:
        response.status_code = 200
    else:
        title = headline(born.reference, report.category, report.place.district, here.data.routing)
        here.processes.start_soon("intervention", born.reference, title)
    request.state.case = born.reference
    return Taken(
        reference=born.reference,
        position=born.position,
        code=here.codes.make(born.reference),
        links={
            **_links(born.reference, born.position),
            "state": f"/public/interventions/{born.reference}",
        },
    )


@router.get("/interventions", dependencies=[AtPosition])
def list_cases(
    here: Here,
    me: Me,
    stage: str | None = None,
    category: str | None = None,
    group: str | None = None,
    district: str | None = None,
    unit: Annotated[str | None, Query(description="A unit that was written to.")] = None,
    waiting: str | None = None,
    on_hold: bool | None = None,
    handling: Annotated[str | None, Query(description="As a motion, or as a signal.")] = None,
    overdue: Annotated[bool, Query(description="Past the safe due and not settled.")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 50,
) -> Page:
    """The newest cases first, of those that the caller may see."""
    wanted = CaseFilter(
        stage=stage,
        category=category,
        group=group,
        district=district,
        unit=unit,
        waiting=waiting,
        on_hold=on_hold,
        handling=handling,
        overdue_at=me.at if overdue else None,
    )
    after = read_cursor(cursor, _CURSOR) if cursor else None
    with tables(here) as connection:
        rows = list(_seen(connection, me, wanted, after, limit))
        shown = [_case_for(me, row) for row in rows]
        return Page(
            items=shown,
            next=write_cursor(cursor_of(rows[-1]), _CURSOR) if len(rows) == limit else None,
            log_position=position(connection),
        )


@router.get("/interventions/{reference}", dependencies=[AtPosition])
def read_case(reference: str, here: Here, me: Me) -> dict[str, Any]:
    """A case with its referrals and letters."""
    case = visible_case(here, me, reference)
    return {**_case_for(me, case), "links": _links(reference)}


@router.get("/interventions/{reference}/timeline", dependencies=[AtPosition])
def read_timeline(
    reference: str, here: Here, me: Me, after: Annotated[int, Query(ge=0)] = 0
) -> Page:
    """What happened, event by event; `after` is the position of the last one known."""
    case = visible_case(here, me, reference)
    with tables(here) as connection:
        rows = timeline_of(connection, reference, after)
        return Page(
            items=[row for row in rows if _concerns(me, case, row)],
            next=None,
            log_position=position(connection),
        )


@router.get("/interventions/{reference}/texts", dependencies=[AtPosition])
def read_texts(reference: str, here: Here, me: Me) -> CaseTexts:
    """The sender and all texts, out of the vault; who read them is noted in the log."""
    case = visible_case(here, me, reference)
    extent = me.sight.of_case(case["units"])
    assert extent is not None  # the case is visible
    log.info("texts opened", case=reference, extent=extent)
    return texts_of(here, reference, extent, _own_referrals(me, case))


def visible_case(here: Services, me: Caller, reference: str) -> Row:
    with tables(here) as connection:
        case = find(connection, reference)
    if case is None:
        raise CaseUnknown(reference=reference[:30])
    refuse_if_any(access.seeing(me.sight, reference, case["units"]))
    return case


def _seen(
    connection: Any, me: Caller, wanted: CaseFilter, after: Receipt | None, limit: int
) -> Iterator[Row]:
    """Rows of the cases that the caller may see, newest first."""
    if me.sight.extent != "referrals":
        refuse_if_any(access.listing(me.sight))
        yield from list_interventions(connection, wanted, after=after, limit=limit)
        return
    found: dict[str, Row] = {}
    for unit in me.sight.units if wanted.unit is None else me.sight.units & {wanted.unit}:
        own = CaseFilter(**{**vars(wanted), "unit": unit})
        rows = list_interventions(connection, own, after=after, limit=limit)
        found |= {row["reference"]: row for row in rows}
    yield from sorted(found.values(), key=cursor_of, reverse=True)[:limit]


def _case_for(me: Caller, case: Row) -> dict[str, Any]:
    """Of the row what the caller may see."""
    if me.sight.extent != "referrals":
        return dict(case)
    shown = {name: case[name] for name in _FOR_UNITS}
    if "referrals" in case:
        own = _own_referrals(me, case)
        shown["referrals"] = [row for row in case["referrals"] if row["referral"] in own]
        shown["letters"] = [row for row in case["letters"] if row["recipient"] in own]
    return shown


def _own_referrals(me: Caller, case: Row) -> frozenset[str]:
    return frozenset(row["referral"] for row in case["referrals"] if row["unit"] in me.sight.units)


def _concerns(me: Caller, case: Row, row: Mapping[str, Any]) -> bool:
    """Whether an event is about what the caller may see."""
    if me.sight.extent != "referrals":
        return True
    facts, own = row["facts"], _own_referrals(me, case)
    tasks = tuple(f"{case['reference']}-answer_referral-{referral}-" for referral in own)
    about = facts.get("referral") or facts.get("recipient")
    return about in own or facts.get("task_ref", "").startswith(tasks or ("-",))


def _links(reference: str, at: int | None = None) -> dict[str, str]:
    case = f"/interventions/{reference}"
    since = f"?at_or_after={at}" if at is not None else ""
    return {
        "case": case + since,
        "timeline": f"{case}/timeline{since}",
        "texts": f"{case}/texts{since}",
        "triage": f"{case}/triage{since}",
        "actions": f"/cases/{reference}/actions",
    }
