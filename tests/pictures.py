"""`make pictures`: what an operator sees, photographed by a headless browser from a real run.

It starts `ks up` with a directory and ports of its own, plays the demo, and writes the pictures of
`docs/operations.md` to `docs/pictures/`. Pages of terminals are photographed as rich shows them.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.text import Text

from runtime.demo_plots import PLOTS
from runtime.demo_reports import REPORTS
from tests.browser import a_browser, is_installed
from tests.system.test_up import ROOT, Machine

PICTURES: Final = ROOT / "docs/pictures"
PLAYED: Final = len(PLOTS)
SHOWN: Final = "mowing"
"""The plot whose case is shown: two units returned it, and the head settled who is competent."""
WIDE: Final = (1440, 1300)


def main() -> None:
    if not is_installed():
        sys.exit("make pictures needs Chromium (Debian: apt-get install chromium)")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ks-pictures-") as directory:
        machine = Machine(Path(directory) / "var")
        with _running(machine), a_browser(Path(directory) / "browser", WIDE) as browser:
            for name, address, waiting_for in _pages(machine):
                browser.photograph(address, waiting_for, PICTURES / f"{name}.png")
                print(f"docs/pictures/{name}.png")  # noqa: T201  # this is a command
            for name, command in _terminals(machine):
                page = Path(directory) / f"{name}.html"
                page.write_text(_as_page(machine, command), encoding="utf-8")
                browser.photograph(page.as_uri(), "ks", PICTURES / f"{name}.png", part="svg")
                print(f"docs/pictures/{name}.png")  # noqa: T201  # this is a command


@contextmanager
def _running(machine: Machine) -> Iterator[None]:
    machine.run("up", "--demo", str(PLAYED), "--once")
    running = machine.start("up")
    try:
        machine.until(lambda: "Ctrl-C stops everything" in machine.said, "all parts work")
        yield
    finally:
        running.terminate()
        running.wait(60)


def _pages(machine: Machine) -> Iterator[tuple[str, str, str]]:
    """The name of each picture, the address of the page, and a text that it shows when loaded."""
    ui = f"http://127.0.0.1:{machine.environment['KS_TEMPORAL_UI_PORT']}/namespaces/ks"
    case = _case_of(machine, SHOWN)
    run = _until(lambda: _run_of(ui, case))
    page = f"{ui}/workflows/intervention-{case}/{run}"
    yield "temporal-cases", f"{ui}/workflows", "intervention-INT"
    yield "temporal-case", f"{page}/user-metadata", "InterventionWorkflow"
    yield "temporal-history", f"{page}/history", "Workflow Execution"


def _terminals(machine: Machine) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "explain", ("explain", _case_of(machine, SHOWN))
    yield "verify", ("verify", "--repair")
    yield "doctor", ("doctor",)


def _case_of(machine: Machine, plot: str) -> str:
    found = machine.get(f"/interventions?category={REPORTS[plot].category}&limit=1")["items"]
    return str(found[0]["reference"])


def _run_of(ui: str, case: str) -> str | None:
    base, _, namespace = ui.partition("/namespaces/")
    address = f"{base}/api/v1/namespaces/{namespace}/workflows/intervention-{case}"
    answer = httpx.get(address, trust_env=False)
    if answer.status_code != httpx.codes.OK:
        return None
    run: str = answer.json()["workflowExecutionInfo"]["execution"]["runId"]
    return run


def _until(ask: Callable[[], str | None]) -> str:
    give_up = time.monotonic() + 60
    while (found := ask()) is None:
        assert time.monotonic() < give_up, "the Temporal UI does not answer"
        time.sleep(0.1)
    return found


def _as_page(machine: Machine, command: tuple[str, ...]) -> str:
    """What the command prints in a terminal of 110 columns."""
    environment = {"COLUMNS": "110", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    machine.environment |= environment
    said = machine.run(*command).stdout
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=112, file=nowhere)
        console.print(Text.from_ansi(said))
        drawn = console.export_svg(title=f"ks {' '.join(command)}")
    return f"<!doctype html><style>svg {{ width: 1100px }}</style>{drawn}"


if __name__ == "__main__":
    main()
