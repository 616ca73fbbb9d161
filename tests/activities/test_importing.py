"""Registers of the past: each row whole, once, on its own dates, or rejected with the reason."""

import asyncio
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from activities.registers.importing import AT_ONCE, Importing, abandon
from activities.registers.rows import COLUMNS, REQUIRED
from domain.imports.commands import BeginImport
from domain.imports.refusals import ImportGivenUp
from domain.imports.rules import STANDS_STILL
from domain.interventions import forms
from domain.interventions.asks import Now
from domain.interventions.letters import letters_due
from domain.interventions.model import Intervention
from domain.messages import Act
from domain.people import PersonalData
from domain.working_days import WARSAW
from projections.reports.command import rendered
from projections.reports.fold import known_at
from projections.reports.parameters import Parameters
from projections.reports.periods import Period
from projections.reports.writers import as_json
from projections.starter import Starter
from runtime.clock import SystemClock
from runtime.imports import imports_under_way
from runtime.reference_data import load_reference_data
from runtime.register_file import RegisterFile, columns_of
from runtime.settings import Settings
from runtime.store import Store
from runtime.text_store import TextStore
from runtime.vault import Vault
from tests.activities.registers import OPEN, ROW, imported, reasons, register, rejected_rows
from tests.builders import Case
from tests.given import moment

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
REFERENCE = load_reference_data()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rejestr.csv"


def events(store: Store) -> list[Any]:
    found = store.recorder.select_notifications(None, 100_000)
    return [store.mapper.to_domain_event(each) for each in found]


def told(case: Intervention) -> list[str]:
    return [f"{name} {at:%Y-%m-%d}" for at, name in case.recent]


def found(store: Store, reference: str) -> Intervention:
    case = store.find(Intervention, reference)
    assert case is not None
    return case


def march(store: Store, as_of: datetime) -> dict[str, int]:
    report = rendered("R1", Parameters(MARCH, as_of), store, REFERENCE)
    return report.table("R1.1").column("period")


def test_a_closed_case_stands_on_its_own_dates_and_owes_nothing(
    settings: Settings, store: Store, file: Path
) -> None:
    assert imported(settings, register(file, ROW)).imported == 1
    case = found(store, "INT-2026-000001")
    assert (case.stage, case.outcome) == ("closed", "done")
    assert case.received_at == moment("2026-03-02 09:15")
    assert case.referrals["R1"].sent_at == moment("2026-03-03 11:00")
    assert case.referrals["R1"].answered_at == moment("2026-03-12 14:30")
    assert case.letters["N1.1.sender"].sent_at == moment("2026-03-02 10:00")
    assert case.letters["N5.1.sender"].sent_at == moment("2026-03-13 09:00")
    assert list(letters_due(case)) == []
    assert told(case)[-1] == "Closed 2026-03-30"
    assert march(store, datetime.now(UTC)) | {"received": 1, "answered": 1, "closed": 1} == march(
        store, datetime.now(UTC)
    )


def test_the_row_is_recorded_before_its_case_with_the_moment_of_the_import(
    settings: Settings, store: Store, file: Path
) -> None:
    begin = datetime.now(UTC)
    imported(settings, register(file, ROW))
    begun, row, case, *_, last = events(store)
    assert (begun.TOPIC, begun.name, begun.rows) == ("register_import.Begun", "rejestr.csv", 1)
    assert (row.TOPIC, case.TOPIC) == ("import.RowTaken", "intervention.Registered")
    assert (row.number, row.reference, row.line) == (ROW["numer"], "INT-2026-000001", 2)
    assert begin <= row.timestamp <= datetime.now(UTC)
    assert (last.TOPIC, last.rejected) == ("register_import.Finished", 0)


def test_what_a_report_knew_before_the_import_it_still_knows_alone(
    settings: Settings, store: Store, file: Path
) -> None:
    Case(901, moment("2026-03-03 10:00"), store=store)
    before = datetime.now(UTC)
    asked = Parameters(MARCH, before)
    then = as_json(rendered("R1", asked, store, REFERENCE))
    imported(settings, register(file, {**ROW, "numer": "7"}, {**OPEN, "numer": "8"}))
    assert known_at(store, before).position == 1
    assert as_json(rendered("R1", asked, store, REFERENCE)) == then
    assert march(store, datetime.now(UTC))["received"] == 3


def test_the_same_file_again_changes_nothing(settings: Settings, store: Store, file: Path) -> None:
    imported(settings, register(file, ROW, OPEN))
    recorded = store.position()
    again = imported(settings, file)
    assert (again.imported, again.known, again.rejected) == (0, 2, 0)
    assert store.position() == recorded


def test_another_row_under_a_known_number_is_rejected(
    settings: Settings, store: Store, file: Path
) -> None:
    imported(settings, register(file, ROW))
    counts = imported(settings, register(file, ROW, {**ROW, "treść": "Coś innego"}))
    assert (counts.known, counts.rejected) == (1, 1)
    assert reasons(file) == ["numer: Pod tym numerem przyjęto już inny wiersz."]


