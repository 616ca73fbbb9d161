"""A task that ended by itself, as the read tables show it."""

from domain.labels import Labels
from domain.messages import SYSTEM, Act
from domain.tasks.commands import ExpireTask
from domain.tasks.model import Task
from projections.tables import inbox_tasks, task_candidates, task_history
from runtime.read_side import ReadSide
from runtime.store import Store
from tests.domain.offered import MONDAY, REF, an_order
from tests.given import moment
from tests.projections.contents import caught_up, rows_of


def test_what_expired_is_history_with_its_outcome(
    store: Store, read_side: ReadSide, labels: Labels
) -> None:
    opened = Act(command_id="open", at=MONDAY, by=SYSTEM)
    task = Task.open(an_order(on_lapse="expire:accept"), opened)
    store.save_all([task])
    lapsed = Act(command_id="expire", at=moment("2026-10-07 00:00"), by=SYSTEM)
    task.expire(ExpireTask(outcome="accept"), lapsed)
    store.save_all([task])
    caught_up(store, read_side.live(), labels)
    with read_side.reader().connect() as connection:
        (row,) = rows_of(connection, task_history)
        assert rows_of(connection, inbox_tasks) == rows_of(connection, task_candidates) == []
    assert (row["task_ref"], row["state"], row["outcome"]) == (REF, "expired", "accept")
    assert row["finished_at"] == lapsed.at
    assert row["finished_by"] == SYSTEM
