"""Settings: defaults for one machine, and a master key that is made exactly once."""

import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.clock import SystemClock
from runtime.secrets import MasterKey, MasterKeyMalformed
from runtime.settings import MasterKeyMissing, Settings
from runtime.signing import DecisionSigner

KEY = MasterKey(bytes(range(32))).to_text()
POSTGRES = "postgresql://ks@127.0.0.1/ks"


def load_key_in(var: Path) -> str:
    return Settings(var=var).load_master_key().to_text()


def test_the_defaults_need_no_environment() -> None:
    settings = Settings()
    assert settings.database_url is None
    assert (settings.api_host, settings.api_port) == ("127.0.0.1", 8080)
    assert (settings.temporal_address, settings.temporal_namespace) == ("127.0.0.1:7233", "ks")
    assert settings.clock_shift == timedelta(0)
    assert not settings.allow_test_terms


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KS_DATABASE_URL", POSTGRES)
    monkeypatch.setenv("KS_CLOCK_SHIFT", "-P30DT2H")
    monkeypatch.setenv("KS_MASTER_KEY", KEY)
    monkeypatch.setenv("KS_TABLES", "")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "miasto")
    settings = Settings()
    assert settings.database_url == POSTGRES
    assert settings.clock_shift == -timedelta(days=30, hours=2)
    assert settings.tables is None
    assert (settings.temporal_address, settings.temporal_namespace) == ("temporal:7233", "miasto")
    assert settings.load_master_key().to_text() == KEY
    assert KEY not in repr(settings)


def test_a_sqlite_url_names_the_directory_of_the_files(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}")
    assert settings.database_url is None
    assert settings.vault_db == tmp_path / "vault.db"
    assert settings.events_db.parent == settings.read_directory.parent == tmp_path


@pytest.mark.parametrize("url", ["mysql://localhost/ks", "vault.db", "postgres://h/ks"])
def test_another_database_is_not_accepted(url: str) -> None:
    with pytest.raises(ValidationError, match="database_url"):
        Settings(database_url=url)


def test_processes_that_start_first_at_once_share_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("forkserver")) as pool:
        keys = set(pool.map(load_key_in, [tmp_path / "var"] * 16))
    assert keys == {load_key_in(tmp_path / "var")}
    (file,) = (tmp_path / "var").iterdir()
    assert file == Settings(var=tmp_path / "var").master_key_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_key_is_made_for_a_vault_that_is_already_there(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    settings.vault_db.touch()
    with pytest.raises(MasterKeyMissing):
        settings.load_master_key()


def test_no_key_is_made_for_a_database_that_machines_share(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing):
        Settings(database_url=POSTGRES, var=tmp_path).load_master_key()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "hasło", "c2hvcnQ=", KEY[:-2]])
def test_a_malformed_key_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(MasterKeyMalformed) as refused:
        MasterKey.from_text(text)
    assert not text or text not in str(refused.value)


def test_each_purpose_has_a_key_of_its_own_that_never_changes() -> None:
    master = MasterKey.from_text(KEY + "\n")
    purposes = ("vault", "codec", "decisions", "references")
    keys = {purpose: master.for_purpose(purpose).hex()[:16] for purpose in purposes}
    assert keys == {
        "vault": "c18aa2f88b516b53",
        "codec": "bf91f49417e0de90",
        "decisions": "7769789c98196f02",
        "references": "2cf59b4aa03ce877",
    }


def test_a_decision_is_proven_by_the_installation_alone() -> None:
    signer = DecisionSigner(MasterKey.from_text(KEY))
    proof = signer.sign(b"INT-2026-000123-triage-1|forward|clerk-a")
    assert signer.verify(b"INT-2026-000123-triage-1|forward|clerk-a", proof)
    assert not signer.verify(b"INT-2026-000123-triage-1|forward|director", proof)
    assert not signer.verify(b"INT-2026-000123-triage-1|forward|clerk-a", "dowód")
    other = DecisionSigner(MasterKey.generate())
    assert not other.verify(b"INT-2026-000123-triage-1|forward|clerk-a", proof)


def test_a_shifted_clock_shows_another_season() -> None:
    shifted, true = SystemClock(-timedelta(days=30)).now(), SystemClock().now()
    assert abs(true - shifted - timedelta(days=30)) < timedelta(seconds=5)
    assert true.utcoffset() == timedelta(0)
