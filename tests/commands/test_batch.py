"""`ks batch`: an operator has the tasks of a person reassigned, on the word of a head."""

from contextlib import closing

from domain.tasks.commands import ClaimTask
from projections.tables import TABLES
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from tests.activities.desk import Desk
from tests.commands.conftest import Ks
from tests.projections.contents import caught_up

ORDER = ("batch", "reassign", "clerk-a", "clerk-b", "--reason", "odchodzi z pracy", "--by")


def test_an_operator_has_tasks_reassigned_and_ordering_it_again_changes_nothing(
    ks: Ks, store: Store, settings: Settings
) -> None:
    desk = Desk(settings, store).staff()
    task = desk.task(desk.opened(), "triage")
    desk.handle(task, ClaimTask(), desk.act("clerk-a"))
    with closing(ReadSide(settings, TABLES)) as read_side:
        caught_up(store, read_side.live(), load_reference_data().labels)
    refused = ks(*ORDER, "clerk-b")
    assert refused.returncode != 0
    done = ks(*ORDER, "head-a")
    assert done.returncode == 0, done.stderr
    assert task.task_ref in done.stdout
    assert "1 reassigned, 0 refused" in done.stdout
    before = store.position()
    assert ks(*ORDER, "head-a").stdout == done.stdout
    assert store.position() == before
    batch = done.stdout.split()[-5].rstrip(":")
    assert ks("batch", "show", batch).stdout == done.stdout
