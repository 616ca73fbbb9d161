"""Raising tasks at the store: when a case wakes for it, and that it is done once."""

from datetime import date

from domain.roster.commands import RecordAbsence
from domain.roster.model import ROSTER_ID
from tests.activities.desk import Desk
from tests.given import moment


def test_the_absence_that_makes_a_task_wait_for_nobody_is_seen_from_the_view(desk: Desk) -> None:
    """The moment at which the case wakes to raise it."""
    reference = desk.opened()
    roster = desk.store.load(ROSTER_ID)
    for person in ("clerk-a", "clerk-b"):
        away = RecordAbsence(
            person=person, valid_from=date(2026, 10, 6), valid_to=date(2026, 10, 9)
        )
        roster.record_absence(away, desk.act("head-a"))
    desk.store.save_all([roster])
    (row,) = desk.view(reference).open_tasks
    assert row.next_moment == moment("2026-10-06 00:00")
    assert row.next_step == "nobody is left to decide"
    view = desk.commands.climb_intervention_ladders(desk.step(reference, row.next_moment))
    assert view.open_tasks[0].candidates == ("KS-06/head",)
