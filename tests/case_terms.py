"""New tables are loaded while a case is open: its terms are counted anew."""

from typing import Self

from domain.interventions import recounts
from domain.messages import SYSTEM
from domain.rulebook import Rulebook
from domain.tasks.commands import MoveTaskDeadline, cause_of_recount
from domain.tasks.model import Task
from tests.case_desk import CaseDesk
from tests.opened_tasks import steps_of


class CaseTerms(CaseDesk):
    def load(self, book: Rulebook) -> Self:
        """What the workflow's activity does when it looks at the case with other tables."""
        self.book = book
        if recounts.is_outdated(self.case, book):
            act = self._act(SYSTEM)
            self.move(lambda: recounts.recount(self.case, act, book), act)
        for task in self.open_tasks:
            self._recount(task)
        return self

    def _recount(self, task: Task) -> None:
        assert task.complete_by is not None
        again = self.book.deadlines.recompute(task.complete_by)
        if again is not task.complete_by:
            command = MoveTaskDeadline(
                which="complete_by",
                term=again,
                cause=cause_of_recount(task.complete_by, again),
                rungs=steps_of(task, again, task.term_given_at, self.book),
            )
            task.move_deadline(command, self._act(SYSTEM))
            self._save(task)
