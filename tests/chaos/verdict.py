"""What must be true of a town after it was shaken: read from its log, letters, tables and files."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import closing
from email import message_from_bytes
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

from domain.references import case_of, case_ref
from projections.tables import TABLES
from projections.verify import verify
from runtime.plugin import connect
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.chaos.people import Ledger
from tests.chaos.plans import CANARY
from tests.chaos.town import KS, LOOK_EVERY, MONDAY, Town

EVERYTHING: Final = 1_000_000
DELIVERED: Final = "intervention.NoticeDelivered"
SENT: Final = ("intervention.NoticeSent", "party.LinkSent")
_CRY: Final = re.compile("ERROR|Traceback|panic")
"""In lines that are not written by our logging: the core of the Temporal SDK, or a last gasp."""


class Evidence:
    """All that a town left behind."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        with closing(Store(settings)) as store:
            found = store.recorder.select_notifications(1, EVERYTHING)
            self.events: list[Any] = [store.mapper.to_domain_event(each) for each in found]

    def of_case(self, reference: str) -> Counter[str]:
        return Counter(_described(event) for event in self._by_case.get(reference, ()))

    @property
    def cases(self) -> list[str]:
        return sorted(self._by_case)

    @cached_property
    def commands(self) -> dict[str, list[Any]]:
        """Events by the command that caused them."""
        found: dict[str, list[Any]] = {}
        for event in self.events:
            found.setdefault(event.command_id, []).append(event)
        return found

    @property
    def recorded_letters(self) -> list[str]:
        return [e.message_id for e in self.events if e.TOPIC in SENT]

    @property
    def kept_letters(self) -> list[str]:
        return letters_kept(self.settings)

    @cached_property
    def _by_case(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for event in self.events:
            reference = getattr(event, "reference", None) or getattr(event, "task_ref", None)
            if reference is not None:
                found.setdefault(case_of(reference), []).append(event)
        return found


def letters_kept(settings: Settings) -> list[str]:
    """The Message-ID of each letter that the mail server accepted."""
    files = settings.mail_directory.rglob("*.eml")
    # A long one stands on a line of its own, below its name.
    return [message_from_bytes(path.read_bytes())["Message-ID"].strip() for path in files]


def nothing_acknowledged_is_lost(evidence: Evidence, ledger: Ledger) -> None:
    lost = {c: about for c, about in ledger.commands.items() if c not in evidence.commands}
    assert not lost
    for command_id, about in ledger.commands.items():
        caused = {_reference_of(event) for event in evidence.commands[command_id]}
        assert about in caused


def nothing_is_doubled(evidence: Evidence, expected: Mapping[str, Counter[str]]) -> None:
    """Exactly the expected events of each case, and no other case."""
    assert set(evidence.cases) == set(expected)
    found = {reference: evidence.of_case(reference) for reference in expected}
    wrong = {
        reference: {"too many": found[reference] - planned, "missing": planned - found[reference]}
        for reference, planned in expected.items()
        if found[reference] != planned
    }
    assert not wrong


def references_have_no_gap(evidence: Evidence) -> None:
    expected = [case_ref("INT", MONDAY.year, n + 1) for n in range(len(evidence.cases))]
    assert evidence.cases == expected


def each_letter_is_one_letter(evidence: Evidence, letters: int) -> None:
    """Recorded once, kept under the Message-ID that is recorded; a repeat is the same message."""
    recorded = evidence.recorded_letters
    assert len(recorded) == letters
    assert len(set(recorded)) == letters
    assert set(evidence.kept_letters) == set(recorded)


def tables_are_what_the_log_makes_of_them(settings: Settings) -> None:
    labels = load_reference_data(settings.tables).labels
    with closing(Store(settings)) as store, closing(ReadSide(settings, TABLES)) as read_side:
        assert verify(store, read_side, labels) == []


async def every_case_ran_once(town: Town, *, running: int = 0, ended: int = 0) -> None:
    """There is one run for each case; waited for, as Temporal's lists are a moment behind."""
    client = await connect(town.settings)
    expected = {"Running": running, "Completed": ended}
    found: dict[str, int] = {}
    while found != expected:
        for status in expected:
            count = await client.count_workflows(f"ExecutionStatus = '{status}'")
            found[status] = count.count
        await asyncio.sleep(LOOK_EVERY)
    assert (await client.count_workflows()).count == running + ended


async def until_recorded(town: Town, letters: int, topics: Container[str] = (DELIVERED,)) -> None:
    """Until so many letters stand in the log: as sent and delivered, unless other topics tell."""
    while len([e for e in Evidence(town.settings).events if e.TOPIC in topics]) < letters:
        await asyncio.sleep(1)


def nobody_complained(town: Town) -> None:
    """No errors in the logs of our parts; that somebody else is away is only a warning."""
    assert list(chain.from_iterable(_errors(town.parts[name].log) for name in KS)) == []


def no_canary_flew_out(settings: Settings) -> None:
    """Names, addresses and texts stand in the vault, sealed, and in letters; nowhere else."""
    canary = re.compile(CANARY.encode(), re.IGNORECASE)
    files = (path for path in settings.var.rglob("*") if path.is_file())
    outside = (path for path in files if settings.mail_directory not in path.parents)
    assert [str(path) for path in outside if canary.search(path.read_bytes())] == []


def _described(event: Any) -> str:
    """An event with what it is about: a letter or a task."""
    if event.TOPIC.startswith("task."):
        return f"{event.TOPIC} {event.task_ref.removeprefix(case_of(event.task_ref) + '-')}"
    if event.TOPIC.startswith("intervention.Notice"):
        return f"{event.TOPIC} {event.key}"
    return str(event.TOPIC)


def _reference_of(event: Any) -> str:
    return str(getattr(event, "task_ref", None) or getattr(event, "reference", None))


def _errors(log: Path) -> Iterator[str]:
    for line in log.read_text(errors="replace").splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            if _CRY.search(line):
                yield f"{log.name}: {line}"
        else:
            if fields["level"] in ("error", "critical"):
                yield f"{log.name}: {line}"
