"""The keys of senders: what a case holds about its sender lies under that person's key, and goes
with it, also when somebody else had been registered first (RODO art. 5 ust. 1 lit. d, art. 17)."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from domain.interventions import events, events_bounces, events_records, events_sender
from domain.interventions.model import Intervention
from runtime.clock import SystemClock
from runtime.resealing import Belongings, misplaced, put_right
from runtime.settings import Settings
from runtime.store import Store
from runtime.vault import Vault

_SAID: Final[dict[type, tuple[str, ...]]] = {
    events.Registered: ("text_ref",),
    events_sender.Supplemented: ("text_ref",),
    events_sender.ReopenRequested: ("text_ref",),
    events_sender.WithdrawalReceived: ("text_ref",),
    events_records.DataCorrected: ("text_ref",),
}
"""What whoever reported the matter said; without a name it lies under the key of the case."""

_PAGE: Final = 2_000


@dataclass(frozen=True)
class Misplaced:
    """What a case holds under the keys of people who are not its sender."""

    reference: str
    pieces: int

    def __str__(self) -> str:
        noun = "text or file lies" if self.pieces == 1 else "texts and files lie"
        return f"{self.reference}: {self.pieces} {noun} under the key of another than its sender"


class SenderKeys:
    """The log, in which senders were corrected, and the vault, where what is theirs follows."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def settle(self, case: Intervention) -> int:
        """Move what lies under a wrong key, and say how much it was; nothing, nearly always.

        Asked after every save of a case: whatever was sealed under the wrong key while somebody
        corrected it is found by the next one.
        """
        if not case.former_senders:
            return 0
        return put_right(self._vault, self._belongings(case))

    def misplaced(self, case: Intervention) -> int:
        """How much still lies under a wrong key."""
        return len(misplaced(self._vault, self._belongings(case)))

    def _belongings(self, case: Intervention) -> Belongings:
        said, left = set[str](), set[str]()
        story: list[Any] = list(self._store.events.get(case.id))
        for event in story:
            refs = (getattr(event, field) for field in _SAID.get(type(event), ()))
            said.update(ref for ref in refs if ref is not None)
            if type(event) in _SAID:
                said.update(each.file for each in getattr(event, "files", ()))
            if isinstance(event, events_bounces.BounceHandled):
                # Where somebody lives whom a letter did not reach stays that person's.
                left.update(ref for ref in (event.note_ref, event.address_ref) if ref is not None)
            if isinstance(event, events_bounces.NoticePrepared) and event.file is not None:
                left.add(event.file)  # a letter on paper stays with whom it is to
        return Belongings(
            key_ref=case.sender or f"case:{case.reference}",
            of=[person for person in case.former_senders if person is not None],
            told=said,
            left=left,
        )


def look_into_the_vault(
    settings: Settings, store: Store, *, repair: bool = False
) -> list[Misplaced]:
    """The cases that do not lie under the keys of their senders, or what was moved of them.

    The vault is opened only when a sender was ever corrected.
    """
    corrected = list(_corrected(store))
    if not corrected:
        return []
    clock = SystemClock(settings.clock_shift)
    with closing(Vault.of(settings, clock)) as vault:
        keys = SenderKeys(store, vault)
        look = keys.settle if repair else keys.misplaced
        found = [Misplaced(case.reference, look(case)) for case in corrected]
        return [each for each in found if each.pieces]


def _corrected(store: Store) -> Iterator[Intervention]:
    """The cases whose sender was corrected, in the order of their first correction."""
    topic, after, seen = events_records.DataCorrected.TOPIC, 0, dict[str, None]()
    while page := store.recorder.select_notifications(
        after, _PAGE, topics=(topic,), inclusive_of_start=False
    ):
        told: list[Any] = [store.mapper.to_domain_event(stored) for stored in page]
        seen |= dict.fromkeys(event.reference for event in told if event.field == "sender")
        after = page[-1].id
    for reference in seen:
        case = store.find(Intervention, reference)
        assert case is not None  # it has events
        yield case
