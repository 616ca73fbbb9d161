"""Tasks of letters that came back, and of those that a person takes to the post (A25)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.interventions.asks import Ask, Now
from domain.interventions.bounces import bounced_at, written_at
from domain.interventions.commands import NoteOnFile
from domain.interventions.commands_bounces import (
    CorrectAddress,
    GiveOtherwise,
    RecordPosting,
    RecordReceipt,
    RecordReturn,
    SendByPost,
)
from domain.interventions.entities import Letter, LetterState
from domain.interventions.notices import task_about
from domain.tasks.commands import TaskOrder
from domain.tasks.types import Outcome, TaskType

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def _letters(case: "Intervention", state: LetterState) -> Iterator[tuple[str, Letter]]:
    if case.stage != "closed":
        yield from ((k, letter) for k, letter in case.letters.items() if letter.state == state)


def _bounces(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for key, letter in _letters(case, "bounced"):
        yield task_about("handle_bounce", key, letter.attempt)


def _to_post(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for key, letter in _letters(case, "prepared"):
        yield task_about("post_letter", key, letter.attempt)


def _posted(case: "Intervention", now: Now) -> Iterator[TaskOrder]:
    for key, letter in _letters(case, "sent"):
        if letter.channel == "post":
            yield task_about("post_receipt", key, letter.attempt)


ASKS = (
    Ask(
        TaskType(
            name="handle_bounce",
            outcomes={
                "correct_address": Outcome(CorrectAddress),
                "post": Outcome(SendByPost),
                "other_channel": Outcome(GiveOtherwise),
                "file_note": Outcome(NoteOnFile),
            },
            complete="int.bounce",
        ),
        needed=_bounces,
        started_at=bounced_at,
    ),
    Ask(
        TaskType(
            name="post_letter",
            outcomes={"posted": Outcome(RecordPosting)},
            complete="int.post",
        ),
        needed=_to_post,
        started_at=written_at,
    ),
    Ask(
        TaskType(
            name="post_receipt",
            outcomes={"received": Outcome(RecordReceipt), "came_back": Outcome(RecordReturn)},
            complete="int.post_receipt",
        ),
        needed=_posted,
        started_at=written_at,
    ),
)
