"""The roster at the store: absences and substitutions, each noted once."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from activities.tasks import TaskDesk
from domain.errors import Refusal, refusals_of, refuse_if_any
from domain.messages import Act
from domain.people import refuse_unsealed
from domain.roster import access, events
from domain.roster.commands import (
    EndSubstitution,
    GrantSubstitution,
    RecordAbsence,
    RosterTaken,
    WithdrawAbsence,
)
from domain.roster.model import NAME, Roster
from domain.roster.refusals import RosterNotYours
from domain.roster.state import RosterState
from domain.task_types import TASK_TYPES
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork

_Allowed = Callable[[RosterState, access.Standing], Iterator[Refusal]]

_LARGEST: Final = 2
"""Events of one command: an absence comes with its substitution, and ends with it."""


_OF_SUBSTITUTIONS: Final = (events.SubstitutionGranted, events.SubstitutionEnded)


class RosterCommands:
    """No case waits for them: the follower tells those concerned."""

    def __init__(self, desk: TaskDesk) -> None:
        self.desk = desk
        self.store = desk.store

    def record_absence(self, command: RecordAbsence, act: Act) -> RosterTaken:
        refuse_if_any(access.serving(command.task_types, TASK_TYPES))
        return self._note(
            act,
            lambda state, standing: access.recording(state, command, standing),
            lambda roster: roster.record_absence(command, act),
            lambda noted: _is_absence(command, noted),
        )

    def grant_substitution(self, command: GrantSubstitution, act: Act) -> RosterTaken:
        refuse_if_any(access.serving(command.task_types, TASK_TYPES))
        return self._note(
            act,
            lambda state, standing: access.granting(state, command, standing),
            lambda roster: roster.grant_substitution(command, act),
            lambda noted: _is_grant(command, noted),
        )

    def end_substitution(self, command: EndSubstitution, act: Act) -> RosterTaken:
        return self._note(
            act,
            lambda state, standing: access.ending(state, command, standing),
            lambda roster: roster.end_substitution(command, act),
            lambda noted: _is_end(command, noted),
        )

    def withdraw_absence(self, command: WithdrawAbsence, act: Act) -> RosterTaken:
        refuse_unsealed(command)
        return self._note(
            act,
            lambda state, standing: access.withdrawing(state, command, standing),
            lambda roster: roster.withdraw_absence(command, act),
            lambda noted: _is_withdrawal(command, noted),
        )

    def against_withdrawing(self, command: WithdrawAbsence, act: Act) -> list[Refusal]:
        """All that stands against it now; nothing is changed."""
        unit = UnitOfWork(self.store)
        roster = unit.find(Roster, NAME)
        if roster is None:
            return [RosterNotYours(posts=[])]
        found = list(access.withdrawing(roster.state, command, self.standing(act)))
        return found + refusals_of(lambda: roster.withdraw_absence(command, act))

    def has_done(self, act: Act) -> bool:
        """Whether a command of this name was carried out."""
        roster = self.store.find(Roster, NAME)
        return roster is not None and roster.answered(act.command_id) is not None

    def standing(self, act: Act) -> access.Standing:
        posts = self.desk.posts(act.by, act.at)
        return access.Standing(act.by, posts, self.desk.book.organisation)

    def _note(
        self,
        act: Act,
        allowed: _Allowed,
        change: Callable[[Roster], None],
        is_same: Callable[[list[Any]], bool],
    ) -> RosterTaken:
        """Change it, unless this command has done so; `is_same` tells it from another request."""

        def work(unit: UnitOfWork) -> tuple[Roster, bool]:
            roster = unit.find(Roster, NAME)
            if roster is None:
                raise RosterNotYours(posts=[])
            if roster.answered(act.command_id) is not None:
                return roster, True
            refuse_if_any(allowed(roster.state, self.standing(act)))
            change(roster)
            return roster, False

        roster, repeated = self.store.carry_out(work)
        noted = self._noted(roster, act)
        if repeated and not is_same(noted):
            raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
        numbers = [event.number for event in noted if isinstance(event, _OF_SUBSTITUTIONS)]
        return RosterTaken(
            substitution=numbers[0] if numbers else None,
            position=self.store.position_of(roster, noted[-1].originator_version),
        )

    def _noted(self, roster: Roster, act: Act) -> list[Any]:
        """The events of this command, as they were stored."""
        last = roster.answered(act.command_id)
        assert last is not None  # carried out now or before
        found: Iterable[Any] = self.store.events.get(roster.id, gt=last - _LARGEST, lte=last)
        return [event for event in found if event.command_id == act.command_id]


def _is_absence(command: RecordAbsence, noted: list[Any]) -> bool:
    *given, absence = noted
    if not isinstance(absence, events.AbsenceRecorded):
        return False
    substitute = [(each.substitute, each.task_types) for each in given]
    asked = [] if command.substitute is None else [(command.substitute, command.task_types)]
    same = (absence.person, absence.valid_from, absence.valid_to)
    return substitute == asked and same == (command.person, command.valid_from, command.valid_to)


def _is_grant(command: GrantSubstitution, noted: list[Any]) -> bool:
    (first, *more) = noted
    if more or not isinstance(first, events.SubstitutionGranted):
        return False
    return all(getattr(first, name) == asked for name, asked in command)


def _is_end(command: EndSubstitution, noted: list[Any]) -> bool:
    first = noted[0]
    if not isinstance(first, events.SubstitutionEnded):
        return False
    return (first.number, first.from_day) == (command.number, command.from_day)


def _is_withdrawal(command: WithdrawAbsence, noted: list[Any]) -> bool:
    last = noted[-1]
    if not isinstance(last, events.AbsenceWithdrawn):
        return False
    same = (last.number, last.from_day, last.reason_ref)
    return same == (command.number, command.from_day, command.reason)
