"""People in the vault: kept once, bound to their rows, gone when their key is destroyed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Table, func, select, update

from domain.people import PersonalData, PersonErased, PersonUnknown
from runtime.clock import SystemClock
from runtime.secrets import MasterKey, SealBroken
from runtime.settings import Settings
from runtime.text_store import TextStore
from runtime.vault import MasterKeyWrong, PersonDiffers, Vault, VaultBusy, people, subjects, tables

OpenVault = Callable[[], Vault]

ERASED_AT = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
LUCJA = PersonalData(
    name="Łucja Kanarkowska-Źdźbło",
    email="lucja.kanarek@example.invalid",
    phone="+48 12 000 11 22",
    address="ul. Długa 12/7, 31-146 Kraków",
)
STANISLAW = PersonalData(name="Stanisław Wójcik")


def count(vault: Vault, table: Table) -> int:
    with vault.reader.connect() as connection:
        return connection.scalars(select(func.count()).select_from(table)).one()


def stored(vault: Vault, table: Table, key: str) -> Any:
    column = next(iter(table.primary_key))
    with vault.reader.connect() as connection:
        return connection.execute(select(table).where(column == key)).one()


def bytes_of(settings: Settings) -> bytes:
    """Everything that the vault has written to the disk, its write-ahead log included."""
    return b"".join(path.read_bytes() for path in sorted(settings.var.glob("vault.db*")))


def values_of(vault: Vault) -> bytes:
    """Every value of every row, as bytes."""
    with vault.reader.connect() as connection:
        values = [
            value
            for table in tables.sorted_tables
            for row in connection.execute(select(table))
            for value in row
        ]
    return b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in values)


@pytest.fixture
def files(settings: Settings) -> Path:
    """The directory of the vault's files, which PostgreSQL does not have."""
    if settings.database_url:
        pytest.skip("the files belong to the server")
    return settings.var


def test_a_person_is_known_by_a_reference_that_says_nothing(vault: Vault) -> None:
    reference = vault.admit(LUCJA, command_id="web-form:1")
    assert reference.startswith("person:")
    assert len(reference) == len("person:") + 32
    assert vault.person(reference) == LUCJA


def test_a_repeated_command_admits_nobody_twice(vault: Vault) -> None:
    first = vault.admit(LUCJA, command_id="web-form:1")
    assert vault.admit(LUCJA, command_id="web-form:1") == first
    assert vault.admit(LUCJA, command_id="web-form:2") != first
    assert count(vault, people) == 2


def test_the_same_command_cannot_admit_another_person(vault: Vault) -> None:
    vault.admit(LUCJA, command_id="web-form:1")
    with pytest.raises(PersonDiffers):
        vault.admit(STANISLAW, command_id="web-form:1")


def test_eight_equal_commands_at_once_admit_one_person(open_vault: OpenVault) -> None:
    vaults = [open_vault() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda vault: vault.admit(LUCJA, command_id="form:1"), vaults))
    assert len(references) == 1
    assert count(vaults[0], people) == 1
    assert vaults[0].person(references.pop()) == LUCJA


def test_vaults_that_start_at_once_share_their_tables(open_vault: OpenVault) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: open_vault(), range(8)))
    assert vaults[0].person(vaults[7].admit(LUCJA, command_id="form:1")) == LUCJA


def test_an_unknown_reference_is_refused(vault: Vault) -> None:
    unknown = "person:" + 32 * "0"
    with pytest.raises(PersonUnknown):
        vault.person(unknown)
    with pytest.raises(PersonUnknown):
        vault.correct(unknown, LUCJA)
    with pytest.raises(PersonUnknown):
        vault.erase(unknown, ERASED_AT)


def test_a_correction_takes_the_place_of_the_old_data(vault: Vault) -> None:
    reference = vault.admit(LUCJA, command_id="form:1")
    moved = LUCJA.model_copy(update={"address": "os. Widok 3, 31-564 Kraków"})
    vault.correct(reference, moved)
    assert vault.person(reference) == moved
    assert vault.admit(LUCJA, command_id="form:1") == reference
    assert vault.person(reference) == moved


def test_an_erased_person_is_gone_and_the_others_stay(open_vault: OpenVault) -> None:
    vault, other_process = open_vault(), open_vault()
    lucja = vault.admit(LUCJA, command_id="form:1")
    stanislaw = vault.admit(STANISLAW, command_id="form:2")
    assert other_process.person(lucja) == LUCJA

    assert vault.erase(lucja, ERASED_AT)
    for each in (vault, other_process):
        with pytest.raises(PersonErased):
            each.person(lucja)
        with pytest.raises(PersonErased):
            each.correct(lucja, LUCJA)
        assert each.person(stanislaw) == STANISLAW
    assert count(vault, people) == 2


