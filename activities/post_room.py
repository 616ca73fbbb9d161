"""Letters that go by post: whom they are addressed to, and where they lie until then."""

import re
from typing import Final

from activities.paper import PaperLetter
from domain.attachments import FileRef
from domain.interventions.commands import LetterOrder
from domain.interventions.model import Intervention
from domain.people import PersonalData, PersonErased
from runtime.file_store import FileStore
from runtime.vault import Vault

_PDF: Final = "application/pdf"
_BEFORE_THE_CODE: Final = re.compile(r",?\s+(?=\d{2}-\d{3}\s)")
"""An address is typed in one line; on an envelope the postal code begins another."""


class PostRoom:
    """A letter on paper is kept in the vault, and goes with the person whom it is to."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._files = FileStore(vault)

    def address(self, case: Intervention, letter: LetterOrder, corrected: str | None) -> str | None:
        """Name and address as they go on the envelope; None when there is nowhere to send it."""
        if letter.recipient in case.referrals or letter.recipient == "register":
            return corrected
        person = self.person(self._addressee(case, letter))
        address = corrected or (person.address if person else None)
        if address is None:
            return None
        lines = _BEFORE_THE_CODE.sub("\n", address)
        return "\n".join(filter(None, (person.name if person else None, lines)))

    def keep(
        self, case: Intervention, letter: LetterOrder, message_id: str, paper: PaperLetter
    ) -> FileRef:
        """Put the letter into the vault; however often that is asked, the first one stays."""
        return self._files.put_once(
            message_id,
            paper.as_pdf,
            _PDF,
            owner=case.reference,
            key_ref=self._addressee(case, letter) or f"case:{case.reference}",
        )

    def person(self, person: str | None) -> PersonalData | None:
        try:
            return self._vault.person(person) if person else None
        except PersonErased:
            return None

    def _addressee(self, case: Intervention, letter: LetterOrder) -> str | None:
        """The resident whom it is to; None when it is to a unit."""
        if letter.recipient in case.joined:
            return case.joined[letter.recipient].sender
        return case.sender if letter.recipient == "sender" else None
