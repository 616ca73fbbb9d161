"""What an operator reads of a case in the Temporal UI: where it stands and what it waits for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.interventions.commands import CaseView
    from domain.working_days import WARSAW

MOMENTS_SHOWN = 3


def case_page(case: CaseView, moments: Sequence[tuple[datetime, str]]) -> str:
    """Markdown without anything about persons."""
    return "\n".join(_lines(case, moments))


def _lines(case: CaseView, moments: Sequence[tuple[datetime, str]]) -> Iterator[str]:
    yield f"**{case.stage}**, round {case.round}, waiting for {case.waiting}"
    yield from _list("asked", _asked(case))
    clocks = (f"{c.name}: safe {c.safe_due}, legal {c.legal_end} ({c.rule})" for c in case.clocks)
    yield from _list("terms", clocks)
    soon = moments[:MOMENTS_SHOWN]
    yield from _list("next", (f"{at.astimezone(WARSAW):%Y-%m-%d %H:%M} {why}" for at, why in soon))
    yield from _list("last", reversed(case.last_events))
    yield from _list("unblocks", [_unblocks(case)])


def _list(heading: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"- {item}" for item in items]
    if lines:
        yield from ("", f"**{heading}**", "", *lines)


def _asked(case: CaseView) -> Iterator[str]:
    for row in case.open_tasks:
        offered = ", ".join(row.candidates)
        yield f"task `{row.task_ref}`: {offered}, safe due {row.safe_due or 'none'}"
    for letter in case.letters_due:
        yield f"letter {letter.kind} to {letter.recipient} is on its way"


def _unblocks(case: CaseView) -> str:
    if case.open_tasks:
        return "; ".join(f"{'/'.join(row.outcomes)} of {row.task_ref}" for row in case.open_tasks)
    if case.letters_due:
        return "the letter is handed to its channel"
    if case.waiting == "sender":
        return "what the sender adds"
    return "the time for reopening ends" if case.window_ends else "nothing: the case is closed"
