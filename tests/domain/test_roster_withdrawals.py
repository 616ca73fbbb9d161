"""Absences noted by mistake are taken back, with the substitution that came with them."""

from datetime import date

from domain.roster.commands import EndSubstitution, RecordAbsence, WithdrawAbsence
from domain.roster.model import Roster
from domain.roster.refusals import (
    AbsenceEndInThePast,
    AbsenceKnown,
    AbsenceOver,
    AbsenceUnknown,
    SubstituteMissing,
    SubstitutionKnown,
)
from domain.roster.rules import acting_for, is_absent
from domain.roster.state import RosterState
from tests.builders import sealed
from tests.domain.test_roster import july, roster, stands_in, state_after

MISTAKE = sealed("Pomylono osoby")


def taken_back(number: int = 1, day: date | None = None) -> WithdrawAbsence:
    return WithdrawAbsence(number=number, from_day=day or july(1), reason=MISTAKE)


def away(person: str, first: int, last: int, substitute: str | None = None) -> RecordAbsence:
    return RecordAbsence(
        person=person, valid_from=july(first), valid_to=july(last), substitute=substitute
    )


def test_an_absence_to_come_disappears_with_its_substitution() -> None:
    story = roster(away("red-kos", 6, 17, "red-lis")).when(taken_back())
    story.then(Roster.SubstitutionEnded, number=1, from_day=july(6))
    story.then(Roster.AbsenceWithdrawn, number=1, from_day=july(1)).then_nothing_more()
    state = story.aggregate.state
    assert not any(is_absent(state, "red-kos", july(day)) for day in range(1, 31))
    assert not any(acting_for(state, "red-lis", july(day), "triage") for day in range(1, 31))


def test_of_an_absence_under_way_the_days_before_stay() -> None:
    state = state_after(away("clerk-a", 1, 10, "clerk-b"), taken_back(day=july(4)))
    assert [day for day in range(1, 12) if is_absent(state, "clerk-a", july(day))] == [1, 2, 3]
    assert [day for day in range(1, 12) if acting_for(state, "clerk-b", july(day), "triage")] == [
        1,
        2,
        3,
    ]


def test_a_substitution_granted_by_itself_stays() -> None:
    given = stands_in("clerk-b", person="clerk-a")
    story = roster(given, away("clerk-a", 6, 17)).when(taken_back())
    story.then(Roster.AbsenceWithdrawn).then_nothing_more()


def test_nothing_is_taken_back_for_days_that_have_passed() -> None:
    roster(away("clerk-a", 1, 10)).when(taken_back(day=date(2026, 6, 29))).refused(
        AbsenceEndInThePast, today=date(2026, 6, 30)
    )


def test_an_absence_is_taken_back_once_and_only_while_something_of_it_is_left() -> None:
    story = roster(away("clerk-a", 6, 10))
    story.when(taken_back(day=july(11))).refused(AbsenceOver)
    story.when(taken_back(2)).refused(AbsenceUnknown)
    again = roster(away("clerk-a", 6, 10), taken_back())
    again.when(taken_back()).refused(AbsenceOver)


def test_a_substitution_is_not_ended_alone_while_the_holder_is_away() -> None:
    end = EndSubstitution(number=1, from_day=july(10))
    story = roster(away("red-kos", 6, 17, "red-lis"))
    story.when(end).refused(SubstituteMissing, post="KS-07/editor", day=july(10))
    another = stands_in("zast-media", person="red-kos", valid_from=july(10))
    roster(away("red-kos", 6, 17, "red-lis"), another).when(end).then(Roster.SubstitutionEnded)
    roster(away("clerk-a", 6, 17, "clerk-b")).when(end).then(Roster.SubstitutionEnded)


def test_a_substitution_that_another_absence_needs_keeps_the_first_one() -> None:
    both = (away("red-kos", 6, 17, "red-lis"), away("red-kos", 10, 12))
    roster(*both).when(taken_back()).refused(SubstituteMissing, day=july(10))
    roster(*both, taken_back(2)).when(taken_back()).then(Roster.SubstitutionEnded)


def test_a_snapshot_of_before_absences_had_numbers_is_read() -> None:
    state = state_after(away("clerk-a", 6, 10), away("clerk-b", 6, 10))
    old = state.model_dump(mode="json")
    for absence in old["absences"]:
        for name in ("number", "substitution", "withdrawn_by", "reason_ref"):
            del absence[name]
    assert [each.number for each in RosterState.model_validate(old).absences] == [1, 2]


def test_the_same_absence_is_noted_once_and_again_after_it_was_taken_back() -> None:
    roster(away("clerk-a", 6, 10)).when(away("clerk-a", 6, 10)).refused(AbsenceKnown, number=1)
    roster(away("clerk-a", 6, 10)).when(away("clerk-a", 6, 11)).then(Roster.AbsenceRecorded)
    back = roster(away("clerk-a", 6, 10), taken_back())
    back.when(away("clerk-a", 6, 10)).then(Roster.AbsenceRecorded)


def test_the_same_substitution_is_granted_once_and_again_after_it_was_ended() -> None:
    given = stands_in("clerk-b", person="clerk-a")
    roster(given).when(given).refused(SubstitutionKnown, number=1)
    roster(given).when(stands_in("clerk-b", person="clerk-a", task_types=("triage",))).then(
        Roster.SubstitutionGranted
    )
    ended = roster(given, EndSubstitution(number=1, from_day=july(6)))
    ended.when(given).then(Roster.SubstitutionGranted)
    # With an absence comes a substitution of its own, which ends with it.
    roster(given).when(away("clerk-a", 6, 17, "clerk-b")).then(Roster.SubstitutionGranted)
