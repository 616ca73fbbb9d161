"""Who the sender of a report is, put right: somebody else than was registered, or nobody (§ 3).

The letters that went out stay with whom they went to. From the correction on the right person is
written to, and what was kept under the key of the wrong one goes with the right one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from domain.errors import Refusal
from domain.interventions.commands import Reach
from domain.interventions.commands_records import CorrectData
from domain.interventions.handling import counted_anew, handling_of
from domain.interventions.notices import reopening_window
from domain.interventions.refusals import JoinedElsewhere, NothingCorrected, SupplementAwaited
from domain.interventions.rules import reach_of_person
from domain.interventions.supplements import awaited
from domain.messages import Act
from domain.people import PersonalData
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

NOBODY = PersonalData()
"""Said of a sender who is not known after all."""


def correcting_sender(case: "Intervention", command: CorrectData) -> Iterator[Refusal]:
    if command.sender is None:
        return
    if _named(command) is None and case.sender is None:
        yield NothingCorrected(field="sender")
    if case.joining is not None:
        yield JoinedElsewhere(field="sender", target=case.joining.target)
    if awaited(case) and _reach_of(command) == "none":
        yield SupplementAwaited(field="sender")


def put_right(
    case: "Intervention", command: CorrectData, act: Act, book: Rulebook
) -> dict[str, Any]:
    """What the event tells, when it is the sender that is corrected."""
    if command.sender is None:
        return {}
    sender, reach = _named(command), _reach_of(command)
    handling = handling_of(sender, case.brought_by, case.received_at, book)
    # Nobody is left whose answer the time for reopening could begin with.
    unheard = case.stage == "replied" and case.window is None and reach == "none"
    same = (handling == "motion") == case.is_motion
    return {
        "sender": sender,
        "reach": reach,
        "handling": handling,
        "clocks": None if same else counted_anew(case, handling, book),
        "window": reopening_window(act, book) if unheard else None,
    }


def _named(command: CorrectData) -> PersonalData | str | None:
    return None if command.sender == NOBODY else command.sender


def _reach_of(command: CorrectData) -> Reach:
    """Asked of the personal data before it is sealed, and told beside the reference after."""
    if isinstance(command.sender, PersonalData):
        return reach_of_person(command.sender)
    return command.reach or "none"
