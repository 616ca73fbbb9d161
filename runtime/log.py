"""Logging: one form for our lines and the libraries', and a last net for personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from pydantic import BaseModel
from structlog.dev import plain_traceback
from structlog.typing import Processor

from runtime.settings import Settings

PERSONAL: Final = frozenset(
    {
        "name", "first_name", "last_name", "email", "phone", "address",
        "text", "note", "description",
    }
)  # fmt: skip
"""Names of fields whose values never belong in a log."""

_MASK: Final = "***"


def configure_logging(settings: Settings, level: int = logging.INFO) -> None:
    """Set up logging for this process; called by `main` only, never when a module is loaded."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_personal,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(settings),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # The mail server's library writes down its whole dialogue, and with it who gets a letter.
    logging.getLogger("mail.log").setLevel(logging.WARNING)


def mask_personal(
    _logger: Any, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask the values of personal fields, however deep; sentences are not looked into."""
    return {name: _MASK if name in PERSONAL else _masked(it) for name, it in fields.items()}


def _masked(value: Any) -> Any:
    match value:
        case dict():
            return mask_personal(None, "", value)
        case BaseModel():
            return type(value).__name__
        case list() | tuple():
            return type(value)(map(_masked, value))
    return value


def _rendering(settings: Settings) -> list[Processor]:
    # Both show a traceback without the values of local variables: those may be personal.
    if settings.log_format == "json":
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain_traceback
        )
    ]
