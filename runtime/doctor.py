"""What is wrong with this installation, found by looking at each thing that it needs."""

import asyncio
import shutil
import smtplib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from eventsourcing.utils import TopicError, resolve_topic
from sqlalchemy import text

from runtime.bootstrap import (
    SEARCH_ATTRIBUTES,
    WorkerAway,
    attributes_of,
    pollers_of,
    reach_temporal,
)
from runtime.clock import SystemClock
from runtime.database import read_engine
from runtime.embedded import api_port
from runtime.first_run import checked_reference_data
from runtime.imports import how_far, imports_under_way, what_to_do
from runtime.sentences import sentence_of
from runtime.settings import Settings
from runtime.store import Store
from runtime.vault import Vault

SMTP_SECONDS: Final = 3.0
TEMPORAL_PATIENCE: Final = timedelta(seconds=2)
ENOUGH_DISK: Final = 1_000_000_000
FOLLOWER_SECONDS: Final = 3.0
"""A follower that runs has brought something in by then."""
LONGEST_POLL: Final = timedelta(seconds=90)
"""A worker that runs has asked for work since."""


class Ill(Exception):
    """What is wrong, with what to do about it."""

    def __init__(self, what: str, advice: str) -> None:
        self.advice = advice
        super().__init__(what)


@dataclass(frozen=True)
class Finding:
    name: str
    detail: str
    advice: str = ""
    """What to do; empty when all is well."""


def examine(settings: Settings, lag: Callable[[float], int]) -> Iterator[Finding]:
    """Look at one thing after the other; `lag` says how many events the read tables are behind,
    and waits so many seconds for the follower."""
    checks: dict[str, tuple[Callable[[], str], str]] = {
        "reference data": (
            lambda: _reference_data(settings),
            "correct the row that is named, in KS_TABLES or in the package",
        ),
        "databases": (
            lambda: _databases(settings),
            "check KS_DATABASE_URL or KS_VAR, KS_MASTER_KEY, and the rights of this user",
        ),
        "event log": (lambda: _topics(settings), "install the release that wrote these events"),
        "clock": (lambda: _clock(settings), "set the clock of this machine, or KS_CLOCK_SHIFT"),
        "read tables": (lambda: _follower(lag), "start `ks follow`; or run `ks rebuild`"),
        "imports": (lambda: _imports(settings), "run `ks imports list`"),
        "Temporal": (lambda: _temporal(settings), "start it, or check TEMPORAL_ADDRESS"),
        "worker": (lambda: _worker(settings), "start `ks worker`, or look at its log"),
        "mail": (lambda: _mail(settings), "start `ks mail`, or check KS_SMTP_HOST, KS_SMTP_PORT"),
        "API port": (lambda: _api_port(settings), "stop that process or set KS_API_PORT"),
        "disk": (lambda: _disk(settings), "free some space, or set KS_VAR to another disk"),
    }
    for name, (check, advice) in checks.items():
        try:
            yield Finding(name, check())
        except Ill as ill:
            yield Finding(name, str(ill), ill.advice)
        except Exception as error:  # whatever it is, it is what the check was to find
            found = sentence_of(error) or f"{type(error).__name__}: {error}".strip()
            yield Finding(name, found, advice)


def _reference_data(settings: Settings) -> str:
    data = checked_reference_data(settings)
    return f"{len(data.deadlines.rule_ids)} rules, {len(data.routing.units)} units"


def _databases(settings: Settings) -> str:
    with closing(Vault.of(settings, SystemClock())) as vault, vault.writer.begin():
        pass  # the lock for writing was there to be had
    with closing(Store(settings)) as store:
        return f"{store.position()} events"


