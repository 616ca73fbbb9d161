"""Why a report cannot be filed yet."""

from domain.errors import Refusal


class ImportUnderWay(Refusal):
    """A register is being taken over, and the report would know a part of it."""
