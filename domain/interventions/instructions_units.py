"""What is told of units outside tasks: that one needs more time (A17), or none at all."""

from domain.interventions.commands_units import RecallReferral, RequestExtension
from domain.interventions.extensions import request_extension
from domain.interventions.instruction_types import InstructionType, owners, unit_of
from domain.interventions.recalls import recall_referral

INSTRUCTIONS = (
    InstructionType(
        name="request_extension",
        form=RequestExtension,
        posts=unit_of,
        carry_out=request_extension,
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
)
