"""Why a person cannot be erased yet."""

from domain.errors import Refusal


class CaseStillOpen(Refusal):
    """The person has an open case: it needs to know whom it is about."""


class ErasureTooEarly(Refusal):
    """The archive class of a case still keeps the person's data."""
