"""The clauses of ordinance 2399/2021 and what serves each of them."""

from typing import Literal

from domain.messages import Message


class Clause(Message):
    """One paragraph, point, letter or indent; the law itself stays in the ordinance."""

    id: str
    unit: str
    """KS-01 to KS-07, `all` (§11) or `department` (§1-§3, §12-§15)."""
    title_pl: str
    en: str
    kind: Literal["process", "register", "report", "rule", "integration", "not-software"]
    process: str
    systems: tuple[str, ...]
    heading: bool
    """True when the clause only introduces its sub-points."""
    note: str | None = None
