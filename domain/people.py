"""People and what they write: references, personal data, and the texts inside messages.

A message has two states and one class. As a person sends it, its `Text` fields hold plain text;
sealed, the same fields hold a `TextRef` into the text store. Only the sealed state may reach
Temporal or an event.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from domain.errors import Refusal
from domain.messages import Message

M = TypeVar("M", bound=BaseModel)

PersonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,39}$")]
"""A member of staff or a client of the API: an opaque slug, never a name."""

PersonRef = Annotated[str, StringConstraints(pattern=r"^person:[0-9a-f]{32}$")]
"""A resident in the vault."""

TextRef = Annotated[str, StringConstraints(pattern=r"^text:[0-9a-f]{32}$")]
"""A text in the text store."""

_PERSON_REF: Final = re.compile(r"person:[0-9a-f]{32}")
_TEXT_REF: Final = re.compile(r"text:[0-9a-f]{32}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_IN_ONE_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class TextNotSealed(Refusal):
    """A text was to leave the vault in plain."""


class PersonUnknown(Refusal):
    """No person is known under this reference."""


class PersonErased(Refusal):
    """What was kept under this reference has been erased for good."""


def _lines(text: str) -> str:
    """Line ends as they come from forms and mail become plain line feeds."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise ValueError("no control characters are allowed other than line ends and tabs")
    return text


def _one_line(text: str) -> str:
    # A line end in a name or address would add headers to a letter.
    if _IN_ONE_LINE.search(text):
        raise ValueError("no control characters or line ends are allowed")
    return text


_SEALED: Final = object()
"""Marks the fields whose text is put into the text store."""

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000),
    AfterValidator(_lines),
    _SEALED,
]
"""Free text: plain as a person sends it, a `TextRef` once it is sealed."""

_Email = StringConstraints(max_length=254, pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")
_OneLine = AfterValidator(_one_line)


class PersonalData(Message):
    """Who somebody is and how to reach them; it lives in the vault and nowhere else."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200), _OneLine] | None = None
    email: Annotated[str, _Email, _OneLine] | None = None
    phone: Annotated[str, StringConstraints(min_length=1, max_length=40), _OneLine] | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=400), _OneLine] | None = None

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()  # what is printed ends in a log


def is_person_ref(contact: object) -> TypeGuard[PersonRef]:
    return isinstance(contact, str) and _PERSON_REF.fullmatch(contact) is not None


def is_text_ref(text: str) -> bool:
    return _TEXT_REF.fullmatch(text) is not None


def texts_in(message: BaseModel) -> dict[str, str]:
    """Every `Text` of the message by its path: `.note`, `.items[0].text`, `.answers['why']`."""
    found: dict[str, str] = {}

    def note(path: str, text: str) -> str:
        found[path] = text
        return text

    _changed_message(message, "", note)
    return found


def with_texts(message: M, replacements: Mapping[str, str]) -> M:
    """The message with every `Text` replaced by what stands for its path."""
    return _changed_message(message, "", lambda path, _: replacements[path])


def text_fields(message: type[BaseModel]) -> frozenset[str]:
    """The fields of a message that are free text themselves."""
    return frozenset(name for name, hints in _hints_of(message).items() if _SEALED in hints)


def is_sealed(message: BaseModel) -> bool:
    """Whether every text of the message is a reference into the text store."""
    return all(map(is_text_ref, texts_in(message).values()))


def refuse_unsealed(message: BaseModel) -> None:
    """The last look before a message leaves for Temporal or becomes an event."""
    plain = [path for path, text in texts_in(message).items() if not is_text_ref(text)]
    plain += [f".{name}" for name, value in message if _is_somebody(value)]
    if plain:
        raise TextNotSealed(fields=plain)


def _is_somebody(value: object) -> bool:
    return isinstance(value, PersonalData) and value != PersonalData()


_Hints = tuple[Any, ...]
"""The types between which an annotation lets a value choose; a text is its mark."""

_Change = Callable[[str, str], str]
"""The new text for a path and its old text."""


def _changed_message(message: M, path: str, change: _Change) -> M:
    update = {}
    for name, hints in _hints_of(type(message)).items():
        old = getattr(message, name)
        new = _changed(old, hints, f"{path}.{name}", change)
        if new is not old:
            update[name] = new
    return message.model_copy(update=update) if update else message


def _changed(value: Any, hints: _Hints, path: str, change: _Change) -> Any:
    match value:
        case str():
            return change(path, value) if _SEALED in hints else value
        case BaseModel():
            return _changed_message(value, path, change)
        case dict():
            return {
                key: _changed(item, _item_hints(value, hints, -1), f"{path}[{key!r}]", change)
                for key, item in value.items()
            }
        case list() | tuple():
            return type(value)(
                [
                    _changed(item, _item_hints(value, hints, place), f"{path}[{place}]", change)
                    for place, item in enumerate(value)
                ]
            )
        case set() | frozenset() if _SEALED in _item_hints(value, hints, 0):
            raise TypeError(f"the texts of {path} have no order to be named by: use a tuple")
    return value


@cache
def _hints_of(message: type[BaseModel]) -> dict[str, _Hints]:
    return {
        name: (_SEALED,) if _SEALED in field.metadata else _alternatives(field.annotation)
        for name, field in message.model_fields.items()
    }


def _alternatives(hint: Any) -> _Hints:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return (_SEALED,) if _SEALED in inner else _alternatives(inner[0])
    if origin in (Union, UnionType):
        return tuple(choice for each in inner for choice in _alternatives(each))
    return (hint,)


def _item_hints(container: Any, hints: _Hints, place: int) -> _Hints:
    """The alternatives for the item at a place; -1 is the value of a mapping."""
    found: list[Any] = []
    for hint in hints:
        kind: Any = get_origin(hint)
        inner = get_args(hint)
        if inner and isinstance(kind, type) and isinstance(container, kind):
            same = len(inner) == 1 or inner[-1] is ...
            found += _alternatives(inner[0] if same else inner[place])
    return tuple(found)
