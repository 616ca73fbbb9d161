"""I3: a case closes as answered once its outcome is delivered, or a note is on the file instead."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.builders import Case
from tests.domain.ledger_replies import ReplyLedger
from tests.domain.test_invariants_replay import MONDAY
from tests.projections.random_log import random_log


class Recorder:
    """A log in memory."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def save_all(self, aggregates: Iterable[Any]) -> None:
        self.events += [event for each in aggregates for event in each.collect_events()]


def observe(events: Iterable[Any]) -> ReplyLedger:
    ledger = ReplyLedger()
    for event in events:
        if event.TOPIC.startswith("intervention."):
            ledger.read(event)
    return ledger


def is_delivery(event: Any, *, of_round: int) -> bool:
    """Whether it tells that the outcome of a round arrived."""
    delivered = type(event).__name__ == "NoticeDelivered"
    return delivered and (event.kind, event.round) == ("N5", of_round)


def replied(**report: Any) -> Case:
    """The reply is written, and its letter not sent yet."""
    case = Case(123, MONDAY, **report).open_needed().send_letters().forward("ZDMK").send_letters()
    return case.answer().accept().draft()


@pytest.mark.parametrize("seed", range(5))
def test_whoever_was_answered_was_told(seed: int) -> None:
    log = Recorder()
    random_log(log, seed, cases=60)
    assert observe(log.events).answered > 0


def test_a_note_on_the_file_stands_for_a_reply_that_bounced() -> None:
    case = replied().send_letters(bouncing=True)
    [bounce] = [task for task in case.open_tasks if task.type == "handle_bounce"]
    case.note_bounce(bounce.subject).wait_for_window().close()
    assert observe(case.events).answered == 1
    without = [event for event in case.events if type(event).__name__ != "BounceHandled"]
    with pytest.raises(AssertionError, match="I3"):
        observe(without)


def test_the_reply_of_an_earlier_round_does_not_count() -> None:
    case = replied().send_letters().ask_to_reopen().reopen().forward("ZDMK").send_letters()
    case.answer("R2").accept("R2").draft().send_letters().wait_for_window().close()
    assert observe(case.events).answered == 1
    without = [event for event in case.events if not is_delivery(event, of_round=2)]
    with pytest.raises(AssertionError, match="I3"):
        observe(without)


def test_an_anonymous_sender_is_owed_no_letter() -> None:
    case = replied(reach="none").wait_for_window().close()
    assert observe(case.events).answered == 1
