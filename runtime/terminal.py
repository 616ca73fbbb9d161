"""What every command begins with: the settings, the log, and where its words go."""

import logging
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from rich.console import Console

from runtime.mendable import Mendable
from runtime.settings import Settings

M = TypeVar("M", bound=BaseModel)

console = Console()
errors = Console(stderr=True)


class WrongSettings(Mendable):
    """A setting is wrong; the message has a line for each."""


class WrongInput(Mendable):
    """What was typed is not valid; the message has a line for each field."""


def filled_in(kind: type[M], **fields: Any) -> M:
    """The command that was typed. Raises `WrongInput`, which repeats nothing of it."""
    try:
        return kind(**fields)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False)
        lines = (f"{'.'.join(map(str, each['loc'])) or 'input'}: {each['msg']}" for each in found)
        raise WrongInput("\n".join(lines)) from None


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
