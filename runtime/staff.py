"""Names and addresses of the staff: letters are signed with them (KPA art. 238), reminders go to
them; events hold ids only."""

from domain.people import PersonalData, PersonErased, PersonId, PersonUnknown
from runtime.vault import Vault


class Staff:
    """The directory of those who sign; it lives in the vault like every other name."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def enrol(self, person: PersonId, name: str, email: str | None = None) -> None:
        """Keep the name of a member of staff; a second time changes nothing but the address."""
        known = self._known(person)
        if known is None:
            data = PersonalData(name=name, email=email)
            self._vault.admit(data, command_id=_key(person))
        elif email is not None and email != known.email:
            self._vault.correct(self._ref(person), known.model_copy(update={"email": email}))

    def name_of(self, person: PersonId) -> str | None:
        """The name to sign with, or None when nobody has given one."""
        known = self._known(person)
        return known.name if known else None

    def email_of(self, person: PersonId) -> str | None:
        """Where reminders go, or None when nobody has given an address."""
        known = self._known(person)
        return known.email if known else None

    def _known(self, person: PersonId) -> PersonalData | None:
        try:
            return self._vault.person(self._ref(person))
        except (PersonUnknown, PersonErased):
            return None

    def _ref(self, person: PersonId) -> str:
        return self._vault.references.make("person", _key(person))


def _key(person: PersonId) -> str:
    return f"staff:{person}"
