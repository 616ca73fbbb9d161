"""Appointments: who holds a post or a role from which day on (§1-§3)."""

from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime

from domain.errors import Refusal
from domain.messages import SYSTEM, Act
from domain.organisation import Organisation
from domain.roster.commands import FillPost, GrantRole, OpenRoster
from domain.roster.guards import OF_ONE_PERSON
from domain.roster.model import ROSTER_ID, Roster
from domain.working_days import local_day
from runtime.clock import SystemClock
from runtime.first_run import checked_reference_data
from runtime.settings import Settings
from runtime.staff import Staff
from runtime.store import Store, UnitOfWork
from runtime.vault import Vault


class PostUnknown(Refusal):
    """There is no such post or role."""


def appoint(
    store: Store,
    organisation: Organisation,
    posts: Iterable[tuple[str, str]],
    since: date,
    at: datetime,
) -> None:
    """Give each (person, post) from that day on; who holds it already holds it as before.

    The roster is opened with the first appointment.
    """
    wanted = list(posts)
    for _, post in wanted:
        if not organisation.knows_post(post):
            raise PostUnknown(post=post)

    def work(unit: UnitOfWork) -> None:
        opening = Act(command_id="roster:open", at=at, by=SYSTEM)
        roster: Roster = unit.store.load(ROSTER_ID) or Roster.open(OpenRoster(), opening)
        for person, post in wanted:
            _appoint(roster, person, post, since, at)
        unit.add(roster)

    store.carry_out(work)


def put_in_place(
    settings: Settings,
    person: str,
    posts: Iterable[str],
    name: str | None,
    email: str | None = None,
) -> None:
    """Appoint one person from today on, and keep the name to sign letters with and the address
    for reminders."""
    clock = SystemClock(settings.clock_shift)
    now = clock.now()
    wanted = [(person, post) for post in posts]
    if wanted:
        organisation = checked_reference_data(settings).organisation
        with closing(Store(settings)) as store:
            appoint(store, organisation, wanted, local_day(now), now)
    if name is not None:
        with closing(Vault.of(settings, clock)) as vault:
            Staff(vault).enrol(person, name, email)


def _appoint(roster: Roster, person: str, post: str, since: date, at: datetime) -> None:
    if any(held.post == post for held in roster.state.tenures_of(person)):
        return
    act = Act(command_id=f"appoint:{person}:{post}", at=at, by=SYSTEM)
    if post in OF_ONE_PERSON:
        roster.fill_post(FillPost(post=post, person=person, valid_from=since), act)
    else:
        roster.grant_role(GrantRole(post=post, person=person, valid_from=since), act)
