"""Every type of task of every process."""

from collections.abc import Mapping

from domain.assignments import forms as assignments
from domain.interventions import forms as interventions
from domain.tasks.types import TaskType

TASK_TYPES: Mapping[str, TaskType] = {**interventions.TASK_TYPES, **assignments.TASK_TYPES}
