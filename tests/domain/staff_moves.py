"""What happens to the staff in a random walk: roles, absences, substitutions."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from domain.errors import Refusal, Refusals
from domain.messages import Message
from domain.roster.commands import (
    EndSubstitution,
    GrantRole,
    GrantSubstitution,
    RecordAbsence,
    RevokeRole,
    WithdrawAbsence,
)
from domain.roster.model import ROSTER_ID
from domain.working_days import local_day
from tests.activities.desk import Desk
from tests.builders import sealed
from tests.domain.housekeeping import PEOPLE

POSTS = ("KS-06/clerk", "KS-06/head", "ZDMK/coordinator")

people = st.sampled_from(PEOPLE)


class StaffMoves(RuleBasedStateMachine):
    """What the roster refuses just does not happen."""

    desk: Desk

    @rule(person=people, post=st.sampled_from(POSTS), take=st.booleans())
    def change_roles(self, person: str, post: str, take: bool) -> None:
        day = local_day(self.desk.at)
        if take:
            self.roster("grant_role", GrantRole(post=post, person=person, valid_from=day))
        else:
            self.roster("revoke_role", RevokeRole(post=post, person=person, from_day=day))

    @rule(person=people, substitute=people, days=st.integers(0, 20))
    def replace(self, person: str, substitute: str, days: int) -> None:
        day = local_day(self.desk.at)
        command = GrantSubstitution(
            person=person,
            substitute=substitute,
            valid_from=day,
            valid_to=day + timedelta(days=days),
        )
        self.roster("grant_substitution", command)

    @rule(person=people, days=st.integers(0, 5))
    def be_away(self, person: str, days: int) -> None:
        day = local_day(self.desk.at)
        last = day + timedelta(days=days)
        self.roster("record_absence", RecordAbsence(person=person, valid_from=day, valid_to=last))

    @rule(number=st.integers(1, 3))
    def end_a_substitution(self, number: int) -> None:
        day = local_day(self.desk.at)
        self.roster("end_substitution", EndSubstitution(number=number, from_day=day))

    @rule(number=st.integers(1, 3))
    def be_back(self, number: int) -> None:
        day = local_day(self.desk.at)
        command = WithdrawAbsence(number=number, from_day=day, reason=sealed("pomyłka"))
        self.roster("withdraw_absence", command)

    def roster(self, method: str, command: Message) -> None:
        roster = self.desk.store.load(ROSTER_ID)
        try:
            getattr(roster, method)(command, self.desk.act("director-a"))
        except (Refusal, Refusals):
            return
        self.desk.store.save_all([roster])
