"""Who may note absences and substitutions: the person, the head of the unit, the posts above."""

from datetime import date
from typing import Any

import pytest

from domain.roster import access
from domain.roster.access import Standing
from domain.roster.commands import EndSubstitution, GrantSubstitution, RecordAbsence
from domain.roster.refusals import RosterNotYours, TaskTypeUnknown
from runtime.reference_data import load_reference_data
from tests.domain.test_roster import away, july, stands_in, state_after

ORGANISATION = load_reference_data().organisation

POSTS = {
    "dyr-wolska": {"director"},
    "zast-media": {"deputy_media"},
    "zast-promo": {"deputy_promotion"},
    "red-kos": {"KS-07/editor"},
    "kier-zabek": {"KS-06/head"},
    "clerk-a": {"KS-06/clerk"},
    "clerk-b": {"KS-06/clerk"},
    "operator": {"operator"},
}


def standing(person: str) -> Standing:
    return Standing(person, frozenset(POSTS[person]), ORGANISATION)


def who_may(guard: Any, command: Any, *before: GrantSubstitution) -> set[str]:
    state = state_after(*before)
    return {who for who in POSTS if not list(guard(state, command, standing(who)))}


ABOVE_KS_06 = {"kier-zabek", "zast-media", "dyr-wolska"}
OF_THE_EDITOR = {"red-kos", "zast-media", "dyr-wolska"}


@pytest.mark.parametrize(
    ("person", "may"),
    [
        ("clerk-a", {"clerk-a", *ABOVE_KS_06}),
        ("kier-zabek", ABOVE_KS_06),
        ("red-kos", OF_THE_EDITOR),
        ("zast-media", {"zast-media", "dyr-wolska"}),
        ("dyr-wolska", {"dyr-wolska"}),
    ],
)
def test_an_absence_is_noted_along_the_line(person: str, may: set[str]) -> None:
    for substitute in (None, "clerk-b"):
        assert who_may(access.recording, away(person, substitute)) == may
    assert who_may(access.granting, stands_in("clerk-b", person=person)) == may


@pytest.mark.parametrize(
    ("post", "may"),
    [
        ("KS-07/editor", OF_THE_EDITOR),
        ("director", {"dyr-wolska"}),
        ("spokesperson", {"dyr-wolska"}),
    ],
)
def test_a_post_is_a_matter_of_its_holder_and_those_above(post: str, may: set[str]) -> None:
    given = stands_in("clerk-b", post=post)
    assert who_may(access.granting, given) == may
    ended = EndSubstitution(number=1, from_day=july(8))
    assert who_may(access.ending, ended, given) == may


def test_nobody_stands_above_somebody_who_holds_nothing() -> None:
    before = RecordAbsence(person="clerk-a", valid_from=date(2025, 1, 1), valid_to=date(2025, 1, 2))
    assert who_may(access.recording, before) == {"clerk-a"}
    assert who_may(access.granting, stands_in("clerk-b", person="nikt")) == set()


def test_the_refusal_names_the_posts_of_whoever_asked() -> None:
    state, given = state_after(), stands_in("clerk-b", person="clerk-a")
    (refusal,) = access.granting(state, given, standing("operator"))
    assert isinstance(refusal, RosterNotYours)
    assert refusal.facts == {"posts": ["operator"]}


def test_a_substitute_serves_in_known_tasks_only() -> None:
    assert list(access.serving("all", {"triage"})) == []
    (refusal,) = access.serving(("triage", "nie_ma"), {"triage"})
    assert isinstance(refusal, TaskTypeUnknown)
    assert refusal.facts == {"task_type": "nie_ma"}
