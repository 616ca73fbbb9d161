"""API keys: issued once, kept as a digest, refused by name."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from runtime.keys import (
    ApiKeys,
    KeyExpired,
    KeyMissing,
    KeyRevoked,
    KeyUnknown,
    api_keys,
)
from runtime.vault import Vault

ISSUED = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
LATER = ISSUED + timedelta(days=30)


@pytest.fixture
def keys(vault: Vault) -> ApiKeys:
    return ApiKeys(vault)


def test_the_holder_of_a_key_is_known(keys: ApiKeys) -> None:
    clerk = keys.issue("clerk-a", "Stanowisko 3, pokój 12", ISSUED)
    form = keys.issue("web-form", "Formularz", ISSUED)
    assert re.fullmatch(r"ks_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", clerk)
    assert keys.authenticate(clerk, LATER) == "clerk-a"
    assert keys.authenticate(form, LATER) == "web-form"


@pytest.mark.parametrize("token", [None, ""])
def test_a_request_without_a_key_is_refused(keys: ApiKeys, token: str | None) -> None:
    with pytest.raises(KeyMissing):
        keys.authenticate(token, LATER)


def test_a_key_that_was_never_issued_is_refused(keys: ApiKeys) -> None:
    token = keys.issue("clerk-a", "Stanowisko 3", ISSUED)
    for wrong in (
        "hasło",
        token[:-1],
        token + "A",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "ks_000000000000_" + token[-43:],
        token + "\n",
    ):
        with pytest.raises(KeyUnknown):
            keys.authenticate(wrong, LATER)


def test_a_key_ends_at_its_moment(keys: ApiKeys) -> None:
    token = keys.issue("printer-1", "Drukarnia", ISSUED, expires_at=LATER)
    assert keys.authenticate(token, LATER - timedelta(microseconds=1)) == "printer-1"
    with pytest.raises(KeyExpired):
        keys.authenticate(token, LATER)


def test_a_key_that_was_taken_back_is_refused(keys: ApiKeys) -> None:
    token = keys.issue("clerk-a", "Stanowisko 3", ISSUED)
    key_id = token.split("_")[1]
    keys.revoke(key_id, LATER)
    keys.revoke(key_id, LATER + timedelta(days=1))
    with pytest.raises(KeyRevoked) as refused:
        keys.authenticate(token, LATER)
    assert refused.value.facts == {"key_id": key_id, "revoked_at": LATER}
    with pytest.raises(KeyUnknown):
        keys.authenticate(token[:-3] + "AAA", LATER)


def test_an_unknown_key_cannot_be_taken_back(keys: ApiKeys) -> None:
    with pytest.raises(KeyUnknown):
        keys.revoke("000000000000", LATER)


def test_the_list_shows_whose_keys_there_are_and_no_secret(vault: Vault, keys: ApiKeys) -> None:
    token = keys.issue("clerk-a", "Stanowisko 3", ISSUED, expires_at=LATER)
    keys.issue("clerk-b", "Stanowisko 4", ISSUED + timedelta(hours=1))
    first, second = keys.list()
    assert (first.person, first.label, first.expires_at) == ("clerk-a", "Stanowisko 3", LATER)
    assert (second.person, second.created_at) == ("clerk-b", ISSUED + timedelta(hours=1))
    with vault.reader.connect() as connection:
        kept = repr(connection.execute(select(api_keys)).all())
    assert token[-43:] not in kept + repr((first, second))
