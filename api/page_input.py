"""What a form of a page sends: its fields, and the files that were chosen."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from fastapi import Request
from starlette.datastructures import UploadFile

from api.attachments import keep_for_case
from api.page_forms import Form, Typed
from api.problems import BodyMalformed, named_by, status_of
from api.services import Services
from domain.attachments import UploadedFile, refuse_unfit, shown_media_type
from domain.errors import Refusal
from domain.labels import Labels

MOST_FILES: Final = 20
_MOST_FIELDS: Final = 40
_LONGEST_FIELD: Final = 200_000
_AWAY: Final = 503
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_VERSION: Final = re.compile(r"[1-9][0-9]{0,8}")


class TooManyFiles(Refusal):
    """At most twenty files can be sent at once."""


@dataclass(frozen=True)
class Sent:
    values: Mapping[str, str]
    files: tuple[bytes, ...]

    @property
    def key(self) -> str:
        """The same for every time that this form is sent. Raises BodyMalformed without one."""
        key = self.values.get("key", "")
        if not _KEY.fullmatch(key):
            raise BodyMalformed()
        return key

    @property
    def version(self) -> int:
        """Of the task that the page showed. Raises BodyMalformed without one."""
        version = self.values.get("version", "")
        if not _VERSION.fullmatch(version):
            raise BodyMalformed()
        return int(version)


@dataclass(frozen=True)
class Attempt:
    """What was sent and not taken, and why."""

    typed: Typed
    key: str
    """The old one when nobody knows whether it was taken: sent again, it counts once."""
    status: int

    @classmethod
    def of(cls, error: Exception, got: Sent) -> Self:
        """Raises the error itself when it is not a refusal or an outage."""
        refusals = named_by(error)
        if refusals is None:
            raise error
        away = any(status_of(each["refusal"]) == _AWAY for each in refusals)
        typed = Typed(got.values.get("form", ""), got.values, refusals)
        return cls(typed, got.key if away else new_key(), status_of(refusals[0]["refusal"]))

    def problems(self, forms: Iterable[Form], labels: Labels) -> tuple[str, ...]:
        """What is said above the forms, when the one that was sent is not among them."""
        if any(form.open for form in forms):
            return ()
        return tuple(labels.of(each["refusal"], "refusals") for each in self.typed.refusals)


def new_key() -> str:
    return secrets.token_hex(16)


async def sent(request: Request) -> Sent:
    """What was typed and chosen; a file that was not chosen comes empty."""
    values: dict[str, str] = {}
    files: list[bytes] = []
    async with request.form(
        max_files=MOST_FILES + 1, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD
    ) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if content := await value.read():
                    files.append(content)
            else:
                values[name] = value
    if len(files) > MOST_FILES:
        raise TooManyFiles(field="attachments", most=MOST_FILES)
    return Sent(values, tuple(files))


def kept(
    here: Services, files: Sequence[bytes], case_ref: str, person: str | None
) -> tuple[UploadedFile, ...]:
    """The files in the vault, under the key of the person or the case; all of them, or none."""
    fit = [(content, shown_media_type(content)) for content in files]
    for content, media_type in fit:
        refuse_unfit(content, media_type)
    return tuple(keep_for_case(here, case_ref, each, kind, person) for each, kind in fit)
