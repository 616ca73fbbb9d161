"""The record of a case kept right: corrections, documents, cases registered by mistake (§ 3)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from domain.attachments import attached
from domain.errors import Refusal, refuse_if_any
from domain.interventions import events_records as events
from domain.interventions.commands_records import (
    CORRECTED,
    CloseAsRegisteredInError,
    CorrectData,
    FileDocument,
)
from domain.interventions.recalls import recall_open_referrals
from domain.interventions.refusals import NothingCorrected, OneThingAtATime, ReferralUnknown
from domain.interventions.rules import known_to_the_tables
from domain.interventions.senders import correcting_sender, put_right
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def correct_data(case: "Intervention", command: CorrectData, act: Act, book: Rulebook) -> None:
    """Events are never edited: the correction is one more, and the old value stays."""
    refuse_if_any(correcting(case, command, book))
    [field] = _fields(command)
    case.record(
        events.DataCorrected,
        act,
        reference=case.reference,
        field=field,
        old=_old(case, field),
        category=command.category,
        channel=command.channel,
        place=command.place,
        text_ref=command.text,
        reason_ref=command.reason,
        **put_right(case, command, act, book),
    )


def close_as_registered_in_error(
    case: "Intervention", command: CloseAsRegisteredInError, act: Act, book: Rulebook
) -> None:
    refuse_if_any(stage_allows(case.stage, "CloseAsRegisteredInError"))
    end_as_registered_in_error(case, command.reason, act)


def end_as_registered_in_error(case: "Intervention", reason_ref: str, act: Act) -> None:
    """Guards are with those who end the case."""
    recall_open_referrals(case, act, reason_ref)
    case.record(events.RegisteredInError, act, reference=case.reference, reason_ref=reason_ref)


def file_document(case: "Intervention", command: FileDocument, act: Act) -> None:
    refuse_if_any(filing(case, command))
    case.record(
        events.DocumentFiled,
        act,
        reference=case.reference,
        text_ref=command.text,
        from_whom=command.from_whom,
        referral=command.referral,
        attachments=attached(command.attachments),
    )


def correcting(case: "Intervention", command: CorrectData, book: Rulebook) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "CorrectData")
    yield from known_to_the_tables(command.category, command.place, book)
    yield from correcting_sender(case, command)
    fields = _fields(command)
    if len(fields) != 1:
        yield OneThingAtATime(corrected=fields, possible=list(CORRECTED))
    for field in fields:
        if field not in ("text", "sender") and getattr(case, field) == getattr(command, field):
            yield NothingCorrected(field=field)


def filing(case: "Intervention", command: FileDocument) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "FileDocument")
    if command.referral is not None and command.referral not in case.referrals:
        yield ReferralUnknown(field="referral", referral=command.referral)


def _fields(command: CorrectData) -> list[str]:
    return [name for name in CORRECTED if getattr(command, name) is not None]


def _old(case: "Intervention", field: str) -> Any:
    if field == "place":
        return case.place.model_dump(mode="json", exclude_none=True)
    return case.text_ref if field == "text" else getattr(case, field)
