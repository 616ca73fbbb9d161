"""The texts of a case and its sender, opened for whoever may read them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal
from uuid import UUID

from api.attaching import files_in
from api.services import Services
from domain.attachments import AttachedFile
from domain.interventions import (
    events,
    events_interim,
    events_promises,
    events_records,
    events_units,
)
from domain.interventions.access import Extent
from domain.messages import Message, Moment
from domain.people import PersonalData, PersonErased, TextRef, is_text_ref
from domain.references import aggregate_id
from domain.tasks import events as task_events

_SENT_TO_UNITS: Final[dict[type, tuple[str, ...]]] = {
    events.Forwarded: ("question_ref",),
    events.ReferralAnswered: ("text_ref",),
    events_interim.InterimInformationGiven: ("text_ref",),
    events.ReferralReturned: ("reason_ref", "note_ref"),
    events_promises.PromiseKept: ("text_ref",),
    events_promises.PromiseMoved: ("reason_ref",),
    events_promises.PromiseBroken: ("reason_ref",),
    events.CompetenceDecided: ("reason_ref",),
    events.FeedbackReturned: ("what_is_missing_ref",),
    events_units.ExtensionRequested: ("reason_ref",),
    events_units.ExtensionRefused: ("reason_ref",),
    events_units.WaitDecided: ("reason_ref",),
    events_units.FeedbackOrderedAgain: ("what_is_missing_ref",),
}
"""What a unit wrote and was written; of everything else it sees nothing."""

_PRIVATE: Final = (task_events.DraftSaved,)
"""What these hold is read by nobody but whom `/draft` lets."""

_ANSWERS: Final = (events.ReferralAnswered,)
"""Whose files a unit sees, of its own referrals."""

State = Literal["open", "masked", "erased"]


class Sender(Message):
    """Who reported the matter; `anonymous` when nobody is known, `withheld` from units."""

    state: Literal["open", "masked", "erased", "anonymous", "withheld"]
    data: PersonalData | None = None


class CaseText(Message):
    """One text: where it stands in the story of the case, and what it says."""

    event: str
    at: Moment
    by: str
    field: str
    referral: str | None
    state: State
    text: str | None
    attachments: tuple[AttachedFile, ...] = ()


class CaseFile(AttachedFile):
    """A file of the case: what it came with, whether that had a text or not."""

    event: str
    at: Moment
    by: str
    referral: str | None


class CaseTexts(Message):
    sender: Sender
    texts: tuple[CaseText, ...]
    files: tuple[CaseFile, ...]


Found = tuple[Any, str, TextRef]
"""An event, and a field of it that holds a text."""


def texts_of(
    here: Services, reference: str, extent: Extent, referrals: AbstractSet[str]
) -> CaseTexts:
    """What somebody with this sight of the case reads."""
    story = list(here.store.events.get(aggregate_id("intervention", reference)))
    found = [each for each in _texts_in(story) if extent != "referrals" or _own(each, referrals)]
    opened = {} if extent == "masked" else here.texts.get_many(ref for _, _, ref in found)
    return CaseTexts(
        sender=_sender(here, story, extent),
        texts=tuple(_shown(each, extent, opened) for each in found),
        files=tuple(_files(story, extent, referrals)),
    )


def texts_of_task(here: Services, task: UUID, extent: Extent | None) -> tuple[CaseText, ...]:
    """What was said about a task, for somebody who may see it; the fields of its decision belong
    to the case."""
    found = list(_texts_in(list(here.store.events.get(task))))
    masked = extent == "masked"
    opened = {} if masked else here.texts.get_many(ref for _, _, ref in found)
    return tuple(_shown(each, extent or "whole", opened) for each in found)


def _texts_in(story: list[Any]) -> Iterator[Found]:
    for event in story:
        for field, value in vars(event).items():
            if isinstance(value, str) and is_text_ref(value) and not isinstance(event, _PRIVATE):
                yield event, field, value


def _own(found: Found, referrals: AbstractSet[str]) -> bool:
    event, field, _ = found
    return field in _SENT_TO_UNITS.get(type(event), ()) and event.referral in referrals


def _shown(found: Found, extent: Extent, opened: dict[TextRef, str]) -> CaseText:
    event, field, ref = found
    text = opened.get(ref)
    state: State = "open" if text is not None else "erased"
    return CaseText(
        event=event.TOPIC,
        at=event.timestamp,
        by=event.by,
        field=field.removesuffix("_ref"),
        referral=getattr(event, "referral", None),
        state="masked" if extent == "masked" else state,
        text=text,
        attachments=tuple(files_in(event)),
    )


def _files(story: list[Any], extent: Extent, referrals: AbstractSet[str]) -> Iterator[CaseFile]:
    for event in story:
        referral = getattr(event, "referral", None)
        if extent == "referrals" and not (isinstance(event, _ANSWERS) and referral in referrals):
            continue
        told = {"event": event.TOPIC, "at": event.timestamp, "by": event.by, "referral": referral}
        yield from (CaseFile(**dict(file), **told) for file in files_in(event))


def _sender(here: Services, story: list[Any], extent: Extent) -> Sender:
    if extent == "referrals":
        return Sender(state="withheld")
    sender = story[0].sender
    for event in story:
        if isinstance(event, events_records.DataCorrected) and event.field == "sender":
            sender = event.sender
    if sender is None:
        return Sender(state="anonymous")
    if extent == "masked":
        return Sender(state="masked")
    try:
        return Sender(state="open", data=here.vault.person(sender))
    except PersonErased:
        return Sender(state="erased")
