"""Who may see which interventions and tasks, and how much of them (§ 9; § 3 for the lines)."""

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

from domain.errors import Refusal
from domain.interventions.refusals import FilingNotAllowed
from domain.organisation import Organisation

OWNER: Final = "KS-06"
UNIT_ROLES: Final = frozenset({"coordinator", "unit_head"})
MASKED: Final = frozenset({"operator", "auditor"})

Extent = Literal["whole", "masked", "referrals"]
"""`whole`; `masked`: everything but personal data and texts; `referrals`: those to the own units
and what was sent with them, and never the sender."""


class RegistrationNotAllowed(Refusal):
    """Only KS-06 and clients that take reports in may register them."""


class NotYourCase(Refusal):
    """The case belongs to another unit."""


class ForOperatorsOnly(Refusal):
    """Only operators may do this."""


@dataclass(frozen=True)
class Sight:
    """How much of the interventions somebody sees that day."""

    extent: Extent | None
    units: frozenset[str] = frozenset()
    """Units outside the Department for which the person acts."""

    def of_case(self, units: Collection[str]) -> Extent | None:
        """How much of a case with referrals to these units."""
        if self.extent != "referrals" or self.units.intersection(units):
            return self.extent
        return None


def sight(posts: AbstractSet[str], organisation: Organisation) -> Sight:
    """What the posts of a person, own and replaced ones, let them see."""
    if any(_of_owner(post) for post in posts) or posts & set(organisation.line_of(OWNER)):
        return Sight("whole")
    if posts & MASKED:
        return Sight("masked")
    units = frozenset(_unit_of(post) for post in posts if _role_of(post) in UNIT_ROLES)
    return Sight("referrals", units) if units else Sight(None)


def listing(allowed: Sight) -> Iterator[Refusal]:
    """Of cases at all."""
    if allowed.extent is None:
        yield NotYourCase()


def seeing(allowed: Sight, reference: str, units: Collection[str]) -> Iterator[Refusal]:
    """Of a case with referrals to these units."""
    if allowed.of_case(units) is None:
        yield NotYourCase(reference=reference)


def seeing_whole(allowed: Sight, reference: str) -> Iterator[Refusal]:
    """Of what is not a unit's: the triage of a case, and how its process stands."""
    if allowed.extent not in ("whole", "masked"):
        yield NotYourCase(reference=reference)


def seeing_task(
    allowed: Sight,
    posts: AbstractSet[str],
    candidates: Collection[str],
    reference: str,
    organisation: Organisation,
) -> Iterator[Refusal]:
    """Of a task: for those it is offered to, the posts above them, and who sees all cases."""
    reached = {post for each in candidates for post in (each, *organisation.superiors(each))}
    if allowed.extent not in ("whole", "masked") and not posts & reached:
        yield NotYourCase(reference=reference)


def registering(posts: AbstractSet[str]) -> Iterator[Refusal]:
    if "intake" not in posts and not any(_of_owner(post) for post in posts):
        yield RegistrationNotAllowed(posts=sorted(posts))


def filing(posts: AbstractSet[str]) -> Iterator[Refusal]:
    """Of documents, onto the file of a case."""
    if not any(_of_owner(post) for post in posts):
        yield FilingNotAllowed(posts=sorted(posts))


def operating(posts: AbstractSet[str]) -> Iterator[Refusal]:
    if "operator" not in posts:
        yield ForOperatorsOnly(posts=sorted(posts))


def _of_owner(post: str) -> bool:
    return _unit_of(post) == OWNER


def _unit_of(post: str) -> str:
    return post.rpartition("/")[0]


def _role_of(post: str) -> str:
    return post.rpartition("/")[2]
