"""What people do with the tasks of a case besides deciding them."""

from datetime import date
from typing import Self

from domain.attachments import UploadedFile
from domain.interventions import comments
from domain.interventions.comments import CommentOnCase
from domain.ladders import DueRung
from domain.messages import SYSTEM
from domain.tasks.commands import (
    AssignTask,
    ChangeCandidates,
    ChangePriority,
    ClaimTask,
    CommentOnTask,
    DeclareConflict,
    DelegateTask,
    ParkTask,
    ReleaseTask,
    ReturnTask,
    SaveDraft,
    UnparkTask,
    WithdrawTask,
)
from domain.tasks.model import Task
from domain.tasks.types import Priority
from tests.case_core import CaseCore, colleague, holder, sealed


class CaseDesk(CaseCore):
    """Each method is one act of somebody."""

    def claim(self, task: Task) -> Self:
        post = task.candidates[0]
        task.claim(ClaimTask(), self._act(holder(post)), self._hats(post))
        self._save(task)
        return self

    def release(self, task: Task) -> Self:
        assert task.assignee is not None
        task.release(ReleaseTask(), self._act(task.assignee))
        self._save(task)
        return self

    def assign(self, task: Task) -> Self:
        """A superior gives the task to whoever sits at its first post."""
        post = task.candidates[0]
        above = self.book.organisation.superiors(post)[0]
        hats = self._hats(above, holders={post: frozenset({holder(post)})})
        command = AssignTask(assignee=holder(post), reason=sealed("pilne"))
        task.assign(command, self._act(holder(above)), hats)
        self._save(task)
        return self

    def delegate(self, task: Task) -> Self:
        """Whoever sits at its first post has a colleague do it."""
        post = task.candidates[0]
        hats = self._hats(post, holders={post: frozenset({holder(post), colleague(post)})})
        command = DelegateTask(delegate=colleague(post), note=sealed("pilne"))
        task.delegate(command, self._act(holder(post)), hats)
        self._save(task)
        return self

    def return_task(self, task: Task) -> Self:
        assert task.assignee is not None
        task.give_back(ReturnTask(), self._act(task.assignee))
        self._save(task)
        return self

    def park(self, task: Task, until: date) -> Self:
        assert task.assignee is not None
        hats = self._hats(task.candidates[0], person=task.assignee)
        known = (self.book.deadlines.calendar, self.book.limits.tasks)
        task.park(ParkTask(until=until), self._act(task.assignee), hats, *known)
        self._save(task)
        return self

    def unpark(self, task: Task) -> Self:
        assert task.assignee is not None
        task.unpark(UnparkTask(), self._act(task.assignee))
        self._save(task)
        return self

    def declare_conflict(self, task: Task) -> Self:
        """The colleague of whoever sits at its first post."""
        person = colleague(task.candidates[0])
        hats = self._hats(task.candidates[0], person=person)
        task.declare_conflict(DeclareConflict(), self._act(person), hats)
        self._save(task)
        return self

    def open_needed(self) -> Self:
        """A task whose post is held by the one person who may not decide it goes up its line."""
        super().open_needed()
        for task in self.open_tasks:
            if task.assignee is None and holder(task.candidates[0]) in task.excluded:
                self.raise_candidates(task)
        return self

    def raise_candidates(self, task: Task) -> Self:
        """Nobody it is offered to may decide it any more."""
        above = self.book.organisation.raised_from(task.candidates[0])[0]
        command = ChangeCandidates(candidates=(above,), reason="absent")
        task.change_candidates(command, self._act(SYSTEM))
        self._save(task)
        return self

    def comment(self, task: Task) -> Self:
        post = task.candidates[0]
        command = CommentOnTask(text=sealed("Dzwonił radny"))
        task.comment(command, self._act(holder(post)), self._hats(post))
        self._save(task)
        return self

    def remark(self) -> Self:
        """A clerk says something about the case, and shows a photograph."""
        photo = UploadedFile(
            file=f"file:{sealed('Zdjęcie')[5:]}", media_type="image/jpeg", size=40_000
        )
        command = CommentOnCase(text=sealed("Dzwonił radny"), attachments=(photo,))
        comments.comment(self.case, command, self._act(holder("KS-06/clerk")))
        self._save(self.case)
        return self

    def save_draft(self, task: Task) -> Self:
        """Whoever holds it goes on filling it in."""
        assert task.assignee is not None
        command = SaveDraft(author=task.assignee, draft=sealed("Dziura zos"), size=10)
        hats = self._hats(task.candidates[0], person=task.assignee)
        task.save_draft(command, self._act(task.assignee), hats)
        self._save(task)
        return self

    def read_draft(self, task: Task) -> Self:
        """The head looks at what somebody else has begun."""
        above = self.book.organisation.superiors(task.candidates[0])[0]
        task.read_draft(self._act(holder(above)), self._hats(above))
        self._save(task)
        return self

    def change_priority(self, task: Task, priority: Priority) -> Self:
        above = self.book.organisation.superiors(task.candidates[0])[0]
        command = ChangePriority(priority=priority, note=sealed("pilne"))
        task.change_priority(command, self._act(holder(above)), self._hats(above))
        self._save(task)
        return self

    def climb(self, task: Task) -> Self:
        """Every step of its ladder whose moment has come, as the workflow takes them."""
        for rung in task.rungs:
            if rung.fires_at <= self.at and (rung.ladder, rung.step) not in task.fired:
                task.climb_ladder(DueRung(rung=rung, skipped=()), (), self._act(SYSTEM))
        self._save(task)
        return self

    def withdraw(self, task: Task) -> Self:
        task.withdraw(WithdrawTask(reason="not needed any more"), self._act(SYSTEM))
        self._save(task)
        return self
