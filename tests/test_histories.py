"""Cases that began under earlier code go on under this one: their histories are replayed."""

import asyncio
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from runtime.plugin import ks_plugin
from tests.installation import settings_of
from tests.system.histories import DIRECTORY, kept_histories
from workflows.assignments import AssignmentWorkflow
from workflows.interventions import HOLDS_ARE_SEARCHED, InterventionWorkflow

HISTORIES = kept_histories()


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_the_history_of_a_story_is_replayed_step_by_step(
    history: WorkflowHistory, tmp_path: Path
) -> None:
    plugin = ks_plugin(settings_of(tmp_path))
    replayer = Replayer(workflows=[AssignmentWorkflow, InterventionWorkflow], plugins=[plugin])
    asyncio.run(replayer.replay_workflow(history))


def test_a_change_has_a_history_from_before_it_and_one_from_after() -> None:
    """Both are of a case that was on hold, which is where they part (ADR 0013)."""
    story = "story_13_a_case_stands_still_and_goes_on"
    before = HISTORIES[f"{story}_before_holds_were_searched.INT-2026-000001"]
    after = HISTORIES[f"{story}.INT-2026-000001"]
    assert (changes_in(before), changes_in(after)) == (set(), {HOLDS_ARE_SEARCHED})
    assert held(before)
    assert held(after)


def changes_in(history: WorkflowHistory) -> set[str]:
    """The names of the changes that the run knew."""
    markers = [event.marker_recorded_event_attributes for event in history.events]
    return {
        json.loads(marker.details["patch-data"].payloads[0].data)["id"]
        for marker in markers
        if marker.marker_name == "core_patch"
    }


def held(history: WorkflowHistory) -> bool:
    asked = (event.workflow_execution_update_accepted_event_attributes for event in history.events)
    return any(b'"hold"' in each.accepted_request.SerializeToString() for each in asked)


def test_there_is_a_history_of_every_kind_of_turn() -> None:
    topics = {event.event_type for history in HISTORIES.values() for event in history.events}
    assert HISTORIES
    assert len(topics) > 10


@pytest.mark.parametrize("path", sorted(DIRECTORY.glob("*.json")), ids=lambda path: path.stem)
def test_a_kept_history_names_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "stackTrace" not in text
    assert ".py" not in text
