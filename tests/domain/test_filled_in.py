"""What the walks fill in is what the forms ask for."""

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from domain.interventions.forms import TASK_TYPES
from domain.tasks.commands import CompleteTask
from domain.tasks.rules import form_problems
from tests.domain.filled_in import filled
from tests.given import moment

OUTCOMES = [(name, outcome) for name, kind in TASK_TYPES.items() for outcome in kind.outcomes]
FILLINGS = 20


@pytest.mark.parametrize(("name", "outcome"), OUTCOMES)
@pytest.mark.parametrize("told", [False, True])
def test_every_outcome_is_filled_in_as_its_form_asks(name: str, outcome: str, told: bool) -> None:
    task: Any = SimpleNamespace(type=name)
    case: Any = SimpleNamespace(is_replied_in_part=told)
    chance, at = Random(f"{name} {outcome}"), moment("2026-10-05 10:20")
    for _ in range(FILLINGS):
        fields = filled(task, outcome, case, at, chance)
        command = CompleteTask(
            task_ref="INT-2026-000001-triage-1", expected_version=1, outcome=outcome, fields=fields
        )
        assert [*form_problems(TASK_TYPES[name], command)] == []
