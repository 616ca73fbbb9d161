"""What the command line says of an error that a person can mend."""

from collections.abc import Iterator

from pydantic import ValidationError

from domain.errors import Refusal, Refusals
from runtime.interceptors import AWAY
from runtime.mendable import Mendable
from runtime.reference_data import WrongReferenceData
from runtime.secrets import MasterKeyMalformed
from runtime.settings import MasterKeyMissing
from runtime.vault import MasterKeyWrong, VaultBusy


def sentence_of(error: Exception) -> str | None:
    """What is wrong and which setting to change, if it can be known."""
    match error:
        case Refusal():
            return _refused(error)
        case Mendable() | Refusals() | WrongReferenceData() | VaultBusy():
            return str(error)
        case MasterKeyMalformed() | MasterKeyMissing() | MasterKeyWrong():
            return f"{error} (KS_MASTER_KEY)"
        case PermissionError():
            return f"{error.filename}: this user may not write there (KS_VAR)."
        case _ if isinstance(error, AWAY):
            reason = str(error).partition("\n")[0]
            return f"The database does not answer (KS_DATABASE_URL, KS_VAR): {reason}"
    return None


def _refused(refusal: Refusal) -> str:
    """`There is no such case. (CaseUnknown: reference INT-2026-000124)`."""
    facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
    return f"{refusal} ({refusal.name()}: {facts})" if facts else str(refusal)


def wrong_settings(error: ValidationError) -> Iterator[str]:
    """A line for each setting, by the name that it has in the environment."""
    for each in error.errors(include_input=False, include_url=False):
        name = "_".join(map(str, each["loc"])).upper() or "settings"
        known = name.startswith(("KS_", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"))
        yield f"{name if known else f'KS_{name}'}: {each['msg']}"
