"""What holds for the roster after any commands in any order (T13)."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.aggregates import Snapshot
from domain.errors import Refusal, Refusals
from domain.messages import Act, Message
from domain.roster.commands import (
    EndSubstitution,
    FillPost,
    GrantRole,
    GrantSubstitution,
    OpenRoster,
    RecordAbsence,
    RevokeRole,
    VacatePost,
    WithdrawAbsence,
)
from domain.roster.guards import OF_ONE_PERSON, SUBSTITUTE_COMPULSORY
from domain.roster.model import Roster
from domain.roster.rules import (
    acting_for,
    holders_of,
    is_absent,
    is_active,
    posts_of,
    posts_replaced,
    substitutes_of,
)
from domain.roster.state import RosterState
from tests.builders import sealed
from tests.given import moment, rebuilt

PEOPLE = ("dyr-wolska", "zast-media", "red-kos", "clerk-a", "clerk-b")
POSTS = ("director", "deputy_media", "KS-07/editor", "KS-06/head", "KS-06/clerk")
FIRST = date(2026, 7, 1)
DAYS = tuple(FIRST + timedelta(days=number) for number in range(12))

Span = dict[str, Any]
"""`valid_from` and `valid_to`."""

people, posts, days = st.sampled_from(PEOPLE), st.sampled_from(POSTS), st.sampled_from(DAYS)
spans = st.tuples(days, days).map(lambda pair: {"valid_from": min(pair), "valid_to": max(pair)})
task_types = st.sampled_from(["all", ("draft_reply",)])


def act(command_id: str) -> Act:
    return Act(command_id=command_id, at=moment("2026-07-01 08:00"), by="dyr-wolska")


@given(span=spans, day=days, types=task_types, asked=st.sampled_from(["draft_reply", "triage"]))
def test_a_substitution_outside_its_dates_and_tasks_gives_no_right(
    span: Span, day: date, types: Any, asked: str
) -> None:
    roster = Roster.open(OpenRoster(), act("c-1"))
    for person in ("clerk-a", "clerk-b"):
        role = GrantRole(post="KS-06/clerk", person=person, valid_from=FIRST)
        roster.grant_role(role, act(f"role of {person}"))
    granted = GrantSubstitution(person="clerk-b", substitute="clerk-a", task_types=types, **span)
    roster.grant_substitution(granted, act("c-2"))
    running = span["valid_from"] <= day <= span["valid_to"] and (types == "all" or asked in types)
    assert bool(acting_for(roster.state, "clerk-a", day, asked)) == running


class RosterLife(RuleBasedStateMachine):
    """Any commands in any order; the day of every act is the first of July."""

    @initialize()
    def open(self) -> None:
        self.events: list[Any] = []
        self.roster = Roster.open(OpenRoster(), act(f"c-{len(self.events)}"))
        self.events += self.roster.collect_events()

    def attempt(self, method: str, command: Message) -> bool:
        version = self.roster.version
        try:
            getattr(self.roster, method)(command, act(f"c-{len(self.events)}"))
        except (Refusal, Refusals):
            assert self.roster.version == version
            return False
        self.events += self.roster.collect_events()
        return True

    @rule(person=people, post=posts, span=spans, open_end=st.booleans())
    def take_up(self, person: str, post: str, span: Span, open_end: bool) -> None:
        dates = {"valid_from": span["valid_from"]} if open_end else span
        if post in OF_ONE_PERSON:
            self.attempt("fill_post", FillPost(post=post, person=person, **dates))
        else:
            self.attempt("grant_role", GrantRole(post=post, person=person, **dates))

    @rule(person=people, post=posts, day=days)
    def give_up(self, person: str, post: str, day: date) -> None:
        if post in OF_ONE_PERSON:
            self.attempt("vacate_post", VacatePost(post=post, person=person, from_day=day))
        else:
            self.attempt("revoke_role", RevokeRole(post=post, person=person, from_day=day))

    @rule(person=people, substitute=st.none() | people, span=spans)
    def be_absent(self, person: str, substitute: str | None, span: Span) -> None:
        absence = RecordAbsence(person=person, substitute=substitute, **span)
        if self.attempt("record_absence", absence):
            state = self.roster.state
            for day in DAYS:
                if absence.include(day) and SUBSTITUTE_COMPULSORY & posts_of(state, person, day):
                    assert substitutes_of(state, person, day)

    @rule(person=people, substitute=people, span=spans, types=task_types)
    def replace_person(self, person: str, substitute: str, span: Span, types: Any) -> None:
        granted = GrantSubstitution(person=person, substitute=substitute, task_types=types, **span)
        self.attempt("grant_substitution", granted)

    @rule(post=posts, substitute=people, span=spans)
    def replace_holder(self, post: str, substitute: str, span: Span) -> None:
        granted = GrantSubstitution(post=post, substitute=substitute, **span)
        self.attempt("grant_substitution", granted)

    @rule(number=st.integers(1, 4), day=days)
    def end_substitution(self, number: int, day: date) -> None:
        open_before = self.left_open()
        if self.attempt("end_substitution", EndSubstitution(number=number, from_day=day)):
            assert self.left_open() == open_before

    @rule(number=st.integers(1, 4), day=days)
    def withdraw_absence(self, number: int, day: date) -> None:
        before, open_before = list(self.roster.state.absences), self.left_open()
        command = WithdrawAbsence(number=number, from_day=day, reason=sealed("pomyłka"))
        if self.attempt("withdraw_absence", command):
            after = self.roster.state.absences
            for old, new in zip(before, after, strict=True):
                kept = {d for d in DAYS if old.include(d) and (old.number != number or d < day)}
                assert {d for d in DAYS if new.include(d)} == kept
            assert self.left_open() <= open_before

    def left_open(self) -> set[tuple[str, date]]:
        """Who is away on which day from a single-person post without anybody in all its tasks."""
        state = self.roster.state
        return {
            (person, day)
            for person in PEOPLE
            for day in DAYS
            if is_absent(state, person, day)
            and any(
                not any(
                    given.include(day)
                    and given.task_types == "all"
                    and given.substitute != person
                    and is_active(state, given.substitute, day)
                    and (given.person == person or given.post == post)
                    for given in state.substitutions
                )
                for post in SUBSTITUTE_COMPULSORY & posts_of(state, person, day)
            )
        }

    @invariant()
    def the_events_alone_give_the_same_roster(self) -> None:
        assert rebuilt(self.events) == self.roster

    @invariant()
    def a_snapshot_gives_the_same_state(self) -> None:
        state = self.roster.state
        assert RosterState.model_validate_json(state.model_dump_json()) == state
        again = Snapshot.take(self.roster).mutate(None)
        assert (again.state, again.version) == (state, self.roster.version)
        assert again.answered("c-0") == 1

    @invariant()
    def a_post_of_one_person_has_at_most_one_holder(self) -> None:
        for post in OF_ONE_PERSON:
            assert all(len(holders_of(self.roster.state, post, day)) <= 1 for day in DAYS)

    @invariant()
    def what_is_replaced_at_all_is_what_is_replaced_in_some_task(self) -> None:
        state, kinds = self.roster.state, ("draft_reply", "triage")
        for person in PEOPLE:
            for day in DAYS:
                hats = [hat for kind in kinds for hat in acting_for(state, person, day, kind)]
                found = frozenset[str]().union(*(hat.posts for hat in hats))
                assert posts_replaced(state, person, day) == found

    @invariant()
    def every_hat_stands_on_a_running_substitution_and_on_own_posts_of_the_holder(self) -> None:
        state = self.roster.state
        for person in PEOPLE:
            for day in DAYS:
                for hat in acting_for(state, person, day, "triage"):
                    assert hat.holder != person
                    assert hat.posts <= posts_of(state, hat.holder, day)
                    assert person in substitutes_of(state, hat.holder, day)
                    assert is_active(state, person, day)
                    assert any(
                        given.substitute == person
                        and given.include(day)
                        and given.task_types == "all"
                        and (given.person == hat.holder or given.post in hat.posts)
                        for given in state.substitutions
                    )


TestRosterLife = RosterLife.TestCase
TestRosterLife.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
