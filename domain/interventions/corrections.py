"""A letter that was wrong, and the one that puts it right (N7; section 8).

What was sent is never deleted: whoever got it is told what was wrong, and what is right.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions.commands_units import CorrectLetter
from domain.interventions.events_corrections import LetterCorrected
from domain.interventions.refusals import LetterNotSent, TextNotRedacted
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def correct_letter(case: "Intervention", command: CorrectLetter, act: Act, book: Rulebook) -> None:
    refuse_if_any(correcting(case, command, book))
    case.record(
        LetterCorrected,
        act,
        reference=case.reference,
        number=len(case.corrections) + 1,
        letter=command.letter,
        recipient=command.letter.rpartition(".")[2],
        text_ref=command.text,
    )


def correcting(case: "Intervention", command: CorrectLetter, book: Rulebook) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "CorrectLetter")
    if command.letter not in case.letters:
        yield LetterNotSent(field="letter", letter=command.letter)
        return
    referral = case.referrals.get(command.letter.rpartition(".")[2])
    outside = referral is not None and book.routing.unit(referral.unit).is_separate_controller
    if outside and not command.redacted:
        yield TextNotRedacted(field="redacted", unit=referral.unit if referral else None)
