"""Why not: at every stage, for every command and actor, what is said is what happens (T7)."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refusal, Refusals
from domain.instructions import InstructCase
from domain.interventions.forms import TASK_TYPES
from domain.interventions.instructions import INSTRUCTIONS
from domain.interventions.transitions import OPEN_STAGES, STAGES
from domain.messages import Message
from domain.steps import InstructionStep
from domain.tasks.commands import CompleteTask
from domain.tasks.model import Task
from runtime.store import Store, UnitOfWork
from tests.activities.desk import STAFF, Desk
from tests.builders import Case
from tests.domain.at_stage import AT_STAGE, GIVEN
from tests.installation import settings_of

PEOPLE = (*STAFF, "ks-06-clerk", "nobody")
"""Everybody with a post, somebody who took part in the case, and somebody without any right."""

SAMPLES: dict[type[Message], dict[str, Any]] = {
    type(form): form.model_dump(mode="json", exclude_none=True) for form in GIVEN.values()
}
"""The fields of each form as somebody fills them in."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Guards know of no database, so one is enough."""
    settings = settings_of(tmp_path / "var")
    with closing(Store(settings)) as store:
        yield Desk(settings, store).staff()


class Undone(Exception):
    """It was carried out; what it did is thrown away."""


def at_the_store(desk: Desk, case: Case) -> Case:
    """The case with its tasks and other cases, as if it had been worked on here."""
    events = [event for each in (case, *others(case)) for event in each.events]
    mapper, recorder = desk.store.mapper, desk.store.recorder
    recorder.insert_events([mapper.to_stored_event(event) for event in events])
    desk.at = case.at
    return case


def others(case: Case) -> Iterator[Case]:
    yield from (each for each in vars(case).values() if isinstance(each, Case))


def happens(attempt: Callable[[], object]) -> list[str]:
    """The refusals that the attempt meets, up to the point where it would be saved."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(UnitOfWork, "save", _undo)
            attempt()
    except Undone:
        return []
    except Refusal as refusal:
        return [refusal.name()]
    except Refusals as several:
        return [refusal.name() for refusal in several.refusals]
    raise AssertionError("it was saved")


def _undo(unit: UnitOfWork) -> None:
    raise Undone


def decisions(desk: Desk, case: Case, person: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each outcome of each task that the case ever had: what is said, and what happens."""
    for ref, known in case.tasks.items():
        task = desk.store.find(Task, ref)
        assert task is not None
        for outcome, kind in TASK_TYPES[known.type].outcomes.items():
            command = CompleteTask(
                task_ref=ref,
                expected_version=task.version,
                outcome=outcome,
                fields=SAMPLES.get(kind.form, {}),
            )
            step = desk.signed(command, desk.act(person))
            said = desk.rehearsal.rehearse(command, person, step.at)
            done = happens(lambda step=step: desk.commands.decide_intervention_task(step))  # type: ignore[misc]  # a default of a lambda
            assert said.allowed == (not said.reasons)
            yield f"{ref} {outcome}", [reason.refusal for reason in said.reasons], done


def instructed(desk: Desk, case: Case, person: str) -> Iterator[tuple[str, list[str], list[str]]]:
    for name, kind in INSTRUCTIONS.items():
        fields = SAMPLES.get(kind.form, {})
        step: InstructionStep = desk.instruction(person, case.reference, name, fields)
        command = InstructCase(case_ref=case.reference, instruction=name, fields=fields)
        said = desk.rehearsal.instruct(command, person, step.at, filled=True)
        done = happens(lambda step=step: desk.commands.instruct_intervention(step))  # type: ignore[misc]  # a default of a lambda
        yield name, [reason.refusal for reason in said.reasons], done


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_said_is_what_happens(desk: Desk, stage: str) -> None:
    case = at_the_store(desk, AT_STAGE[stage]())
    allowed = 0
    for person in PEOPLE:
        for what, said, done in (*decisions(desk, case, person), *instructed(desk, case, person)):
            assert said == done, (person, what)
            allowed += not done
    assert bool(allowed) == (stage != "closed")


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_it_is_so_on_hold(desk: Desk, stage: str) -> None:
    case = at_the_store(desk, AT_STAGE[stage]().hold())
    refused_for_the_hold = 0
    for person in ("clerk-a", "head-a", "zdmk-a", "operator-a", "deputy-media"):
        for what, said, done in (*decisions(desk, case, person), *instructed(desk, case, person)):
            assert said == done, (person, what)
            refused_for_the_hold += done == ["CaseOnHold"]
    assert refused_for_the_hold, "the hold alone stood against something"


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_offered_without_fields_is_refused_for_nothing_but_fields(
    desk: Desk, stage: str
) -> None:
    """What a page shows before anything is filled in: never more, and never less."""
    case = at_the_store(desk, AT_STAGE[stage]())
    for person in PEOPLE:
        for name, kind in INSTRUCTIONS.items():
            fields = SAMPLES.get(kind.form)
            if fields is None:
                continue
            empty = InstructCase(case_ref=case.reference, instruction=name, fields={})
            offered = desk.rehearsal.instruct(empty, person, desk.at)
            step = desk.instruction(person, case.reference, name, fields)
            done = happens(lambda step=step: desk.commands.instruct_intervention(step))  # type: ignore[misc]  # a default of a lambda
            assert {reason.refusal for reason in offered.reasons} <= set(done), (person, name)
