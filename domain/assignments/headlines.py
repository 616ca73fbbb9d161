"""How operators see an extra task in one line; nothing in it is about persons."""


def headline(reference: str, unit: str) -> str:
    """`ORD-2026-000012 KS-03`."""
    return f"{reference} {unit}"
