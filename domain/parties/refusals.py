"""Why a party gets no link, or does nothing with it."""

from domain.errors import Refusal


class PartyUnknown(Refusal):
    """There is no such party."""


class PartyKnown(Refusal):
    """Another party was registered under this name."""


class LinkUnknown(Refusal):
    """There is no such link."""


class LinksNotYours(Refusal):
    """Only the office of the case gives and takes links to its tasks."""


class LinkOnItsWay(Refusal):
    """The last letter with this link has not left yet."""


class PartyWithoutAddress(Refusal):
    """A party is written to by e-mail, so its contact needs an address."""
