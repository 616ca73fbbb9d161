"""Taking a report in: checked, then sealed, then born under a reference of its own (§ 9.1)."""

from collections.abc import Sequence
from typing import NoReturn

from eventsourcing.persistence import StoredEvent

from api.auth import Caller
from api.services import Services
from domain.errors import Refusal, Refusals
from domain.interventions.commands import RegisterIntervention
from domain.interventions.model import Intervention
from domain.interventions.rules import reach_of
from domain.messages import Act
from domain.people import PersonalData, is_text_ref, texts_in
from runtime.births import Birth, Born, KeyUsedForAnotherRequest
from runtime.text_store import ReferenceInsteadOfText, TextDiffers, seal_texts
from runtime.vault import PersonDiffers

_PREFIX = "INT"
_NOT_BORN = f"{_PREFIX}-0000-000000"


class Report(RegisterIntervention):
    """A report as a client sends it: with the sender's data, never with a reference to somebody."""

    sender: PersonalData | None = None


def take_in(here: Services, me: Caller, key: str, report: Report) -> Born:
    """The case of this report; the same for every repetition under the same key."""
    act = me.act(key)
    # Keyed, as a plain digest of what a person wrote could be found by guessing.
    told = report.model_dump_json(exclude=set() if report.files else {"files"})
    digest = here.vault.references.make("request", told)
    try:
        here.files.refuse_not_uploaded(report.files, client=me.person, field="files")
        _check(here, report, act)
        with here.sealing:
            sealed = _sealed(here, report, act)
    except (TextDiffers, PersonDiffers):
        raise KeyUsedForAnotherRequest(key=key) from None
    except (Refusal, Refusals) as refusal:
        return _first_answer(here, me, key, digest, refusal)
    return here.commands.register(sealed, act, key, digest, reach_of(report))


def _check(here: Services, report: Report, act: Act) -> None:
    """Play the birth in memory: whatever it would be refused for comes before anything is kept."""
    references = [path for path, text in texts_in(report).items() if is_text_ref(text)]
    if references:
        raise ReferenceInsteadOfText(fields=references)
    Intervention.register(report, act, _NOT_BORN, reach_of(report), here.data)


def _sealed(here: Services, report: Report, act: Act) -> RegisterIntervention:
    """The report with references in the place of the sender and the text."""
    command_id = act.command_id
    sender = None if report.sender == PersonalData() else report.sender
    with here.vault.writing() as joined:
        person = sender and here.vault.admit(sender, command_id=command_id, joined=joined)
        key_ref = person or here.vault.references.make("case", command_id)
        sealed = seal_texts(
            report, key_ref=key_ref, command_id=command_id, texts=here.texts, joined=joined
        )
        files = here.files.adopt(report.files, client=act.by, key_ref=key_ref, joined=joined)
    return sealed.model_copy(update={"sender": person, "files": files})


def _first_answer(
    here: Services, me: Caller, key: str, digest: str, refusal: Refusal | Refusals
) -> Born:
    """What was registered under this key before; if nothing was, the refusal stands.

    A category may have been dropped since, or the sender erased: a repetition must not notice.
    """

    def nothing(reference: str) -> Sequence[StoredEvent]:
        _raise(refusal)

    return here.store.bear(
        Birth(
            client=me.person,
            key=key,
            digest=digest,
            prefix=_PREFIX,
            year=me.at.year,
            first_events=nothing,
        )
    )


def _raise(refusal: Exception) -> NoReturn:
    raise refusal
