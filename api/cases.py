"""A case of any process as the API meets it: whether the caller may see it."""

from activities.interventions import known_case
from api.auth import Caller
from api.services import Services
from domain.errors import refuse_if_any
from domain.interventions import access
from domain.interventions.model import Intervention
from runtime.store import UnitOfWork


def visible_case(here: Services, me: Caller, reference: str) -> Intervention:
    """A case that the caller may see, at least in part."""
    case = known_case(UnitOfWork(here.store), reference)
    units = [referral.unit for referral in case.referrals.values()]
    refuse_if_any(access.seeing(me.sight, reference, units))
    return case
