"""Whoever approved a reply does not judge whether it was good, as long as somebody else can."""

import pytest

from domain.roster.commands import GrantRole, RecordAbsence
from domain.roster.model import ROSTER_ID
from domain.tasks.refusals import ExcludedFromTask
from domain.working_days import local_day
from tests.activities.desk import REPLY, Desk
from tests.builders import sealed


def asked_to_review(desk: Desk) -> str:
    """The reply was approved by head-a, and the sender asks to look at the matter again."""
    reference = desk.answered()
    desk.decide("clerk-b", desk.task(reference, "check_feedback", "R1"), "accept")
    reply = {**REPLY, "sensitive": ["legal"]}
    desk.decide("clerk-a", desk.task(reference, "draft_reply"), "submitted", reply)
    desk.decide("head-a", desk.task(reference, "approve_reply"), "approve")
    desk.send_letters(reference)
    desk.tell("clerk-a", reference, "reopen", {"text": sealed("Ławki nadal nie ma")})
    return reference


def second_head(desk: Desk, *, absent: bool = False) -> None:
    roster, day = desk.store.load(ROSTER_ID), local_day(desk.at)
    roster.grant_role(
        GrantRole(post="KS-06/head", person="head-b", valid_from=day), desk.act("director-a")
    )
    if absent:
        away = RecordAbsence(person="head-b", valid_from=day, valid_to=day)
        roster.record_absence(away, desk.act("director-a"))
    desk.store.save_all([roster])


def test_the_only_head_reviews_also_what_was_approved_by_that_head(desk: Desk) -> None:
    reference = asked_to_review(desk)
    task = desk.task(reference, "review_reopening")
    assert task.excluded == {}
    assert desk.decide("head-a", task, "reopen").answer.case_stage == "triage"


@pytest.mark.parametrize("absent", [False, True])
def test_another_head_who_is_there_reviews_instead(desk: Desk, absent: bool) -> None:
    second_head(desk, absent=absent)
    reference = asked_to_review(desk)
    task = desk.task(reference, "review_reopening")
    assert set(task.excluded) == (set() if absent else {"head-a"})
    if absent:
        assert desk.decide("head-a", task, "reopen").answer.case_stage == "triage"
        return
    with pytest.raises(ExcludedFromTask):
        desk.decide("head-a", task, "reopen")
    assert desk.decide("head-b", task, "reopen").answer.case_stage == "triage"
