"""Who may note absences and substitutions, and how much of the roster somebody sees (§ 3).

The ordinance is silent on absences, so these are settings: a matter of the person concerned, of
the head of the unit and of the posts above. Nobody stands above the Director inside the
Department, nor above operators, auditors and clients that take reports in.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import Refusal
from domain.organisation import Organisation
from domain.roster.commands import (
    EndSubstitution,
    GrantSubstitution,
    RecordAbsence,
    RosterPage,
    WithdrawAbsence,
)
from domain.roster.refusals import RosterNotYours, TaskTypeUnknown
from domain.roster.rules import COMES_WITH, ends_with
from domain.roster.state import Dates, RosterState, Substitution, TaskTypes

_SEE_ALL: Final = frozenset({"director", "operator", "auditor"})


@dataclass(frozen=True)
class Standing:
    """Who asks, in which posts of the day, own and replaced ones."""

    person: str
    posts: frozenset[str]
    organisation: Organisation

    def is_above(self, post: str) -> bool:
        return not self.posts.isdisjoint(self.organisation.superiors(post))

    def sees(self, post: str) -> bool:
        """The posts of the own units, and those below."""
        unit, slash, _ = post.rpartition("/")
        of_unit = bool(slash) and any(own.startswith(f"{unit}/") for own in self.posts)
        sees_all = not self.posts.isdisjoint(_SEE_ALL)
        return sees_all or of_unit or post in self.posts or self.is_above(post)


def recording(state: RosterState, command: RecordAbsence, standing: Standing) -> Iterator[Refusal]:
    """An absence alone gives nobody a right: one post that answers for the person is enough."""
    if command.substitute is not None:
        yield from _replacing(state, command.person, None, command, standing)
        return
    yield from _being_away(state, command.person, command, standing)


def withdrawing(
    state: RosterState, command: WithdrawAbsence, standing: Standing
) -> Iterator[Refusal]:
    """As noting it: with the substitution that came with it, or alone. The roster itself says
    which absences are not known."""
    for absence in state.absences[command.number - 1 : command.number]:
        if ends_with(state, command) is not None:
            yield from _replacing(state, absence.person, None, absence, standing)
        else:
            yield from _being_away(state, absence.person, absence, standing)


def granting(
    state: RosterState, command: GrantSubstitution, standing: Standing
) -> Iterator[Refusal]:
    yield from _replacing(state, command.person, command.post, command, standing)


def ending(state: RosterState, command: EndSubstitution, standing: Standing) -> Iterator[Refusal]:
    """Of one that is known; the roster itself says which are not."""
    for given in state.substitutions[command.number - 1 : command.number]:
        yield from _replacing(state, given.person, given.post, given, standing)


def serving(task_types: TaskTypes, known: Collection[str]) -> Iterator[Refusal]:
    for name in () if task_types == "all" else task_types:
        if name not in known:
            yield TaskTypeUnknown(task_type=name[:40])


def page_for(standing: Standing, state: RosterState, day: date) -> RosterPage:
    """What somebody sees of it: the own units, those below, and what concerns the person."""

    def concerns(person: str | None) -> bool:
        own = person == standing.person
        return own or (person is not None and any(map(standing.sees, _posts_of(state, person))))

    def is_seen(given: Substitution) -> bool:
        of_post = given.post is not None and standing.sees(given.post)
        return of_post or concerns(given.person) or given.substitute == standing.person

    return RosterPage(
        day=day,
        tenures=tuple(
            held
            for held in state.tenures
            if held.person == standing.person or standing.sees(held.post)
        ),
        absences=tuple(absence for absence in state.absences if concerns(absence.person)),
        substitutions=tuple(filter(is_seen, state.substitutions)),
    )


def _being_away(
    state: RosterState, person: str, dates: Dates, standing: Standing
) -> Iterator[Refusal]:
    above = any(map(standing.is_above, _held_by(state, person, dates)))
    if standing.person != person and not above:
        yield RosterNotYours(posts=sorted(standing.posts))


def _replacing(
    state: RosterState, person: str | None, post: str | None, dates: Dates, standing: Standing
) -> Iterator[Refusal]:
    """A substitute gets the rights of every post concerned: one must stand above all of them."""
    if person is not None:
        people, posts = {person}, _held_by(state, person, dates)
    else:
        assert post is not None  # of a person or of a post, says the command
        main = COMES_WITH.get(post, post)
        people = {held.person for held in state.tenures_in(main) if held.overlap(dates)}
        posts = {main}
    above = bool(posts) and all(map(standing.is_above, posts))
    if standing.person not in people and not above:
        yield RosterNotYours(posts=sorted(standing.posts))


def _held_by(state: RosterState, person: str, dates: Dates) -> set[str]:
    return {held.post for held in state.tenures_of(person) if held.overlap(dates)}


def _posts_of(state: RosterState, person: str) -> set[str]:
    return {held.post for held in state.tenures_of(person)}
