"""Posts, roles, absences and substitutions: who may act on which day."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.messages import Message
from domain.roster.commands import (
    EndSubstitution,
    FillPost,
    GrantRole,
    GrantSubstitution,
    OpenRoster,
    RecordAbsence,
    RevokeRole,
    VacatePost,
)
from domain.roster.guards import OF_ONE_PERSON
from domain.roster.model import ROSTER_ID, Roster
from domain.roster.refusals import (
    NotHeld,
    NothingHeld,
    PostComesWithAnother,
    PostHeld,
    PostOfOnePerson,
    PostVacant,
    RoleHeld,
    RoleOfSeveral,
    SubstituteMissing,
    SubstituteNotActive,
    SubstituteOfOneself,
    SubstitutionEndInThePast,
    SubstitutionInThePast,
    SubstitutionOver,
    SubstitutionUnknown,
)
from domain.roster.rules import (
    Hat,
    acting_for,
    holders_of,
    is_absent,
    is_active,
    posts_of,
    substitutes_of,
)
from domain.roster.state import RosterState
from domain.working_days import local_day
from tests.given import Story, given, moment

TODAY = moment("2026-06-30 09:00")
HIRED = date(2026, 1, 1)


def holds(person: str, post: str) -> FillPost | GrantRole:
    kind = FillPost if post in OF_ONE_PERSON else GrantRole
    return kind(person=person, post=post, valid_from=HIRED)


STAFF = (
    OpenRoster(),
    holds("dyr-wolska", "director"),
    holds("zast-media", "deputy_media"),
    holds("red-kos", "KS-07/editor"),
    holds("red-lis", "KS-03/clerk"),
    holds("kier-zabek", "KS-06/head"),
    holds("clerk-a", "KS-06/clerk"),
    holds("clerk-b", "KS-06/clerk"),
)


def roster(*commands: Message) -> Story[Roster]:
    return given(Roster, *STAFF, *commands, at=TODAY)


def july(day: int) -> date:
    return date(2026, 7, day)


def away(person: str, substitute: str | None = None) -> RecordAbsence:
    return RecordAbsence(
        person=person, valid_from=july(6), valid_to=july(17), substitute=substitute
    )


def stands_in(substitute: str, **of: Any) -> GrantSubstitution:
    return GrantSubstitution(
        **{"valid_from": july(6), "valid_to": july(17), **of}, substitute=substitute
    )


def state_after(*commands: Message) -> RosterState:
    return roster(*commands).aggregate.state


def test_there_is_one_roster() -> None:
    story = given(Roster, at=TODAY).when(OpenRoster()).then(Roster.Opened)
    assert story.aggregate.id == ROSTER_ID


def test_a_post_is_filled_from_a_day() -> None:
    story = roster().when(
        FillPost(post="deputy_promotion", person="zast-promo", valid_from=july(1))
    )
    story.then(Roster.PostFilled, person="zast-promo", valid_to=None).then_nothing_more()
    state = story.aggregate.state
    assert holders_of(state, "deputy_promotion", date(2026, 6, 30)) == frozenset()
    assert holders_of(state, "deputy_promotion", july(1)) == {"zast-promo"}


def test_the_last_day_of_a_role_still_counts() -> None:
    role = GrantRole(
        post="KS-06/duty_officer", person="clerk-a", valid_from=july(1), valid_to=july(3)
    )
    state = state_after(role)
    assert ["KS-06/duty_officer" in posts_of(state, "clerk-a", july(day)) for day in (1, 3, 4)] == [
        True,
        True,
        False,
    ]


def test_a_role_is_held_by_several_and_taken_from_one() -> None:
    state = state_after(RevokeRole(post="KS-06/clerk", person="clerk-a", from_day=july(2)))
    assert holders_of(state, "KS-06/clerk", july(1)) == {"clerk-a", "clerk-b"}
    assert holders_of(state, "KS-06/clerk", july(2)) == {"clerk-b"}


def test_a_post_has_one_holder_at_a_time() -> None:
    second = FillPost(post="director", person="dyr-nowak", valid_from=july(1))
    roster().when(second).refused(PostHeld, by="dyr-wolska", until=None)


def test_a_post_passes_to_the_next_holder_without_a_gap() -> None:
    state = state_after(
        VacatePost(post="director", person="dyr-wolska", from_day=july(1)),
        FillPost(post="director", person="dyr-nowak", valid_from=july(1)),
    )
    assert holders_of(state, "director", date(2026, 6, 30)) == {"dyr-wolska"}
    assert holders_of(state, "director", july(1)) == {"dyr-nowak"}
    assert not is_active(state, "dyr-wolska", july(1))


def test_an_appointment_may_be_taken_back_before_it_begins() -> None:
    appointed = GrantRole(post="KS-04/clerk", person="clerk-c", valid_from=july(1))
    story = roster(appointed).when(
        RevokeRole(post="KS-04/clerk", person="clerk-c", from_day=july(1))
    )
    story.then(Roster.RoleRevoked, person="clerk-c").when(appointed).then(Roster.RoleGranted)


def test_only_what_is_held_can_be_given_up() -> None:
    roster().when(VacatePost(post="director", person="clerk-a", from_day=july(1))).refused(NotHeld)
    roster().when(RevokeRole(post="KS-06/head", person="clerk-a", from_day=july(1))).refused(
        NotHeld, person="clerk-a"
    )


def test_a_role_is_granted_once() -> None:
    roster().when(holds("clerk-a", "KS-06/clerk")).refused(RoleHeld, since=HIRED)


def test_a_post_of_one_person_is_not_granted_and_a_role_not_filled() -> None:
    for post in sorted(OF_ONE_PERSON):
        granted = GrantRole(post=post, person="clerk-a", valid_from=july(1))
        roster().when(granted).refused(PostOfOnePerson)
    filled = FillPost(post="KS-06/clerk", person="clerk-c", valid_from=july(1))
    roster().when(filled).refused(RoleOfSeveral)


def test_the_director_is_the_spokesperson() -> None:
    state = state_after()
    assert posts_of(state, "dyr-wolska", july(1)) == {"director", "spokesperson"}
    assert holders_of(state, "spokesperson", july(1)) == {"dyr-wolska"}
    named = FillPost(post="spokesperson", person="clerk-a", valid_from=july(1))
    roster().when(named).refused(PostComesWithAnother, comes_with="director")


def test_dates_that_end_before_they_begin_are_no_command() -> None:
    with pytest.raises(ValidationError, match="valid_to lies before"):
        RecordAbsence(person="clerk-a", valid_from=july(6), valid_to=july(5))


def test_an_absence_of_the_editor_needs_a_substitute() -> None:
    roster().when(away("red-kos")).refused(
        SubstituteMissing, post="KS-07/editor", person="red-kos", day=july(6)
    )


def test_an_absence_and_its_substitute_are_one_act() -> None:
    story = roster().when(away("red-kos", substitute="red-lis"), command_id="urlop-7")
    story.then(Roster.SubstitutionGranted, person="red-kos", substitute="red-lis", number=1)
    story.then(Roster.AbsenceRecorded, person="red-kos", valid_to=july(17)).then_nothing_more()
    assert story.aggregate.answered("urlop-7") == story.aggregate.version


def test_the_substitute_acts_for_the_editor_until_the_evening_of_the_last_day() -> None:
    state = state_after(away("red-kos", substitute="red-lis"))
    editor = (Hat("red-kos", frozenset({"KS-07/editor"})),)

    def hats(text: str) -> tuple[Hat, ...]:
        return acting_for(state, "red-lis", local_day(moment(text)), "check_proof")

    assert hats("2026-07-05 23:59") == ()
    assert hats("2026-07-06 00:00") == editor
    assert hats("2026-07-17 23:59") == editor
    assert hats("2026-07-18 00:00") == ()
    assert is_absent(state, "red-kos", july(17))
    assert not is_absent(state, "red-kos", july(18))
    assert posts_of(state, "red-kos", july(18)) == {"KS-07/editor"}


def test_clerk_a_stands_in_for_the_head_in_august() -> None:
    absence = RecordAbsence(
        person="kier-zabek",
        valid_from=date(2026, 8, 3),
        valid_to=date(2026, 8, 14),
        substitute="clerk-a",
    )
    state = state_after(absence)
    head = (Hat("kier-zabek", frozenset({"KS-06/head"})),)
    drafted = date(2026, 8, 5)
    assert acting_for(state, "clerk-a", drafted, "approve_reply") == head
    assert substitutes_of(state, "KS-06/head", drafted) == {"clerk-a"}
    assert acting_for(state, "clerk-a", date(2026, 8, 15), "approve_reply") == ()


def test_a_head_and_a_clerk_may_be_away_without_a_substitute() -> None:
    for person in ("kier-zabek", "clerk-a"):
        roster().when(away(person)).then(Roster.AbsenceRecorded, person=person)


def test_a_substitution_granted_before_covers_the_absence() -> None:
    for of in ({"person": "red-kos"}, {"post": "KS-07/editor"}):
        story = roster(stands_in("red-lis", **of)).when(away("red-kos"))
        story.then(Roster.AbsenceRecorded).then_nothing_more()


def test_two_substitutes_may_share_an_absence_but_leave_no_day_open() -> None:
    first = stands_in("red-lis", person="red-kos", valid_to=july(10))
    roster(first, stands_in("clerk-a", person="red-kos", valid_from=july(11))).when(
        away("red-kos")
    ).then(Roster.AbsenceRecorded)
    roster(first, stands_in("clerk-a", person="red-kos", valid_from=july(12))).when(
        away("red-kos")
    ).refused(SubstituteMissing, day=july(11))


def test_a_substitute_for_some_tasks_does_not_cover_an_absence() -> None:
    partial = stands_in("red-lis", person="red-kos", task_types=("check_proof",))
    roster(partial).when(away("red-kos")).refused(SubstituteMissing)


def test_a_substitute_who_leaves_meanwhile_does_not_cover_the_absence() -> None:
    leaves = RevokeRole(post="KS-03/clerk", person="red-lis", from_day=july(13))
    roster(leaves).when(away("red-kos", substitute="red-lis")).refused(
        SubstituteMissing, day=july(13)
    )


def test_a_sick_leave_told_later_is_replaced_from_today() -> None:
    sick = RecordAbsence(
        person="red-kos",
        valid_from=date(2026, 6, 29),
        valid_to=july(3),
        substitute="red-lis",
    )
    story = roster().when(sick)
    story.then(Roster.SubstitutionGranted, valid_from=date(2026, 6, 30))
    story.then(Roster.AbsenceRecorded, valid_from=date(2026, 6, 29))


def test_an_absence_that_is_over_needs_no_substitute_and_takes_none() -> None:
    over = RecordAbsence(person="red-kos", valid_from=date(2026, 6, 1), valid_to=date(2026, 6, 5))
    roster().when(over).then(Roster.AbsenceRecorded)
    replaced = over.model_copy(update={"substitute": "red-lis"})
    roster().when(replaced).refused(SubstitutionInThePast)


def test_only_somebody_with_a_post_is_absent() -> None:
    roster().when(away("nikt")).refused(NothingHeld, person="nikt")


def test_a_substitution_does_not_begin_before_today() -> None:
    late = stands_in("clerk-a", person="clerk-b", valid_from=date(2026, 6, 29))
    roster().when(late).refused(SubstitutionInThePast, today=date(2026, 6, 30))


def test_today_is_the_day_in_krakow() -> None:
    granted = stands_in("clerk-a", person="clerk-b", valid_from=july(1))
    roster().when(granted, at=moment("2026-07-01 00:30")).then(Roster.SubstitutionGranted)
    roster().when(granted, at=moment("2026-07-02 00:30")).refused(SubstitutionInThePast)


def test_a_substitution_names_who_granted_it() -> None:
    story = roster().when(stands_in("clerk-a", person="clerk-b"), by="kier-zabek")
    story.then(Roster.SubstitutionGranted, by="kier-zabek", task_types="all")
    assert story.aggregate.state.substitutions[0].granted_by == "kier-zabek"


def test_a_substitution_may_be_limited_to_task_types() -> None:
    state = state_after(stands_in("clerk-a", person="clerk-b", task_types=("draft_reply",)))
    assert acting_for(state, "clerk-a", july(6), "draft_reply")
    assert acting_for(state, "clerk-a", july(6), "approve_reply") == ()


def test_a_substitute_of_a_substitute_has_no_right() -> None:
    state = state_after(
        away("red-kos", substitute="red-lis"), stands_in("clerk-a", person="red-lis")
    )
    assert acting_for(state, "clerk-a", july(6), "check_proof") == (
        Hat("red-lis", frozenset({"KS-03/clerk"})),
    )


def test_a_substitute_in_a_post_replaces_whoever_holds_it() -> None:
    state = state_after(
        stands_in("zast-media", post="director"),
        VacatePost(post="director", person="dyr-wolska", from_day=july(10)),
        FillPost(post="director", person="dyr-nowak", valid_from=july(13)),
    )
    posts = frozenset({"director", "spokesperson"})
    hats = [acting_for(state, "zast-media", july(day), "triage") for day in (9, 10, 13)]
    assert hats == [(Hat("dyr-wolska", posts),), (), (Hat("dyr-nowak", posts),)]
    assert substitutes_of(state, "dyr-nowak", july(13)) == {"zast-media"}
    assert substitutes_of(state, "spokesperson", july(13)) == {"zast-media"}


def test_a_substitute_who_takes_over_the_post_replaces_nobody() -> None:
    state = state_after(
        stands_in("red-lis", post="director"),
        VacatePost(post="director", person="dyr-wolska", from_day=july(10)),
        FillPost(post="director", person="red-lis", valid_from=july(10)),
    )
    assert acting_for(state, "red-lis", july(10), "triage") == ()


def test_a_spokesperson_alone_may_be_replaced() -> None:
    state = state_after(stands_in("red-lis", post="spokesperson"))
    assert acting_for(state, "red-lis", july(6), "press_answer") == (
        Hat("dyr-wolska", frozenset({"spokesperson"})),
    )


def test_who_loses_every_post_replaces_nobody() -> None:
    state = state_after(
        stands_in("clerk-a", person="clerk-b"),
        RevokeRole(post="KS-06/clerk", person="clerk-a", from_day=july(8)),
    )
    assert acting_for(state, "clerk-a", july(7), "triage")
    assert acting_for(state, "clerk-a", july(8), "triage") == ()
    assert substitutes_of(state, "clerk-b", july(8)) == frozenset()


def test_a_substitute_is_another_person_who_is_active() -> None:
    roster().when(stands_in("clerk-a", person="clerk-a")).refused(SubstituteOfOneself)
    roster().when(stands_in("dyr-wolska", post="spokesperson")).refused(SubstituteOfOneself)
    roster().when(stands_in("nikt", person="clerk-a")).refused(SubstituteNotActive)


def test_a_substitute_needs_somebody_to_replace() -> None:
    roster().when(stands_in("clerk-a", person="nikt")).refused(NothingHeld)
    roster().when(stands_in("clerk-a", post="deputy_promotion")).refused(PostVacant)
    roster().when(stands_in("clerk-a", post="KS-06/clerk")).refused(RoleOfSeveral)


def test_a_substitution_is_of_a_person_or_of_a_post() -> None:
    for of in ({}, {"person": "clerk-b", "post": "director"}):
        with pytest.raises(ValidationError, match="either the person or the post"):
            stands_in("clerk-a", **of)


def test_a_substitution_may_end_early() -> None:
    story = roster(stands_in("clerk-a", person="clerk-b"))
    story.when(EndSubstitution(number=1, from_day=july(10)), at=moment("2026-07-09 12:00"))
    state = story.then(Roster.SubstitutionEnded, number=1).aggregate.state
    assert acting_for(state, "clerk-a", july(9), "triage")
    assert acting_for(state, "clerk-a", july(10), "triage") == ()


def test_only_a_running_substitution_is_ended_and_not_backwards() -> None:
    story = roster(stands_in("clerk-a", person="clerk-b"))
    story.when(EndSubstitution(number=2, from_day=july(8))).refused(SubstitutionUnknown)
    story.when(EndSubstitution(number=1, from_day=july(18))).refused(SubstitutionOver)
    story.when(EndSubstitution(number=1, from_day=july(8)), at=moment("2026-07-09 12:00"))
    story.refused(SubstitutionEndInThePast)


def test_what_is_wrong_is_told_at_once() -> None:
    wrong = stands_in("nikt", post="deputy_promotion", valid_from=date(2026, 6, 1))
    roster().when(wrong).refused(SubstitutionInThePast, SubstituteNotActive, PostVacant)
