"""Names of the staff: letters are signed with them (KPA art. 238), events hold ids only."""

from domain.people import PersonalData, PersonErased, PersonId, PersonUnknown
from runtime.vault import Vault


class Staff:
    """The directory of those who sign; it lives in the vault like every other name."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def enrol(self, person: PersonId, name: str) -> None:
        """Keep the name of a member of staff; a second time changes nothing."""
        self._vault.admit(PersonalData(name=name), command_id=_key(person))

    def name_of(self, person: PersonId) -> str | None:
        """The name to sign with, or None when nobody has given one."""
        ref = self._vault.references.make("person", _key(person))
        try:
            return self._vault.person(ref).name
        except (PersonUnknown, PersonErased):
            return None


def _key(person: PersonId) -> str:
    return f"staff:{person}"
