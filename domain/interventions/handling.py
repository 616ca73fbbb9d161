"""How a report is handled: as a motion of its sender, or as a signal ex officio.

KPA art. 221 gives everybody a motion, and § 8 ust. 1 of the regulation of 8 January 2002 takes none
that is without name. What nobody signed is not lost: the Office acts on it of its own motion, by
terms of its own, and owes nobody a letter.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from domain.anonymous import Handling
from domain.errors import Refusal, refuse_if_any
from domain.interventions.commands_triage import LeaveAside
from domain.interventions.holds import standing
from domain.interventions.refusals import AlarmOpen, NotLeftAside
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

CLOCKS: Final[Mapping[str, str]] = {
    "acknowledgement": "int.ack",
    "triage": "int.triage",
    "forwarding": "kpa.forward_motion",
    "settlement": "kpa.settle_motion",
}

CLOCKS_OF_SIGNALS: Final[Mapping[str, str]] = {
    "triage": "int.triage",
    "forwarding": "int.forward_signal",
    "settlement": "int.settle_signal",
}
"""Nobody is told that it was taken in."""

OF_THE_HANDLING: Final = ("acknowledgement", "forwarding", "settlement")
"""The clocks that differ between the two."""


def handling_of(sender: object, brought_by: str, received_at: datetime, book: Rulebook) -> Handling:
    """Whoever passes a matter on is its author if nobody else is named (KPA art. 237 § 2)."""
    if sender is not None or brought_by != "none":
        return "motion"
    return book.anonymous.handling(local_day(received_at))


def clocks_of(handling: str) -> Mapping[str, str]:
    """The rules that count its clocks."""
    return CLOCKS if handling == "motion" else CLOCKS_OF_SIGNALS


def counted_anew(case: "Intervention", handling: str, book: Rulebook) -> dict[str, Term]:
    """The clocks that count once it is handled so: from the first receipt, as if it always had
    been; in a later round the settlement from where it began."""
    rules, found = clocks_of(handling), {}
    for name in OF_THE_HANDLING:
        if name in rules:
            since = case.clocks[name].start if name in case.clocks else case.received_at
            found[name] = standing(case, book.deadlines.term(rules[name], since), book)
    return found


def leave_aside(case: "Intervention", command: LeaveAside, act: Act) -> None:
    """A report without a name is no motion, and need not be considered (§ 8 ust. 1)."""
    refuse_if_any(leaving_aside(case))
    case.end("left_without_consideration", act, reason_ref=command.reason)


def leaving_aside(case: "Intervention") -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "LeaveAside")
    if case.handling != "without_consideration":
        yield NotLeftAside(handling=case.handling)
    if case.alarm_since is not None:
        yield AlarmOpen()
