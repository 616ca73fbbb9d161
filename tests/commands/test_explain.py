"""`ks explain`: where a case stands, why, and what comes next, told from its events."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.interventions.refusals import CaseUnknown
from domain.working_days import WARSAW
from projections.case_file import CaseFile, case_file
from projections.case_page import case_page
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.builders import Case
from tests.commands.conftest import Ks, shifted_to
from tests.given import moment

BOOK = load_reference_data()
START = moment("2026-10-05 10:20")  # a Monday


def file_of(store: Store, case: Case, now: datetime | None = None) -> CaseFile:
    return case_file(store, BOOK, case.reference, now or case.at)


def local(at: datetime) -> str:
    return f"{at.astimezone(WARSAW):%Y-%m-%d %H:%M}"


def test_the_file_tells_since_when_the_case_is_at_its_stage(store: Store) -> None:
    case = Case(1, START, store=store).open_needed()
    forwarded_at = case.at
    case.forward("ZDMK", "ZTP").send_letters()
    file = file_of(store, case)
    assert (file.case.stage, file.waiting) == ("with_units", "unit")
    assert file.since == forwarded_at


def test_the_open_tasks_are_those_that_the_case_waits_for(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().forward("ZDMK", "ZTP").answer("R1")
    case.claim(case.task("check_feedback", "R1"))
    found = {task.task_ref: task.assignee for task in file_of(store, case).open_tasks}
    assert found == {
        "INT-2026-000001-check_feedback-R1-1": "ks-06-clerk",
        "INT-2026-000001-answer_referral-R2-1": None,
    }


def test_a_task_that_nobody_opened_is_named(store: Store) -> None:
    case = Case(1, START, store=store)
    assert file_of(store, case).unopened == ("INT-2026-000001-triage-1",)
    case.open_needed()
    assert file_of(store, case).unopened == ()


def test_a_referral_says_what_was_proposed_and_what_a_person_chose(store: Store) -> None:
    case = Case(1, START, store=store, category="roads.pothole").open_needed()
    case.forward("ZDMK").misroute().send_on("R1", "ZZM")
    proposed, chosen = file_of(store, case).referrals
    assert (proposed.referral.unit, proposed.as_proposed, proposed.replaces) == ("ZDMK", True, None)
    assert (chosen.referral.unit, chosen.as_proposed, chosen.replaces) == ("ZZM", False, "R1")
    assert (chosen.proposed.unit, chosen.proposed.rule) == ("ZDMK", "roads.pothole")
    page = "\n".join(str(part) for part in texts_of(case_page(file_of(store, case), BOOK.labels)))
    assert "a person chose it; row roads.pothole of routing table 1 proposed ZDMK: Kat" in page


def texts_of(page: Iterable[Any]) -> Iterator[Any]:
    """The texts of a page, without the blanks around them."""
    yield from (getattr(part, "renderable", part) for part in page)


def test_every_term_says_how_it_was_counted(store: Store) -> None:
    case = Case(1, START, store=store).open_needed()
    terms = {(each.code, each.of): each for each in file_of(store, case).terms}
    assert set(terms) == {
        *((name, "") for name in case.case.clocks),
        ("complete_by", "INT-2026-000001-triage-1"),
    }
    triage = terms["triage", ""]
    assert triage.explanation is not None
    assert triage.explanation.term == triage.term == case.case.clocks["triage"]
    assert triage.explanation.rule.id == "int.triage"


def test_a_term_that_was_met_is_not_late_for_ever(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().send_letters().forward("ZDMK").send_letters()
    much_later = START + timedelta(days=90)
    terms = {each.code: each for each in file_of(store, case, much_later).terms if not each.of}
    met = {code for code, each in terms.items() if each.met_at}
    assert met == {"acknowledgement", "triage", "forwarding"}
    assert {code for code, each in terms.items() if each.overdue(much_later)} == {"settlement"}


def test_steps_of_ladders_come_in_the_order_of_time_and_without_those_that_fired(
    store: Store,
) -> None:
    case = Case(1, START, store=store).open_needed().forward("ZDMK")
    steps = file_of(store, case).steps
    moments = [step.rung.fires_at for step in steps]
    assert moments == sorted(moments)
    ladders = {step.rung.ladder for step in steps}
    assert ladders == {rung.ladder for rung in case.task("answer_referral", "R1").rungs}
    case.claim(case.task("answer_referral", "R1"))
    assert "respond" not in {step.rung.ladder for step in file_of(store, case).steps}


def test_what_time_alone_brings_is_told(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().send_letters().ask_supplement().send_letters()
    file = file_of(store, case)
    assert file.waiting == "sender"
    supplement = case.case.clocks["supplement"].ends_at
    assert supplement is not None
    assert (supplement, "the time for a supplement ends") in file.moments
    assert list(file.moments) == sorted(file.moments)
    page = "\n".join(str(part) for part in texts_of(case_page(file, BOOK.labels)))
    assert "what the sender adds" in page
    assert f"{local(supplement)} the time for a supplement ends" in page
    later = file_of(store, case, supplement)
    assert "the time for a supplement ends" not in [why for _, why in later.moments]


def test_the_end_of_the_time_for_reopening_is_told(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().send_letters().forward("ZDMK").send_letters()
    case.answer().accept().draft().send_letters()
    assert case.case.window is not None
    told = [at for at, why in file_of(store, case).moments if "reopening" in why]
    assert told == [case.case.window.ends_at]


def test_letters_are_sent_or_owed(store: Store) -> None:
    case = Case(1, START, store=store).open_needed()
    assert [order.key for order in file_of(store, case).letters_owed] == ["N1.1.sender"]
    case.send_letters()
    file = file_of(store, case)
    assert file.letters_owed == ()
    assert file.case.letters["N1.1.sender"].state == "delivered"


def test_a_replied_case_says_what_stands_against_closing(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().send_letters().forward("ZDMK").send_letters()
    case.answer().accept().draft().send_letters()
    assert [refusal.name() for refusal in file_of(store, case).before_closing] == ["WindowOpen"]
    case.wait_for_window()
    assert file_of(store, case).before_closing == ()


def test_the_events_of_case_and_tasks_stand_in_the_order_of_the_log(store: Store) -> None:
    case = Case(1, START, store=store).whole_way()
    Case(2, START, store=store).open_needed()
    events = file_of(store, case).events
    assert [event.topic for event in events] == [type(e).TOPIC for e in case.events]
    assert [event.position for event in events] == list(range(1, len(events) + 1))


def test_a_case_that_nobody_registered_is_unknown(store: Store) -> None:
    with pytest.raises(CaseUnknown):
        case_file(store, BOOK, "INT-2026-000009", START)


def test_the_page_tells_it_in_the_words_of_the_office(
    ks: Ks, store: Store, settings: Settings
) -> None:
    case = Case(1, START, store=store).open_needed().send_letters()
    forwarded_at = case.at
    case.forward("ZDMK").claim(case.task("answer_referral", "R1"))
    shown = ks("explain", case.reference)
    assert shown.returncode == 0, shown.stderr
    page = shown.stdout
    assert f"stands at: u jednostek (with_units), since {local(forwarded_at)}" in page
    assert "waits for: jednostka (unit)" in page
    assert "a decision in INT-2026-000001-answer_referral-R1-1: załatwiono / " in page
    assert "Odpowiedź jednostki" in page
    assert "koordynator (ZDMK)" in page
    assert "zdmk-coordinator" in page
    assert "the letter zawiadomienie o przekazaniu (N2), round 1, to ZDMK (R1) goes out" in page
    assert "potwierdzenie przyjęcia (N1), round 1, to zgłaszający: doręczone" in page
    assert "załatwienie (settlement): safe due " in page
    assert "kpa.settle_motion: " in page
    assert "The day of the start, Mon 2026-10-05, is not counted." in page
    assert "R1 to ZDMK, leads: wysłane (sent), sent " in page
    assert "as proposed by row traffic.signal of routing table 1: Kategoria wskazuje" in page
    assert "intervention.Forwarded by ks-06-clerk: referral R1, round 1, unit ZDMK" in page
    assert "person:" not in page
    assert "text:" not in page


def test_a_unit_that_the_head_named_is_not_said_to_be_proposed(ks: Ks, store: Store) -> None:
    case = Case(1, START, store=store).open_needed().send_letters().forward("ZZM").misroute()
    case.send_on("R1", "ZTP").misroute("R2").send_on("R2", "ZDMK")
    page = ks("explain", case.reference).stdout
    assert "the head settled that it is competent; row traffic.signal" in page


def test_a_late_term_is_said_to_be_late(ks: Ks, store: Store) -> None:
    case = Case(1, START, store=store).open_needed()
    late = shifted_to(START + timedelta(days=90))
    page = ks("explain", case.reference, KS_CLOCK_SHIFT=late).stdout
    assert "the safe due has passed" in page


def test_a_closed_case_waits_for_nothing(ks: Ks, store: Store) -> None:
    case = Case(1, START, store=store).whole_way()
    page = ks("explain", case.reference).stdout
    assert "stands at: zakończona (closed)" in page
    assert "ended with: załatwiono (done)" in page
    assert "nothing: the case is closed" in page
    assert "the safe due has passed" not in page


def test_an_unknown_reference_is_named_in_a_sentence(ks: Ks, store: Store) -> None:
    for wrong in ("INT-2026-000124", "roads.pothole"):
        refused = ks("explain", wrong)
        assert refused.returncode == 1
        assert refused.stderr == f"ks: There is no such case. (CaseUnknown: reference {wrong})\n"


def test_on_hold_only_resuming_and_what_lessens_a_risk_unblocks_it(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().forward("ZDMK", "ZTP").hold()
    file = file_of(store, case)
    assert [task.type for task in file.open_tasks] == ["answer_referral", "answer_referral"]
    assert file.decisions == ()
    case.declare_emergency()
    decisions = file_of(store, case).decisions
    assert [(task.type, outcomes) for task, outcomes in decisions] == [
        ("call_duty_officer", ("passed_on", "not_an_emergency"))
    ]
    page = "\n".join(map(str, texts_of(case_page(file_of(store, case), BOOK.labels))))
    assert "an operator resumes the case" in page
    assert "a decision in INT-2026-000001-call_duty_officer" in page
    assert "a decision in INT-2026-000001-answer_referral" not in page
    case.resume()
    assert len(file_of(store, case).decisions) == 3


def test_on_hold_neither_the_sender_nor_closing_is_waited_for(store: Store) -> None:
    case = Case(1, START, store=store).open_needed().ask_supplement().send_letters().hold()
    assert not file_of(store, case).waits_for_sender
    replied = Case(2, START, store=store).open_needed().send_letters().forward("ZDMK")
    replied.answer().accept().draft().hold()
    assert file_of(store, replied).before_closing == ()
