"""The people of the demo: every post is filled, and everybody has a key to the API."""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from sqlalchemy import MetaData

from domain.roster.guards import OF_ONE_PERSON
from domain.routing import RoutingTable
from runtime.appointments import appoint
from runtime.clock import SystemClock
from runtime.demo_state import keys_file, read_keys
from runtime.first_run import open_roster
from runtime.keys import ApiKeys
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.staff import Staff
from runtime.store import Store
from runtime.vault import Vault

SINCE: Final = date(2021, 9, 1)
"""The day on which the ordinance came into force."""

KEY_LABEL: Final = "demo"
STAFF: Final = {
    "clerk-a": "KS-06/clerk",
    "clerk-b": "KS-06/clerk",
    "clerk-c": "KS-06/clerk",
    "head-ks06": "KS-06/head",
    "duty-officer": "KS-06/duty_officer",
    "deputy-media": "deputy_media",
    "director": "director",
    "operator-a": "operator",
    "web-form": "intake",
}


SIGNERS: Final = {
    "clerk-a": "Anna Wójcik",
    "clerk-b": "Bartłomiej Ślusarczyk",
    "clerk-c": "Celina Żuk",
    "head-ks06": "Halina Dąbrowska",
    "director": "Dariusz Łęcki",
}
"""Invented names for those whose name stands under a letter."""


def people(routing: RoutingTable) -> Iterator[tuple[str, str]]:
    """Everybody in the demo with the post they hold."""
    yield from STAFF.items()
    for unit in (each for each in routing.units if each.gives_feedback):
        yield coordinator(unit.id), f"{unit.id}/coordinator"
        yield f"{unit.id.lower()}-head", f"{unit.id}/unit_head"


def coordinator(unit: str) -> str:
    return f"{unit.lower()}-coordinator"


def put_people_in_place(settings: Settings) -> None:
    """Make the databases, fill the roster and hand out keys; what is there stays as it is."""
    clock = SystemClock(settings.clock_shift)
    data = load_reference_data(settings.tables)
    everybody = dict(people(data.routing))
    store, vault = Store(settings), Vault.of(settings, clock)
    ReadSide(settings, MetaData()).close()  # the place; its tables are made by who follows the log
    try:
        open_roster(store, clock.now())
        appoint(store, data.organisation, vacant(store, everybody), SINCE, clock.now())
        _name_those_who_sign(Staff(vault))
        _hand_out_keys(settings, ApiKeys(vault), everybody, clock.now())
    finally:
        store.close()
        vault.close()


def vacant(store: Store, everybody: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Everybody with their post, but for a post of one person that another one holds by now."""
    roster = store.roster()
    for person, post in everybody.items():
        if post not in OF_ONE_PERSON or not roster.tenures_in(post):
            yield person, post


def _name_those_who_sign(staff: Staff) -> None:
    for person, name in SIGNERS.items():
        staff.enrol(person, name)


def _hand_out_keys(
    settings: Settings, keys: ApiKeys, everybody: dict[str, str], at: datetime
) -> None:
    """A key for each person who has none that is valid."""
    known = {key.key_id for key in keys.list() if key.revoked_at is None}
    tokens = {p: t for p, t in read_keys(settings).items() if t.split("_")[1] in known}
    missing = [person for person in everybody if person not in tokens]
    if missing:
        tokens |= {person: keys.issue(person, KEY_LABEL, at) for person in missing}
        _write(keys_file(settings), json.dumps(tokens, indent=1), mode=0o600)


def _write(path: Path, content: str, *, mode: int) -> None:
    """Write a file whole or not at all; nobody ever sees it with other rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-", delete=False) as draft:
        os.fchmod(draft.fileno(), mode)
        draft.write(content)
    os.replace(draft.name, path)
