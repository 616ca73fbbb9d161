"""A headless Chromium: told what to show and to type, and photographed once it shows it."""

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


class Page:
    """An open page, used as a person would use it."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._ids = count(1)

    def as_on_a_phone(self) -> None:
        phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        self.ask("Emulation.setDeviceMetricsOverride", **phone)

    def without_scripts(self) -> None:
        self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def go_to(self, address: str, waiting_for: str) -> None:
        self.ask("Page.navigate", url=address)
        self.wait_for(waiting_for)

    def wait_for(self, text: str) -> None:
        shown = f"document.body?.innerText.includes({json.dumps(text)})"
        _until(lambda: self.value(shown), f"the page shows {text!r}")

    def press(self, selector: str) -> None:
        """A click in the middle of it, by the mouse."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView()")
        box = self.value(
            f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()"
        )
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def type_into(self, selector: str, text: str) -> None:
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")
        self.ask("Input.insertText", text=text)

    def choose_day(self, selector: str, day: str) -> None:
        """A date field takes no inserted text."""
        self.value(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(day)}")

    def choose_file(self, selector: str, path: Path) -> None:
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def photograph(self, picture: Path) -> None:
        """The whole page, however long it is."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        picture.write_bytes(base64.b64decode(shot["data"]))

    def value(self, expression: str) -> Any:
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        told = {"id": number, "method": method, "params": parameters}
        self._connection.send(json.dumps(told))
        while True:
            answer: dict[str, Any] = json.loads(self._connection.recv())
            if answer.get("id") == number:
                found: dict[str, Any] = answer["result"]
                return found


class Browser:
    """Spoken to by the DevTools protocol."""

    def __init__(self, address: str) -> None:
        self._address = address

    @contextmanager
    def page(self) -> Iterator[Page]:
        """An empty page of its own."""
        target = httpx.put(f"{self._address}/json/new?about:blank", trust_env=False).json()
        with connect(target["webSocketDebuggerUrl"], proxy=None, max_size=None) as connection:
            yield Page(connection)
        httpx.get(f"{self._address}/json/close/{target['id']}", trust_env=False)

    def photograph(
        self, address: str, waiting_for: str, picture: Path, part: str | None = None
    ) -> None:
        """Open a page, wait until it shows a text, and keep what it, or a part, looks like."""
        with self.page() as page:
            page.ask("Page.navigate", url=address)
            shows = f"document.documentElement.textContent.includes({json.dumps(waiting_for)})"
            _until(lambda: page.value(shows), f"{address} shows {waiting_for!r}")
            _settle(page)
            clip = _place_of(page, part) if part else {}
            shot = page.ask("Page.captureScreenshot", format="png", **clip)
            picture.write_bytes(base64.b64decode(shot["data"]))


def _place_of(page: Page, part: str) -> dict[str, Any]:
    place = f"document.querySelector({json.dumps(part)}).getBoundingClientRect().toJSON()"
    return {"clip": page.value(place) | {"scale": 1}, "captureBeyondViewport": True}


def _settle(page: Page) -> None:
    """Until two looks in a row find the same text: nothing is being loaded any more."""
    seen: list[Any] = [None]

    def same() -> bool:
        seen.append(page.value("document.documentElement.innerText"))
        return bool(seen[-1] == seen[-2])

    _until(same, "the page stands still", every=1.0)


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
