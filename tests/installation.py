"""Settings of installations that tests make: each has a directory and a master key of its own."""

from pathlib import Path
from typing import Any

from runtime.secrets import MasterKey
from runtime.settings import Settings


def settings_of(var: Path, url: str | None = None, **more: Any) -> Settings:
    """Without an URL on SQLite; `more` are other settings by name."""
    key = MasterKey.generate().to_text()
    return Settings.model_validate({"var": var, "database_url": url, "master_key": key, **more})
