"""The roster over HTTP: absences and substitutions are noted and taken back, and who is who is
read."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path

from activities.actions import Action, offered
from api.auth import Caller, Key, Me
from api.reading import AtPosition, tables
from api.services import Here, Services
from domain.errors import refuse_if_any
from domain.messages import Act, Message
from domain.people import Text
from domain.roster.access import Standing, page_for
from domain.roster.commands import (
    EndSubstitution,
    GrantSubstitution,
    RecordAbsence,
    RosterPage,
    RosterTaken,
    WithdrawAbsence,
)
from domain.roster.refusals import AbsenceUnknown, RosterNotYours
from domain.roster.state import Absence
from domain.working_days import local_day
from projections.roster import roster_from
from runtime.births import KeyUsedForAnotherRequest
from runtime.text_store import TextDiffers, seal_texts

router = APIRouter(tags=["roster"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class AbsenceEnd(Message):
    """From when an absence is taken back, and why."""

    from_day: date
    """The first day without it."""
    reason: Text


class AbsencePage(Absence):
    """An absence, and why it was taken back if it was."""

    reason: str | None


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
    number: Number, end: SubstitutionEnd, here: Here, me: Me, key: Key
) -> RosterTaken:
    """End a substitution early; what the substitute has claimed stays until it is released."""
    _refuse_links(me)
    command = EndSubstitution(number=number, from_day=end.from_day)
    return here.roster.end_substitution(command, me.act(key))


@router.post("/roster/absences/{number}/withdraw")
def withdraw_absence(number: Number, end: AbsenceEnd, here: Here, me: Me, key: Key) -> RosterTaken:
    """Take an absence back that was noted by mistake, from today or a later day on; the
    substitution that came with it ends as well."""
    _refuse_links(me)
    command = WithdrawAbsence(number=number, from_day=end.from_day, reason=end.reason)
    return withdraw(here, command, me.act(key))


@router.get("/roster/absences/{number}")
def read_absence(number: Number, here: Here, me: Me) -> AbsencePage:
    """One absence, also one that was taken back: for whoever sees the posts of the person."""
    _refuse_links(me)
    absence = _visible_absence(here, me, number)
    refs = [absence.reason_ref] if absence.reason_ref else []
    texts = here.texts.get_many(refs)
    return AbsencePage(**dict(absence), reason=texts.get(absence.reason_ref or ""))


@router.get("/roster/absences/{number}/actions")
def read_actions_on_absence(number: Number, here: Here, me: Me) -> tuple[Action, ...]:
    """Whether the caller may take the absence back today, and why not."""
    _refuse_links(me)
    _visible_absence(here, me, number)
    command = WithdrawAbsence(number=number, from_day=local_day(me.at), reason="rehearsal")
    found = here.roster.against_withdrawing(command, me.act("rehearsal"))
    return (offered("withdraw", found, "from_day", "reason"),)


def withdraw(here: Services, command: WithdrawAbsence, act: Act) -> RosterTaken:
    """Take it back, its reason sealed under a key of its own."""
    if not here.roster.has_done(act):
        # Refused before a text is kept of what may not be.
        refuse_if_any(here.roster.against_withdrawing(command, act))
    key_ref = f"absence:{command.number}"
    try:
        with here.sealing:
            sealed = seal_texts(
                command, key_ref=key_ref, command_id=act.command_id, texts=here.texts
            )
    except TextDiffers:
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2]) from None
    return here.roster.withdraw_absence(sealed, act)


@router.get("/roster", dependencies=[AtPosition])
def read_roster(here: Here, me: Me) -> RosterPage:
    """Who holds what, is away and stands in from today on: of the own units and those below."""
    _refuse_links(me)
    day = local_day(me.at)
    with tables(here) as connection:
        state = roster_from(connection, day)
    return page_for(Standing(me.person, me.all_posts, here.data.organisation), state, day)


def _visible_absence(here: Services, me: Caller, number: int) -> Absence:
    """An absence of somebody whose posts the caller sees, or of the caller."""
    state = here.store.roster()
    if number > len(state.absences):
        raise AbsenceUnknown(number=number)
    standing = Standing(me.person, me.all_posts, here.data.organisation)
    for absence in page_for(standing, state, local_day(me.at)).absences:
        if absence.number == number:
            return absence
    raise RosterNotYours(posts=sorted(me.all_posts))


def _refuse_links(me: Caller) -> None:
    """A party outside the Office has its one task and no place in the roster."""
    if me.link is not None:
        raise RosterNotYours(posts=[])