def test_an_erased_sender_does_not_come_back(settings: Settings, store: Store, file: Path) -> None:
    imported(settings, register(file, ROW))
    sender = found(store, "INT-2026-000001").sender
    assert sender is not None
    with closing(Vault.of(settings, SystemClock())) as vault:
        vault.erase(sender, datetime.now(UTC))
        assert imported(settings, file).known == 1
        answer = found(store, "INT-2026-000001").referrals["R1"].answer_ref
        assert answer is not None
        assert TextStore(vault).get(answer) == ROW["odpowiedź"]


def test_people_and_texts_are_in_the_vault_alone(
    settings: Settings, store: Store, file: Path
) -> None:
    imported(settings, register(file, ROW))
    log = b"".join(bytes(each.state) for each in store.recorder.select_notifications(None, 1000))
    for personal in ("nadawca", "e-mail", "treść", "odpowiedź", "pismo"):
        assert ROW[personal].encode() not in log
    case = found(store, "INT-2026-000001")
    assert case.sender is not None
    assert case.text_ref is not None
    with closing(Vault.of(settings, SystemClock())) as vault:
        known = PersonalData(name=ROW["nadawca"], email=ROW["e-mail"])
        assert vault.person(case.sender) == known
        assert TextStore(vault).get(case.text_ref) == ROW["treść"]


class _Nobody:
    """No case is started here; only who waits is asked for."""

    async def start(self, reference: str, process: str) -> None: ...

    async def tell(self, reference: str, process: str) -> None: ...

    async def knows(self, reference: str, process: str, command_id: str) -> bool:
        return True

    async def is_up_to(self, reference: str, process: str, position: int) -> bool:
        return True


async def waiting(settings: Settings, store: Store) -> frozenset[str]:
    with closing(Starter(settings, store, _Nobody())) as starter:
        await starter.look()
        return starter.waiting


def test_only_open_cases_wait_for_their_workflow(
    settings: Settings, store: Store, file: Path
) -> None:
    imported(settings, register(file, ROW, OPEN))
    assert asyncio.run(waiting(settings, store)) == {"INT-2026-000002"}
    case = found(store, "INT-2026-000002")
    assert case.stage == "with_units"
    assert list(letters_due(case)) == []


def test_returns_and_second_answers_are_played_in_their_order(
    settings: Settings, store: Store, file: Path
) -> None:
    row = {
        **ROW,
        "jednostki": "ZDMK ZTP",
        "zwróciła": "ZZM",
        "zwrócono": "2026-03-04",
        "przekazano ponownie": "2026-03-05",
        "odpowiedź zwrócono": "2026-03-12 16:00",
        "uzupełniono": "2026-03-13 08:00",
        "wynik": "no_basis",
        "wynik jednostki": "no_basis",
        "uzasadnienie": "Stan zgodny z normą.",
    }
    assert imported(settings, register(file, row)).rejected == 0
    case = found(store, "INT-2026-000001")
    assert [(r.unit, r.state) for r in case.referrals.values()] == [
        ("ZZM", "returned"), ("ZTP", "accepted"), ("ZDMK", "accepted"),
    ]  # fmt: skip
    topics = Counter(type(event).__name__ for event in events(store))
    assert (topics["FeedbackReturned"], topics["ReferralAnswered"]) == (1, 3)


def test_a_delay_that_was_told_of_counts_as_announced(
    settings: Settings, store: Store, file: Path
) -> None:
    row = {
        **ROW,
        "zapowiedziano": "2026-03-27",
        "nowy termin": "2026-04-20",
        "odpowiedziano": "2026-04-14",
        "załatwiono": "2026-04-15",
        "zamknięto": "2026-05-04",
    }
    assert imported(settings, register(file, row)).rejected == 0
    april = Parameters(Period(date(2026, 4, 1), date(2026, 5, 1)), datetime.now(UTC))
    report = rendered("R1", april, store, REFERENCE)
    assert report.table("R1.6").column("announced")["settlement"] == 1
    assert "N4.1.sender" in found(store, "INT-2026-000001").letters


def test_what_was_known_at_once_asked_no_unit(settings: Settings, store: Store, file: Path) -> None:
    asked = ("jednostki", "przekazano", "odpowiedziano", "wynik jednostki", "odpowiedź")
    row = {name: cell for name, cell in ROW.items() if name not in asked}
    assert imported(settings, register(file, row)).rejected == 0
    case = found(store, "INT-2026-000001")
    assert (case.stage, case.outcome, case.referrals) == ("closed", "done", {})


