"""A vault of its own for every test of the machine room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runtime.clock import SystemClock
from runtime.secrets import MasterKey
from runtime.settings import Settings
from runtime.text_store import TextStore
from runtime.vault import Vault
from tests.databases import Database

OpenVault = Callable[[], Vault]


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "database_url": database.url,
            "var": tmp_path / "var",
            "master_key": MasterKey.generate().to_text(),
        }
    )


@pytest.fixture
def open_vault(settings: Settings) -> Iterator[OpenVault]:
    """Opens the vault once more, as another process would."""
    with ExitStack() as opened:

        def open_one() -> Vault:
            vault = Vault.of(settings, SystemClock())
            opened.callback(vault.close)
            return vault

        yield open_one


@pytest.fixture
def vault(open_vault: OpenVault) -> Vault:
    return open_vault()


@pytest.fixture
def texts(vault: Vault) -> TextStore:
    return TextStore(vault)
