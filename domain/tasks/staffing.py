"""Who is there to decide: the posts and their holders, as far as nothing keeps them away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.organisation import Organisation
from domain.roster.rules import holders_of
from domain.roster.state import RosterState


@dataclass(frozen=True)
class Staffing:
    """Who is there to decide a task: posts, absences, substitutes, and who may not."""

    roster: RosterState
    organisation: Organisation
    excluded: Mapping[str, str] = field(default_factory=dict)
    """Authors of earlier acts, as the case knows them now; added to the list of the task."""


def nobody_may(posts: Iterable[str], staffing: Staffing, day: date) -> bool:
    """Whether all who hold these posts, or one to which a task of theirs may be raised, are
    excluded; somebody who is only away, or still to come, is waited for."""
    reached = _reached(frozenset(posts), staffing.organisation)
    holders = {who for post in reached for who in holders_of(staffing.roster, post, day)}
    return bool(holders) and holders <= staffing.excluded.keys()


def _reached(posts: frozenset[str], organisation: Organisation) -> frozenset[str]:
    """These posts, and those to which a task of theirs may come, step by step."""
    above = frozenset(post for each in posts for post in organisation.raised_from(each)) - posts
    return posts | _reached(above, organisation) if above else posts