def test_a_matter_of_others_ends_with_the_letter_to_them(
    settings: Settings, store: Store, file: Path
) -> None:
    row = {
        **OPEN,
        "jednostki": "EXT-GAZ",
        "wynik": "przekazano innemu podmiotowi",
        "zamknięto": "2026-03-06",
    }
    assert imported(settings, register(file, row)).rejected == 0
    case = found(store, "INT-2026-000001")
    assert (case.stage, case.outcome) == ("closed", "handed_over")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kategoria": "roads.hole"}, "kategoria: Nie ma takiej kategorii."),
        ({"dzielnica": "XIX"}, "dzielnica: Nie ma takiej dzielnicy."),
        ({"jednostki": "NIKT"}, "jednostki: Tego dnia taka jednostka nie istnieje."),
        ({"wpłynęło": "3 marca"}, "wpłynęło: W tej kolumnie nie może stać taka wartość."),
        ({"kanał": "gołąb"}, "kanał: W tej kolumnie nie może stać taka wartość."),
        ({"e-mail": "żaneta"}, "e-mail: W tej kolumnie nie może stać taka wartość."),
        ({"treść": ""}, "treść: Zgłoszenie musi zawierać treść albo załącznik."),
        ({"numer": ""}, "numer: W tej kolumnie nie może stać taka wartość."),
        ({"treść": f"text:{'0' * 32}"}, "treść: W tej kolumnie nie może stać taka wartość."),
        (
            {"przekazano": "2026-03-01"},
            "przekazano: Czynność ma datę wcześniejszą niż ta, która ją poprzedza.",
        ),
        (
            {"przekazano": ""},
            "przekazano: Podano późniejszą czynność, a tej, która ją poprzedza, nie podano.",
        ),
        ({"zamknięto": "2199-01-01"}, "zamknięto: Czynność ma datę późniejszą niż chwila obecna."),
        (
            {"wynik": ""},
            "wynik: Podano datę czynności, a nie podano, na czym polegała.",
        ),
        (
            {"zapowiedziano": "2026-03-10", "nowy termin": "2026-03-11"},
            "nowy termin: Zawiadomienie o zwłoce wymaga przyczyn i późniejszej daty.",
        ),
        ({"wynik": "no_basis"}, "uzasadnienie: Odpowiedź odmowna wymaga uzasadnienia."),
        (
            {"wynik jednostki": "zaplanowano"},
            "obiecano na: Planowane działanie wymaga podania daty.",
        ),
    ],
)
def test_a_rejected_row_names_its_column(
    settings: Settings, store: Store, file: Path, change: dict[str, str], reason: str
) -> None:
    counts = imported(settings, register(file, {**OPEN}, {**ROW, **change}))
    assert (counts.imported, counts.rejected) == (1, 1)
    assert reason in reasons(file)[0].split("; ")
    (rejected,) = rejected_rows(file)
    assert rejected["wiersz"] == "3"
    assert {name: rejected[name] for name in change} == change
    assert Counter(event.TOPIC for event in events(store))["intervention.Registered"] == 1


def test_a_file_of_which_no_row_is_taken_is_no_import(
    settings: Settings, store: Store, file: Path
) -> None:
    assert imported(settings, register(file, {**ROW, "kategoria": "roads.hole"})).rejected == 1
    assert store.position() == 0


def test_an_import_that_is_given_up_while_it_runs_ends_before_its_next_rows(
    settings: Settings, store: Store, file: Path
) -> None:
    register(file, *({**OPEN, "numer": str(n)} for n in range(AT_ONCE + 1)))
    begin = BeginImport(file="5d" * 32, name=file.name, rows=AT_ONCE + 1)
    with closing(Vault.of(settings, SystemClock())) as vault:
        importing = Importing(store, vault, REFERENCE, begin)
        source = RegisterFile(file)
        outcomes = importing.take(source.rows(columns_of(source, COLUMNS, REQUIRED)))
        first = list(islice(outcomes, AT_ONCE))
        [page] = imports_under_way(store)
        long_after = datetime.now(UTC) + STANDS_STILL
        abandon(store, page, Act(command_id="abandon", at=long_after, by="operator-a"))
        with pytest.raises(ImportGivenUp):
            next(outcomes)
    assert {each.became for each in first} == {"imported"}
    assert not imports_under_way(store)


def test_a_mended_file_is_taken_over_whole(settings: Settings, store: Store, file: Path) -> None:
    imported(settings, register(file, ROW, {**OPEN, "kategoria": "roads.hole"}))
    mended = imported(settings, register(file, ROW, OPEN))
    assert (mended.imported, mended.known, mended.rejected) == (1, 1, 0)
    assert not list(file.parent.glob("*rejected*"))


@pytest.mark.parametrize("minutes", [5, 60])
def test_an_emergency_of_the_past_rings_no_phone(
    settings: Settings, store: Store, file: Path, minutes: int
) -> None:
    received = datetime.now(WARSAW) - timedelta(minutes=minutes)
    row = {**OPEN, "kategoria": "energy.gas", "wpłynęło": f"{received:%Y-%m-%d %H:%M}"}
    imported(settings, register(file, {k: v for k, v in row.items() if k != "przekazano"}))
    case = found(store, "INT-2026-000001")
    now = Now(datetime.now(UTC), REFERENCE)
    asked = {order.type for order in forms.tasks_needed(case, now)}
    assert case.emergency
    # The call is to be made within 15 minutes, and the time of it runs still or is over.
    assert ("call_duty_officer" in asked) == (minutes < 15)
