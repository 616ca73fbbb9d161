"""`ks up` as a person runs it: everything starts, the demo is played, nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from runtime.demo_plots import PLOTS
from runtime.demo_state import read_keys
from runtime.ports import free_port
from runtime.settings import Settings

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
PLAYED = len(PLOTS)
PAST = 60


class Machine:
    """One installation with ports of its own, on which `ks` is run as a process."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.api = f"http://127.0.0.1:{(api := free_port())}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "CI"},
            "KS_VAR": str(var),
            "KS_API_PORT": str(api),
            "KS_SMTP_PORT": str(free_port()),
            "KS_TEMPORAL_UI_PORT": str(free_port()),
            "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *command],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip

    def start(self, *command: str) -> subprocess.Popen[str]:
        with (self.var.parent / "output").open("w") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "cli", *command],
                cwd=ROOT, env=self.environment, stdout=output, stderr=output, text=True,
                start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return (self.var.parent / "output").read_text()

    def until(self, condition: Callable[[], object], what: str) -> None:
        give_up = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < give_up, f"never came true: {what}\n{self.said}"
            time.sleep(0.05)

    def processes(self) -> dict[str, psutil.Process]:
        """Everything that runs on this installation, by the last word of its command."""
        found = {}
        for process in psutil.process_iter():
            try:
                if process.environ().get("KS_VAR") == str(self.var):
                    found[process.cmdline()[-1]] = process
            except (psutil.Error, IndexError):
                continue
        return found

    def get(self, path: str, person: str = "head-ks06") -> Any:
        key = read_keys(Settings.model_validate({"var": self.var}))[person]
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.get(self.api + path, headers=headers, trust_env=False).json()

    def letters(self) -> set[str]:
        return {path.name for path in (self.var / "mail").rglob("*.eml")}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "var")
    yield machine
    for process in machine.processes().values():
        process.kill()


def test_everything_runs_the_demo_is_played_and_the_next_start_goes_on(machine: Machine) -> None:
    played = machine.run("up", "--demo", str(PLAYED), "--once")
    assert played.returncode == 0, played.stderr + played.stdout
    assert "/docs" in played.stdout
    assert machine.processes() == {}
    letters = machine.letters()
    kinds = {name.split(".")[1] for name in letters}
    assert {"N1", "N2", "N3", "N4", "N5", "N7", "N8", "N9"} <= kinds

    running = machine.start("up")
    machine.until(lambda: "Ctrl-C stops everything" in machine.said, "all parts work again")
    stages = {case["reference"]: case["stage"] for case in machine.get("/interventions")["items"]}
    told = [line.split() for line in played.stdout.splitlines() if line.startswith("  INT-")]
    assert stages == {reference: stage for reference, stage, *_ in told}
    assert Counter(stages.values()) == Counter(plot.stage for plot in PLOTS)
    assert letters <= machine.letters()

    second = machine.run("up")
    assert second.returncode == 1
    assert f"pid {running.pid}" in second.stderr
    assert machine.run("verify").returncode == 0
    assert machine.run("doctor").returncode == 0
    machine.processes()["worker"].kill()
    machine.until(lambda: "worker works again" in machine.said, "the worker is started again")
    running.kill()
    running.wait()
    machine.until(lambda: not machine.processes(), "the parts are gone with their supervisor")

    again = machine.start("up")
    machine.until(lambda: "Ctrl-C stops everything" in machine.said, "all parts work once more")
    assert f"pid {running.pid}" in machine.said
    assert len(machine.get("/interventions")["items"]) == PLAYED
    again.send_signal(signal.SIGINT)
    assert again.wait(PATIENCE) == 0
    assert machine.processes() == {}


def test_a_past_year_is_imported_once_and_its_open_cases_run(machine: Machine) -> None:
    first = machine.run("up", "--past", str(PAST), "--once")
    assert first.returncode == 0, first.stderr + first.stdout
    assert f"{PAST} imported, 0 known already, 0 rejected" in first.stdout
    running = machine.start("up", "--past", str(PAST))
    machine.until(lambda: f"0 imported, {PAST} known already" in machine.said, "it is known")
    stages = Counter(case["stage"] for case in machine.get("/interventions?limit=200")["items"])
    assert stages.total() == PAST
    machine.until(lambda: machine.run("verify", "--repair").returncode == 0, "open cases run")
    running.send_signal(signal.SIGINT)
    assert running.wait(PATIENCE) == 0


def test_who_holds_a_port_is_named_before_anything_starts(machine: Machine) -> None:
    port = int(machine.environment["KS_API_PORT"])
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    holder = psutil.Process(server.pid)
    try:
        machine.until(lambda: holder.net_connections(), "the port is held")
        refused = machine.run("up")
    finally:
        server.kill()
        server.wait()
    assert refused.returncode == 1
    assert f"(pid {server.pid})" in refused.stderr
    assert "KS_API_PORT" in refused.stderr
    assert not (machine.var / "temporal.db").exists()


def test_a_wrong_setting_is_named(machine: Machine) -> None:
    machine.environment["KS_SMTP_PORT"] = "ósmy"
    refused = machine.run("worker")
    assert refused.returncode == 1
    assert refused.stderr.startswith("ks: KS_SMTP_PORT: ")


def test_terms_of_a_demo_stop_a_production_start(machine: Machine) -> None:
    terms = machine.var / "terms"
    terms.mkdir(parents=True)
    row = {
        "id": "int.reopen_window", "process": "intervention", "what": "próba", "length": 0,
        "unit": "minutes", "starts_at": "notice", "basis": "-", "kind": "internal",
        "on_lapse": "case closes", "valid_from": "2021-09-02", "setting": True,
        "source": "test", "test": True,
    }  # fmt: skip
    (terms / "deadlines.yaml").write_text(json.dumps([row]))
    machine.environment["KS_TABLES"] = str(terms)
    refused = machine.run("follow")
    assert refused.returncode == 1
    assert "KS_ALLOW_TEST_TERMS" in refused.stderr


def test_a_key_is_shown_once_and_can_be_taken_back(machine: Machine) -> None:
    token = machine.run("key", "issue", "clerk-a", "--label", "próba").stdout.strip()
    key_id = token.split("_")[1]
    listed = machine.run("key", "list").stdout
    assert key_id in listed
    assert token not in listed
    assert machine.run("key", "revoke", key_id).returncode == 0
    unknown = machine.run("key", "revoke", "0" * 12)
    assert unknown.returncode == 1
    assert "The API key is not known." in unknown.stderr
