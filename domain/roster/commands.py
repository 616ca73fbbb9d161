"""What is asked of the roster (obsada stanowisk, nieobecności, zastępstwa)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.messages import Message
from domain.people import PersonId, Text
from domain.roster.state import Absence, Dates, Post, Substitution, TaskTypes, Tenure


class DatedCommand(Dates):
    """A command about a span of days that holds at least one day."""

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.last < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self


class OpenRoster(Message):
    """Begin the one roster of the Department."""


class FillPost(DatedCommand):
    """Appoint the one holder of a post."""

    post: Post
    person: PersonId


class VacatePost(Message):
    post: Post
    person: PersonId
    from_day: date
    """The first day without the holder."""


class GrantRole(DatedCommand):
    """Give a role that several people may hold, such as `KS-06/clerk`."""

    post: Post
    person: PersonId


class RevokeRole(Message):
    post: Post
    person: PersonId
    from_day: date
    """The first day without the role."""


class RecordAbsence(DatedCommand):
    """Note an absence; `substitute`, if named, stands in for the person from today on."""

    person: PersonId
    valid_to: date
    substitute: PersonId | None = None
    task_types: TaskTypes = "all"
    """In which tasks the substitute stands in."""


class GrantSubstitution(DatedCommand):
    """Let somebody stand in for a person in all posts, or for whoever holds one post."""

    person: PersonId | None = None
    post: Post | None = None
    substitute: PersonId
    valid_to: date
    task_types: TaskTypes = "all"

    @model_validator(mode="after")
    def _of_a_person_or_of_a_post(self) -> Self:
        if (self.person is None) == (self.post is None):
            raise ValueError("name either the person or the post")
        return self


class EndSubstitution(Message):
    """End a substitution before its time."""

    number: Annotated[int, Field(ge=1)]
    from_day: date
    """The first day without it."""


class WithdrawAbsence(Message):
    """Take an absence back that was noted by mistake, or of which the rest will not be."""

    number: Annotated[int, Field(ge=1)]
    from_day: date
    """The first day without it; what has passed of it stays."""
    reason: Text


class RosterTaken(Message):
    """What was noted, and the number of the substitution that came to be or to an end with it."""

    substitution: int | None
    position: int


class RosterPage(Message):
    """Who holds what, is away and stands in, from today on."""

    day: date
    tenures: tuple[Tenure, ...]
    absences: tuple[Absence, ...]
    substitutions: tuple[Substitution, ...]
