"""Taking over a register of past interventions: each row whole or not at all, and once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final, Literal, NoReturn

from eventsourcing.persistence import StoredEvent
from sqlalchemy import Connection

from activities.registers.past_cases import play
from activities.registers.rows import RowReader
from domain.errors import Refusal, Refusals, refuse_if_any
from domain.imports.commands import (
    BeginImport,
    FinishImport,
    ImportPage,
    PastIntervention,
    TakeRow,
)
from domain.imports.model import ImportedRow, RegisterImport
from domain.imports.refusals import ImportGivenUp, NumberTaken
from domain.imports.rules import taking
from domain.interventions.commands import Reach
from domain.interventions.rules import reach_of
from domain.messages import Act
from domain.people import PersonalData, texts_in, with_texts
from domain.working_days import local_day
from runtime.births import Birth, KeyUsedForAnotherRequest
from runtime.reference_data import ReferenceData
from runtime.register_file import Row
from runtime.store import Store, UnitOfWork
from runtime.text_store import TextStore
from runtime.vault import Vault

FirstEvents = Callable[[str], Sequence[StoredEvent]]

CLIENT: Final = "import"
AT_ONCE: Final = 100
"""Rows whose texts go into the vault together; each case is saved alone."""

_PREFIX: Final = "INT"
_NOT_BORN: Final = f"{_PREFIX}-0000-000000"
_OF_THE_CASE: Final = (".answer", ".on_file")
"""Texts that are not about the sender, and stay when the sender is erased."""


@dataclass(frozen=True)
class Outcome:
    """What became of a row."""

    row: Row
    became: Literal["imported", "known", "rejected"]
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class _Ready:
    """A row that will be taken; `digest` tells it from another one under the same number."""

    row: Row
    past: PastIntervention
    act: Act
    digest: str
    reach: Reach


class _NotBorn(Exception):
    """Nothing was registered under this number before."""


class Importing:
    """The log and the vault, into which rows go that were checked whole before."""

    def __init__(
        self, store: Store, vault: Vault, data: ReferenceData, register: BeginImport
    ) -> None:
        """`register` is the file that the rows come from."""
        self._store = store
        self._vault = vault
        self._texts = TextStore(vault)
        self._data = data
        self._register = register
        self._begun = False
        self._reader = RowReader(data.labels, data.routing)

    def take(self, rows: Iterable[Row]) -> Iterator[Outcome]:
        """Take the rows over, in their order; a row that is known already changes nothing.

        The import is begun before the first row that is new; `finish` ends it. Raises
        ImportGivenUp.
        """
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            found = [self._looked_at(row) for row in some]
            ready = [each for each in found if isinstance(each, _Ready)]
            if ready:
                self._begin()
            sealed = iter(self._sealed(ready))
            for each in found:
                yield each if isinstance(each, Outcome) else self._born(next(sealed))

    def finish(self, rejected: int) -> None:
        """Every row has been looked at, by this process or by one before it."""

        def work(unit: UnitOfWork) -> None:
            register = unit.find(RegisterImport, self._register.file)
            if register is not None:
                register.finish(FinishImport(rejected=rejected), self._act())

        self._store.carry_out(work)

    def _begin(self) -> None:
        def work(unit: UnitOfWork) -> None:
            register = unit.find(RegisterImport, self._register.file)
            if register is None:
                unit.add(RegisterImport.begin(self._register, self._act()))
            elif register.state == "abandoned" and self._begun:
                raise ImportGivenUp(name=self._register.name)
            else:
                register.begin_again(self._register, self._act())

        self._store.carry_out(work)
        self._begun = True

    def _act(self) -> Act:
        command_id = f"{CLIENT}:{self._register.file}"
        return Act(command_id=command_id, at=self._vault.clock.now(), by=CLIENT)

    def _looked_at(self, row: Row) -> _Ready | Outcome:
        """Everything a row could be rejected for, before anything is kept of it."""
        now = self._vault.clock.now()
        try:
            past = self._reader.read(row)
            ready = self._ready(row, past, now)
            if self._is_known(ready):
                return Outcome(row, "known")
            refuse_if_any(taking(past, now))
            play(_without_sender(past), ready.act, _NOT_BORN, ready.reach, self._data)
        except Refusals as several:
            return Outcome(row, "rejected", several.refusals)
        except Refusal as refusal:
            return Outcome(row, "rejected", (refusal,))
        return ready

    def _ready(self, row: Row, past: PastIntervention, now: datetime) -> _Ready:
        key = f"{CLIENT}:{past.number}"
        return _Ready(
            row=row,
            past=past,
            act=Act(command_id=key, at=now, by=CLIENT),
            # Keyed, as a plain digest of what a person wrote could be found by guessing.
            digest=self._vault.references.make("request", past.model_dump_json()),
            reach=reach_of(past.report),
        )

    def _is_known(self, ready: _Ready) -> bool:
        """Also when the sender was erased since, or a table has changed."""

        def nothing(reference: str) -> NoReturn:
            raise _NotBorn

        try:
            self._store.bear(self._birth(ready, nothing))
        except _NotBorn:
            return False
        except KeyUsedForAnotherRequest:
            raise NumberTaken(field="number") from None
        return True

    def _sealed(self, some: Sequence[_Ready]) -> list[_Ready]:
        """References in the place of people and texts, which go into the vault together."""
        if not some:
            return []
        with self._vault.writing() as joined:
            return [self._seal(each, joined) for each in some]

    def _seal(self, ready: _Ready, joined: Connection) -> _Ready:
        # With the digest, as an import that died may have left texts of a row corrected since.
        past, key = ready.past, f"{ready.act.command_id}:{ready.digest}"
        sender = None if past.report.sender == PersonalData() else past.report.sender
        person = sender and self._vault.admit(sender, command_id=key, joined=joined)
        own = self._vault.references.make("case", key)
        found, refs = texts_in(past), dict[str, str]()
        for key_ref, paths in (
            (person or own, [path for path in found if path not in _OF_THE_CASE]),
            (own, [path for path in found if path in _OF_THE_CASE]),
        ):
            texts = {path: found[path] for path in paths}
            refs |= self._texts.put_many(texts, key_ref=key_ref, command_id=key, joined=joined)
        past = with_texts(past, refs)
        report = past.report.model_copy(update={"sender": person})
        return replace(ready, past=past.model_copy(update={"report": report}))

    def _born(self, ready: _Ready) -> Outcome:
        """One transaction: that the row was taken, and then the whole case."""

        def first_events(reference: str) -> list[StoredEvent]:
            past = ready.past
            take = TakeRow(
                number=past.number,
                reference=reference,
                file=self._register.file,
                line=ready.row.line,
            )
            row = ImportedRow.take(take, ready.act)
            case = play(past, ready.act, reference, ready.reach, self._data)
            return [*self._store.first_events(row), *self._store.first_events(case)]

        try:
            born = self._store.bear(self._birth(ready, first_events))
        except KeyUsedForAnotherRequest:
            return Outcome(ready.row, "rejected", (NumberTaken(field="number"),))
        return Outcome(ready.row, "known" if born.repeated else "imported")

    def _birth(self, ready: _Ready, first_events: FirstEvents) -> Birth:
        return Birth(
            client=CLIENT,
            key=ready.past.number,
            digest=ready.digest,
            prefix=_PREFIX,
            year=local_day(ready.past.registered_at).year,
            first_events=first_events,
        )


def abandon(store: Store, page: ImportPage, act: Act) -> None:
    """Give an import up as it stands. Raises ImportEnded, ImportAtWork."""

    def work(unit: UnitOfWork) -> None:
        register = unit.find(RegisterImport, page.file)
        assert register is not None  # the page was read from its events
        register.abandon(page.last_sign_at, act)

    store.carry_out(work)


def _without_sender(past: PastIntervention) -> PastIntervention:
    return past.model_copy(update={"report": past.report.model_copy(update={"sender": None})})
