"""References of cases and tasks, and the ids derived from them."""

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import StringConstraints

NAMESPACE = UUID("5b0a2f6e-3c55-5d0e-9f0b-2399202100ab")
"""Root of every derived id; it is part of the stored record and never changes."""

CaseRef = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-\d{4}-\d{6}$")]
_SUBJECT = r"[A-Z]\d{1,3}[a-z]?(?:\.[A-Za-z]{1,10}\d{0,3})?(?:\.\d{1,2})?"
"""`R1`; `N7.R1` for a letter to the unit of a referral, `N8.register` for one to a register, and
`N5.2` for the second try of a letter."""

TaskRef = Annotated[
    str,
    StringConstraints(
        pattern=rf"^[A-Z]{{3}}-\d{{4}}-\d{{6}}-[a-z_]+(?:-{_SUBJECT})?-\d{{1,3}}(?:\.\d{{1,2}})?$"
    ),
]

WHOLE_CASE = "-"
"""Subject of a task that is about the case itself and not about an entity in it."""


def case_ref(prefix: str, year: int, number: int) -> str:
    """`INT-2026-000123`: public, safe in a URL, gap-free within its year."""
    return f"{prefix}-{year}-{number:06d}"


def task_ref(case: str, task_type: str, subject: str, round_: int, attempt: int = 1) -> str:
    """`INT-2026-000123-answer_referral-R1-1`, or `INT-2026-000123-triage-1` for the whole case.

    `…-triage-1.2` is the second task of the same step, after the first was taken back. The same
    task cannot be opened twice: its aggregate id is made of this reference.
    """
    parts = [case, task_type, str(round_) if attempt == 1 else f"{round_}.{attempt}"]
    if subject != WHOLE_CASE:
        parts.insert(2, subject)
    return "-".join(parts)


def step_of(task: str) -> str:
    """The reference of the first task of the same step."""
    about, _, last = task.rpartition("-")
    return f"{about}-{last.partition('.')[0]}"


def case_of(task: str) -> str:
    """The case that a task reference belongs to."""
    return "-".join(task.split("-")[:3])


def aggregate_id(kind: str, reference: str) -> UUID:
    """The id of an aggregate, made of its kind (`intervention`, `task`) and business key."""
    return uuid5(NAMESPACE, f"{kind}:{reference}")


def workflow_id(aggregate: str, case: str) -> str:
    """`intervention-INT-2026-000123`."""
    return f"{aggregate}-{case}"
