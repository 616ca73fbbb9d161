"""The roster over HTTP: absences and substitutions are noted, and who is who is read."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import Caller, Key, Me
from api.reading import AtPosition, tables
from api.services import Here
from domain.messages import Message
from domain.roster.access import Standing, page_for
from domain.roster.commands import (
    EndSubstitution,
    GrantSubstitution,
    RecordAbsence,
    RosterPage,
    RosterTaken,
)
from domain.roster.refusals import RosterNotYours
from domain.working_days import local_day
from projections.roster import roster_from

router = APIRouter(tags=["roster"])


class SubstitutionEnd(Message):
    """When a substitution ends before its time."""

    from_day: date
    """The first day without it."""


@router.post("/roster/absences", status_code=201)
def record_absence(command: RecordAbsence, here: Here, me: Me, key: Key) -> RosterTaken:
    """Note an absence, the own one or of somebody below; single-person posts need a substitute."""
    _refuse_links(me)
    return here.roster.record_absence(command, me.act(key))


@router.post("/roster/substitutions", status_code=201)
def grant_substitution(command: GrantSubstitution, here: Here, me: Me, key: Key) -> RosterTaken:
    """Let somebody stand in for a person, or for whoever holds a post; never backwards."""
    _refuse_links(me)
    return here.roster.grant_substitution(command, me.act(key))


@router.post("/roster/substitutions/{number}/end")
def end_substitution(
    number: Annotated[int, Path(ge=1)], end: SubstitutionEnd, here: Here, me: Me, key: Key
) -> RosterTaken:
    """End a substitution early; what the substitute has claimed stays until it is released."""
    _refuse_links(me)
    command = EndSubstitution(number=number, from_day=end.from_day)
    return here.roster.end_substitution(command, me.act(key))


@router.get("/roster", dependencies=[AtPosition])
def read_roster(here: Here, me: Me) -> RosterPage:
    """Who holds what, is away and stands in from today on: of the own units and those below."""
    _refuse_links(me)
    day = local_day(me.at)
    with tables(here) as connection:
        state = roster_from(connection, day)
    return page_for(Standing(me.person, me.all_posts, here.data.organisation), state, day)


def _refuse_links(me: Caller) -> None:
    """A party outside the Office has its one task and no place in the roster."""
    if me.link is not None:
        raise RosterNotYours(posts=[])
