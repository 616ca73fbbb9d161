"""The roster: who holds which post and role, who is away, who stands in (§1-§3, obsada)."""

from typing import Self

from domain.aggregates import Aggregate
from domain.errors import refuse_if_any
from domain.messages import Act
from domain.references import aggregate_id
from domain.roster import events, guards
from domain.roster.commands import (
    EndSubstitution,
    FillPost,
    GrantRole,
    GrantSubstitution,
    OpenRoster,
    RecordAbsence,
    RevokeRole,
    VacatePost,
    WithdrawAbsence,
)
from domain.roster.rules import ends_with
from domain.roster.state import RosterState
from domain.working_days import local_day

NAME = "KS"
ROSTER_ID = aggregate_id("roster", NAME)


class Roster(Aggregate):
    """There is one, for the Department and for everybody else who may act in its cases."""

    TOPIC = "roster"

    Event = events.RosterEvent
    Opened = events.Opened
    PostFilled = events.PostFilled
    PostVacated = events.PostVacated
    RoleGranted = events.RoleGranted
    RoleRevoked = events.RoleRevoked
    AbsenceRecorded = events.AbsenceRecorded
    AbsenceWithdrawn = events.AbsenceWithdrawn
    SubstitutionGranted = events.SubstitutionGranted
    SubstitutionEnded = events.SubstitutionEnded

    def __init__(self) -> None:
        self.state = RosterState()

    @classmethod
    def open(cls, command: OpenRoster, act: Act) -> Self:
        return cls.born(cls.Opened, ROSTER_ID, act)

    def fill_post(self, command: FillPost, act: Act) -> None:
        refuse_if_any(guards.filling(self.state, command))
        self.record(self.PostFilled, act, **dict(command))

    def vacate_post(self, command: VacatePost, act: Act) -> None:
        refuse_if_any(guards.vacating(self.state, command))
        self.record(self.PostVacated, act, **dict(command))

    def grant_role(self, command: GrantRole, act: Act) -> None:
        refuse_if_any(guards.granting(self.state, command))
        self.record(self.RoleGranted, act, **dict(command))

    def revoke_role(self, command: RevokeRole, act: Act) -> None:
        refuse_if_any(guards.revoking(self.state, command))
        self.record(self.RoleRevoked, act, **dict(command))

    def record_absence(self, command: RecordAbsence, act: Act) -> None:
        """An absence, and in the same act its substitution when a substitute is named."""
        today = local_day(act.at)
        refuse_if_any(guards.being_absent(self.state, command, today))
        given = None
        if command.substitute is not None:
            self._substitute(guards.stand_in(command, command.substitute, today), act)
            given = len(self.state.substitutions)
        self.record(
            self.AbsenceRecorded,
            act,
            person=command.person,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
            substitution=given,
        )

    def withdraw_absence(self, command: WithdrawAbsence, act: Act) -> None:
        """Take it back from a day on, and in the same act the substitution that came with it."""
        refuse_if_any(guards.withdrawing(self.state, command, local_day(act.at)))
        ended = ends_with(self.state, command)
        if ended is not None:
            self.record(self.SubstitutionEnded, act, **dict(ended))
        self.record(
            self.AbsenceWithdrawn,
            act,
            number=command.number,
            from_day=command.from_day,
            reason_ref=command.reason,
        )

    def grant_substitution(self, command: GrantSubstitution, act: Act) -> None:
        refuse_if_any(guards.granting_substitution(self.state, command, local_day(act.at)))
        self._substitute(command, act)

    def end_substitution(self, command: EndSubstitution, act: Act) -> None:
        refuse_if_any(guards.ending(self.state, command, local_day(act.at)))
        self.record(self.SubstitutionEnded, act, **dict(command))

    def _substitute(self, command: GrantSubstitution, act: Act) -> None:
        number = len(self.state.substitutions) + 1
        self.record(self.SubstitutionGranted, act, number=number, **dict(command))
