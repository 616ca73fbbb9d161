"""One part of the product as a process of its own: killed at any moment, and started again."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from runtime.processes import die_with

ROOT = Path(__file__).parents[2]


class PartProcess:
    """Runs in a session of its own and dies with this process, however that ends."""

    def __init__(
        self, name: str, command: Sequence[str], environment: dict[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._command = tuple(command)
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Only from the main thread: the kernel ends the part with the thread that started it."""
        parent = os.getpid()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=self._environment,
                start_new_session=True,
                preexec_fn=lambda: die_with(parent),
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def kill(self) -> None:
        """End it as a crash would, with whatever it has started."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
