"""Who holds what and who acts for whom on a day."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from domain.roster.commands import EndSubstitution, WithdrawAbsence
from domain.roster.state import RosterState, Substitution

COMES_WITH = {"spokesperson": "director"}
"""§1.2: the Director is the Spokesperson of the President."""


@dataclass(frozen=True)
class Hat:
    """Somebody whom another person replaces on a day, and the posts in which."""

    holder: str
    posts: frozenset[str]


def posts_of(state: RosterState, person: str, day: date) -> frozenset[str]:
    """Own posts and roles valid that day; what a substitute may do is not among them."""
    return _complete({held.post for held in state.tenures_of(person) if held.include(day)})


def holders_of(state: RosterState, post: str, day: date) -> frozenset[str]:
    tenures = state.tenures_in(COMES_WITH.get(post, post))
    return frozenset(held.person for held in tenures if held.include(day))


def is_active(state: RosterState, person: str, day: date) -> bool:
    return any(held.include(day) for held in state.tenures_of(person))


def is_absent(state: RosterState, person: str, day: date) -> bool:
    return any(absence.include(day) for absence in state.absences_of(person))


def acting_for(state: RosterState, person: str, day: date, task_type: str) -> tuple[Hat, ...]:
    """Whom the person replaces that day in tasks of this type, by holder.

    One step only: a hat shows the own posts of its holder, never those the holder has as a
    substitute. Who holds nothing that day replaces nobody, and nobody replaces who holds nothing.
    """
    posts: dict[str, frozenset[str]] = {}
    for given in _substitutions_on(state, person, day):
        if given.serves(task_type):
            for holder, replaced in _replaced(state, given, day):
                posts[holder] = posts.get(holder, frozenset()) | replaced
    return tuple(Hat(holder, posts[holder]) for holder in sorted(posts))


def posts_replaced(state: RosterState, person: str, day: date) -> frozenset[str]:
    """Posts of those whom the person replaces that day, in tasks of whatever type."""
    return frozenset(
        post
        for given in _substitutions_on(state, person, day)
        for _, replaced in _replaced(state, given, day)
        for post in replaced
    )


def substitutes_of(state: RosterState, person_or_post: str, day: date) -> frozenset[str]:
    """Who replaces the person, or the holder of the post, that day in tasks of any type."""
    holders = holders_of(state, person_or_post, day)
    if holders:
        posts = frozenset({person_or_post, COMES_WITH.get(person_or_post, person_or_post)})
    elif posts := posts_of(state, person_or_post, day):
        holders = frozenset({person_or_post})
    return frozenset(
        given.substitute
        for holder in holders
        for given in substitutions(state, holder, posts)
        if given.include(day)
        and given.substitute != holder
        and is_active(state, given.substitute, day)
    )


def substitutes_in(
    state: RosterState, holder: str, post: str, task_type: str, day: date
) -> frozenset[str]:
    """Who replaces this holder of the post that day in tasks of this type."""
    posts = {post, COMES_WITH.get(post, post)}
    return frozenset(
        given.substitute
        for given in substitutions(state, holder, posts)
        if given.include(day) and given.serves(task_type) and given.substitute != holder
    )


def substitutions(
    state: RosterState, person: str, posts: AbstractSet[str]
) -> Iterator[Substitution]:
    """Of the person, and of whoever holds these posts; of any day."""
    yield from state.substitutions_of(person)
    for post in posts:
        yield from state.substitutions_in(post)


def ends_with(state: RosterState, command: WithdrawAbsence) -> EndSubstitution | None:
    """The substitution that came with the absence, for what is left of it."""
    for absence in state.absences[command.number - 1 : command.number]:
        if absence.substitution is not None:
            given = state.substitutions[absence.substitution - 1]
            first = max(command.from_day, given.valid_from)
            if given.include(first):
                return EndSubstitution(number=given.number, from_day=first)
    return None


def _substitutions_on(state: RosterState, person: str, day: date) -> Iterator[Substitution]:
    """What the person was given to do for others that day; nothing for who holds nothing then."""
    if is_active(state, person, day):
        yield from (given for given in state.substitutions_by(person) if given.include(day))


def _replaced(
    state: RosterState, given: Substitution, day: date
) -> Iterator[tuple[str, frozenset[str]]]:
    """Each holder replaced that day with the posts in which."""
    if given.person is not None and (posts := posts_of(state, given.person, day)):
        yield given.person, posts
    if given.post is not None:
        for holder in holders_of(state, given.post, day) - {given.substitute}:
            yield holder, _complete({given.post})


def _complete(posts: AbstractSet[str]) -> frozenset[str]:
    """With the posts that come with those named."""
    return frozenset(posts).union(post for post, main in COMES_WITH.items() if main in posts)
