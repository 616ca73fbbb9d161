"""What is told outside tasks: a unit needs more time (A17), or none; a letter was wrong."""

from domain.interventions.commands_units import CorrectLetter, RecallReferral, RequestExtension
from domain.interventions.corrections import correct_letter
from domain.interventions.extensions import request_extension
from domain.interventions.instruction_types import OWNERS, InstructionType, owners, unit_of
from domain.interventions.recalls import recall_referral

INSTRUCTIONS = (
    InstructionType(
        name="request_extension",
        form=RequestExtension,
        posts=unit_of,
        recorders=OWNERS,
        said_by_unit=request_extension,
        events=("ExtensionRequested",),
        of_the_sender=False,
    ),
    InstructionType(
        name="recall_referral",
        form=RecallReferral,
        posts=owners,
        carry_out=recall_referral,
        events=("ReferralRecalled",),
        of_the_sender=False,
    ),
    InstructionType(
        name="correct_letter",
        form=CorrectLetter,
        posts=owners,
        carry_out=correct_letter,
        events=("LetterCorrected",),
    ),
)
