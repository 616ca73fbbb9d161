"""Files of rows with named columns, as registers are kept: encoding, separator, header."""

import csv
import hashlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, TextIO

from runtime.mendable import Mendable

ENCODINGS: Final = {"utf-8": "utf-8-sig", "windows-1250": "cp1250"}
"""By the name that a person gives; a byte order mark is no part of the text."""

_SEPARATORS: Final = ";,\t"
_CHUNK: Final = 1 << 20


class WrongRegister(Mendable):
    """The file cannot be read as a register; the message says where and why."""


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file."""

    line: int
    """Of the file, where the row begins; the header is line 1."""
    cells: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def values(self) -> Mapping[str, str]:
        """What is filled in, by column."""
        cells = (cell.strip() for cell in self.cells)
        return {name: cell for name, cell in zip(self.columns, cells, strict=False) if cell}

    @property
    def is_too_long(self) -> bool:
        return any(cell.strip() for cell in self.cells[len(self.columns) :])


class RegisterFile:
    """A CSV file; its encoding and separator are found out unless they are given."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        if not path.is_file():
            raise WrongRegister(f"{path}: there is no such file.")
        if encoding is not None and encoding not in ENCODINGS:
            known = ", ".join(ENCODINGS)
            raise WrongRegister(f"--encoding: {encoding} is not one of {known}.")
        self.path = path
        self.encoding = encoding or _encoding_of(path)
        if fault := _fault_in(path, self.encoding):
            raise WrongRegister(fault)

    @cached_property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The columns as they are written in the file."""
        with self._open() as file:
            first = next(self._records(file), (1, []))[1]
        names = tuple(name.strip() for name in first)
        if not any(names):
            raise WrongRegister(f"{self.path}: line 1 has no names of columns.")
        return names

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]:
        """All rows that are not empty, under these names for the columns of the header."""
        with self._open() as file:
            records = self._records(file)
            next(records)
            for line, cells in records:
                if any(cell.strip() for cell in cells):
                    yield Row(line, tuple(cells), columns)

    def count(self) -> int:
        """How many rows there are."""
        return sum(1 for _ in self.rows(()))

    @cached_property
    def _separator(self) -> str:
        with self._open() as file:
            first = file.readline()
        return max(_SEPARATORS, key=first.count)

    def _open(self) -> TextIO:
        # Line ends inside of quoted cells belong to the csv module.
        return self.path.open(encoding=ENCODINGS[self.encoding], newline="")

    def _records(self, file: TextIO) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(file, delimiter=self._separator, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as wrong:
                raise WrongRegister(f"{self.path}: line {line}: {wrong}.") from None
            yield line, cells
            line = reader.line_num + 1


def columns_of(
    file: RegisterFile, known: Mapping[str, str], required: Collection[str]
) -> tuple[str, ...]:
    """The fields that the columns of a file hold, in their order. Raises WrongRegister."""
    names = [known.get(_plain(name), "") for name in file.header]
    unknown = [shown for shown, name in zip(file.header, names, strict=True) if not name]
    if unknown:
        raise WrongRegister(
            f"{file.path}: line 1: no such column: {', '.join(unknown)}. "
            f"Known are: {', '.join(dict.fromkeys(known))}."
        )
    twice = [shown for n, shown in enumerate(file.header) if names[n] in names[:n]]
    if twice:
        raise WrongRegister(f"{file.path}: line 1: twice the same column: {', '.join(twice)}.")
    shown_as = {field: name for name, field in known.items()}
    missing = [shown_as[field] for field in required if field not in names]
    if missing:
        raise WrongRegister(f"{file.path}: line 1: a column is missing: {', '.join(missing)}.")
    return tuple(names)


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())


def _encoding_of(path: Path) -> str:
    """UTF-8 if all of the file is; else Windows-1250, in which nearly every byte is a letter."""
    with path.open("rb") as file:
        begin = file.read(3)
    if begin.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise WrongRegister(f"{path}: the file is in UTF-16; save it as CSV in UTF-8.")
    is_utf_8 = begin == BOM_UTF8 or _fault_in(path, "utf-8") is None
    return "utf-8" if is_utf_8 or _fault_in(path, "windows-1250") else "windows-1250"


def _fault_in(path: Path, encoding: str) -> str | None:
    """Where the file cannot be of this encoding."""
    decoder = getincrementaldecoder(ENCODINGS[encoding])()
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as wrong:
                line += wrong.object[: wrong.start].count(b"\n")
                return _not_of(path, encoding, wrong, line)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        return _not_of(path, encoding, wrong, line)
    return None


def _not_of(path: Path, encoding: str, wrong: UnicodeDecodeError, line: int) -> str:
    return (
        f"{path}: line {line}: byte 0x{wrong.object[wrong.start]:02x} is not {encoding} "
        f"(--encoding {' or '.join(ENCODINGS)})."
    )
