"""The glossary: Polish terms of the office and the words used for them in the code."""

from typing import Literal

from domain.messages import Message


class Word(Message):
    """A term; without `code` it is not modelled."""

    pl: str
    en: str
    code: str | None = None
    definition: str
    domain: Literal["intervention", "formal", "press", "editorial", "campaign", "office", "system"]
