"""Twice is once: whatever is asked again, one after the other or at once, is done one time (T4)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from activities.actions import Rehearsal
from activities.interventions import InterventionCommands
from activities.tasks import TaskDesk
from domain.interventions.comments import CommentOnCase
from domain.messages import Message
from domain.steps import StopStep
from domain.tasks.commands import (
    ClaimTask,
    ReleaseTask,
)
from tests.activities.deeds import DECIDED, Ask, Deed, instructing
from tests.activities.deeds_of_deputies import DEEDS_OF_DEPUTIES
from tests.activities.deeds_of_kinds import DEEDS_OF_KINDS
from tests.activities.deeds_of_letters import DEEDS_OF_LETTERS
from tests.activities.deeds_of_operators import DEEDS_OF_OPERATORS
from tests.activities.deeds_of_promises import DEEDS_OF_PROMISES
from tests.activities.deeds_of_tasks import DEEDS_OF_TASKS
from tests.activities.deeds_of_the_sender import DEEDS_OF_THE_SENDER
from tests.activities.deeds_of_units import DEEDS_OF_UNITS
from tests.activities.desk import DONE, REPLY, TO_ZDMK, Desk
from tests.builders import sealed
from tests.given import moment

AT_ONCE = 8


def registering(desk: Desk) -> Ask:
    return lambda: desk.register("k-1").reference


def taking_up(desk: Desk) -> Ask:
    reference = desk.opened()
    return lambda: desk.view(reference)


def opening(desk: Desk) -> Ask:
    step = desk.step(desk.register().reference)
    return lambda: desk.commands.take_up_intervention(step)


def deciding(desk: Desk, kind: str, person: str, outcome: str, fields: Any, subject: str) -> Ask:
    reference = desk.answered() if kind != "triage" else desk.opened()
    if kind == "draft_reply":
        desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    step = desk.decision(person, desk.task(reference, kind, subject), outcome, fields)
    return lambda: desk.commands.decide_intervention_task(step).answer


def forwarding(desk: Desk) -> Ask:
    return deciding(desk, "triage", "clerk-a", "forward", TO_ZDMK, "-")


def forwarding_to_two_units(desk: Desk) -> Ask:
    second = {"unit": "ZTP", "question": sealed("Co z przystankiem?")}
    both = {"referrals": [*TO_ZDMK["referrals"], second]}
    return deciding(desk, "triage", "clerk-a", "forward", both, "-")


def accepting(desk: Desk) -> Ask:
    return deciding(desk, "check_feedback", "clerk-b", "accept", {}, "R1")


def returning(desk: Desk) -> Ask:
    missing = {"what_is_missing": sealed("Brak zdjęcia")}
    return deciding(desk, "check_feedback", "clerk-b", "return", missing, "R1")


def replying(desk: Desk) -> Ask:
    return deciding(desk, "draft_reply", "clerk-a", "submitted", REPLY, "-")


def informing(desk: Desk) -> Ask:
    reference = desk.forwarded()
    text = sealed("Czekamy na części")
    return instructing(desk, "interim_information", "zdmk-a", reference, referral="R1", text=text)


def handing_over(desk: Desk) -> Ask:
    gas = {"unit": "EXT-GAZ", "question": sealed("Czuć gaz"), "redacted": True}
    return deciding(desk, "triage", "clerk-a", "hand_over", {"referrals": [gas]}, "-")


def directing_the_sender(desk: Desk) -> Ask:
    guidance = {"guidance": sealed("Prosimy pytać spółdzielnię")}
    return deciding(desk, "triage", "clerk-a", "hand_over", guidance, "-")


def answering_at_once(desk: Desk) -> Ask:
    return deciding(desk, "triage", "clerk-a", "answer_at_once", {"text": sealed("Tak")}, "-")


def calling_the_sender(desk: Desk) -> Ask:
    question = {"question": sealed("Na którym przystanku?")}
    return deciding(desk, "triage", "clerk-a", "ask_supplement", question, "-")


def supplementing(desk: Desk) -> Ask:
    text = sealed("Przystanek Rondo")
    return instructing(desk, "supplement", "clerk-a", desk.called(), text=text)


def lapsing(desk: Desk) -> Ask:
    step = desk.step(desk.called(), moment("2026-10-13 00:00"))
    return lambda: desk.commands.climb_intervention_ladders(step)


def deciding_on_silence(desk: Desk, outcome: str) -> Ask:
    reference = desk.called()
    desk.at = moment("2026-10-13 00:00")
    desk.view(reference)
    task = desk.task(reference, "decide_incomplete")
    step = desk.decision("head-a", task, outcome, {"reason": sealed("Brak adresu")})
    return lambda: desk.commands.decide_intervention_task(step).answer


def climbing(desk: Desk) -> Ask:
    step = desk.step(desk.opened(), moment("2026-10-09 10:00"))
    return lambda: desk.commands.climb_intervention_ladders(step)


def closing(desk: Desk) -> Ask:
    step = desk.step(desk.replied())
    return lambda: desk.commands.close_intervention(step)


def closing_with_a_task_open(desk: Desk) -> Ask:
    reference = desk.opened()
    desk.send_letters(reference, bouncing=True)
    triage = desk.task(reference, "triage")
    desk.decide("clerk-a", triage, "forward", TO_ZDMK)
    desk.decide("zdmk-a", desk.task(reference, "answer_referral", "R1"), "done", DONE)
    desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    desk.decide("clerk-a", desk.task(reference, "draft_reply"), "submitted", REPLY)
    desk.send_letters(reference)
    step = desk.step(reference, moment("2026-11-02 10:00"))
    return lambda: desk.commands.close_intervention(step)


def remarking(desk: Desk) -> Ask:
    reference, act = desk.opened(), desk.act("clerk-a")
    command = CommentOnCase(text=sealed("Dzwonił radny"))
    return lambda: desk.commands.comment(reference, command, act)


def noting_a_stop(desk: Desk) -> Ask:
    step = StopStep(reference=desk.opened(), at=desk.at, run_id="run-1")
    return lambda: desk.commands.note_stop(step)


def rehearsing(desk: Desk) -> Ask:
    reference = desk.opened()
    return lambda: desk.rehearsal.actions_on_case(reference, "clerk-a", desk.at)


DEEDS = (
    Deed("register", registering, ("intervention.Registered",)),
    Deed("take up", taking_up, ()),
    Deed("take up a new one", opening, ("task.Opened",)),
    Deed("forward", forwarding, ("intervention.Forwarded", *DECIDED, "task.Opened")),
    Deed(
        "forward to two units",
        forwarding_to_two_units,
        (*["intervention.Forwarded"] * 2, *DECIDED, *["task.Opened"] * 2),
    ),
    Deed("accept", accepting, ("intervention.FeedbackAccepted", *DECIDED, "task.Opened")),
    Deed("return", returning, ("intervention.FeedbackReturned", *DECIDED, "task.Opened")),
    Deed("reply", replying, ("intervention.ReplySubmitted", *DECIDED)),
    Deed("inform", informing, ("intervention.InterimInformationGiven",)),
    Deed("hand over", handing_over, ("intervention.Forwarded", *DECIDED)),
    Deed("direct the sender", directing_the_sender, ("intervention.SenderDirected", *DECIDED)),
    Deed(
        "answer at once",
        answering_at_once,
        ("intervention.AnsweredAtOnce", *DECIDED, "task.Opened"),
    ),
    Deed("call the sender", calling_the_sender, ("intervention.SupplementAsked", *DECIDED)),
    Deed("supplement", supplementing, ("intervention.Supplemented", "task.Opened")),
    Deed("lapse", lapsing, ("intervention.SupplementLapsed", "task.Opened")),
    Deed(
        "leave without consideration",
        lambda desk: deciding_on_silence(desk, "leave_without_consideration"),
        ("intervention.Closed", *DECIDED),
    ),
    Deed(
        "go on without a supplement",
        lambda desk: deciding_on_silence(desk, "continue"),
        ("intervention.IncompleteAccepted", *DECIDED, "task.Opened"),
    ),
    *DEEDS_OF_THE_SENDER,
    *DEEDS_OF_UNITS,
    Deed("climb", climbing, ("task.Escalated",)),
    Deed("close", closing, ("intervention.Closed",)),
    Deed(
        "close with a task open",
        closing_with_a_task_open,
        ("intervention.Closed", "task.Withdrawn"),
    ),
    Deed("remark", remarking, ("intervention.Commented",)),
    Deed("note a stop", noting_a_stop, ("intervention.WorkflowStopped",)),
    *DEEDS_OF_KINDS,
    *DEEDS_OF_DEPUTIES,
    *DEEDS_OF_LETTERS,
    *DEEDS_OF_PROMISES,
    *DEEDS_OF_TASKS,
    *DEEDS_OF_OPERATORS,
    Deed("rehearse", rehearsing, ()),
)

every_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)


@every_deed
def test_what_is_asked_twice_is_done_once_and_answered_alike(deed: Deed, desk: Desk) -> None:
    ask = deed.prepare(desk)
    before = desk.store.position()
    first, second = ask(), ask()
    assert desk.topics(before) == list(deed.effect)
    assert comparable(second) == comparable(first)


@every_deed
def test_what_eight_ask_at_once_is_done_once_and_answered_alike(deed: Deed, desk: Desk) -> None:
    ask = deed.prepare(desk)
    before = desk.store.position()
    ready = Barrier(AT_ONCE)

    def one_of_them(_: int) -> Any:
        ready.wait(20)
        return ask()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(one_of_them, range(AT_ONCE)))
    assert desk.topics(before) == list(deed.effect)
    assert [comparable(answer) for answer in answers] == [comparable(ask())] * AT_ONCE


def comparable(answer: Any) -> Any:
    """Without the position of a view, which says how much of the log was there when it was read."""
    if isinstance(answer, Message) and "open_tasks" in type(answer).model_fields:
        return answer.model_copy(update={"position": 0})
    return answer


def test_every_public_method_of_the_desk_is_asked_twice() -> None:
    """A new activity has to be added above."""
    asked = {
        InterventionCommands: {
            "register",
            "take_up_intervention",
            "decide_intervention_task",
            "climb_intervention_ladders",
            "close_intervention",
            "note_stop",
            "decide",  # in memory only
            "instruct_intervention",
            "instruct",  # in memory only
            "move",  # in the unit of work of another
            "instructed",
            "comment",
            "file_document",
            "view",
        },
        TaskDesk: {
            "handle",
            "read_draft",
            # What these do is saved by whoever calls them, or nothing is.
            "move",
            "hats",
            "posts",
            "answer",
            "is_proven",
            "somebody_else",
            "decide",
            "open",
            "move_deadline",
            "arm",
            "raise_candidates",
            "keep_in_step",
            "give_until",
            "recount",
            "rungs",
            "climb",
            "row",
        },
        Rehearsal: {"actions", "actions_on_case", "instruct", "instruct_order", "rehearse"},
    }
    for owner, names in asked.items():
        public = {name for name, value in vars(owner).items() if callable(value)}
        assert {name for name in public if not name.startswith("_")} == names


def test_a_repeated_claim_is_answered_as_the_first_whatever_happened_since(desk: Desk) -> None:
    task, act = desk.task(desk.opened(), "triage"), desk.act("clerk-a")
    first = desk.handle(task, ClaimTask(), act)
    desk.handle(task, ReleaseTask(), desk.act("clerk-a"))
    assert desk.handle(task, ClaimTask(), act) == first


def test_a_repeated_decision_is_answered_as_the_first_whatever_happened_since(desk: Desk) -> None:
    reference = desk.opened()
    step = desk.decision("clerk-a", desk.task(reference, "triage"), "forward", TO_ZDMK)
    first = desk.commands.decide_intervention_task(step).answer
    desk.decide("zdmk-a", desk.task(reference, "answer_referral", "R1"), "done", DONE)
    desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    assert desk.case(reference).stage == "drafting"
    assert desk.commands.decide_intervention_task(step).answer == first
    assert first.case_stage == "with_units"


def test_two_people_who_decide_at_once_are_told_apart(desk: Desk) -> None:
    reference = desk.opened()
    triage = desk.task(reference, "triage")
    steps = [desk.decision(who, triage, "forward", TO_ZDMK) for who in ("clerk-a", "clerk-b")]
    ready = Barrier(2)

    def ask(step: Any) -> str:
        ready.wait(20)
        try:
            return desk.commands.decide_intervention_task(step).answer.state
        except Exception as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(ask, steps))
    assert found == ["Refusals", "completed"]
    assert desk.topics().count("intervention.Forwarded") == 1
