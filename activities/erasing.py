"""Erasing a person: the key is destroyed, and cases and counts stay as they are (RODO art. 17)."""

from collections.abc import Iterator
from typing import Any, Final

from activities.sender_keys import SenderKeys
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
        self._keys = SenderKeys(store, vault)
        self._retention = retention

    def subject_of(self, name: str, *, former: bool = False) -> PersonRef:
        """The reference itself, or that of the sender of a case; or of whoever had been registered
        as its sender last before it was corrected."""
        if name.startswith("person:"):
            return name
        case = self._store.find(Intervention, name)
        if case is None:
            raise CaseUnknown(reference=name)
        known = case.former_senders if former else (case.sender,)
        person = next((each for each in reversed(known) if each is not None), None)
        if person is None:
            raise PersonUnknown(reference=name)
        return person

    def erase(self, person: PersonRef, act: Act) -> bool:
        """Destroy the person's key; False when it was destroyed before.

        The request is recorded before and the deed after: what dies in between is done again.
        """
        if not self._vault.knows(person):
            raise PersonUnknown(key_ref=person)
        cases, others = self._cases_of(person)
        command = EraseSubject(subject=person, cases=cases)

        def request(unit: UnitOfWork) -> None:
            if unit.find(Erasure, person) is None:
                unit.add(Erasure.request(command, act, self._retention))

        def confirm(unit: UnitOfWork) -> None:
            erasure = unit.find(Erasure, person)
            assert erasure is not None  # requested above
            erasure.confirm(act)

        self._store.carry_out(request)
        # What is another's must not go, and what is this person's must not stay.
        for reference in (*(case.reference for case in cases), *others):
            self._settle(reference)
        erased = self._vault.erase(person, act.at)
        self._store.carry_out(confirm)
        return erased

    def _settle(self, reference: str) -> None:
        case = self._store.find(Intervention, reference)
        assert case is not None  # it has events
        self._keys.settle(case)

    def _cases_of(self, person: PersonRef) -> tuple[tuple[CaseOfSubject, ...], tuple[str, ...]]:
        """The cases of the person, and those that turned out to be another's."""
        # An extra task has no sender.
        of_senders = [each for each in PROCESSES.values() if each.corrected_by is not None]
        born_by = {process.born_by: process.name for process in of_senders}
        corrected_by = {process.corrected_by or "": process.name for process in of_senders}
        ends = frozenset(topic for process in of_senders for topic in process.ended_by)
        cases: dict[str, CaseOfSubject] = {}
        others: dict[str, None] = {}
        for topic, event in self._events((*born_by, *corrected_by, *ends)):
            reference = event.reference
            if topic in ends and reference in cases:
                closed = {"closed_on": local_day(event.timestamp)}
                cases[reference] = cases[reference].model_copy(update=closed)
            if topic in ends or (topic in corrected_by and event.field != "sender"):
                continue
            if event.sender == person:
                others.pop(reference, None)
                process = (born_by | corrected_by)[topic]
                cases[reference] = CaseOfSubject(
                    reference=reference, process=process, closed_on=None
                )
            elif cases.pop(reference, None):
                others[reference] = None
        return tuple(cases.values()), tuple(others)

    def _events(self, topics: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        after = 0
        while page := self._store.recorder.select_notifications(
            after, _PAGE, topics=topics, inclusive_of_start=False
        ):
            for stored in page:
                yield stored.topic, self._store.mapper.to_domain_event(stored)
            after = page[-1].id
