"""What is told of the record of a case: that it is wrong, or that there is no such matter."""

from typing import TYPE_CHECKING, Any

from domain.interventions import records
from domain.interventions.commands_records import CloseAsRegisteredInError, CorrectData
from domain.interventions.instruction_types import OPERATORS, OWNERS, InstructionType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def owners_and_operators(case: "Intervention", form: Any) -> tuple[str, ...]:
    return (*OWNERS, *OPERATORS)


def head_of_the_owner(case: "Intervention", form: Any) -> tuple[str, ...]:
    return ("KS-06/head",)


INSTRUCTIONS = (
    InstructionType(
        name="correct_data",
        form=CorrectData,
        posts=owners_and_operators,
        carry_out=records.correct_data,
        events=("DataCorrected",),
        while_on_hold=True,
    ),
    InstructionType(
        name="registered_in_error",
        form=CloseAsRegisteredInError,
        posts=head_of_the_owner,
        carry_out=records.close_as_registered_in_error,
        events=("ReferralRecalled", "RegisteredInError"),
        while_on_hold=True,
    ),
)
