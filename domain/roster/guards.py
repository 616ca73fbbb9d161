"""What the roster does not allow: guards of its commands, each yielding named facts."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from domain.errors import Refusal
from domain.roster.commands import (
    EndSubstitution,
    FillPost,
    GrantRole,
    GrantSubstitution,
    RecordAbsence,
    RevokeRole,
    VacatePost,
    WithdrawAbsence,
)
from domain.roster.refusals import (
    AbsenceEndInThePast,
    AbsenceKnown,
    AbsenceOver,
    AbsenceUnknown,
    NotHeld,
    NothingHeld,
    PostComesWithAnother,
    PostHeld,
    PostOfOnePerson,
    PostVacant,
    RoleHeld,
    RoleOfSeveral,
    SubstituteMissing,
    SubstituteNotActive,
    SubstituteOfOneself,
    SubstitutionEndInThePast,
    SubstitutionInThePast,
    SubstitutionKnown,
    SubstitutionOver,
    SubstitutionUnknown,
)
from domain.roster.rules import COMES_WITH, ends_with, is_active, substitutions
from domain.roster.state import ONE_DAY, Absence, Dates, RosterState, Substitution, Tenure

SUBSTITUTE_COMPULSORY = frozenset({"director", "deputy_media", "deputy_promotion", "KS-07/editor"})
"""Single-person posts of the Department; a setting, the ordinance is silent on absences."""

_GRANTED = {*GrantSubstitution.model_fields}

OF_ONE_PERSON = SUBSTITUTE_COMPULSORY | {"president"}


def filling(state: RosterState, command: FillPost) -> Iterator[Refusal]:
    yield from _must_be_of_one_person(command.post)
    if command.post in OF_ONE_PERSON:
        for held in state.tenures_in(command.post):
            if held.overlap(command):
                yield PostHeld(post=held.post, by=held.person, **_dates(held))


def granting(state: RosterState, command: GrantRole) -> Iterator[Refusal]:
    yield from _must_be_of_several(command.post)
    for held in state.tenures_of(command.person):
        if held.post == command.post and held.overlap(command):
            yield RoleHeld(post=held.post, by=held.person, **_dates(held))


def vacating(state: RosterState, command: VacatePost) -> Iterator[Refusal]:
    yield from _must_be_of_one_person(command.post)
    yield from _must_be_held(state, command)


def revoking(state: RosterState, command: RevokeRole) -> Iterator[Refusal]:
    yield from _must_be_of_several(command.post)
    yield from _must_be_held(state, command)


def being_absent(state: RosterState, command: RecordAbsence, today: date) -> Iterator[Refusal]:
    for known in state.absences_of(command.person):
        if (known.valid_from, known.valid_to) == (command.valid_from, command.valid_to):
            yield AbsenceKnown(number=known.number)
    if not any(held.overlap(command) for held in state.tenures_of(command.person)):
        yield NothingHeld(person=command.person)
    elif command.substitute is None:
        yield from _must_be_replaced(state, command, today)
    else:
        granted = stand_in(command, command.substitute, today)
        against = list(substituting(state, granted, today))
        yield from against or _must_be_replaced(state, command, today, granted)


def stand_in(command: RecordAbsence, substitute: str, today: date) -> GrantSubstitution:
    """The substitution for an absence: what has passed of it can no longer be replaced."""
    return GrantSubstitution(
        person=command.person,
        substitute=substitute,
        valid_from=min(max(command.valid_from, today), command.valid_to),
        valid_to=command.valid_to,
        task_types=command.task_types,
    )


def substituting(state: RosterState, command: GrantSubstitution, today: date) -> Iterator[Refusal]:
    if command.valid_from < today:
        yield SubstitutionInThePast(valid_from=command.valid_from, today=today)
    if not is_active(state, command.substitute, command.valid_from):
        yield SubstituteNotActive(person=command.substitute, day=command.valid_from)
    if command.person is not None:
        yield from _must_replace_person(state, command, command.person)
    if command.post is not None:
        yield from _must_replace_holder(state, command, command.post)


def granting_substitution(
    state: RosterState, command: GrantSubstitution, today: date
) -> Iterator[Refusal]:
    for known in state.substitutions_by(command.substitute):
        if known.model_dump(include=_GRANTED) == command.model_dump():
            yield SubstitutionKnown(number=known.number)
    yield from substituting(state, command, today)


def ending(state: RosterState, command: EndSubstitution, today: date) -> Iterator[Refusal]:
    if command.from_day < today:
        yield SubstitutionEndInThePast(from_day=command.from_day, today=today)
    if command.number > len(state.substitutions):
        yield SubstitutionUnknown(number=command.number)
    elif not state.substitutions[command.number - 1].include(command.from_day):
        yield SubstitutionOver(number=command.number, from_day=command.from_day)
    else:
        yield from _must_stay_replaced(state, command)


def withdrawing(state: RosterState, command: WithdrawAbsence, today: date) -> Iterator[Refusal]:
    if command.from_day < today:
        yield AbsenceEndInThePast(from_day=command.from_day, today=today)
    for absence in state.absences[command.number - 1 : command.number]:
        if absence.last < max(absence.valid_from, command.from_day):
            yield AbsenceOver(number=command.number, from_day=command.from_day)
        elif (ended := ends_with(state, command)) is not None:
            yield from _must_stay_replaced(state, ended, command.number)
    if command.number > len(state.absences):
        yield AbsenceUnknown(number=command.number)


def _dates(held: Dates) -> dict[str, date | None]:
    return {"since": held.valid_from, "until": held.valid_to}


def _must_be_of_one_person(post: str) -> Iterator[Refusal]:
    if post in COMES_WITH:
        yield PostComesWithAnother(post=post, comes_with=COMES_WITH[post])
    elif post not in OF_ONE_PERSON:
        yield RoleOfSeveral(post=post)


def _must_be_of_several(post: str) -> Iterator[Refusal]:
    if post in COMES_WITH:
        yield PostComesWithAnother(post=post, comes_with=COMES_WITH[post])
    elif post in OF_ONE_PERSON:
        yield PostOfOnePerson(post=post)


def _must_be_held(state: RosterState, command: VacatePost | RevokeRole) -> Iterator[Refusal]:
    held = [tenure for tenure in state.tenures_of(command.person) if tenure.post == command.post]
    if not any(tenure.include(command.from_day) for tenure in held):
        yield NotHeld(post=command.post, person=command.person, day=command.from_day)


def _must_replace_person(
    state: RosterState, command: GrantSubstitution, person: str
) -> Iterator[Refusal]:
    if person == command.substitute:
        yield SubstituteOfOneself(person=person)
    if not any(held.overlap(command) for held in state.tenures_of(person)):
        yield NothingHeld(person=person)


def _must_replace_holder(
    state: RosterState, command: GrantSubstitution, post: str
) -> Iterator[Refusal]:
    main = COMES_WITH.get(post, post)
    if main not in OF_ONE_PERSON:
        yield RoleOfSeveral(post=post)
        return
    held = [tenure for tenure in state.tenures_in(main) if tenure.overlap(command)]
    if not held:
        yield PostVacant(post=post)
    if any(tenure.person == command.substitute for tenure in held):
        yield SubstituteOfOneself(person=command.substitute, post=post)


def _must_be_replaced(
    state: RosterState, absence: RecordAbsence, today: date, *granted: GrantSubstitution
) -> Iterator[Refusal]:
    """On every single-person post, and on each day that can still be replaced, in all tasks."""
    for held in state.tenures_of(absence.person):
        if held.post in SUBSTITUTE_COMPULSORY:
            given = substitutions(state, absence.person, {held.post})
            if day := _left_open(state, held, absence, today, chain(given, granted)):
                yield SubstituteMissing(post=held.post, person=held.person, day=day)


def _must_stay_replaced(
    state: RosterState, end: EndSubstitution, withdrawn: int | None = None
) -> Iterator[Refusal]:
    """Whoever is away from a single-person post keeps a substitute; `withdrawn` is the number of
    an absence that ends as well. What was open before is no reason."""
    ended = state.substitutions[end.number - 1]
    for absence, held in _replaced_by(state, ended):
        if absence.number != withdrawn:
            given = list(substitutions(state, held.person, {held.post}))
            rest = [_without(each, end) if each == ended else each for each in given]
            before = _left_open(state, held, absence, end.from_day, given)
            after = _left_open(state, held, absence, end.from_day, rest)
            if after is not None and after != before:
                yield SubstituteMissing(post=held.post, person=held.person, day=after)


def _replaced_by(state: RosterState, given: Substitution) -> Iterator[tuple[Absence, Tenure]]:
    """Absences of those replaced, each with a single-person post that they hold."""
    tenures = state.tenures_of(given.person) if given.person else state.tenures_in(given.post or "")
    for held in tenures:
        if held.post in SUBSTITUTE_COMPULSORY:
            for absence in state.absences_of(held.person):
                yield absence, held


def _without(given: Substitution, end: EndSubstitution) -> Substitution:
    return given.model_copy(update={"valid_to": end.from_day - ONE_DAY})


def _left_open(
    state: RosterState,
    held: Tenure,
    absence: Dates,
    since: date,
    given: Iterable[Substitution | GrantSubstitution],
) -> date | None:
    """The first day of the absence, from a day on, on which nobody has every right of the post."""
    away = held.common(absence)
    return _first_left_open(max(away.valid_from, since), away.last, _covers(state, given))


def _covers(
    state: RosterState, given: Iterable[Substitution | GrantSubstitution]
) -> Iterator[Dates]:
    """Days on which a substitute has every right of the person and is active."""
    for substitution in given:
        if substitution.task_types == "all" and substitution.substitute != substitution.person:
            for held in state.tenures_of(substitution.substitute):
                yield held.common(substitution)


def _first_left_open(first: date, last: date, covers: Iterable[Dates]) -> date | None:
    for cover in sorted(covers, key=lambda cover: cover.valid_from):
        if cover.include(first):
            if cover.last >= last:
                return None
            first = cover.last + ONE_DAY
    return first if first <= last else None
