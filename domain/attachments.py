"""Files that belong to a case: what is told of one; the file itself lies in the vault."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from domain.errors import Refusal, refuse_if_any
from domain.messages import Message

FileRef = Annotated[str, StringConstraints(pattern=r"^file:[0-9a-f]{32}$")]
"""A file in the vault: random to look at, and no digest of what is in it."""

MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,60}$")]


class AttachmentUnknown(Refusal):
    """This file was not uploaded to the case."""


class AttachmentEmpty(Refusal):
    """The file is empty."""


class AttachmentTypeNotAllowed(Refusal):
    """Files of this type are not taken in."""


class AttachmentTypeDiffers(Refusal):
    """The file is not of the type that was named."""


class AttachmentMasked(Refusal):
    """A file may hold personal data, which this role does not read."""


class UploadedFile(Message):
    """A file as its upload was answered; whoever attaches it says this again."""

    file: FileRef
    media_type: MediaType
    size: Annotated[int, Field(ge=1)]


class AttachedFile(UploadedFile):
    """A file as an event tells of it."""

    name: Annotated[str, StringConstraints(pattern=r"^zalacznik-\d{1,2}\.[a-z]{3,4}$")]
    """Made by the product: the name that somebody gave to a file may be personal."""


Attachments = Annotated[tuple[UploadedFile, ...], Field(max_length=20)]


@dataclass(frozen=True)
class _Type:
    extension: str
    begins_with: bytes
    """The first bytes of every file of this type."""


_TYPES: Final = {
    "image/jpeg": _Type("jpg", b"\xff\xd8\xff"),
    "image/png": _Type("png", b"\x89PNG\r\n\x1a\n"),
    "application/pdf": _Type("pdf", b"%PDF-"),
}
"""What a browser shows without running anything that stands in it, or that an office reads."""


def shown_media_type(content: bytes) -> str:
    """The type that its first bytes show; browsers guess it by the name of the file."""
    found = (name for name, kind in _TYPES.items() if content.startswith(kind.begins_with))
    return next(found, "")


def refuse_unfit(content: bytes, media_type: str) -> None:
    """The look that a file gets before it is kept."""
    refuse_if_any(_unfit(content, media_type))


def _unfit(content: bytes, media_type: str) -> Iterator[Refusal]:
    kind = _TYPES.get(media_type)
    if not content:
        yield AttachmentEmpty()
    if kind is None:
        yield AttachmentTypeNotAllowed(field="attachments", allowed=sorted(_TYPES))
    elif content and not content.startswith(kind.begins_with):
        yield AttachmentTypeDiffers(named=media_type)


def attached(files: Sequence[UploadedFile]) -> tuple[AttachedFile, ...]:
    """The files under names of their own, in the order in which they were attached."""
    return tuple(
        AttachedFile(
            file=each.file,
            media_type=each.media_type,
            size=each.size,
            name=f"zalacznik-{number}.{_TYPES[each.media_type].extension}",
        )
        for number, each in enumerate(files, 1)
    )
