"""What the roster remembers: who holds what, who is away, who stands in for whom."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints

from domain.messages import Message
from domain.people import PersonId, TextRef

Post = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,40}(/[a-z_]{2,40})?$")]
"""`director`, `KS-06/clerk`, `ZDMK/coordinator`."""

TaskTypes = Literal["all"] | Annotated[tuple[str, ...], Field(min_length=1)]

ONE_DAY = timedelta(days=1)


class Dates(Message):
    """Days in Europe/Warsaw, both ends included, as office letters give them (od ... do ...).

    Without `valid_to` they run until further notice. What was ended before its first day ends
    before it begins and holds on no day.
    """

    valid_from: date
    valid_to: date | None = None

    @property
    def last(self) -> date:
        return self.valid_to or date.max

    def include(self, day: date) -> bool:
        return self.valid_from <= day <= self.last

    def overlap(self, other: "Dates") -> bool:
        common = self.common(other)
        return common.valid_from <= common.last

    def common(self, other: "Dates") -> "Dates":
        """The days in both; possibly none."""
        first, last = max(self.valid_from, other.valid_from), min(self.last, other.last)
        return Dates(valid_from=first, valid_to=last)


class Tenure(Dates):
    """One person in one post or role."""

    post: Post
    person: PersonId


class Absence(Dates):
    number: int = 0
    """Its place in the roster, from 1 on; 0 in snapshots of before it had one."""
    person: PersonId
    valid_to: date
    substitution: int | None = None
    """The one that was granted with it, and that ends with it when it is withdrawn."""
    withdrawn_by: str | None = None
    reason_ref: TextRef | None = None
    """Why it was withdrawn."""


class Substitution(Dates):
    """Of a person in all posts held, or of whoever holds one post; exactly one of the two."""

    number: int
    person: PersonId | None
    post: Post | None
    substitute: PersonId
    valid_to: date
    task_types: TaskTypes
    granted_by: str

    def serves(self, task_type: str) -> bool:
        return self.task_types == "all" or task_type in self.task_types


class RosterState(BaseModel):
    """The whole state; its JSON is the snapshot.

    The lists only grow and their entries keep their places, so that the indexes, which hold
    places, are never rebuilt.
    """

    model_config = ConfigDict(extra="forbid")

    tenures: list[Tenure] = []
    absences: list[Absence] = []
    substitutions: list[Substitution] = []
    _tenures_of_person: dict[str, list[int]] = PrivateAttr(default_factory=dict)
    _tenures_in_post: dict[str, list[int]] = PrivateAttr(default_factory=dict)
    _absences_of_person: dict[str, list[int]] = PrivateAttr(default_factory=dict)
    _substitutions_by: dict[str, list[int]] = PrivateAttr(default_factory=dict)
    _substitutions_of_person: dict[str, list[int]] = PrivateAttr(default_factory=dict)
    _substitutions_in_post: dict[str, list[int]] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: object) -> None:
        for place, tenure in enumerate(self.tenures):
            self._index_tenure(place, tenure)
        for place, absence in enumerate(self.absences):
            numbered = {"number": absence.number or place + 1}
            self.absences[place] = absence.model_copy(update=numbered)
            self._index_absence(place, absence)
        for place, substitution in enumerate(self.substitutions):
            self._index_substitution(place, substitution)

    def take_up(self, tenure: Tenure) -> None:
        self._index_tenure(len(self.tenures), tenure)
        self.tenures.append(tenure)

    def give_up(self, post: str, person: str, from_day: date) -> None:
        """End the tenure that would still run on `from_day`, the first day without it."""
        for place in self._tenures_in_post.get(post, ()):
            tenure = self.tenures[place]
            if tenure.person == person and tenure.include(from_day):
                last = {"valid_to": from_day - ONE_DAY}
                self.tenures[place] = tenure.model_copy(update=last)

    def be_absent(self, absence: Absence) -> None:
        self._index_absence(len(self.absences), absence)
        self.absences.append(absence)

    def withdraw_absence(self, number: int, from_day: date, by: str, reason_ref: str) -> None:
        """Without one day of it, when `from_day` is not after its first."""
        absence = self.absences[number - 1]
        end = {"valid_to": max(from_day, absence.valid_from) - ONE_DAY}
        said = {"withdrawn_by": by, "reason_ref": reason_ref}
        self.absences[number - 1] = absence.model_copy(update=end | said)

    def substitute(self, substitution: Substitution) -> None:
        self._index_substitution(len(self.substitutions), substitution)
        self.substitutions.append(substitution)

    def end_substitution(self, number: int, from_day: date) -> None:
        ended = self.substitutions[number - 1]
        last = {"valid_to": from_day - ONE_DAY}
        self.substitutions[number - 1] = ended.model_copy(update=last)

    def tenures_of(self, person: str) -> list[Tenure]:
        return [self.tenures[place] for place in self._tenures_of_person.get(person, ())]

    def tenures_in(self, post: str) -> list[Tenure]:
        return [self.tenures[place] for place in self._tenures_in_post.get(post, ())]

    def absences_of(self, person: str) -> list[Absence]:
        return [self.absences[place] for place in self._absences_of_person.get(person, ())]

    def substitutions_by(self, substitute: str) -> list[Substitution]:
        return self._substitutions(self._substitutions_by, substitute)

    def substitutions_of(self, person: str) -> list[Substitution]:
        return self._substitutions(self._substitutions_of_person, person)

    def substitutions_in(self, post: str) -> list[Substitution]:
        return self._substitutions(self._substitutions_in_post, post)

    def _substitutions(self, index: dict[str, list[int]], key: str) -> list[Substitution]:
        return [self.substitutions[place] for place in index.get(key, ())]

    def _index_tenure(self, place: int, tenure: Tenure) -> None:
        self._tenures_of_person.setdefault(tenure.person, []).append(place)
        self._tenures_in_post.setdefault(tenure.post, []).append(place)

    def _index_absence(self, place: int, absence: Absence) -> None:
        self._absences_of_person.setdefault(absence.person, []).append(place)

    def _index_substitution(self, place: int, given: Substitution) -> None:
        self._substitutions_by.setdefault(given.substitute, []).append(place)
        if given.person is not None:
            self._substitutions_of_person.setdefault(given.person, []).append(place)
        if given.post is not None:
            self._substitutions_in_post.setdefault(given.post, []).append(place)
