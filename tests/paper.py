"""What a letter on paper says, and where: read back from the PDF."""

from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # it comes without stubs

POINTS_IN_MM: Final = 72 / 25.4
A4: Final = (595, 842)

_FROM_LEFT, _FROM_TOP, _WIDTH, _HEIGHT = 110.0, 45.0, 80.0, 34.0
"""What a DL envelope shows through its right window (45 x 90 mm, 20 mm from the right and bottom
edges) wherever the folded sheet slides in it, in mm of the sheet."""


def pages_of(pdf: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf)


def said(pages: pypdfium2.PdfDocument) -> str:
    """The text of all pages, its line ends as spaces."""
    text = "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    return " ".join(text.split())


def in_the_window(pages: pypdfium2.PdfDocument) -> str:
    """What can be read through the window of the envelope."""
    page = pages[0]
    left, top = _FROM_LEFT * POINTS_IN_MM, page.get_height() - _FROM_TOP * POINTS_IN_MM
    text = page.get_textpage().get_text_bounded(
        left=left,
        right=left + _WIDTH * POINTS_IN_MM,
        top=top,
        bottom=top - _HEIGHT * POINTS_IN_MM,
    )
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
