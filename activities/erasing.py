"""Erasing a person: the key is destroyed, and cases and counts stay as they are (RODO art. 17)."""

from collections.abc import Iterator
from typing import Any, Final

from domain.catalogue import PROCESSES
from domain.erasures.commands import CaseOfSubject, EraseSubject
from domain.erasures.model import Erasure
from domain.interventions.model import Intervention
from domain.interventions.refusals import CaseUnknown
from domain.messages import Act
from domain.people import PersonRef, PersonUnknown
from domain.retention import Retention
from domain.working_days import local_day
from runtime.store import Store, UnitOfWork
from runtime.vault import Vault

_PAGE: Final = 2_000


class Erasing:
    """The register of erasures, the log in which a person's cases are found, and the vault."""

    def __init__(self, store: Store, vault: Vault, retention: Retention) -> None:
        self._store = store
        self._vault = vault
        self._retention = retention

    def subject_of(self, name: str) -> PersonRef:
        """The reference itself, or that of the sender of a case."""
        if name.startswith("person:"):
            return name
        case = self._store.find(Intervention, name)
        if case is None:
            raise CaseUnknown(reference=name)
        if case.sender is None:
            raise PersonUnknown(reference=name)
        return case.sender

    def erase(self, person: PersonRef, act: Act) -> bool:
        """Destroy the person's key; False when it was destroyed before.

        The request is recorded before and the deed after: what dies in between is done again.
        """
        if not self._vault.knows(person):
            raise PersonUnknown(key_ref=person)
        command = EraseSubject(subject=person, cases=tuple(self._cases_of(person)))

        def request(unit: UnitOfWork) -> None:
            if unit.find(Erasure, person) is None:
                unit.add(Erasure.request(command, act, self._retention))

        def confirm(unit: UnitOfWork) -> None:
            erasure = unit.find(Erasure, person)
            assert erasure is not None  # requested above
            erasure.confirm(act)

        self._store.carry_out(request)
        erased = self._vault.erase(person, act.at)
        self._store.carry_out(confirm)
        return erased

    def _cases_of(self, person: PersonRef) -> Iterator[CaseOfSubject]:
        born_by = {process.born_by: process.name for process in PROCESSES.values()}
        ends = frozenset(process.ended_by for process in PROCESSES.values())
        cases: dict[str, CaseOfSubject] = {}
        for topic, event in self._events((*born_by, *ends)):
            if topic in born_by and event.sender == person:
                cases[event.reference] = CaseOfSubject(
                    reference=event.reference, process=born_by[topic], closed_on=None
                )
            elif topic in ends and event.reference in cases:
                closed = {"closed_on": local_day(event.timestamp)}
                cases[event.reference] = cases[event.reference].model_copy(update=closed)
        yield from cases.values()

    def _events(self, topics: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        after = 0
        while page := self._store.recorder.select_notifications(
            after, _PAGE, topics=topics, inclusive_of_start=False
        ):
            for stored in page:
                yield stored.topic, self._store.mapper.to_domain_event(stored)
            after = page[-1].id
