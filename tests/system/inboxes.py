"""What people see in their inboxes, at any moment of what is in the log by now."""

from datetime import datetime
from typing import Any

from projections.inbox import Inbox
from runtime.read_side import ReadSide
from runtime.reference_data import load_reference_data
from tests.projections.contents import caught_up
from tests.system.conftest import city_moment
from tests.system.office import Office


class Inboxes:
    def __init__(self, office: Office, read_side: ReadSide) -> None:
        self.data = load_reference_data()
        self.read_side = read_side
        caught_up(office.store, read_side.live(), self.data.labels)

    def rows(self, view: str, person: str, at: datetime) -> list[dict[str, Any]]:
        with self.read_side.reader().connect() as connection:
            inbox = Inbox(connection, self.data.organisation, person, at)
            found: list[dict[str, Any]] = getattr(inbox, view)().rows()
            return found

    def see(self, view: str, person: str, moment: str) -> list[str]:
        return [row["task_ref"] for row in self.rows(view, person, city_moment(moment))]
