"""A vault of its own for every test of the machine room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from runtime.clock import SystemClock
from runtime.settings import Settings
from runtime.text_store import TextStore
from runtime.vault import Vault

OpenVault = Callable[[], Vault]


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
