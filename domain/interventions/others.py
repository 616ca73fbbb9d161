"""Other cases, for what moves two at once: whoever asks saves both together, or neither."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

Others = Callable[[str], "Intervention | None"]
"""By reference."""


def no_others(reference: str) -> "Intervention | None":
    """Where only one case is at hand."""
    return None
