"""A case of any process as the API meets it: who may see it, and what was done before."""

from collections.abc import Callable
from typing import Any

from activities.interventions import known_case
from api.auth import Caller
from api.services import Services
from domain.errors import refuse_if_any
from domain.instructions import CaseAnswer
from domain.interventions import access
from domain.interventions.model import Intervention
from domain.messages import Act
from runtime.births import KeyUsedForAnotherRequest
from runtime.store import UnitOfWork


def visible_case(here: Services, me: Caller, reference: str) -> Intervention:
    """A case that the caller may see, at least in part."""
    case = known_case(UnitOfWork(here.store), reference)
    units = [referral.unit for referral in case.referrals.values()]
    refuse_if_any(access.seeing(me.sight, reference, units))
    return case


def first_answer(
    here: Services, case: Intervention, act: Act, is_same: Callable[[Any], bool]
) -> CaseAnswer | None:
    """The answer of old to an act of one event, or None when the act is new.

    `is_same` tells of the event whether the request at hand would have recorded it.
    """
    version = case.answered(act.command_id)
    if version is None:
        return None
    (event,) = here.store.events.get(case.id, gt=version - 1, lte=version)
    if not is_same(event):
        raise KeyUsedForAnotherRequest(key=act.command_id.partition(":")[2])
    return here.commands.instructed(UnitOfWork(here.store), case, act.command_id)
