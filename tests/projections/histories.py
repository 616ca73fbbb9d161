"""Random but legal histories of cases: each step is one that the case allows at that moment."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from domain.interventions import (
    duplicates,
    forms,
    recalls,
    records,
    reopenings,
    rules,
    supplements,
    withdrawals,
)
from domain.interventions.asks import Now
from domain.interventions.commands_duplicates import MarkDuplicate
from domain.interventions.commands_records import CorrectData
from domain.interventions.commands_units import RecallReferral
from domain.interventions.promises import still_open
from domain.interventions.rounds import asked_this_round
from domain.interventions.transitions import ON_THE_MERITS
from domain.messages import SYSTEM, Act
from domain.tasks.model import Task
from domain.tasks.types import Priority
from domain.working_days import local_day
from runtime.store import Store
from tests.builders import PLACES, Case, colleague, resident, sealed
from tests.sizes import examples
from tests.term_rows import book_with_a_day_off

START = datetime(2026, 10, 5, 10, 20, tzinfo=ZoneInfo("Europe/Warsaw"))

FEW = settings(
    max_examples=examples(3),
    deadline=None,
    # Examples share a store whose log grows; to shrink one would replay it for minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

WITH_A_DAY_OFF = book_with_a_day_off(date(2026, 10, 9))

Step = Callable[[], object]

_numbers = count(1)
"""Examples of one test share its store: each takes cases of its own."""

choices = st.lists(st.integers(0, 10_000), min_size=12, max_size=36)
"""Which of the possible steps is taken, one number a step."""


def played(store: Store, numbers: list[int], *, cases: int = 2) -> list[Case]:
    """New cases whose steps are mixed in the log as the numbers say; one goes the whole way."""
    straight = [number % 7 == 0 for number in numbers]
    started = [_begun(store, place) for place in range(cases)]
    for place, number in enumerate(numbers):
        case = started[number % cases]
        if steps := [*possible(case), *_of_whoever_compares(case, started)]:
            steps[number // cases % len(steps)]()
        if straight[place] and True not in straight[:place]:
            started.append(_begun(store, cases).whole_way())
    return started


def _begun(store: Store, place: int) -> Case:
    number = next(_numbers)
    nobody = {"sender": None} if place == 1 and number % 2 else {}
    return Case(
        number,
        START + timedelta(days=place),
        store=store,
        pace=timedelta(minutes=50),
        place=PLACES[0],
        reach="none" if place == 1 else "email",
        brought_by="mp" if place == 2 else "none",
        **nobody,
    ).open_needed()


def possible(case: Case) -> list[Step]:
    """Every step that somebody may take now; decisions come up more often than the rest."""
    if case.case.stage == "closed":
        return []
    if case.case.on_hold:
        return [case.resume, *_of_tasks_at_rest(case)]
    steps: list[Step] = [lambda: case.send_letters(bouncing=True), case.send_letters, case.hold]
    steps += _of_whoever_looks_closer(case)
    if case.case.stage == "replied":
        steps += [partial(case.wait_for_promise, ref) for ref in still_open(case.case)]
    steps += [partial(case.reopen_step, case.tasks[ref]) for ref in taken_back(case)]
    steps.append(lambda: case.load(WITH_A_DAY_OFF))
    steps += [
        lambda: case.put_right(channel="email" if case.case.channel != "email" else "letter"),
        case.file_document,
        *_of_the_right_sender(case),
    ]
    for task in case.open_tasks:
        steps += 3 * of_task(case, task.type, task.subject)
        steps += _of_whoever_holds(case, task)
        steps += _of_whoever_looks_on(case, task)
        steps += _of_the_operator(case, task)
    steps += [partial(case.comment, task) for task in case.tasks.values() if not task.is_open][-1:]
    steps += 3 * _of_the_sender(case)
    steps.append(case.remark)
    steps += _of_recalling(case)
    if may_close(case):
        steps += 3 * [lambda: in_time(case).close()]
    return steps


def _of_the_right_sender(case: Case) -> list[Step]:
    """Now and then it was somebody else who reported the matter, or nobody knows who."""
    if len(case.events) % 11 != 4:
        return []
    somebody = {"sender": resident(f"Osoba {len(case.events)}"), "reach": "email"}
    unheard = {"sender": resident(f"Osoba {len(case.events)}"), "reach": "none"}
    told: list[dict[str, Any]] = [somebody, unheard, {"sender": {}}]
    forms = [CorrectData.model_validate({**each, "reason": sealed("Pomyłka")}) for each in told]
    return [
        partial(case.put_right, **each)
        for each, form in zip(told, forms, strict=True)
        if not any(records.correcting(case.case, form, case.book))
    ]


def _of_tasks_at_rest(case: Case) -> list[Step]:
    """What nobody decides while the case is on hold may still change hands."""
    return [partial(case.claim, task) for task in case.open_tasks if task.assignee is None]


def _of_whoever_compares(case: Case, town: list[Case]) -> list[Step]:
    """Now and then two reports are about one matter, or turn out not to be."""
    if case.case.joining is not None:
        return [case.unlink] if len(case.events) % 3 == 0 else []
    if len(case.events) % 5 != 2 or case.case.on_hold:
        return []
    return [partial(case.join, other) for other in town if may_join(case, other)]


def may_join(case: Case, other: Case) -> bool:
    then = Act(command_id="join", at=case.at, by=SYSTEM)
    form = MarkDuplicate(target=other.reference)
    return not any(duplicates.marking(case.case, form, other.case, then, case.book))


def _of_whoever_looks_closer(case: Case) -> list[Step]:
    """Now and then the case turns out to be another one than it was taken for."""
    seldom = len(case.events) % 7
    steps: list[Step] = []
    if seldom == 3 and case.case.stage in ON_THE_MERITS and case.case.proposal is None:
        steps.append(case.requalify)
    if seldom == 4 and not case.case.emergency:
        steps.append(case.declare_emergency)
    return steps


def _of_whoever_holds(case: Case, task: Task) -> list[Step]:
    if task.assignee is not None:
        steps: list[Step] = [lambda: case.return_task(task)]
        if task.state != "delegated":
            steps = [lambda: case.release(task)]
            if colleague(task.candidates[0]) not in task.excluded:
                steps.append(lambda: case.delegate(task))
        steps.append(lambda: case.save_draft(task))
        if task.draft is not None and case.book.organisation.superiors(task.candidates[0]):
            steps.append(lambda: case.read_draft(task))
        return steps + _of_putting_aside(case, task)
    above = case.book.organisation.superiors(task.candidates[0])
    return [lambda: case.claim(task), *([lambda: case.assign(task)] if above else [])]


def _of_putting_aside(case: Case, task: Task) -> list[Step]:
    if task.is_parked(case.at):
        return [lambda: case.unpark(task)]
    tomorrow = local_day(case.at) + timedelta(days=1)
    term = task.complete_by
    fits = term is not None and term.due_at is not None and tomorrow <= term.safe_due
    return [lambda: case.park(task, tomorrow)] if fits else []


def _of_whoever_looks_on(case: Case, task: Task) -> list[Step]:
    steps: list[Step] = []
    if colleague(task.candidates[0]) not in task.excluded:
        steps.append(lambda: case.declare_conflict(task))
    if case.book.organisation.superiors(task.candidates[0]):
        priority: Priority = "urgent" if task.priority != "urgent" else "low"
        steps.append(lambda: case.change_priority(task, priority))
    if case.book.organisation.raised_from(task.candidates[0]):
        steps.append(lambda: case.raise_candidates(task))
    return steps


def taken_back(case: Case) -> list[str]:
    """What waits for an operator to open it again."""
    return sorted(forms.steps_taken_back(case.case, Now(case.at, case.book)))


def _of_the_operator(case: Case, task: Task) -> list[Step]:
    term = task.complete_by
    if task.subject != "-" or term is None or not case.book.deadlines.may_stop(term):
        return []
    until = max(term.safe_due, local_day(case.at)) + timedelta(days=3)
    return [lambda: case.take_back(task), lambda: case.move_term(task, until)]


def of_task(case: Case, type: str, subject: str) -> list[Step]:
    match type:
        case "triage":
            ways: list[Step] = [
                *2 * [lambda: case.forward("ZDMK"), lambda: case.forward("ZZM", "MPO", "ZDMK")],
                case.answer_at_once,
                lambda: case.hand_over("EXT-GAZ", "EXT-TAURON"),
            ]
            if may_be_asked(case):
                ways.append(case.ask_supplement)
            return ways
        case "review_reopening":
            may_be_other = [case.find_complaint] if case.case.proposal is None else []
            return [case.reopen, case.reopen, case.decline_reopening, *may_be_other]
        case "decide_withdrawal":
            return [case.continue_ex_officio, case.stop_on_withdrawal]
        case "decide_incomplete":
            return _of_the_incomplete(case)
        case "answer_referral":
            answers: list[Step] = [
                lambda: case.answer(subject),
                lambda: case.answer(subject, "planned"),
            ]
            if case.case.referrals[subject].unit not in case.case.competent:
                answers.append(lambda: case.misroute(subject))
            if _may_ask_for_time(case, subject):
                answers.append(lambda: case.request_extension(subject))
            return [
                *answers,
                lambda: case.inform(subject),
                lambda: case.wait_for_silence(subject),
            ]
        case "decide_extension":
            request = case.case.referrals[subject].request
            in_time = request is not None and request.until > local_day(case.at)
            return [lambda: case.refuse(subject), *([lambda: case.grant(subject)] * in_time)]
        case "decide_silence":
            other = _another_than(case, subject)
            return [
                lambda: case.wait_longer(subject),
                lambda: case.write_off(subject),
                lambda: case.order_other(other, subject),
            ]
        case "decide_partial":
            return [lambda: case.reply_in_part(subject), lambda: case.wait_for_the_rest(subject)]
        case "settle_insufficient":
            return [
                lambda: case.accept_as_is(subject),
                lambda: case.order_again(subject),
                lambda: case.take_over(subject),
            ]
        case "reroute" | "settle_competence":
            if len(asked_this_round(case.case)) >= 12:
                return []
            units = ["ZDMK", "ZZM", *["EXT-TAURON"] * (not case.case.referrals[subject].lead)]
            return [partial(case.send_on, subject, unit) for unit in units]
        case "check_feedback":
            steps: list[Step] = [lambda: case.accept(subject)]
            return [*steps, lambda: case.give_back(subject)]
        case "draft_reply":
            return [case.draft, lambda: case.draft("no_basis", ("media",))]
        case "delay_notice":
            return [case.tell_of_delay]
        case "approve_reply":
            return [case.approve, case.send_back]
        case "confirm_requalification":
            return [case.confirm_kind, case.reject_kind, case.reject_kind]
        case "call_duty_officer":
            return [case.pass_on, case.deny_emergency]
        case "state_notice":
            return [case.tell_state]
        case "confirm_promise":
            return [
                lambda: case.keep_promise(subject),
                lambda: case.move_promise(subject),
                lambda: case.break_promise(subject),
            ]
        case "decide_promise":
            return [lambda: case.wait_for_broken(subject), lambda: case.give_up_promise(subject)]
        case "post_letter":
            return [lambda: case.post(subject)]
        case "post_receipt":
            return [lambda: case.receipt(subject), lambda: case.came_back(subject)]
        case _:
            return [
                lambda: case.note_bounce(subject),
                lambda: case.note_bounce(subject),
                lambda: case.correct_address(subject),
                lambda: case.send_by_post(subject),
                lambda: case.give_otherwise(subject),
            ]


def _may_ask_for_time(case: Case, subject: str) -> bool:
    referral = case.case.referrals[subject]
    in_time = referral.feedback_by is not None and not referral.feedback_by.overdue(case.at)
    return in_time and referral.request is None and referral.extensions < 2


def _of_recalling(case: Case) -> list[Step]:
    told = sealed("Sprawa jest już załatwiona") if case.case.is_replied_in_part else None
    commands = [
        RecallReferral(referral=ref, reason=sealed("Pomyłka"), told=told)
        for ref in case.case.referrals
    ]
    return [
        partial(case.recall, command.referral)
        for command in commands
        if not any(True for _ in recalls.recalling(case.case, command))
    ]


def _another_than(case: Case, subject: str) -> str:
    return "ZTP" if case.case.referrals[subject].unit != "ZTP" else "ZZM"


def may_be_asked(case: Case) -> bool:
    """Whether the sender may be called to supplement the report now."""
    return not any(True for _ in supplements.asking(case.case))


def _of_the_incomplete(case: Case) -> list[Step]:
    if supplements.call_failed(case.case):
        return [case.consider_as_it_is]
    return [case.consider_as_it_is, case.leave]


def _of_the_sender(case: Case) -> list[Step]:
    then = Act(command_id="ask", at=case.at, by=SYSTEM)
    steps: list[Step] = []
    if not any(True for _ in reopenings.requesting(case.case, then, case.book)):
        steps += 4 * [case.ask_to_reopen]
    if len(case.events) % 9 == 0 and not any(True for _ in withdrawals.withdrawing(case.case)):
        steps.append(case.withdraw_report)
    if case.case.stage != "awaiting_supplement":
        return steps
    steps.append(case.supplement)
    if "supplement" in case.case.clocks and supplements.awaited(case.case):
        steps.append(case.wait_for_supplement)
    return steps


def in_time(case: Case) -> Case:
    """At the moment at which it may close: once the window is over, if it has one to wait for."""
    return case.wait_for_window() if case.case.stage == "replied" else case


def may_close(case: Case) -> bool:
    """Once the window is over, or the last letters of a case that ends are out."""
    window = case.case.window
    at = window.ends_at if window else None
    if case.case.stage == "replied" and at is None:
        return False
    then = Act(command_id="close", at=at or case.at, by=SYSTEM)
    return not any(True for _ in rules.closing(case.case, then))
