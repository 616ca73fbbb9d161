"""Filing the monthly report: each month once, also those that were missed (§ 9 pt 4)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final

import structlog
from temporalio import activity

from domain.catalogue import PROCESSES
from domain.errors import Refusal
from domain.filings.commands import FileReport
from domain.filings.model import Filing
from domain.filings.rules import filing, filing_ref, months_due
from domain.messages import SYSTEM, Act, Message
from domain.working_days import local_day
from projections.reports.command import FORMATS, REPORTS, files_of, write
from projections.reports.fold import Known, fold, known_at
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from runtime.clock import Clock
from runtime.imports import known_imports
from runtime.reference_data import ReferenceData
from runtime.reference_tables import tables_digest
from runtime.settings import Settings
from runtime.store import Store, UnitOfWork

log = structlog.get_logger()

MONTHLY: Final = ("R1",)
MANIFEST: Final = "filed.json"
SETTLED: Final = timedelta(minutes=1)
"""So long before a round is what it reports: of the last seconds something may still be on its way
into the log, and the filing itself is not to be in it."""


class ReportsFiled(Message):
    """What one round did, by the names of the filings: `R1-2026-10`."""

    filed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    """Filed before; their files were missing or changed, and were made again."""
    lost: tuple[str, ...] = ()
    """Filed before; the program or a table has changed since, and other bytes came out."""
    waiting: tuple[str, ...] = ()
    """Due, and not filed yet."""
    waits_for: tuple[str, ...] = ()
    """Why: `ImportUnderWay: rejestr.csv`."""


class ReportFiling:
    """The log, in which a filing is recorded, and the directory in which its files are."""

    def __init__(self, store: Store, data: ReferenceData, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._data = data
        self._directory = settings.reports_directory
        self._tables = settings.tables
        self._clock = clock
        self._first: datetime | None = None
        self._read_to = 0

    @activity.defn(no_thread_cancel_exception=True)
    def file_due_reports(self) -> ReportsFiled:
        """File every month that is due and not filed, and see to it that the files are there."""
        now = self._clock.now()
        began = self._first_receipt()
        if began is None:
            return ReportsFiled()
        present = _Present(self._store, now.replace(second=0, microsecond=0) - SETTLED)
        done: dict[str, list[str]] = {"filed": [], "restored": [], "lost": [], "waiting": []}
        for first, to in months_due(began, now, self._data.deadlines):
            for report in MONTHLY:
                became = self._keep(report, Period(first, to), present)
                if became is not None:
                    done[became].append(filing_ref(report, first))
        for name in done["lost"]:
            log.error("a filed report cannot be made again", filing=name)
        waits_for = [_named(each) for each in present.in_the_way] if done["waiting"] else []
        if waits_for:
            log.warning("reports wait", filings=done["waiting"], waits_for=waits_for)
        return ReportsFiled.model_validate({**done, "waits_for": waits_for})

    def _keep(self, report: str, period: Period, present: "_Present") -> str | None:
        """`filed`, `restored`, `lost` or `waiting`; None when all was there."""
        filed = self._store.find(Filing, filing_ref(report, period.first))
        if filed is not None:
            return None if self._is_there(filed) else self._restored(filed)
        if present.in_the_way:
            return "waiting"
        files = self._rendered(report, Parameters(period, present.at), present.known)
        filed = self._file(report, period, present, files)
        # Somebody else may have filed it meanwhile: theirs counts.
        return "filed" if self._written(filed, files) else self._restored(filed)

    def _file(
        self, report: str, period: Period, present: "_Present", files: dict[str, str]
    ) -> Filing:
        """Recorded before it is written: what dies in between is written by the next round."""
        name = filing_ref(report, period.first)
        command = FileReport(
            report=report,
            first=period.first,
            to=period.to,
            as_of=present.at,
            position=present.known.position,
            files={file: _sha256(text) for file, text in files.items()},
            versions=self._versions(present.at),
        )
        act = Act(command_id=f"file:{name}", at=self._clock.now(), by=SYSTEM)

        def work(unit: UnitOfWork) -> Filing:
            filed = unit.find(Filing, name)
            if filed is None:
                unit.add(filed := Filing.file(command, act))
            return filed

        return self._store.carry_out(work)

    def _restored(self, filing: Filing) -> str:
        period = Period(filing.first, filing.to)
        known = fold(self._store, filing.position)
        files = self._rendered(filing.report, Parameters(period, filing.as_of), known)
        return "restored" if self._written(filing, files) else "lost"

    def _written(self, filing: Filing, files: dict[str, str]) -> bool:
        """Write the files if they are what was filed; the manifest last."""
        if {name: _sha256(text) for name, text in files.items()} != filing.files:
            return False
        directory = self._directory_of(filing)
        for name, text in {**files, MANIFEST: _manifest(filing)}.items():
            write(directory / name, text)
        return True

    def _is_there(self, filing: Filing) -> bool:
        directory = self._directory_of(filing)
        expected = {**filing.files, MANIFEST: _sha256(_manifest(filing))}
        paths = {directory / name: sha256 for name, sha256 in expected.items()}
        return all(path.is_file() and _sha256_of(path) == it for path, it in paths.items())

    def _directory_of(self, filing: Filing) -> Path:
        return self._directory / filing.report / f"{filing.first:%Y-%m}"

    def _rendered(self, report: str, parameters: Parameters, known: Known) -> dict[str, str]:
        made = REPORTS[report](parameters, known, self._data)
        return {name: text for form in FORMATS for name, text in files_of(made, form).items()}

    def _versions(self, at: datetime) -> dict[str, str]:
        routing = self._data.routing_tables.in_force(local_day(at))
        return {
            "program": version("ks"),
            "calendar": self._data.deadlines.calendar.version,
            "routing": routing.version if routing else "",
            "tables": tables_digest(self._tables),
        }

    def _first_receipt(self) -> datetime | None:
        """Of all cases that the log knows, those of an imported past among them.

        What was read on another morning is not read again.
        """
        born = (PROCESSES["intervention"].born_by,)
        for page in self._store.pages(topics=born, after=self._read_to):
            receipts = [self._store.decoded(entry).received_at for entry in page]
            self._first = min(filter(None, (self._first, *receipts)))
            self._read_to = page[-1].position
        return self._first


@dataclass
class _Present:
    """What has just been known; read once, and only if a report has to be filed."""

    store: Store
    at: datetime

    @cached_property
    def known(self) -> Known:
        return known_at(self.store, self.at)

    @cached_property
    def in_the_way(self) -> tuple[Refusal, ...]:
        """Imports of which this would know a part: asked of the whole log first, as a report that
        has to wait needs no reading of it."""
        imports = known_imports(self.store)
        open_ones = tuple(filing(imports, self.store.position()))
        return open_ones or tuple(filing(imports, self.known.position))


def _named(refusal: Refusal) -> str:
    return f"{refusal.name()}: {refusal.facts['name']}"


def _manifest(filing: Filing) -> str:
    """By what the report was made, for whoever reads the files alone."""
    document = {
        "report": filing.report,
        "from": filing.first.isoformat(),
        "to": filing.to.isoformat(),
        "as_of": filing.as_of.isoformat(),
        "position": filing.position,
        "versions": filing.versions,
        "sha256": filing.files,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