def test_erasing_twice_is_erasing_once(vault: Vault) -> None:
    reference = vault.admit(LUCJA, command_id="form:1")
    assert vault.erase(reference, ERASED_AT)
    assert not vault.erase(reference, datetime(2027, 1, 1, tzinfo=UTC))
    assert stored(vault, subjects, reference).destroyed_at == ERASED_AT


def test_a_late_repetition_does_not_bring_an_erased_person_back(vault: Vault) -> None:
    reference = vault.admit(LUCJA, command_id="form:1")
    vault.erase(reference, ERASED_AT)
    assert vault.admit(LUCJA, command_id="form:1") == reference
    with pytest.raises(PersonErased):
        vault.person(reference)


@pytest.mark.usefixtures("files")
def test_a_destroyed_key_stands_in_no_byte_of_the_files(vault: Vault, settings: Settings) -> None:
    references = [vault.admit(LUCJA, command_id=f"form:{n}") for n in range(60)]
    keys = {each: stored(vault, subjects, each).wrapped_key for each in references}
    assert all(key in bytes_of(settings) for key in keys.values())
    erased, kept = references[::2], references[1::2]
    for reference in erased:
        vault.erase(reference, ERASED_AT)
    left = bytes_of(settings)
    assert not any(keys[reference] in left for reference in erased)
    assert all(keys[reference] in left for reference in kept)


@pytest.mark.usefixtures("files")
def test_an_erasure_that_a_reader_delays_is_finished_by_repeating_it(
    open_vault: OpenVault, settings: Settings
) -> None:
    vault, impatient = open_vault(), open_vault()
    with impatient.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    reference = vault.admit(LUCJA, command_id="form:1")
    key = stored(vault, subjects, reference).wrapped_key
    with vault.reader.connect() as reading:
        reading.execute(select(subjects)).all()
        with pytest.raises(VaultBusy):
            impatient.erase(reference, ERASED_AT)
        with pytest.raises(PersonErased):
            impatient.person(reference)
    assert not impatient.erase(reference, ERASED_AT)
    assert key not in bytes_of(settings)


def test_no_byte_of_the_vault_shows_a_person_or_a_text(
    vault: Vault, texts: TextStore, settings: Settings
) -> None:
    reference = vault.admit(LUCJA, command_id="form:1")
    texts.put("Kanarek śpiewa na Plantach", key_ref=reference, command_id="form:1", field=".text")
    vault.correct(reference, LUCJA)
    written = bytes_of(settings) + values_of(vault)
    assert reference.encode() in written
    for canary in ("Kanarkowska", "Źdźbło", "lucja.kanarek", "000 11 22", "Długa", "śpiewa"):
        assert canary.encode() not in written
        assert canary.encode("utf-16-le") not in written


@pytest.mark.parametrize(
    ("table", "column"), [(people, "sealed"), (subjects, "wrapped_key")], ids=["data", "keys"]
)
def test_exchanged_rows_do_not_open(vault: Vault, table: Table, column: str) -> None:
    lucja = vault.admit(LUCJA, command_id="form:1")
    stanislaw = vault.admit(STANISLAW, command_id="form:2")
    key = next(iter(table.primary_key))
    mine, other = (getattr(stored(vault, table, each), column) for each in (lucja, stanislaw))
    with vault.writer.begin() as connection:
        connection.execute(update(table).where(key == lucja).values({column: other}))
        connection.execute(update(table).where(key == stanislaw).values({column: mine}))
    for reference in (lucja, stanislaw):
        with pytest.raises(SealBroken):
            vault.person(reference)


def test_a_vault_does_not_open_with_another_master_key(vault: Vault, settings: Settings) -> None:
    target = settings.database_url or settings.vault_db
    with pytest.raises(MasterKeyWrong):
        Vault(target, MasterKey.generate(), SystemClock())


def test_personal_data_is_not_printed() -> None:
    assert "Łucja" not in f"{LUCJA} {LUCJA!r}"
    with pytest.raises(ValidationError) as refused:
        PersonalData(name="Łucja\r\nBcc: wszyscy@example.invalid")
    assert "Łucja" not in str(refused.value)


@pytest.mark.parametrize("email", ["bez-malpy", "a@b\n", "Ł <a@b>", "a@b, c@d", "a @b"])
def test_an_address_of_mail_is_one_address(email: str) -> None:
    with pytest.raises(ValidationError, match="email"):
        PersonalData(email=email)
