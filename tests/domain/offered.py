"""A task as its stories begin: feedback of ZDMK to be checked, and people in their posts."""

from collections.abc import Mapping
from typing import Any

from domain.interventions.forms import TASK_TYPES
from domain.ladders import DueRung, Rung
from domain.messages import SYSTEM, Act
from domain.roster.rules import Hat
from domain.tasks.commands import ClaimTask, CompleteTask, DelegateTask, OpenTask
from domain.tasks.model import Task
from domain.tasks.rules import CaseSide, Hats
from runtime.reference_data import load_reference_data
from tests.builders import sealed
from tests.given import Story, given, moment

DATA = load_reference_data()
MONDAY = moment("2026-10-05 10:20")
REF = "INT-2026-000123-check_feedback-R1-1"
CLERKS, HEADS = "KS-06/clerk", "KS-06/head"
SIDE = CaseSide(TASK_TYPES["check_feedback"])


def an_order(**fields: Any) -> OpenTask:
    usual = {
        "task_ref": REF,
        "workflow_id": "intervention-INT-2026-000123",
        "case_ref": "INT-2026-000123",
        "process": "intervention",
        "type": "check_feedback",
        "subject": "R1",
        "round": 1,
        "candidates": (CLERKS,),
        "excluded": {"zdmk-a": "answered R1"},
        "outcomes": ("accept", "return"),
        "respond_by": None,
        "complete_by": DATA.deadlines.term("int.check_feedback", MONDAY),
        "ladder": "standard",
        "rungs": (),
        "priority": "normal",
        "form": "check_feedback",
    }
    return OpenTask.model_validate(usual | fields)


def hats(
    person: str,
    *posts: str,
    acting: tuple[Hat, ...] = (),
    holders: Mapping[str, frozenset[str]] | None = None,
) -> Hats:
    return Hats(person, frozenset(posts), DATA.organisation, acting, holders or {})


HOLDERS = {CLERKS: frozenset({"clerk-a", "clerk-b"})}
ANNA = hats("clerk-a", CLERKS)
BARBARA = hats("clerk-b", CLERKS)
HEAD = hats("head-a", HEADS, holders=HOLDERS)
DIRECTOR = hats("director-a", "director")
UNIT = hats("zdmk-a", "ZDMK/coordinator")
NOBODY = hats("gone-g")
REPLACING_ANNA = hats(
    "clerk-c", "KS-01/clerk", acting=(Hat("clerk-a", frozenset({CLERKS, "KS-06/duty_officer"})),)
)


ANNA_OF_TWO = hats("clerk-a", CLERKS, holders=HOLDERS)
NOTE = sealed("notatka")
TO_BARBARA = DelegateTask(delegate="clerk-b", note=NOTE)


def decision(outcome: str = "accept", version: int = 1, **fields: Any) -> CompleteTask:
    return CompleteTask(task_ref=REF, expected_version=version, outcome=outcome, **fields)


def offered(**fields: Any) -> Story[Task]:
    return given(Task, an_order(**fields), at=MONDAY)


def claimed_by_anna() -> Story[Task]:
    return offered().also(ClaimTask(), ANNA, by="clerk-a")


def completed_by_anna() -> Story[Task]:
    return offered().also(decision(), ANNA, SIDE, DATA.deadlines, by="clerk-a")


def deciding(
    story: Story[Task], who: Hats, command: CompleteTask | None = None, side: CaseSide = SIDE
) -> Story[Task]:
    command = command or decision(version=story.aggregate.version)
    return story.when(command, who, side, DATA.deadlines, by=who.actor)


def rung(step: int, do: str, to: str, ladder: str = "standard") -> Rung:
    return Rung.model_validate(
        {
            "ladder": ladder,
            "step": step,
            "unit": "working_days",
            "fires_at": moment("2026-10-07 09:00"),
            "do": do,
            "to": to,
        }
    )


def remind(task: Task) -> None:
    due = DueRung(rung=rung(0, "remind", "assignee_or_candidates"), skipped=(-2,))
    act = Act(command_id=f"ladder:{REF}:standard:0", at=moment("2026-10-07 09:00"), by=SYSTEM)
    task.climb_ladder(due, ("clerk-a",), act)
