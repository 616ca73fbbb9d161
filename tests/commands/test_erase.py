"""`ks erase`: a person is gone for good, and every case and count is as before."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, func, select

from domain.labels import Labels
from domain.people import PersonalData, PersonErased
from projections.tables import TABLES
from projections.verify import verify
from runtime.clock import SystemClock
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from runtime.text_store import TextStore, texts
from runtime.vault import Vault, people, subjects
from tests.builders import Case
from tests.commands.conftest import Ks, shifted_to
from tests.given import moment
from tests.projections.contents import caught_up, contents

START = moment("2026-10-05 10:20")
IN_TIME = moment("2032-01-01 08:00")
CANARY = PersonalData(name="Kanarek-Zięba", email="kanarek@zieba.invalid", phone="793 841 265")
REPORT = "Kanarkowy tekst zgłoszenia"


@pytest.fixture
def vault(settings: Settings) -> Iterator[Vault]:
    with closing(Vault.of(settings, SystemClock())) as opened:
        yield opened


@pytest.fixture
def read_side(settings: Settings) -> Iterator[ReadSide]:
    with closing(ReadSide(settings, TABLES)) as opened:
        yield opened


@pytest.fixture
def labels() -> Labels:
    return load_reference_data().labels


def report_of(store: Store, vault: Vault, number: int, person: PersonalData) -> tuple[Case, str]:
    """A case whose sender and text are in the vault, and the reference of the person."""
    ref = vault.admit(person, command_id=f"web-form:{number}")
    text = TextStore(vault).put(REPORT, key_ref=ref, command_id=f"web-form:{number}", field="text")
    return Case(number, START, store=store, sender=ref, text=text), ref


def rows_kept(vault: Vault) -> list[int | None]:
    with vault.reader.connect() as connection:
        tables = (subjects, people, texts)
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


def test_the_person_is_gone_and_every_count_is_as_before(
    ks: Ks, store: Store, vault: Vault, read_side: ReadSide, labels: Labels, settings: Settings
) -> None:
    case, person = report_of(store, vault, 1, CANARY)
    other, neighbour = report_of(store, vault, 2, PersonalData(name="Inna"))
    case.whole_way()
    other.open_needed()
    caught_up(store, read_side.live(), labels)
    before, kept = contents(read_side.live()), rows_kept(vault)

    erased = ks("erase", person, "--yes", KS_CLOCK_SHIFT=shifted_to(IN_TIME))
    assert (erased.returncode, erased.stdout) == (0, f"{person} is erased\n"), erased.stderr
    with pytest.raises(PersonErased):
        vault.person(person)
    text = case.case.text_ref
    assert text is not None
    with pytest.raises(PersonErased):
        TextStore(vault).get(text)
    assert vault.person(neighbour).name == "Inna"

    caught_up(store, read_side.live(), labels)
    assert contents(read_side.live()) == before
    assert verify(store, read_side, labels) == []
    assert rows_kept(vault) == kept
    assert topics(store)[-2:] == ["vault.EraseRequested", "vault.SubjectErased"]
    assert [word for word in canaries() for text in everything(settings) if word in text] == []


def test_a_second_time_changes_nothing(ks: Ks, store: Store, vault: Vault) -> None:
    case, person = report_of(store, vault, 1, CANARY)
    case.whole_way()
    in_time = {"KS_CLOCK_SHIFT": shifted_to(IN_TIME)}
    # By the reference of the case, for its sender.
    assert ks("erase", case.reference, "--yes", **in_time).returncode == 0
    position = store.position()
    again = ks("erase", person, "--yes", **in_time)
    assert (again.returncode, again.stdout) == (0, f"{person} was erased before\n")
    assert store.position() == position


def test_an_open_case_and_a_running_class_refuse_with_a_date(
    ks: Ks, store: Store, vault: Vault
) -> None:
    case, person = report_of(store, vault, 1, CANARY)
    case.open_needed()
    position = store.position()
    refused = ks("erase", person, "--yes", KS_CLOCK_SHIFT=shifted_to(moment("2026-10-06 09:00")))
    assert refused.returncode == 1
    assert "CaseStillOpen" in refused.stderr
    assert "not_before 2032-01-01" in refused.stderr
    assert store.position() == position

    closed, other = report_of(store, vault, 2, PersonalData(name="Inna"))
    closed.whole_way()
    early = ks("erase", other, "--yes", KS_CLOCK_SHIFT=shifted_to(IN_TIME - timedelta(days=1)))
    assert early.returncode == 1
    assert "ErasureTooEarly" in early.stderr
    assert "not_before 2032-01-01" in early.stderr
    assert vault.person(person) == CANARY
    assert vault.person(other).name == "Inna"


def test_nobody_is_erased_without_a_yes_and_nobody_unknown(ks: Ks, vault: Vault) -> None:
    person = vault.admit(CANARY, command_id="web-form:1")
    assert ks("erase", person).returncode == 1
    assert vault.person(person) == CANARY
    unknown = ks("erase", "person:" + "0" * 32, "--yes")
    assert unknown.returncode == 1
    assert "PersonUnknown" in unknown.stderr


def test_who_was_put_in_by_mistake_is_erased_while_the_case_goes_on(
    ks: Ks, store: Store, vault: Vault, read_side: ReadSide, labels: Labels
) -> None:
    case, wrong = report_of(store, vault, 1, CANARY)
    case.open_needed()
    right = vault.admit(PersonalData(name="Inna", email="inna@example.pl"), command_id="right")
    case.put_right(sender=right, reach="email")
    caught_up(store, read_side.live(), labels)

    verified = ks("verify")
    assert verified.returncode == 1
    lies = f"{case.reference}: 1 text or file lies under the key of another than its sender"
    assert lies in verified.stdout.replace("\n", " ")
    assert "ks verify --repair" in verified.stderr.replace("\n", " ")

    erased = ks("erase", case.reference, "--former", "--yes")
    assert (erased.returncode, erased.stdout) == (0, f"{wrong} is erased\n"), erased.stderr
    assert TextStore(vault).get(case.case.text_ref or "") == REPORT
    assert ks("verify").returncode == 0
    refused = ks("erase", case.reference, "--yes")
    assert "CaseStillOpen" in refused.stderr


def topics(store: Store) -> list[str]:
    return [stored.topic for stored in store.recorder.select_notifications(None, 100_000)]


def canaries() -> list[bytes]:
    words = [CANARY.name, CANARY.email, CANARY.phone, REPORT]
    return [form for word in words if word for form in (word.encode(), ascii(word).encode()[1:-1])]


def everything(settings: Settings) -> Iterator[bytes]:
    """Every file of the installation, and every row on a server."""
    for path in Path(settings.var).rglob("*"):
        if path.is_file():
            yield path.read_bytes()
    if settings.database_url is None:
        return
    engine = create_engine(settings.database_url.replace("postgresql:", "postgresql+psycopg:"))
    for schema in ("public", "vault", "read"):
        found = MetaData()
        found.reflect(engine, schema=schema)
        with engine.connect() as connection:
            for table in found.tables.values():
                for row in connection.execute(select(table)):
                    yield b" ".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    engine.dispose()
