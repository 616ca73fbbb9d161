"""The open tasks of a case: the Update by which a person decides, and what the page shows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

with workflow.unsafe.imports_passed_through():
    from domain.tasks.commands import Decision, OpenTaskRow
    from domain.tasks.notices import TaskNotice

CASE_REF = SearchAttributeKey.for_keyword("CaseRef")
STAGE = SearchAttributeKey.for_keyword("Stage")
UNITS = SearchAttributeKey.for_keyword_list("Units")
NEXT_DUE = SearchAttributeKey.for_datetime("NextDue")
OVERDUE = SearchAttributeKey.for_bool("Overdue")
ESCALATION = SearchAttributeKey.for_int("Escalation")
ROUND = SearchAttributeKey.for_int("Round")
WAITING = SearchAttributeKey.for_keyword("Waiting")
ON_HOLD = SearchAttributeKey.for_bool("OnHold")


def refuse(name: str, sentence: str, **facts: object) -> ApplicationError:
    """A refusal that the workflow knows of itself, in the form in which activities give theirs."""
    detail = {"refusal": name, "sentence": sentence, "facts": facts}
    return ApplicationError(
        sentence,
        detail,
        type=name,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def refuse_another_case(named: str, own: str) -> None:
    """An instruction that was sent to the workflow of another case."""
    if named != own:
        raise refuse("InstructionUnknown", "There is no such instruction.", case=named)


class TaskBoard:
    """The tasks that are open, and those that the workflow has seen finished."""

    def __init__(self) -> None:
        self._open: dict[str, OpenTaskRow] = {}
        self._finished: dict[str, dict[str, str]] = {}

    def show(self, rows: Iterable[OpenTaskRow]) -> None:
        self._open = {row.task_ref: row for row in rows}

    def finished(self, task_ref: str, by: str, at: datetime) -> None:
        """Remember who decided a task, for whoever comes second."""
        self._finished.setdefault(task_ref, {"by": by, "at": at.isoformat()})

    def check(self, decision: Decision, case_ref: str) -> None:
        """Refuse what is plainly wrong without asking the store; it leaves no trace in history."""
        command = decision.command
        row = self._open.get(command.task_ref)
        if command.task_ref in self._finished or not command.task_ref.startswith(f"{case_ref}-"):
            raise refuse(
                "TaskNotOpen",
                "The task was already completed, withdrawn or expired.",
                task=command.task_ref,
                **self._finished.get(command.task_ref, {}),
            )
        if row is not None and command.outcome not in row.outcomes:
            raise refuse(
                "OutcomeNotOffered",
                "This task does not offer that outcome.",
                offered=list(row.outcomes),
            )

    @property
    def rows(self) -> tuple[OpenTaskRow, ...]:
        return tuple(self._open.values())

    @property
    def notices_due(self) -> Iterator[TaskNotice]:
        for row in self._open.values():
            yield from row.notices_due

    def moments(self) -> Iterator[tuple[datetime, str]]:
        """The next ladder step of each open task, with what it is for."""
        for row in self._open.values():
            if row.next_moment is not None:
                yield row.next_moment, f"{row.next_step}: {row.task_ref}"

    def attributes(self, at: datetime) -> dict[SearchAttributeKey[Any], Any]:
        """What the open tasks add to the search attributes of their case."""
        dues = [row.due_at for row in self._open.values() if row.due_at is not None]
        return {
            NEXT_DUE: min(dues, default=None),
            OVERDUE: any(due <= at for due in dues),
            ESCALATION: max((row.escalation for row in self._open.values()), default=0),
        }


class SearchAttributes:
    """What operators can search for; written only when it changed (each write is an event)."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {}

    def remember(self, attributes: TypedSearchAttributes) -> None:
        """What the case was started with."""
        for pair in attributes:
            self._known[pair.key.name] = pair.value

    def knows(self, key: SearchAttributeKey[Any]) -> bool:
        """Whether it was ever written."""
        return key.name in self._known

    def show(self, attributes: Mapping[SearchAttributeKey[Any], Any]) -> None:
        changed = {
            key: value for key, value in attributes.items() if self._known.get(key.name) != value
        }
        if changed:
            self._known |= {key.name: value for key, value in changed.items()}
            workflow.upsert_search_attributes(
                [
                    key.value_unset() if value is None else key.value_set(value)
                    for key, value in changed.items()
                ]
            )
