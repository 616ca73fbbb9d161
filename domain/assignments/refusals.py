"""Why an order of an extra task cannot be taken back or given more time."""

from domain.errors import Refusal


class OrderNotOpen(Refusal):
    """The extra task was already done, or its order withdrawn."""


class OrderNotYours(Refusal):
    """Only who ordered the extra task, or a post above, may do this."""
