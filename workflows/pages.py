"""What an operator reads of a case in the Temporal UI: where it stands and what it waits for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.interventions.commands import CaseView
    from domain.tasks.commands import OpenTaskRow
    from domain.working_days import WARSAW

MOMENTS_SHOWN = 3


def case_page(case: CaseView, moments: Sequence[tuple[datetime, str]]) -> str:
    """Markdown without anything about persons."""
    return "\n".join(_lines(case, moments))


def _lines(case: CaseView, moments: Sequence[tuple[datetime, str]]) -> Iterator[str]:
    standing = ", on hold" if case.on_hold else ""
    yield f"**{case.stage}**{standing}, round {case.round}, waiting for {case.waiting}"
    yield from bullets("referrals", referral_lines(case))
    yield from bullets("asked", _asked(case))
    yield from bullets("terms", clock_lines(case))
    yield from bullets("next", moment_lines(moments[:MOMENTS_SHOWN]))
    yield from bullets("last", reversed(case.last_events))
    yield from bullets("unblocks", [_unblocks(case)])


def referral_lines(case: CaseView) -> Iterator[str]:
    """`R1 ZDMK: sent 2026-11-02, feedback by 2026-11-09`."""
    for row in case.referrals:
        feedback = f", feedback by {row.feedback_by}" if row.feedback_by else ""
        sent = "sent" if row.state == "sent" else f"{row.state}, sent"
        yield f"{row.ref} {row.unit}: {sent} {row.sent_on}{feedback}"


def clock_lines(case: CaseView) -> Iterator[str]:
    """`settlement: safe 2026-11-27, legal 2026-11-30 (kpa.settle_motion)`."""
    for clock in case.clocks:
        yield f"{clock.name}: safe {clock.safe_due}, legal {clock.legal_end} ({clock.rule})"


def moment_lines(moments: Iterable[tuple[datetime, str]]) -> Iterator[str]:
    """`2026-11-13 09:00 …`, by the clocks of Warsaw."""
    for at, why in moments:
        yield f"{at.astimezone(WARSAW):%Y-%m-%d %H:%M} {why}"


def bullets(heading: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"- {item}" for item in items]
    if lines:
        yield from ("", f"**{heading}**", "", *lines)


def task_line(row: OpenTaskRow) -> str:
    """To whom an open task is offered, and by when."""
    offered = ", ".join(row.candidates)
    level = f", escalation {row.escalation}" if row.escalation else ""
    return f"task `{row.task_ref}`: {offered}, safe due {row.safe_due or 'none'}{level}"


def _asked(case: CaseView) -> Iterator[str]:
    yield from map(task_line, case.open_tasks)
    for letter in case.letters_due:
        yield f"letter {letter.kind} to {letter.recipient} is on its way"


def _unblocks(case: CaseView) -> str:
    if case.on_hold:
        taken = (_decisions(row, row.risk_reducing) for row in case.open_tasks if row.risk_reducing)
        return "; ".join(("an operator resumes the case", *taken))
    if case.open_tasks:
        return "; ".join(_decisions(row, row.outcomes) for row in case.open_tasks)
    if case.letters_due:
        return "the letter is handed to its channel"
    if case.waiting == "sender":
        return "what the sender adds"
    return "the time for reopening ends" if case.window_ends else "nothing: the case is closed"


def _decisions(row: OpenTaskRow, outcomes: tuple[str, ...]) -> str:
    return f"{'/'.join(outcomes)} of {row.task_ref}"
