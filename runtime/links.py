"""Tokens of links: they name a party, a task and a number, and only the product can make one."""

import hashlib
import hmac
import re
from typing import Final, NamedTuple

from runtime.secrets import MasterKey

PREFIX: Final = "ksl."

_TOKEN: Final = re.compile(
    r"ksl\.(party-[a-z0-9-]{1,32})\.([A-Za-z0-9_.-]{5,80})\.(\d{1,6})\.([0-9a-f]{64})"
)


class NamedLink(NamedTuple):
    party_id: str
    task_ref: str
    number: int


class LinkTokens:
    """Nothing is kept of a token: whether its link is good, the events of the party tell."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.for_purpose("links")

    def make(self, link: NamedLink) -> str:
        return f"{PREFIX}{_named(link)}.{self._proof(link)}"

    def read(self, token: str) -> NamedLink | None:
        """The link that a token names; None when it was not made here."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        link = NamedLink(match[1], match[2], int(match[3]))
        return link if hmac.compare_digest(match[4], self._proof(link)) else None

    def _proof(self, link: NamedLink) -> str:
        return hmac.digest(self._key, _named(link).encode(), hashlib.sha256).hex()


def _named(link: NamedLink) -> str:
    return f"{link.party_id}.{link.task_ref}.{link.number}"
