"""State is what the events make it: rebuilt from the log, every version equals the live one."""

from copy import deepcopy
from random import Random
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import JSONTranscoder
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.interventions import forms, reopenings, supplements, withdrawals
from domain.interventions.asks import Now
from domain.interventions.transitions import ON_THE_MERITS
from domain.messages import SYSTEM, Act
from runtime.mapper import TypedMapper
from tests.builders import Case
from tests.given import moment, rebuilt
from tests.sizes import examples

MONDAY = moment("2026-10-05 10:20")
MAPPER = TypedMapper(JSONTranscoder())


def may_be_reopened(case: Case) -> bool:
    now = Act(command_id="ask", at=case.at, by=SYSTEM)
    return not any(True for _ in reopenings.requesting(case.case, now, case.book))


def next_step(case: Case, chance: Random) -> None:
    """Whatever people might do next."""
    if case.case.on_hold:
        case.resume()
        return
    if case.case.stage != "closed" and chance.random() < 0.1:
        case.hold()
        return
    if case.case.stage == "awaiting_supplement" and chance.random() < 0.4:
        in_time = supplements.awaited(case.case) and "supplement" in case.case.clocks
        chance.choice([case.supplement, *([case.wait_for_supplement] if in_time else [])])()
        return
    if case.case.joining is not None and chance.random() < 0.5:
        case.unlink()
        return
    waiting = forms.steps_taken_back(case.case, Now(case.at, case.book))
    if waiting:
        case.reopen_step(case.tasks[min(waiting)])
        return
    if chance.random() < 0.5 and may_be_reopened(case):
        case.ask_to_reopen()
        return
    if chance.random() < 0.05 and not any(True for _ in withdrawals.withdrawing(case.case)):
        case.withdraw_report()
        return
    if case.open_tasks and chance.random() < 0.05:
        case.take_back(chance.choice(case.open_tasks))
        return
    if not case.open_tasks or chance.random() < 0.2:
        case.send_letters(bouncing=chance.random() < 0.3)
        return
    if chance.random() < 0.1 and case.case.stage in ON_THE_MERITS and not case.case.proposal:
        case.requalify()
        return
    if not case.case.emergency and chance.random() < 0.1:
        case.declare_emergency()
        return
    task = chance.choice(case.open_tasks)
    if task.state == "offered" and chance.random() < 0.2:
        # Nobody stands above the Director, so nobody gives the Director a task.
        above = case.book.organisation.superiors(task.candidates[0])
        chance.choice([case.claim, case.assign] if above else [case.claim])(task)
        return
    match task.type:
        case "triage" if chance.random() < 0.3 and case.case.round not in case.case.supplements:
            case.ask_supplement()
        case "review_reopening" if not case.case.proposal and chance.random() < 0.2:
            case.find_complaint()
        case "review_reopening":
            case.reopen() if chance.random() < 0.7 else case.decline_reopening()
        case "decide_withdrawal":
            case.stop_on_withdrawal() if chance.random() < 0.5 else case.continue_ex_officio()
        case "triage" if chance.random() < 0.3:
            case.answer_at_once() if chance.random() < 0.5 else case.hand_over("EXT-GAZ")
        case "decide_incomplete" if supplements.call_failed(case.case):
            case.consider_as_it_is()
        case "decide_incomplete":
            chance.choice([case.consider_as_it_is, case.leave])()
        case "triage" if not case.case.joined and chance.random() < 0.2:
            case.join(Case(122, case.at, category=case.case.category))
        case "confirm_requalification":
            chance.choice([case.confirm_kind, case.reject_kind])()
        case "call_duty_officer":
            chance.choice([case.pass_on, case.deny_emergency])()
        case "triage":
            case.forward(*chance.choice([["ZDMK"], ["ZDMK", "ZTP"], ["MPO", "ZTP", "ZZM"]]))
        case "answer_referral" if chance.random() < 0.3 and not case.case.competent:
            case.misroute(task.subject)
        case "reroute" | "settle_competence":
            case.send_on(task.subject, chance.choice(["ZDMK", "ZTP"]))
        case "answer_referral":
            case.answer(task.subject, chance.choice(["done", "planned", "no_basis"]))
        case "check_feedback" if chance.random() < 0.3 and task.round < 3:
            case.give_back(task.subject)
        case "check_feedback":
            case.accept(task.subject)
        case "draft_reply":
            case.draft(chance.choice(["done", "no_basis"]), chance.choice([(), ("media",)]))
        case "approve_reply":
            chance.choice([case.approve, case.send_back])()
        case "handle_bounce":
            ways = [case.correct_address, case.send_by_post, case.give_otherwise]
            chance.choice([case.note_bounce, *ways])(task.subject)
        case "confirm_promise":
            acts = [case.keep_promise, case.move_promise, case.break_promise]
            chance.choice(acts)(task.subject)
        case "decide_promise":
            chance.choice([case.wait_for_broken, case.give_up_promise])(task.subject)
        case "post_letter":
            case.post(task.subject)
        case "post_receipt":
            chance.choice([case.receipt, case.came_back])(task.subject)


def stored_and_read(event: Any) -> Any:
    return MAPPER.to_domain_event(MAPPER.to_stored_event(event))


@pytest.mark.walk
@settings(max_examples=examples(40), deadline=None)
@given(chance=st.randoms(use_true_random=False), steps=st.integers(1, 14))
def test_every_version_rebuilt_from_stored_events_equals_the_live_one(
    chance: Random, steps: int
) -> None:
    case = Case(123, MONDAY).open_needed()
    live: dict[tuple[UUID, int], Any] = {}
    for _ in range(steps):
        next_step(case, chance)
        for aggregate in (case.case, *case.tasks.values()):
            live.setdefault((aggregate.id, aggregate.version), deepcopy(aggregate))
    for (id, version), aggregate in live.items():
        own = [event for event in case.events if event.originator_id == id]
        again = rebuilt(stored_and_read(event) for event in own[:version])
        assert again == aggregate
        assert (again.version, again.recent) == (version, aggregate.recent)


def test_a_case_that_went_the_whole_way_is_rebuilt_at_every_version() -> None:
    case = Case(123, MONDAY).whole_way()
    own = [event for event in case.events if event.originator_id == case.case.id]
    again = rebuilt(stored_and_read(event) for event in own)
    assert again == case.case
    assert (again.stage, again.version) == ("closed", len(own))
