"""What a demo keeps under var: the keys of its people, and the terms its cases close by."""

import json
from pathlib import Path
from typing import Final

from runtime.settings import Settings

# A case closes as soon as its reply has been accepted: nobody watches a demo for 14 days.
_TERMS: Final = """\
- id: int.reopen_window
  process: intervention
  what: sender may ask to reopen
  length: 0
  unit: minutes
  starts_at: notice of outcome delivered
  basis: none, the demo only
  kind: internal
  on_lapse: case closes
  valid_from: 2021-09-02
  setting: true
  source: the demo
  test: true
"""


def keys_file(settings: Settings) -> Path:
    """Where the plain keys of the demo's people are; it exists once the demo's data do."""
    return settings.var / "demo-keys.json"


def read_keys(settings: Settings) -> dict[str, str]:
    """Tokens by person."""
    path = keys_file(settings)
    tokens: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return tokens


def with_demo_terms(settings: Settings, *, begin: bool) -> Settings:
    """Once a demo has begun here its terms stay, as its cases were counted by them."""
    if begin:
        write_terms(settings)
    directory = terms_directory(settings)
    if settings.tables is not None or not directory.exists():
        return settings
    return settings.model_copy(update={"tables": directory, "allow_test_terms": True})


def terms_directory(settings: Settings) -> Path:
    return settings.var / "terms"


def write_terms(settings: Settings) -> None:
    """Lay the rows of the demo over the table of terms."""
    directory = terms_directory(settings)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "deadlines.yaml").write_text(_TERMS)
