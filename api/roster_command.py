"""`ks roster`: who holds which post, is away and stands in, for operators on the word of others."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import uuid4

import typer

from runtime.terminal import WrongInput, console, filled_in, read_settings

if TYPE_CHECKING:
    from api.services import Services
    from domain.messages import Act
    from domain.roster.commands import RosterTaken
    from domain.roster.state import TaskTypes

roster = typer.Typer(help="Who holds which post, is away and stands in.")

_DAY: Final = ["%Y-%m-%d"]

By = Annotated[str, typer.Option(help="Who said so: the person, the head or a post above.")]
First = Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day.")]
Last = Annotated[datetime, typer.Option("--to", formats=_DAY, help="The last day.")]
Without = Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day without.")]
Types = Annotated[
    list[str] | None,
    typer.Option("--task-type", help="In which tasks; may be repeated. In all without it."),
]


@roster.command()
def show(
    who: Annotated[str | None, typer.Argument(help="A person or a post; all without it.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="As it is on this day; today without it.")
    ] = None,
) -> None:
    """Show who holds what on a day, with the absences and substitutions from that day on."""
    from api.roster_page import roster_page
    from domain.working_days import local_day

    with _services() as here:
        day = on.date() if on else local_day(here.clock.now())
        state = here.store.roster()
        known = {held.person for held in state.tenures}
        is_post = who is not None and here.data.organisation.knows_post(who)
        if who is not None and not is_post and who not in known:
            raise WrongInput("who: neither a post nor a person of the roster")
        for part in roster_page(state, day, here.data.labels, who, is_post=is_post):
            console.print(part, highlight=False)


@roster.command()
def absent(
    person: Annotated[str, typer.Argument(help="Who is away.")],
    first: First,
    last: Last,
    by: By,
    substitute: Annotated[str | None, typer.Option(help="Who stands in.")] = None,
    task_type: Types = None,
) -> None:
    """Note an absence; the Director, the deputies and the editor need a substitute."""
    from domain.roster.commands import RecordAbsence

    command = filled_in(
        RecordAbsence,
        person=person,
        valid_from=first.date(),
        valid_to=last.date(),
        substitute=substitute,
        task_types=_types(task_type),
    )
    _carry_out(by, lambda here, act: here.roster.record_absence(command, act), "noted")


@roster.command()
def substitute(
    stand_in: Annotated[str, typer.Argument(metavar="SUBSTITUTE", help="Who stands in.")],
    first: First,
    last: Last,
    by: By,
    person: Annotated[str | None, typer.Option(help="For whom, in all posts held.")] = None,
    post: Annotated[str | None, typer.Option(help="Or for whoever holds this post.")] = None,
    task_type: Types = None,
) -> None:
    """Let somebody stand in for a person, or for whoever holds a post; never backwards."""
    from domain.roster.commands import GrantSubstitution

    command = filled_in(
        GrantSubstitution,
        person=person,
        post=post,
        substitute=stand_in,
        valid_from=first.date(),
        valid_to=last.date(),
        task_types=_types(task_type),
    )
    _carry_out(by, lambda here, act: here.roster.grant_substitution(command, act), "granted")


@roster.command()
def end(
    number: Annotated[int, typer.Argument(help="Of the substitution, as `show` tells it.")],
    first: Without,
    by: By,
) -> None:
    """End a substitution before its time."""
    from domain.roster.commands import EndSubstitution

    command = filled_in(EndSubstitution, number=number, from_day=first.date())
    _carry_out(by, lambda here, act: here.roster.end_substitution(command, act), "ended")


@roster.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="Of the absence, as `show` tells it.")],
    first: Without,
    by: By,
    reason: Annotated[str, typer.Option(help="Why; it is kept sealed.")],
) -> None:
    """Take an absence back, with the substitution that came with it."""
    from api.roster import withdraw as take_back
    from domain.roster.commands import WithdrawAbsence

    command = filled_in(WithdrawAbsence, number=number, from_day=first.date(), reason=reason)
    _carry_out(by, lambda here, act: take_back(here, command, act), "withdrawn")


def _carry_out(by: str, order: "Callable[[Services, Act], RosterTaken]", done: str) -> None:
    from domain.messages import Act

    with _services() as here:
        act = filled_in(Act, command_id=f"{by}:ks roster:{uuid4().hex}", at=here.clock.now(), by=by)
        taken = order(here, act)
        of = f", substitution {taken.substitution}" if taken.substitution else ""
        console.print(f"{done}{of} (position {taken.position} of the log)", highlight=False)


def _types(names: list[str] | None) -> "TaskTypes":
    return tuple(names) if names else "all"


@contextmanager
def _services() -> "Iterator[Services]":
    from api.services import build_services

    with closing(build_services(read_settings(quiet=True))) as here:
        yield here
