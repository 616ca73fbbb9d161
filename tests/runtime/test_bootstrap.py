"""What bootstrap makes on a real Temporal server and in the store, and that twice is once."""

import asyncio
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client

from domain.roster.rules import holders_of
from runtime.bootstrap import (
    RETENTION,
    SEARCH_ATTRIBUTES,
    NamespaceNotReady,
    TemporalAway,
    attributes_of,
    bootstrap_temporal,
    pollers_of,
    reach_temporal,
)
from runtime.clock import SystemClock
from runtime.demo_data import (
    coordinator,
    put_people_in_place,
)
from runtime.demo_state import keys_file, read_keys, terms_directory, write_terms
from runtime.embedded import temporal_command
from runtime.first_run import TermsForTestsOnly, checked_reference_data
from runtime.keys import ApiKeys
from runtime.ports import free_port
from runtime.settings import Settings
from runtime.store import Store
from runtime.vault import Vault

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own: what it starts with is bootstrap's to make."""
    var = tmp_path_factory.mktemp("temporal")
    settings = installation(f"127.0.0.1:{free_port()}", "ks", var)
    settings = settings.model_copy(update={"temporal_ui_port": free_port()})
    server = subprocess.Popen(temporal_command(settings), stdout=subprocess.DEVNULL)
    yield settings.temporal_address
    server.kill()
    server.wait()


def installation(address: str, namespace: str, var: Path) -> Settings:
    return Settings.model_validate(
        {"temporal_address": address, "temporal_namespace": namespace, "var": var}
    )


async def retention_of(client: Client) -> timedelta:
    found = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    return found.config.workflow_execution_retention_ttl.ToTimedelta()


def test_bootstrap_makes_namespace_retention_and_attributes(address: str, tmp_path: Path) -> None:
    async def story() -> None:
        client = await bootstrap_temporal(installation(address, "new", tmp_path))
        assert (await attributes_of(client)).keys() == SEARCH_ATTRIBUTES.keys()
        assert await retention_of(client) == RETENTION

    asyncio.run(story())


def test_bootstrap_again_and_several_at_once_change_nothing(address: str, tmp_path: Path) -> None:
    settings = installation(address, "often", tmp_path)

    async def story() -> None:
        clients = await asyncio.gather(*(bootstrap_temporal(settings) for _ in range(4)))
        before = await attributes_of(clients[0])
        assert await attributes_of(await bootstrap_temporal(settings)) == before

    asyncio.run(story())


def test_bootstrap_raises_the_retention_of_a_namespace_that_stood_before(
    address: str, tmp_path: Path
) -> None:
    async def story() -> None:
        client = await reach_temporal(installation(address, "old", tmp_path))
        request = RegisterNamespaceRequest(namespace="old")
        request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
        await client.workflow_service.register_namespace(request)
        await bootstrap_temporal(installation(address, "old", tmp_path))
        assert await retention_of(client) == RETENTION

    asyncio.run(story())


def test_an_attribute_of_another_type_is_named(address: str, tmp_path: Path) -> None:
    settings = installation(address, "wrong", tmp_path)

    async def story() -> None:
        client = await reach_temporal(settings)
        request = RegisterNamespaceRequest(namespace="wrong")
        request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
        await client.workflow_service.register_namespace(request)
        wrong = {"Stage": IndexedValueType.INDEXED_VALUE_TYPE_INT}
        added = AddSearchAttributesRequest(namespace="wrong", search_attributes=wrong)
        await client.operator_service.add_search_attributes(added)
        with pytest.raises(NamespaceNotReady, match=r"of another type: Stage"):
            await bootstrap_temporal(settings)

    asyncio.run(story())


def test_a_server_that_is_away_is_named_with_its_setting(tmp_path: Path) -> None:
    settings = installation("127.0.0.1:1", "ks", tmp_path)
    with pytest.raises(TemporalAway, match=r"127.0.0.1:1 \(TEMPORAL_ADDRESS\)"):
        asyncio.run(reach_temporal(settings, timedelta(seconds=0)))


def test_nobody_polls_a_queue_before_the_worker_runs(address: str, tmp_path: Path) -> None:
    async def story() -> None:
        client = await bootstrap_temporal(installation(address, "idle", tmp_path))
        assert not await pollers_of(client, "ks")

    asyncio.run(story())


def test_demo_people_hold_their_posts_and_keys(settings: Settings) -> None:
    put_people_in_place(settings)
    store, vault = Store(settings), Vault.of(settings, SystemClock())
    state, day = store.roster(), NOW.date()
    assert holders_of(state, "KS-06/clerk", day) == {"clerk-a", "clerk-b", "clerk-c"}
    assert holders_of(state, "director", day) == {"director"}
    assert holders_of(state, "ZDMK/coordinator", day) == {coordinator("ZDMK")}
    tokens, keys = read_keys(settings), ApiKeys(vault)
    assert all(keys.authenticate(token, NOW) == person for person, token in tokens.items())
    assert keys_file(settings).stat().st_mode & 0o777 == 0o600
    store.close()
    vault.close()


def test_demo_people_come_once(settings: Settings) -> None:
    put_people_in_place(settings)
    tokens = read_keys(settings)
    before = _position(settings)
    put_people_in_place(settings)
    assert (read_keys(settings), _position(settings)) == (tokens, before)


def test_a_key_that_was_revoked_is_made_anew(settings: Settings) -> None:
    put_people_in_place(settings)
    before = read_keys(settings)
    vault = Vault.of(settings, SystemClock())
    ApiKeys(vault).revoke(before["clerk-a"].split("_")[1], NOW)
    vault.close()
    put_people_in_place(settings)
    after = read_keys(settings)
    assert {person for person in after if after[person] != before[person]} == {"clerk-a"}


def test_a_production_start_refuses_terms_of_the_demo(tmp_path: Path) -> None:
    settings = Settings.model_validate({"var": tmp_path})
    write_terms(settings)
    production = settings.model_copy(update={"tables": terms_directory(settings)})
    with pytest.raises(TermsForTestsOnly, match=r"int.reopen_window.*KS_ALLOW_TEST_TERMS=1"):
        checked_reference_data(production)
    allowed = production.model_copy(update={"allow_test_terms": True})
    assert checked_reference_data(allowed).deadlines.rule("int.reopen_window", NOW.date()).test


def _position(settings: Settings) -> int:
    store = Store(settings)
    try:
        return store.position()
    finally:
        store.close()
