"""What stands beside a report at triage: to whom it may go and why, and whether it is known."""

from datetime import date
from typing import Any

from fastapi import APIRouter

from api.auth import Caller, Me
from api.interventions import visible_case
from api.reading import AtPosition, tables
from api.services import Here, Services
from domain.categories import CategoryWords
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.model import Intervention
from domain.messages import Message, Moment
from domain.routing import Category, HitPolicy, Unit, UnitKind
from domain.routing_tables import Considered, Verdict
from domain.working_days import local_day
from projections.duplicates import Candidate, duplicates_of

router = APIRouter(tags=["interventions"])


class CategoryCard(Message):
    """The category of the report, and what to know of it before deciding."""

    id: str
    name_pl: str
    emergency: bool
    """To be passed on by telephone at once."""
    complaint_likely: bool
    """Ask whether it is a complaint (KPA art. 227)."""
    hint_pl: str | None
    legal_pl: str | None
    note_pl: str | None


class CategoryProposal(Message):
    """A category for which words of the report speak."""

    id: str
    name_pl: str
    words: tuple[str, ...]


class UnitCard(Message):
    """A unit that may get the matter, and what has to be seen to when it does."""

    id: str
    name: str
    kind: UnitKind
    subject: str
    phone: str | None
    to_be_redacted: bool
    """Another controller: it gets the text and the place, not the sender."""
    gives_feedback: bool
    """Otherwise the matter is handed over."""


class RuleCard(Message):
    """A row of the decision table that is about the category."""

    rule: str
    unit: str
    verdict: Verdict


class RoutingCard(Message):
    """The unit that the tables propose now, and why this one."""

    version: str
    hit_policy: HitPolicy
    rule: str
    reason: str
    inputs: dict[str, str]
    unit: UnitCard | None
    alternatives: tuple[UnitCard, ...]
    considered: tuple[RuleCard, ...]


class DuplicateCard(Message):
    """Another report that may be about the same matter."""

    reference: str
    stage: str
    outcome: str | None
    units: tuple[str, ...]
    received_at: Moment
    days_apart: int
    metres_apart: int | None
    same_address: bool


class Triage(Message):
    reference: str
    category: CategoryCard
    categories: tuple[CategoryProposal, ...]
    """By the words of the report, for those who may read it; the likeliest first."""
    routing: RoutingCard
    duplicates: tuple[DuplicateCard, ...]


@router.get("/interventions/{reference}/triage", dependencies=[AtPosition])
def read_triage(reference: str, here: Here, me: Me) -> Triage:
    """What the tables and the other cases say of a report; whoever decides is free to differ."""
    row = visible_case(here, me, reference)
    refuse_if_any(access.seeing_whole(me.sight, reference))
    case = here.store.find(Intervention, reference)
    assert case is not None  # the tables follow the log
    with tables(here) as connection:
        limits = here.data.limits.interventions
        candidates = duplicates_of(connection, row, limits, me.at)
    return Triage(
        reference=reference,
        category=_category(here.data.routing.category(case.category)),
        categories=_proposed_categories(here, me, case),
        routing=_routing(here, case, local_day(me.at)),
        duplicates=tuple(_duplicate(each) for each in candidates),
    )


def _category(row: Category) -> CategoryCard:
    return CategoryCard(
        id=row.id,
        name_pl=row.pl,
        emergency=row.emergency,
        complaint_likely=row.complaint_likely,
        hint_pl=row.rule,
        legal_pl=row.legal,
        note_pl=row.note,
    )


def _proposed_categories(
    here: Services, me: Caller, case: Intervention
) -> tuple[CategoryProposal, ...]:
    if me.sight.extent != "whole" or case.text_ref is None:
        return ()
    text = here.texts.get_many([case.text_ref]).get(case.text_ref, "")
    return tuple(
        CategoryProposal(id=each.category.id, name_pl=each.category.pl, words=each.words)
        for each in CategoryWords(here.data.routing).propose(text)
    )


def _routing(here: Services, case: Intervention, day: date) -> RoutingCard:
    book, units = here.data.routing_tables, here.data.routing
    proposed = book.propose(case.matter, day)
    return RoutingCard(
        version=proposed.version,
        hit_policy=proposed.hit_policy,
        rule=proposed.rule,
        reason=proposed.reason,
        inputs=proposed.inputs,
        unit=_unit(units.unit(proposed.unit)) if proposed.unit else None,
        alternatives=tuple(_unit(units.unit(unit)) for unit in proposed.alternatives),
        considered=tuple(_rule(each) for each in book.consider(case.matter, day)),
    )


def _unit(unit: Unit) -> UnitCard:
    return UnitCard(
        id=unit.id,
        name=unit.name,
        kind=unit.kind,
        subject=unit.subject,
        phone=unit.phone,
        to_be_redacted=unit.is_separate_controller,
        gives_feedback=unit.gives_feedback,
    )


def _rule(considered: Considered) -> RuleCard:
    rule = considered.rule
    return RuleCard(rule=rule.id, unit=rule.unit, verdict=considered.verdict)


def _duplicate(candidate: Candidate) -> DuplicateCard:
    shown: dict[str, Any] = dict(vars(candidate))
    return DuplicateCard(**shown)
