"""What happened to the roster."""

from datetime import date
from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate
from domain.roster.state import Absence, Substitution, TaskTypes, Tenure

if TYPE_CHECKING:
    from domain.roster.model import Roster


class RosterEvent(Aggregate.Event):
    """Base of the events of the roster."""


class Opened(RosterEvent, AggregateCreated):
    TOPIC = "roster.Opened"


class TenureEvent(RosterEvent):
    """A person takes up a post or a role."""

    post: str
    person: str
    valid_from: date
    valid_to: date | None

    def apply(self, roster: "Roster") -> None:
        roster.state.take_up(
            Tenure(
                post=self.post,
                person=self.person,
                valid_from=self.valid_from,
                valid_to=self.valid_to,
            )
        )


class PostFilled(TenureEvent):
    TOPIC = "roster.PostFilled"


class RoleGranted(TenureEvent):
    TOPIC = "roster.RoleGranted"


class TenureEndEvent(RosterEvent):
    """A person gives up a post or a role; `from_day` is the first day without it."""

    post: str
    person: str
    from_day: date

    def apply(self, roster: "Roster") -> None:
        roster.state.give_up(self.post, self.person, self.from_day)


class PostVacated(TenureEndEvent):
    TOPIC = "roster.PostVacated"


class RoleRevoked(TenureEndEvent):
    TOPIC = "roster.RoleRevoked"


class AbsenceRecorded(RosterEvent):
    TOPIC = "roster.AbsenceRecorded"
    person: str
    valid_from: date
    valid_to: date
    substitution: int | None = None
    """The one that was granted in the same act; at first it was not told."""

    def apply(self, roster: "Roster") -> None:
        roster.state.be_absent(
            Absence(
                number=len(roster.state.absences) + 1,
                person=self.person,
                valid_from=self.valid_from,
                valid_to=self.valid_to,
                substitution=self.substitution,
            )
        )


class AbsenceWithdrawn(RosterEvent):
    """It was noted by mistake, or ends before its time; `from_day` is the first day without it."""

    TOPIC = "roster.AbsenceWithdrawn"
    number: int
    from_day: date
    reason_ref: str

    def apply(self, roster: "Roster") -> None:
        roster.state.withdraw_absence(self.number, self.from_day, self.by, self.reason_ref)


class SubstitutionGranted(RosterEvent):
    """`number` names the substitution within the roster; `by` granted it."""

    TOPIC = "roster.SubstitutionGranted"
    number: int
    person: str | None
    post: str | None
    substitute: str
    valid_from: date
    valid_to: date
    task_types: TaskTypes

    def apply(self, roster: "Roster") -> None:
        roster.state.substitute(
            Substitution(
                number=self.number,
                person=self.person,
                post=self.post,
                substitute=self.substitute,
                valid_from=self.valid_from,
                valid_to=self.valid_to,
                task_types=self.task_types,
                granted_by=self.by,
            )
        )


class SubstitutionEnded(RosterEvent):
    """`from_day` is the first day without it."""

    TOPIC = "roster.SubstitutionEnded"
    number: int
    from_day: date

    def apply(self, roster: "Roster") -> None:
        roster.state.end_substitution(self.number, self.from_day)
