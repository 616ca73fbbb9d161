"""An import of a register: begun once, finished once, taken up again, or given up."""

from datetime import timedelta

from domain.errors import Refusal
from domain.filings.rules import filing
from domain.imports.commands import BeginImport, FinishImport, ImportPage
from domain.imports.model import RegisterImport
from domain.imports.refusals import ImportAtWork, ImportEnded
from domain.messages import Act
from tests.given import moment

FILE = "5d" * 32
BEGIN = BeginImport(file=FILE, name="rejestr.csv", rows=2_000)
BEGUN = moment("2026-11-04 05:50")


def act(minutes: int = 0) -> Act:
    return Act(command_id=f"import:{FILE}", at=BEGUN + timedelta(minutes=minutes), by="import")


def refused(register: RegisterImport, minutes: int) -> list[type[Refusal]]:
    """What giving it up is refused for, when its last row was taken over as it was begun."""
    try:
        register.abandon(BEGUN, act(minutes))
    except Refusal as refusal:
        return [type(refusal)]
    return []


def recorded(register: RegisterImport) -> list[str]:
    return [type(event).__name__ for event in register.pending_events]


def test_whoever_finds_it_begun_goes_on_without_a_word() -> None:
    register = RegisterImport.begin(BEGIN, act())
    register.begin_again(BEGIN, act(1))
    assert recorded(register) == ["Begun"]


def test_it_is_finished_once_and_taken_up_again_by_a_new_row() -> None:
    register = RegisterImport.begin(BEGIN, act())
    for _ in range(2):
        register.finish(FinishImport(rejected=3), act(1))
    assert recorded(register) == ["Begun", "Finished"]
    register.begin_again(BEGIN, act(2))
    assert (register.state, recorded(register)[-1]) == ("under_way", "TakenUpAgain")


def test_only_what_stands_still_is_given_up_and_only_once() -> None:
    register = RegisterImport.begin(BEGIN, act())
    assert refused(register, 9) == [ImportAtWork]
    assert refused(register, 10) == []
    assert refused(register, 11) == []
    register.finish(FinishImport(rejected=0), act(12))
    assert recorded(register) == ["Begun", "Abandoned"]


def test_what_is_finished_is_not_given_up() -> None:
    register = RegisterImport.begin(BEGIN, act())
    register.finish(FinishImport(rejected=0), act(1))
    assert refused(register, 60) == [ImportEnded]


def test_a_report_waits_until_it_can_know_the_end_of_every_import() -> None:
    def page(ended: int | None) -> ImportPage:
        state = "finished" if ended else "under_way"
        own = {"id": FILE[:12], "file": FILE, "name": BEGIN.name, "rows": 1, "begun_at": BEGUN}
        return ImportPage.model_validate({**own, "state": state, "ended_position": ended})

    def waits_for(*pages: ImportPage) -> list[str]:
        return [refusal.name() for refusal in filing(pages, 100)]

    assert waits_for() == waits_for(page(100)) == []
    assert waits_for(page(99), page(101)) == ["ImportUnderWay"]
    assert waits_for(page(None)) == ["ImportUnderWay"]
