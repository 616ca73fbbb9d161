"""How operators see a case in one line; nothing in it is about persons."""

from domain.routing import RoutingTable


def headline(reference: str, category: str, district: str | None, routing: RoutingTable) -> str:
    """`INT-2026-000123 roads.pothole I Stare Miasto`."""
    names = {row.id: f"{row.id} {row.name}" for row in routing.districts}
    return f"{reference} {category} {names.get(district or '', 'bez miejsca')}"
