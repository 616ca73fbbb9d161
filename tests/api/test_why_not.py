"""T7: what is said to be allowed is what the decision then does, on the same state."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Refusal, Refusals
from domain.messages import Act
from domain.steps import DecisionStep
from domain.tasks.commands import CompleteTask
from runtime.store import UnitOfWork
from tests.api.office import POSTS, STAFF, Office
from tests.sizes import examples

PEOPLE = [*STAFF, *POSTS, "nobody"]


def orders(*units: str) -> dict[str, Any]:
    return {
        "referrals": [
            {"unit": unit, "question": f"text:{place:032x}", "lead": place == 0, "redacted": False}
            for place, unit in enumerate(units)
        ]
    }


FIELDS = [orders("ZDMK"), orders("MPO"), orders("ZDMK", "ZDMK"), orders("NIE-MA"), {}, {"x": 1}]


class Undone(Exception):
    """The decision was taken; what it did is thrown away."""


@pytest.mark.walk
@settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    claimed_by=st.sampled_from([None, "clerk-a", "clerk-b"]),
    person=st.sampled_from(PEOPLE),
    outcome=st.sampled_from(["forward", "accept", "shred"]),
    fields=st.sampled_from(FIELDS),
    note=st.sampled_from([None, f"text:{'9' * 32}"]),
    acting_for=st.sampled_from([None, "head-a"]),
    stale=st.booleans(),
)
def test_allowed_is_what_succeeds(served: Office, claimed_by: str | None, stale: bool,
                                  person: str, **filled: Any) -> None:  # fmt: skip
    office, task = served, _task(served, claimed_by)
    version = 1 if stale else office.get(f"/tasks/{task}").json()["version"]
    command = CompleteTask(task_ref=task, expected_version=version, **filled)
    at = datetime.now(UTC)
    said = office.services.rehearsal.rehearse(command, person, at)
    refused = _refusals_when_done(office, command, person, at)
    assert said.allowed == (not refused)
    assert [reason.refusal for reason in said.reasons] == refused


def _task(office: Office, claimed_by: str | None) -> str:
    """One open task for each holder; made once."""
    known: dict[str | None, str] = office.__dict__.setdefault("tasks_by_holder", {})
    if claimed_by not in known:
        known[claimed_by] = office.triage_task()
        if claimed_by is not None:
            office.post(f"/tasks/{known[claimed_by]}/claim", by=claimed_by)
    return known[claimed_by]


def _refusals_when_done(
    office: Office, command: CompleteTask, person: str, at: datetime
) -> list[str]:
    """The refusals of the decision itself, up to the point where it would be saved."""
    here = office.services
    act = Act(command_id=f"{person}:próba", at=at, by=person)
    step = DecisionStep(decision=here.signer.decision(command, act), at=at)
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(UnitOfWork, "save", _undo)
            here.commands.decide_intervention_task(step)
    except Undone:
        return []
    except Refusal as refusal:
        return [refusal.name()]
    except Refusals as several:
        return [refusal.name() for refusal in several.refusals]
    raise AssertionError("the decision was saved")


def _undo(unit: UnitOfWork) -> None:
    raise Undone
