"""Settings of one installation, read from the environment (prefix KS_)."""

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, Literal, Self

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.secrets import MasterKey

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class MasterKeyMissing(Exception):
    """There is no master key, and none may be made here: it comes with KS_MASTER_KEY."""


class Settings(BaseSettings):
    """Everything that differs between installations; the defaults run on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="KS_", env_ignore_empty=True, populate_by_name=True, frozen=True
    )

    database_url: str | None = Field(default=None, repr=False)
    """`postgresql://…`; without one, SQLite files under `var` (which `sqlite:///…` names too)."""
    var: Path = Path("var")
    master_key: SecretStr | None = None
    """32 bytes in base64; on SQLite one is made at the first start."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8025
    mail_from: str = "Wydział Komunikacji Społecznej <ks@krakow.invalid>"

    api_host: str = "127.0.0.1"
    api_port: int = 8080
    public_url: str = ""
    """Where people without an account reach the API (`https://…`); without one, at its port."""

    open_codec: bool = False
    """Whether payloads may be decoded without a key: on one's own machine only (`ks up`)."""

    clock_shift: timedelta = timedelta(0)
    """Added to every clock (ISO 8601, `-P30D`): demonstrations play on their own dates."""
    allow_test_terms: bool = False
    """Whether terms may be so short that a case closes while one watches."""
    tables: Path | None = None
    """A directory of tables (`deadlines.yaml`, `org.yaml`, ...) beside those of the package."""

    temporal_address: str = Field(default="127.0.0.1:7233", validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field(default="ks", validation_alias="TEMPORAL_NAMESPACE")
    temporal_ui_port: int = 8233
    task_queue: str = "ks"
    cached_workflows: PositiveInt = 100
    """Open cases that a worker keeps at hand, at some 300 KB each; others are replayed."""

    log_format: Literal["console", "json"] = "console"

    @model_validator(mode="before")
    @classmethod
    def _sqlite_url_names_var(cls, values: dict[str, Any]) -> dict[str, Any]:
        url = values.get("database_url") or ""
        if url.startswith("sqlite:///"):
            return {**values, "database_url": None, "var": url.removeprefix("sqlite:///")}
        return values

    @field_validator("database_url")
    @classmethod
    def _names_postgresql(cls, url: str | None) -> str | None:
        if url and not url.startswith("postgresql://"):
            raise ValueError("the database is postgresql://… or sqlite:///directory")
        return url

    @model_validator(mode="after")
    def _open_codec_stays_here(self) -> Self:
        if self.open_codec and self.api_host not in LOOPBACK:
            raise ValueError("KS_OPEN_CODEC is for an API that only this machine can reach")
        return self

    def page(self, path: str) -> str:
        """The address of a page as letters name it."""
        base = self.public_url or f"http://{self.api_host}:{self.api_port}"
        return f"{base.rstrip('/')}{path}"

    @property
    def events_db(self) -> Path:
        return self.var / "events.db"

    @property
    def vault_db(self) -> Path:
        return self.var / "vault.db"

    @property
    def read_directory(self) -> Path:
        """Files of the read side; all of them can be rebuilt."""
        return self.var / "read"

    @property
    def mail_directory(self) -> Path:
        """Where the embedded mail server keeps what it accepted."""
        return self.var / "mail"

    @property
    def reports_directory(self) -> Path:
        """Reports that were filed; the log says what each of them was."""
        return self.var / "reports"

    @property
    def master_key_file(self) -> Path:
        return self.var / "master.key"

    def load_master_key(self) -> MasterKey:
        """The key of the installation; on SQLite it is made once, at the first start."""
        if self.master_key is not None:
            return MasterKey.from_text(self.master_key.get_secret_value())
        if not self.master_key_file.exists():
            # A new key could not open a vault that is already there, nor one that machines share.
            if self.database_url or self.vault_db.exists():
                raise MasterKeyMissing(MasterKeyMissing.__doc__)
            _write_once(self.master_key_file, MasterKey.generate().to_text())
        return MasterKey.from_text(self.master_key_file.read_text())


def _write_once(path: Path, content: str) -> None:
    """Write a file that only its owner may read, whole or not at all; the first writer wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)  # the vault must never outlive its key
    os.close(directory)
