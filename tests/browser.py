"""A headless Chromium that is told what to show, and photographed once it shows it."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
from websockets.sync.client import ClientConnection, connect

PATIENCE: Final = 60.0
LOOK_EVERY: Final = 0.1

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def is_installed() -> bool:
    return any(map(shutil.which, _NAMES))


class Browser:
    """Spoken to by the DevTools protocol."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._ids = count(1)

    def photograph(
        self, address: str, waiting_for: str, picture: Path, part: str | None = None
    ) -> None:
        """Open a page, wait until it shows a text, and keep what it, or a part, looks like."""
        target = httpx.put(f"{self._address}/json/new?{address}", trust_env=False).json()
        with connect(target["webSocketDebuggerUrl"], proxy=None, max_size=None) as page:
            shows = f"document.documentElement.textContent.includes({json.dumps(waiting_for)})"
            _until(lambda: self._value(page, shows), f"{address} shows {waiting_for!r}")
            self._settle(page)
            clip = self._place_of(page, part) if part else {}
            shot = self._ask(page, "Page.captureScreenshot", format="png", **clip)
            picture.write_bytes(base64.b64decode(shot["data"]))
        httpx.get(f"{self._address}/json/close/{target['id']}", trust_env=False)

    def _place_of(self, page: ClientConnection, part: str) -> dict[str, Any]:
        place = f"document.querySelector({json.dumps(part)}).getBoundingClientRect().toJSON()"
        return {"clip": self._value(page, place) | {"scale": 1}, "captureBeyondViewport": True}

    def _settle(self, page: ClientConnection) -> None:
        """Until two looks in a row find the same text: nothing is being loaded any more."""
        seen: list[Any] = [None]

        def same() -> bool:
            seen.append(self._value(page, "document.documentElement.innerText"))
            return bool(seen[-1] == seen[-2])

        _until(same, "the page stands still", every=1.0)

    def _value(self, page: ClientConnection, expression: str) -> Any:
        found = self._ask(page, "Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def _ask(self, page: ClientConnection, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        page.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(page.recv())
            if answer.get("id") == number:
                found: dict[str, Any] = answer["result"]
                return found


@contextmanager
def a_browser(profile: Path, size: tuple[int, int]) -> Iterator[Browser]:
    """A browser with a profile of its own, on a port that it chooses."""
    command = next(filter(None, map(shutil.which, _NAMES)))
    process = subprocess.Popen(
        [
            command, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0",
            f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", "about:blank",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        told = profile / "DevToolsActivePort"
        _until(lambda: told.exists() and told.read_text().strip(), "the browser is there")
        yield Browser(f"http://127.0.0.1:{told.read_text().splitlines()[0]}")
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _until(condition: Callable[[], object], what: str, every: float = LOOK_EVERY) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, f"never came true: {what}"
        time.sleep(every)
