"""Codes for reading the state of a case: made from its reference by the master key, never kept."""

import hashlib
import hmac
from typing import Final

from runtime.secrets import MasterKey

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters that are taken for others, as a code is also read out and written down."""

_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})

_LETTERS: Final = 16
_BITS_OF_A_LETTER: Final = 5
_IN_A_GROUP: Final = 4


class CaseCodes:
    """Whoever reported a matter gets the code of the case, known or anonymous."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.for_purpose("case codes")

    def make(self, reference: str) -> str:
        """`K7QD-03TX-9GZM-4A1R`: 80 bits, so that nobody guesses it."""
        plain = self._plain(reference)
        starts = range(0, _LETTERS, _IN_A_GROUP)
        return "-".join(plain[start : start + _IN_A_GROUP] for start in starts)

    def fits(self, reference: str, code: str) -> bool:
        """Takes equally long whether the code is wrong or the reference is."""
        given = code.upper().translate(_MISREAD)
        return hmac.compare_digest(_as_bytes(given), _as_bytes(self._plain(reference)))

    def _plain(self, reference: str) -> str:
        proof = hmac.digest(self._key, _as_bytes(reference), hashlib.sha256)
        number = int.from_bytes(proof)
        places = range(0, _LETTERS * _BITS_OF_A_LETTER, _BITS_OF_A_LETTER)
        return "".join(_ALPHABET[number >> place & 31] for place in places)


def _as_bytes(typed: str) -> bytes:
    return typed.encode(errors="backslashreplace")
