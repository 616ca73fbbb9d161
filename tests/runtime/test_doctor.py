"""`ks doctor` on an installation where nothing runs: each part is named with what to do."""

import re

import pytest

from runtime.doctor import Finding, examine
from runtime.ports import free_port
from runtime.settings import Settings


def found(settings: Settings, *behind: int) -> dict[str, Finding]:
    """What is found when the read tables are so many events behind, asked twice."""
    lags = iter(behind)
    return {each.name: each for each in examine(settings, lambda patience: next(lags))}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    away = {"temporal_address": f"127.0.0.1:{free_port()}", "smtp_port": free_port()}
    return settings.model_copy(update=away)


def test_what_is_away_is_named_in_a_sentence_with_where_it_was_looked_for(
    settings: Settings,
) -> None:
    findings = found(settings, 0)
    assert {name for name, each in findings.items() if each.advice} == {
        "Temporal", "worker", "mail",
    }  # fmt: skip
    for name in ("Temporal", "worker"):
        assert findings[name].detail == (
            f"No Temporal server answers at {settings.temporal_address} (TEMPORAL_ADDRESS)."
        )
    assert findings["mail"].detail == f"127.0.0.1:{settings.smtp_port}: Connection refused"
    assert not re.search(r"\w+(Error|Away):", " ".join(each.detail for each in findings.values()))


@pytest.mark.parametrize(
    ("behind", "detail", "ill"),
    [
        ((0,), "0 events behind the log", False),
        ((5_000, 3_000), "3000 events behind the log", False),
        ((30, 30), "30 events behind the log, and nobody brings them in", True),
    ],
)
def test_a_follower_that_does_not_follow_is_ill_however_little_is_missing(
    settings: Settings, behind: tuple[int, ...], detail: str, ill: bool
) -> None:
    read_tables = found(settings, *behind)["read tables"]
    assert (read_tables.detail, bool(read_tables.advice)) == (detail, ill)
