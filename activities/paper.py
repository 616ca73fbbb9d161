"""Letters on paper: set for a window envelope, the same letter always the same bytes."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

import typst

from domain.polish_dates import long_date

TEMPLATE: Final = Path(__file__).parent / "templates/letter.typ"
OFFICE: Final = "Urząd Miasta Krakowa"
AUTOMATIC: Final = "Pismo wysłano automatycznie; nie wymaga podpisu."

_WRAPPED: Final = 72
"""Templates are wrapped near this column: a line that had no room for the next word flows on, and
so does one that goes on in small letters."""


@dataclass(frozen=True)
class PaperLetter:
    """What stands on the paper; nothing in it is markup."""

    case_sign: str
    date: str
    """ISO 8601: also the date of the document itself, so that no clock is asked."""
    place_and_date: str
    address: tuple[str, ...]
    subject: str
    paragraphs: tuple[tuple[str, ...], ...]
    """Of lines that end where they end."""
    unit: tuple[str, ...]
    signer: str | None
    """Name and post of who signs by hand; None for a letter that is sent automatically."""
    office: str = OFFICE
    automatic: str = AUTOMATIC

    def as_pdf(self) -> bytes:
        """PDF/A, in a typeface that the library brings along."""
        inputs = {**asdict(self), "from": f"{self.office}, {self.unit[0]}"}
        made = typst.compile(
            TEMPLATE,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"letter": json.dumps(inputs, ensure_ascii=False)},
            pdf_standards="a-2b",
        )
        assert isinstance(made, bytes)  # only pictures come as a list of pages
        return made


def on_paper(
    *,
    reference: str,
    day: date,
    address: str,
    subject: str,
    body: str,
    signature: str,
    signers: frozenset[str],
) -> PaperLetter:
    """A letter as its template wrote it, taken apart: text, who signs it, and for which unit."""
    text = body.strip().removesuffix(signature.strip()).rstrip()
    rest, _, last = text.rpartition("\n")
    signer = last.strip() if last.strip() in signers else None
    unit = [line for line in signature.strip().splitlines() if line != OFFICE]
    return PaperLetter(
        case_sign=reference,
        date=day.isoformat(),
        place_and_date=f"Kraków, {long_date(day)}",
        address=tuple(address.splitlines()),
        subject=subject,
        paragraphs=tuple(_paragraphs(rest if signer else text)),
        unit=tuple(unit),
        signer=signer,
    )


def _paragraphs(text: str) -> Iterator[tuple[str, ...]]:
    for part in text.split("\n\n"):
        if lines := tuple(_flowing([line.strip() for line in part.splitlines() if line.strip()])):
            yield lines


def _flowing(lines: list[str]) -> Iterator[str]:
    """Lines that were wrapped at a column put together again; short ones stay lines."""
    kept = lines[:1]
    for before, line in pairwise(lines):
        if len(before) > _WRAPPED or line[0].islower():
            kept[-1] = f"{kept[-1]} {line}"
        else:
            kept.append(line)
    yield from kept
