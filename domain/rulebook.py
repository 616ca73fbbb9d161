"""What the domain is told about the world: terms, ladders, organisation, routing, limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.anonymous import AnonymousReports
from domain.deadlines import Deadlines
from domain.ladders import Ladder
from domain.limits import Limits
from domain.organisation import Organisation
from domain.requalification import Requalification
from domain.routing import RoutingTable
from domain.routing_tables import RoutingTables


@dataclass(frozen=True)
class Rulebook:
    """The dated tables that decisions are made by, as loaded and validated at start."""

    organisation: Organisation
    deadlines: Deadlines
    ladders: Mapping[str, Ladder]
    limits: Limits
    routing: RoutingTable
    routing_tables: RoutingTables
    requalification: Requalification
    anonymous: AnonymousReports