def _topics(settings: Settings) -> str:
    engine = read_engine(settings.database_url or settings.events_db)
    with closing(Store(settings)) as store, engine.connect() as connection:
        table = store.recorder.events_table_name  # type: ignore[attr-defined]  # of both recorders
        topics = connection.scalars(text(f"SELECT DISTINCT topic FROM {table}")).all()
    engine.dispose()
    unknown = sorted(topic for topic in topics if not _is_known(topic))
    if unknown:
        raise Ill(f"unknown: {', '.join(unknown)}", "install the release that wrote these events")
    return f"{len(topics)} kinds of events, all known"


def _is_known(topic: str) -> bool:
    try:
        resolve_topic(topic)
    except TopicError:
        return False
    return True


def _clock(settings: Settings) -> str:
    now = SystemClock(settings.clock_shift).now()
    with closing(Store(settings)) as store:
        last = store.recorder.select_notifications(store.position(), 1, inclusive_of_start=True)
        event: Any = store.mapper.to_domain_event(last[0]) if last else None
    at = event.timestamp if event else now
    if at > now:
        raise Ill(
            f"it is {now:%Y-%m-%d %H:%M:%S} UTC, yet the last event is of {at:%Y-%m-%d %H:%M:%S}",
            "set the clock of this machine, or KS_CLOCK_SHIFT",
        )
    shift = f", shifted by {settings.clock_shift}" if settings.clock_shift else ""
    return f"{now:%Y-%m-%d %H:%M:%S} UTC{shift}"


def _follower(lag: Callable[[float], int]) -> str:
    behind = lag(0)
    left = lag(FOLLOWER_SECONDS) if behind else 0
    if left and left >= behind:
        raise Ill(
            f"{left} events behind the log, and nobody brings them in",
            "start `ks follow`, or look at its log",
        )
    return f"{left} events behind the log"


def _imports(settings: Settings) -> str:
    """Reports that are due wait for an import until it is over."""
    now = SystemClock(settings.clock_shift).now()
    with closing(Store(settings)) as store:
        pages = imports_under_way(store)
    found = "; ".join(how_far(page, now) for page in pages)
    advice = [todo for page in pages if (todo := what_to_do(page, now))]
    if advice:
        raise Ill(found, f"{'; '.join(advice)}: reports wait until then")
    return found or "none under way"


def _temporal(settings: Settings) -> str:
    async def attributes() -> dict[str, int]:
        return await attributes_of(await reach_temporal(settings, TEMPORAL_PATIENCE))

    missing = sorted(SEARCH_ATTRIBUTES.keys() - asyncio.run(attributes()).keys())
    if missing:
        raise Ill(
            f"{settings.temporal_address}, namespace {settings.temporal_namespace} is without "
            + ", ".join(missing),
            "run `ks bootstrap`, or check TEMPORAL_NAMESPACE",
        )
    return f"{settings.temporal_address}, namespace {settings.temporal_namespace}"


def _worker(settings: Settings) -> str:
    async def pollers() -> Mapping[str, datetime]:
        client = await reach_temporal(settings, TEMPORAL_PATIENCE)
        return await pollers_of(client, settings.task_queue)

    earliest = datetime.now(UTC) - LONGEST_POLL  # by Temporal's clock, which no setting shifts
    alive = sorted(who for who, at in asyncio.run(pollers()).items() if at >= earliest)
    if not alive:
        raise WorkerAway(settings)
    return ", ".join(alive)


def _mail(settings: Settings) -> str:
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SMTP_SECONDS) as server:
            server.noop()
    except OSError as error:
        advice = "start `ks mail`, or check KS_SMTP_HOST, KS_SMTP_PORT"
        raise Ill(f"{where}: {error.strerror or error}", advice) from None
    return where


def _api_port(settings: Settings) -> str:
    port = api_port(settings)
    return f"{port.number} is free" if port.is_free() else f"{port.number}: {port.holder()}"


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.var if settings.var.exists() else ".").free
    if free < ENOUGH_DISK:
        raise Ill(f"{free / 1e9:.1f} GB free", "free some space, or set KS_VAR to another disk")
    return f"{free / 1e9:.1f} GB free"
