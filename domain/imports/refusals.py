"""Why a row of a register cannot be taken over, and an import not be given up."""

from domain.errors import Refusal


class CellUnreadable(Refusal):
    """This is not what the column holds."""


class CellsTooMany(Refusal):
    """The row has more cells than the file has columns."""


class NumberTaken(Refusal):
    """Another row was taken over under this number."""


class StepMissing(Refusal):
    """A later step is told, and this one, which comes before it, is not."""


class StepsOutOfOrder(Refusal):
    """This step is dated before the one that comes before it."""


class StepInTheFuture(Refusal):
    """This step is dated later than now."""


class DetailMissing(Refusal):
    """A step is dated, and what was done in it is not told."""


class ImportUnknown(Refusal):
    """No import is called so."""


class ImportEnded(Refusal):
    """The import is not under way."""


class ImportAtWork(Refusal):
    """The import took over a row only just now: stop its process first."""


class ImportGivenUp(Refusal):
    """The import was given up while it ran; run it again to take it up."""
