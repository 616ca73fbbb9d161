"""What KS-06 tells of reports about one matter, outside triage (A11)."""

from domain.interventions.commands_duplicates import MarkDuplicate, UnlinkDuplicate
from domain.interventions.duplicates import mark_duplicate, unlink_duplicate
from domain.interventions.instruction_types import InstructionType, owners

INSTRUCTIONS = (
    InstructionType(
        name="mark_duplicate",
        form=MarkDuplicate,
        posts=owners,
        with_others=mark_duplicate,
        events=("MarkedDuplicate",),
    ),
    InstructionType(
        name="unlink_duplicate",
        form=UnlinkDuplicate,
        posts=owners,
        with_others=unlink_duplicate,
        events=("DuplicateUnlinked",),
        of_closed=True,
    ),
)
