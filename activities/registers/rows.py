"""What the columns of a register of interventions mean; a cell that cannot be read is named."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from pydantic import ValidationError

from domain.errors import Refusal, refuse_if_any
from domain.imports.commands import PastIntervention
from domain.imports.refusals import CellsTooMany, CellUnreadable
from domain.labels import Labels
from domain.messages import field_problems
from domain.people import is_text_ref
from domain.routing import RoutingTable
from domain.working_days import WARSAW
from runtime.register_file import Row

COLUMNS: Final[Mapping[str, str]] = {
    "numer": "number",
    "wpłynęło": "report.received_at",
    "zarejestrowano": "registered_at",
    "kanał": "report.channel",
    "kategoria": "report.category",
    "dzielnica": "report.place.district",
    "ulica": "report.place.street",
    "numer domu": "report.place.number",
    "treść": "report.text",
    "nadawca": "report.sender.name",
    "e-mail": "report.sender.email",
    "telefon": "report.sender.phone",
    "adres": "report.sender.address",
    "wniósł": "report.brought_by",
    "potwierdzono": "acknowledged_at",
    "jednostki": "units",
    "pytanie": "question",
    "przekazano": "forwarded_at",
    "zwróciła": "returned_by",
    "zwrócono": "returned_at",
    "przekazano ponownie": "rerouted_at",
    "odpowiedziano": "answered_at",
    "wynik jednostki": "result",
    "obiecano na": "promised_on",
    "odpowiedź": "answer",
    "odpowiedź zwrócono": "insufficient_at",
    "uzupełniono": "completed_at",
    "zapowiedziano": "delayed_at",
    "nowy termin": "new_date",
    "załatwiono": "settled_at",
    "wynik": "outcome",
    "pismo": "reply",
    "uzasadnienie": "reasons",
    "zamknięto": "closed_at",
}
"""Fields of a `PastIntervention` by the names that columns have; case and `_` do not matter."""

REQUIRED: Final = ("number", "report.received_at", "report.channel", "report.category")

_MOMENTS: Final = frozenset(field for field in COLUMNS.values() if field.endswith("_at"))
_DATES: Final = frozenset({"promised_on", "new_date"})
_FORMATS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M")
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y")
_RECEIVED: Final = "report.received_at"
_START, _NOON = time(0), time(12)

_NAMES: Final[Mapping[str, str]] = {field: name for name, field in COLUMNS.items()}
_BY_GUARD: Final[Mapping[str, str]] = {
    # What the guards of the commands call it.
    "received_at": "wpłynęło",
    "category": "kategoria",
    "text": "treść",
    "place.district": "dzielnica",
    "referrals": "jednostki",
    "unit": "jednostki",
}


class RowReader:
    """Reads rows with the codes of the tables, or with their Polish labels."""

    def __init__(self, labels: Labels, routing: RoutingTable) -> None:
        self._codes = {
            "report.channel": _by_label(labels.channels),
            "report.category": {
                row.pl.casefold(): row.id for group in routing.groups for row in group.categories
            },
            "report.place.district": {row.name.casefold(): row.id for row in routing.districts},
            "result": _by_label(labels.results),
            "outcome": _by_label(labels.outcomes),
        }

    def read(self, row: Row) -> PastIntervention:
        """Raises a Refusal for each cell that cannot be read, with the name of its column."""
        values = row.values
        fields = dict(self._fields(values))
        refuse_if_any(_unreadable(row, fields))
        fields.setdefault("registered_at", fields.get(_RECEIVED))
        try:
            return PastIntervention.model_validate(_nested(fields))
        except ValidationError as wrong:
            refuse_if_any(
                CellUnreadable(field=each["field"], problem=each["problem"])
                for each in field_problems(wrong)
            )
            raise  # a validation error has a problem at least

    def _fields(self, values: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        for field, cell in values.items():
            if field in _MOMENTS:
                yield field, _moment(cell, _START if field == _RECEIVED else _NOON)
            elif field in _DATES:
                yield field, _day(cell)
            elif field == "units":
                yield field, tuple(cell.replace(",", " ").replace("+", " ").split())
            else:
                yield field, self._codes.get(field, {}).get(cell.casefold(), cell)


def column_of(field: str) -> str:
    """The column that a guard or a validator speaks of."""
    parts = field.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if column := _NAMES.get(name) or _BY_GUARD.get(name):
            return column
    return field


def _unreadable(row: Row, fields: Mapping[str, Any]) -> Iterator[Refusal]:
    if row.is_too_long:
        yield CellsTooMany(field=row.columns[-1], columns=len(row.columns))
    for field, value in fields.items():
        if value is None:
            yield CellUnreadable(field=field, problem="YYYY-MM-DD hh:mm")
        elif isinstance(value, str) and is_text_ref(value):
            yield CellUnreadable(field=field)


def _by_label(labels: Mapping[str, str]) -> dict[str, str]:
    return {label.casefold(): code for code, label in labels.items()}


def _nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`report.place.street` into the street of the place of the report."""
    tree: dict[str, Any] = {}
    for field, value in fields.items():
        *path, last = field.split(".")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree


def _moment(cell: str, hour: time) -> datetime | None:
    """As clocks in Warsaw showed it; what has a day alone happened at this hour."""
    for form in _FORMATS:
        if (found := _parsed(cell, form)) is not None:
            return found.replace(tzinfo=WARSAW)
    day = _day(cell)
    return datetime.combine(day, hour, WARSAW) if day else None


def _day(cell: str) -> date | None:
    found = (_parsed(cell, form) for form in _DAYS)
    return next((moment.date() for moment in found if moment), None)


def _parsed(cell: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(cell, form)
    except ValueError:
        return None
