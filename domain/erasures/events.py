"""What happened to what the vault holds of a person."""

from typing import TYPE_CHECKING

from eventsourcing.domain import AggregateCreated

from domain.aggregates import Aggregate

if TYPE_CHECKING:
    from domain.erasures.model import Erasure


class ErasureEvent(Aggregate.Event):
    """Base of the events of an erasure."""

    subject: str


class EraseRequested(ErasureEvent, AggregateCreated):
    TOPIC = "vault.EraseRequested"
    cases: tuple[str, ...]

    def apply(self, erasure: "Erasure") -> None:
        erasure.subject = self.subject


class SubjectErased(ErasureEvent):
    TOPIC = "vault.SubjectErased"

    def apply(self, erasure: "Erasure") -> None:
        erasure.done = True
