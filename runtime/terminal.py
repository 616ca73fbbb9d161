"""What every command begins with: the settings, the log, and where its words go."""

import logging

from pydantic import ValidationError
from rich.console import Console

from runtime.mendable import Mendable
from runtime.settings import Settings

console = Console()
errors = Console(stderr=True)


class WrongSettings(Mendable):
    """A setting is wrong; the message has a line for each."""


def read_settings(*, quiet: bool = False) -> Settings:
    """The settings of this process, which from now on logs; `quiet` where a person looks on."""
    from runtime.log import configure_logging

    try:
        settings = Settings()
    except ValidationError as wrong:
        from runtime.sentences import wrong_settings

        raise WrongSettings("\n".join(wrong_settings(wrong))) from None
    configure_logging(settings, logging.WARNING if quiet else logging.INFO)
    return settings
