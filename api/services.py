"""What the endpoints work with: one set of it a process."""

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from activities.actions import Rehearsal
from activities.assignments import AssignmentCommands
from activities.batches import Batches
from activities.interventions import InterventionCommands
from activities.parties import PartyCommands
from activities.roster import RosterCommands
from activities.sender_keys import SenderKeys
from activities.tasks import TaskDesk
from api.processes import Processes
from projections.tables import TABLES
from runtime.case_codes import CaseCodes
from runtime.clock import Clock, SystemClock
from runtime.codec import EncryptionCodec
from runtime.file_store import FileStore
from runtime.keys import ApiKeys
from runtime.links import LinkTokens
from runtime.read_side import ReadSide
from runtime.reference_data import ReferenceData, load_reference_data
from runtime.settings import Settings
from runtime.signing import DecisionSigner
from runtime.store import Store
from runtime.text_store import TextStore
from runtime.vault import Vault


@dataclass(frozen=True)
class Services:
    settings: Settings
    clock: Clock
    data: ReferenceData
    store: Store
    vault: Vault
    texts: TextStore
    files: FileStore
    keys: ApiKeys
    signer: DecisionSigner
    codec: EncryptionCodec
    desk: TaskDesk
    commands: InterventionCommands
    assignments: AssignmentCommands
    batches: Batches
    parties: PartyCommands
    roster: RosterCommands
    links: LinkTokens
    codes: CaseCodes
    rehearsal: Rehearsal
    read_side: ReadSide
    processes: Processes
    sealing: AbstractContextManager[Any]
    """Held while the vault is written to: SQLite's own waiting is by polling, and unfair."""

    def close(self) -> None:
        self.read_side.close()
        self.store.close()
        self.vault.close()


def build_services(settings: Settings) -> Services:
    """All but the connection to Temporal, which is made when it is first needed."""
    data = load_reference_data(settings.tables)
    master = settings.load_master_key()
    clock = SystemClock(settings.clock_shift)
    signer = DecisionSigner(master)
    store = Store(settings)
    vault = Vault.of(settings, clock)
    desk = TaskDesk(store, data, signer)
    commands = InterventionCommands(desk, SenderKeys(store, vault).settle)
    return Services(
        settings=settings,
        clock=clock,
        data=data,
        store=store,
        vault=vault,
        texts=TextStore(vault),
        files=FileStore(vault),
        keys=ApiKeys(vault),
        signer=signer,
        codec=EncryptionCodec(master),
        desk=desk,
        commands=commands,
        assignments=AssignmentCommands(desk),
        batches=Batches(desk),
        parties=PartyCommands(desk),
        roster=RosterCommands(desk),
        links=LinkTokens(master),
        codes=CaseCodes(master),
        rehearsal=Rehearsal(commands),
        read_side=ReadSide(settings, TABLES),
        processes=Processes(settings),
        sealing=threading.Lock() if store.is_sqlite else nullcontext(),
    )


async def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]
"""The services of this application, for an endpoint."""
