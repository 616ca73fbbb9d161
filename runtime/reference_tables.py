"""Tables of reference data: reads each file, package and override, and names every wrong row."""

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

TABLES: Final = (
    "amounts",
    "anonymous",
    "clauses",
    "deadlines",
    "edition_calendar",
    "glossary",
    "holidays",
    "labels.pl",
    "ladders",
    "limits",
    "org",
    "reports.pl",
    "requalification",
    "retention",
    "routing",
    "routing_tables",
)

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe, and several times as fast where the library was built with libyaml."""

_NAMES_OF_ROWS: Final = ("id", "code", "pl", "version")


class TableReader:
    """Reads tables and gathers their faults; what it returned is whole only without faults."""

    def __init__(self, overrides: Path | None = None) -> None:
        self.faults: list[str] = []
        self._overrides = overrides
        if overrides is not None:
            self.faults += _unfit_names(overrides)

    def rows(self, table: str, model: type[M]) -> tuple[M, ...]:
        """A table that is a list: the rows of an override come after those of the package."""
        shipped = self.rows_of(model, self.package_file(table))
        override = self.override_file(table)
        return shipped if override is None else (*shipped, *self.rows_of(model, override))

    def rows_of(self, model: type[M], file: tuple[str, str]) -> tuple[M, ...]:
        """The rows of one file, given as its name and its text."""
        kind = TypeAdapter(tuple[model, ...])  # type: ignore[valid-type]  # built at run time
        rows: tuple[M, ...] = self._read(kind, file, ())
        return rows

    def table(self, table: str, model: type[M]) -> M:
        """A table that is a mapping: an override replaces it as a whole."""
        file = self.override_file(table) or self.package_file(table)
        return self._read(TypeAdapter(model), file, model.model_construct())

    def _read(self, kind: TypeAdapter[T], file: tuple[str, str], instead: T) -> T:
        name, text = file
        try:
            data = yaml.load(text, _LOADER)
        except yaml.YAMLError as fault:
            self.faults.append(f"{name}: {' '.join(str(fault).split())}")
            return instead
        try:
            return kind.validate_python(data)
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False, include_input=False):
                self.faults.append(_fault(name, data, error["loc"], error["msg"]))
            return instead

    def package_file(self, table: str) -> tuple[str, str]:
        name = f"{table}.yaml"
        return name, (resources.files("domain.data") / name).read_text("utf-8")

    def override_file(self, table: str) -> tuple[str, str] | None:
        path = self._overrides / f"{table}.yaml" if self._overrides else None
        return (str(path), path.read_text("utf-8")) if path and path.is_file() else None


def tables_digest(overrides: Path | None) -> str:
    """SHA-256 of all tables with what lies over them: the same one, the same data."""
    reader, digest = TableReader(overrides), hashlib.sha256()
    for table in TABLES:
        for file in (reader.package_file(table), reader.override_file(table)):
            name, text = file or (table, "")
            digest.update(f"{Path(name).name}\n{text}\n".encode())
    return digest.hexdigest()


def read_rows(path: Path, model: type[M]) -> tuple[tuple[M, ...], list[str]]:
    """The rows of a file that is no table of the installation, or what is wrong with them."""
    reader = TableReader()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeError) as reason:
        return (), [f"{path}: {getattr(reason, 'strerror', None) or 'is no text in UTF-8'}"]
    return reader.rows_of(model, (str(path), text)), reader.faults


def _unfit_names(overrides: Path) -> Iterator[str]:
    if not overrides.is_dir():
        yield f"{overrides}: is not a directory"
    for path in sorted(overrides.glob("*")):
        if path.name not in {f"{table}.yaml" for table in TABLES}:
            yield f"{path}: there is no such table"


def _fault(name: str, data: Any, loc: tuple[str | int, ...], reason: str) -> str:
    """`deadlines.yaml, row 12 (int.ack): length: Input should be a valid integer`."""
    places = [name]
    field: list[str] = []
    for part in loc:
        inner = _inside(data, part)
        if isinstance(part, int) and isinstance(data, list):
            places.append(" ".join([*field, f"row {part + 1}{_named(inner)}"]))
            field = []
        else:
            field.append(str(part))
        data = inner
    return ": ".join([", ".join(places), *field, reason.removeprefix("Value error, ")])


def _inside(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _named(row: Any) -> str:
    names = (row.get(key) for key in _NAMES_OF_ROWS) if isinstance(row, dict) else ()
    return next((f" ({name})" for name in names if name), "")
