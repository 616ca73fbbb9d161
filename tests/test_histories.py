"""Cases that began under earlier code go on under this one: their histories are replayed."""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from runtime.plugin import ks_plugin
from runtime.secrets import MasterKey
from runtime.settings import Settings
from tests.system.histories import DIRECTORY, kept_histories
from workflows.interventions import InterventionWorkflow

HISTORIES = kept_histories()


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_the_history_of_a_story_is_replayed_step_by_step(
    history: WorkflowHistory, tmp_path: Path
) -> None:
    settings = Settings.model_validate(
        {"var": tmp_path, "master_key": MasterKey.generate().to_text()}
    )
    replayer = Replayer(workflows=[InterventionWorkflow], plugins=[ks_plugin(settings)])
    asyncio.run(replayer.replay_workflow(history))


def test_there_is_a_history_of_every_kind_of_turn() -> None:
    topics = {event.event_type for history in HISTORIES.values() for event in history.events}
    assert HISTORIES
    assert len(topics) > 10


@pytest.mark.parametrize("path", sorted(DIRECTORY.glob("*.json")), ids=lambda path: path.stem)
def test_a_kept_history_names_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "stackTrace" not in text
    assert ".py" not in text
