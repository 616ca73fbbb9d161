"""Logging: one form for every line, and nothing personal in it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from domain.people import PersonalData
from runtime.log import configure_logging
from runtime.settings import Settings

CANARY = "Łucja Kanarkowska"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capture: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capture.readouterr().err.splitlines()]


def test_our_lines_and_those_of_libraries_look_alike(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    structlog.get_logger("ks").info("Sprawa przyjęta", case_ref="INT-2026-000123")
    logging.getLogger("temporalio").warning("Worker %s", "stoi", extra={"task_queue": "ks"})
    ours, theirs = lines(capsys)
    assert ours["event"] == "Sprawa przyjęta"
    assert ours["case_ref"] == "INT-2026-000123"
    assert theirs["event"] == "Worker stoi"
    assert theirs["task_queue"] == "ks"
    assert ours.keys() & theirs.keys() == {"event", "level", "logger", "timestamp"}


@pytest.mark.parametrize("form", ["console", "json"])
def test_personal_fields_are_masked_however_deep(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(Settings.model_validate({"log_format": form}))
    log = structlog.get_logger("ks")
    log.info("admitted", name=CANARY, senders=[{"address": CANARY, "ref": "person:1"}])
    log.info("admitted", person=PersonalData(name=CANARY))
    logging.getLogger("library").info("sent", extra={"email": CANARY, "kept": {"text": CANARY}})
    written = capsys.readouterr().err
    assert "person:1" in written
    assert written.count("***") == 4
    assert "Kanarkowska" not in written


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_does_not_show_local_values(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(Settings.model_validate({"log_format": form}))
    try:
        sender = CANARY
        raise LookupError(f"no street for {len(sender)} letters")
    except LookupError:
        structlog.get_logger("ks").exception("failed")
    written = capsys.readouterr().err
    assert "no street for 17 letters" in written
    assert "Traceback" in written
    assert "Kanarkowska" not in written
