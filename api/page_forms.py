"""Forms of pages: drawn from the very commands that the API takes, and read back into them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from api.problems import Named
from domain.attachments import UploadedFile
from domain.labels import Labels
from domain.messages import Message
from domain.people import text_fields

Kind = Literal["text", "line", "date", "choice", "files"]

_DECIDED_BY: Final[Mapping[str, tuple[str, ...]]] = {"promised_on": ("planned",)}
"""Fields that mean something with these outcomes only."""

_ASKED_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("not_possible", "no_basis"),
    "promised_on": ("planned",),
}
"""Fields without which an answer of a unit says nothing, though its command can do without."""

_UNITS: Final = ("suggested", "unit")
"""Fields that name a unit by its code."""


@dataclass(frozen=True)
class Field:
    """One field as it is drawn."""

    name: str
    label: str
    hint: str
    kind: Kind
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """What may be answered in one way, with what was typed and what was wrong with it."""

    name: str
    label: str
    fields: tuple[Field, ...]
    open: bool = False
    problems: tuple[str, ...] = ()
    """Those that belong to no field."""


@dataclass(frozen=True)
class Typed:
    """A form as it was sent, and why it was refused."""

    form: str
    values: Mapping[str, str]
    refusals: Sequence[Named] = field(default=())


def drawn(
    name: str,
    command: type[Message],
    labels: Labels,
    units: Iterable[tuple[str, str]] = (),
    typed: Typed | None = None,
) -> Form:
    """The form of a command; filled in as it was sent, when it comes back refused."""
    mine = typed if typed is not None and typed.form == name else None
    values: Mapping[str, str] = mine.values if mine else {}
    kinds = _kinds(command)
    beside = _beside_fields(mine.refusals if mine else (), values, labels)
    for each, kind in kinds.items():
        if kind == "files":  # whatever is wrong with a file belongs here
            beside[each] = [*beside.pop(each, ()), *beside.pop("attachments", ())]
    fields = tuple(
        Field(
            name=each,
            label=_label(command, each, labels),
            hint=labels.fields.get(f"{each}.hint", ""),
            kind=kind,
            required=command.model_fields[each].is_required() or name in _ASKED_FOR.get(each, ()),
            choices=tuple(units) if each in _UNITS else _choices(command, each, labels),
            value=values.get(each, ""),
            problems=tuple(beside.pop(each, ())),
        )
        for each, kind in kinds.items()
        if name in _DECIDED_BY.get(each, (name,))
    )
    left = tuple(sentence for sentences in beside.values() for sentence in sentences)
    label = labels.fields.get(f"{name}.form") or labels.of(name, "decisions")
    return Form(name, label, fields, open=mine is not None, problems=left)


def filled_in(
    command: type[Message], values: Mapping[str, str], uploaded: Sequence[UploadedFile]
) -> dict[str, Any]:
    """The fields of the command from what a page sent; what was left empty is left out."""
    found: dict[str, Any] = {}
    for name, kind in _kinds(command).items():
        if kind == "files" and uploaded:
            found[name] = [each.model_dump(mode="json") for each in uploaded]
        elif value := values.get(name, "").strip():
            found[name] = value
    return found


def can_be_drawn(command: type[Message]) -> bool:
    """Whether every field that the command needs can be typed into a page."""
    needed = {name for name, about in command.model_fields.items() if about.is_required()}
    return needed <= _kinds(command).keys()


def _kinds(command: type[Message]) -> dict[str, Kind]:
    """The fields that a page can show, in the order of the command."""
    texts = text_fields(command)
    kinds = {
        name: "text" if name in texts else _kind(name, about.annotation)
        for name, about in command.model_fields.items()
    }
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind(name: str, hint: Any) -> Kind | None:
    origin, inner = get_origin(hint), get_args(hint)
    if name in _UNITS or origin is Literal:
        return "choice"
    if hint is date:
        return "date"
    if hint is str:
        return "line"
    if origin is tuple and inner[0] is UploadedFile:
        return "files"
    if origin is Annotated:
        return _kind(name, inner[0])
    if origin in (Union, UnionType):
        return next(filter(None, (_kind(name, each) for each in inner)), None)
    return None


def _choices(command: type[Message], name: str, labels: Labels) -> tuple[tuple[str, str], ...]:
    annotation = command.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return tuple((each, labels.of(each, "channels")) for each in get_args(annotation))
    return ()


def _label(command: type[Message], name: str, labels: Labels) -> str:
    """`AnswerReferral.text` may be called otherwise than `text`."""
    return labels.fields.get(f"{command.__name__}.{name}") or labels.of(name, "fields")


def _beside_fields(
    refusals: Sequence[Named], values: Mapping[str, str], labels: Labels
) -> dict[str, list[str]]:
    """Sentences by the field that they belong to; under the empty name those of the whole."""
    found: dict[str, list[str]] = {}
    for named in refusals:
        for name, sentence in _places(named, values, labels):
            sentences = found.setdefault(name, [])
            if sentence not in sentences:
                sentences.append(sentence)
    return found


def _places(named: Named, values: Mapping[str, str], labels: Labels) -> Iterator[tuple[str, str]]:
    facts = named["facts"]
    wrong = [each["field"] for each in facts.get("fields", ()) if isinstance(each, Mapping)]
    for name in wrong:
        empty = not values.get(name, "").strip()
        yield name, labels.of("empty" if empty else "malformed", "fields")
    if not wrong:
        sentence = labels.of(named["refusal"], "refusals")
        yield str(facts.get("field", "")), sentence
