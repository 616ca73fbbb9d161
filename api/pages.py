"""Pages for people without an account: plain HTML, no script, no cookie, nothing from elsewhere."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.labels import Labels
from domain.polish_dates import long_date, with_weekday
from domain.working_days import WARSAW, local_day

LINKS: Final = "/links/"
STATE: Final = "/state"

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_TEMPLATES / "pages.css").read_text(encoding="utf-8").strip()
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
    ),
    "x-robots-tag": "noindex, nofollow",
}
"""Beside those of every answer: nothing is kept, and no address goes on as a referrer."""

_STATUS: Final = {"LinkExpired": 410, "KeyUnknown": 404}
"""What a link means to a browser, where the API means a key."""

_templates = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["style"] = _STYLE
_templates.filters["sentence"] = lambda text: text[:1].upper() + text[1:]


def _day(moment: datetime | date) -> str:
    return long_date(local_day(moment) if isinstance(moment, datetime) else moment)


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(WARSAW):%H:%M}"


_templates.filters["day"] = _day
_templates.filters["hour"] = _hour
_templates.filters["weekday"] = with_weekday


def is_page(path: str) -> bool:
    """Whether who asks for this address reads it in a browser."""
    return path.startswith(LINKS) or path == STATE or path.startswith(f"{STATE}/")


def page(template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(facts), status, headers=_HEADERS)


def refusal_page(refusals: Sequence[str], status: int, labels: Labels) -> HTMLResponse:
    """A refusal by its sentence; its facts are for those who may know them."""
    first = refusals[0]
    return page(
        "refused.html.j2",
        _STATUS.get(first, status),
        refusal="LinkUnknown" if first == "KeyUnknown" else first,
        sentences=[labels.of(name, "refusals") for name in refusals],
    )
