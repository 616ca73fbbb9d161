"""Commands forked from a process that has loaded the product once: loading takes a second each."""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

_SERVER = multiprocessing.get_context("forkserver")
# Not `cli` itself: its consoles look at the environment when they are made.
_SERVER.set_forkserver_preload(["worker", "api.app"])


def run_ks(
    command: tuple[str, ...], root: Path, environment: Mapping[str, str], timeout: float
) -> CompletedProcess[str]:
    """`ks` as a process of its own with this environment, what it wrote, and how it ended."""
    with TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        child = _SERVER.Process(target=_become_ks, args=(command, root, environment, out, err))
        child.start()
        child.join(timeout)
        if child.exitcode is None:
            child.kill()
            raise TimeoutExpired(command, timeout)
        return CompletedProcess(
            command, child.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )


def _become_ks(
    command: tuple[str, ...], root: Path, environment: dict[str, str], out: Path, err: Path
) -> None:
    for path, standard in ((out, 1), (err, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), standard)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["ks", *command]

    from cli import main

    main()
