"""The erasure of one person: asked for first, done once the key is destroyed (RODO art. 17)."""

from typing import Self

from domain.aggregates import Aggregate
from domain.erasures import events, rules
from domain.erasures.commands import EraseSubject
from domain.errors import refuse_if_any
from domain.messages import Act
from domain.references import aggregate_id
from domain.retention import Retention


class Erasure(Aggregate):
    """An entry in the register of the vault. It names a reference that leads to nobody any more."""

    TOPIC = "vault"

    Event = events.ErasureEvent
    EraseRequested = events.EraseRequested
    SubjectErased = events.SubjectErased

    def __init__(self) -> None:
        self.subject: str
        self.done = False

    @classmethod
    def request(cls, command: EraseSubject, act: Act, retention: Retention) -> Self:
        refuse_if_any(rules.erasing(command, act.at, retention))
        return cls.born(
            events.EraseRequested,
            aggregate_id("vault", command.subject),
            act,
            subject=command.subject,
            cases=tuple(case.reference for case in command.cases),
        )

    def confirm(self, act: Act) -> None:
        """The key is destroyed; a second time changes nothing."""
        if not self.done:
            self.record(events.SubjectErased, act, subject=self.subject)
