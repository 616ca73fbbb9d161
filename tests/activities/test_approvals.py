"""Replies for the press: the Director approves, and never a draft of the Director's own (I11)."""

import pytest

from domain.interventions.refusals import NobodyToApprove
from domain.roster.commands import FillPost
from domain.roster.model import ROSTER_ID
from domain.working_days import local_day
from tests.activities.desk import REPLY, Desk
from tests.builders import sealed

FOR_THE_PRESS = {**REPLY, "sensitive": ["media"]}
BY_RIGHT_OF_A_SUPERIOR = {"note": sealed("Sprawa jest w mediach, piszę odpowiedź sam")}


def drafting(desk: Desk) -> str:
    reference = desk.answered()
    desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    return reference


def draft(desk: Desk, reference: str, by: str, reply: dict[str, object], round_: int = 1) -> None:
    note = BY_RIGHT_OF_A_SUPERIOR if by == "director-a" else {}
    task = desk.task(reference, "draft_reply", round_=round_)
    desk.decide(by, task, "submitted", reply, **note)


def elect(desk: Desk) -> None:
    """Somebody takes part in the work for the President."""
    roster = desk.store.load(ROSTER_ID)
    post = FillPost(post="president", person="president-a", valid_from=local_day(desk.at))
    roster.fill_post(post, desk.act("operator-a"))
    desk.store.save_all([roster])


def test_what_nobody_could_approve_is_refused_before_it_is_written(desk: Desk) -> None:
    reference = drafting(desk)
    with pytest.raises(NobodyToApprove) as refused:
        draft(desk, reference, "director-a", FOR_THE_PRESS)
    assert refused.value.facts["posts"] == ["director"]
    assert refused.value.facts["authors"] == {"director-a": "author of draft 1"}
    draft(desk, reference, "clerk-a", FOR_THE_PRESS)
    assert desk.task(reference, "approve_reply").candidates == ("director",)


def test_it_is_said_before_anybody_tries(desk: Desk) -> None:
    reference = drafting(desk)
    task = desk.task(reference, "draft_reply").task_ref

    def limits(person: str) -> list[str]:
        actions = desk.rehearsal.actions(task, person, desk.at)
        [submitted] = (each for each in actions if each.outcome == "submitted")
        assert submitted.allowed
        return [reason.refusal for reason in submitted.limits]

    assert limits("director-a") == ["NobodyToApprove"]
    assert limits("clerk-a") == []


def test_the_director_writes_what_is_not_for_the_press(desk: Desk) -> None:
    reference = drafting(desk)
    draft(desk, reference, "director-a", {**REPLY, "sensitive": ["legal"]})
    assert desk.task(reference, "approve_reply").candidates == ("KS-06/head",)


def test_the_president_approves_what_the_director_wrote(desk: Desk) -> None:
    elect(desk)
    reference = drafting(desk)
    draft(desk, reference, "director-a", FOR_THE_PRESS)
    task = desk.task(reference, "approve_reply")
    assert task.candidates == ("president",)
    assert desk.decide("president-a", task, "approve").answer.case_stage == "replied"


def test_an_author_of_an_earlier_draft_is_one_still(desk: Desk) -> None:
    reference = drafting(desk)
    draft(desk, reference, "director-a", {**REPLY, "sensitive": ["legal"]})
    back = {"note": sealed("To trafi do prasy")}
    desk.decide("head-a", desk.task(reference, "approve_reply"), "return", back)
    with pytest.raises(NobodyToApprove):
        draft(desk, reference, "clerk-a", FOR_THE_PRESS, 2)
    elect(desk)
    draft(desk, reference, "clerk-a", FOR_THE_PRESS, 2)
    assert desk.task(reference, "approve_reply", round_=2).candidates == ("president",)
