"""Whether what was built runs: the command line, the sample in it, and the window."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from devkit.trouble import DevError

_PATIENCE = 60.0  # seconds for the window to come up


def try_out(program: Path, version: str) -> None:
    """Run a built Layerscope as a user would; DevError where it does not do what it should."""
    with tempfile.TemporaryDirectory(prefix="layerscope-trial-") as name:
        folder = Path(name)
        home = _Home(program, folder)
        said = home.ask("--version")
        if version not in said:
            raise DevError(f"{program} says it is {said.strip()!r}", why=f"this is {version}")
        sample = json.loads(home.ask("report", "--json"))["reference"]
        if not json.loads(home.ask("inspect", sample, "--json"))["layers"]:
            raise DevError(f"{program} sees no layer in the sample that it comes with")
        home.open_window(sample)


class _Home:
    """A place to run in with nothing of this machine's settings or display."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = str(program)
        self._folder = folder
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        self._environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime),
            "LAYERSCOPE_CACHE_DIR": str(folder / "cache"),
            "QT_QPA_PLATFORM": "offscreen",
        }

    def ask(self, *arguments: str) -> str:
        """What a run prints; DevError where it fails."""
        command = [self._program, *arguments]
        done = subprocess.run(
            command, env=self._environment, cwd=self._folder, capture_output=True,
            text=True, errors="replace", check=False, timeout=_PATIENCE,
        )  # fmt: skip
        if done.returncode:
            raise _failed(command, done.returncode, done.stderr)
        return done.stdout

    def open_window(self, image: str) -> None:
        """Start the window, have it take a file from a second launch, and end it."""
        command = [self._program, image]
        log = self._folder / "window.log"
        with log.open("wb") as output, subprocess.Popen(
            command, env=self._environment, cwd=self._folder, stdout=output, stderr=output
        ) as window:  # fmt: skip
            try:
                self._wait_for(window, command, log)
                self.ask(image)  # answered by the first: its window is there, and its loop turns
                if window.poll() is not None:
                    raise _failed(command, window.returncode, log.read_text("utf-8", "replace"))
            finally:
                window.terminate()
        said = log.read_text("utf-8", "replace")
        if "Traceback" in said:
            raise _failed(command, 0, said)

    def _wait_for(
        self, window: "subprocess.Popen[bytes]", command: Sequence[str], log: Path
    ) -> None:
        """Until the window listens for other launches, which is the last thing a start does."""
        end = time.monotonic() + _PATIENCE
        while not any(path.is_socket() for path in self._folder.glob("runtime/layerscope/*")):
            if window.poll() is not None or time.monotonic() > end:
                raise _failed(command, window.poll() or 0, log.read_text("utf-8", "replace"))
            time.sleep(0.1)


def _failed(command: Sequence[str], code: int, said: str) -> DevError:
    last = "\n       ".join(said.strip().splitlines()[-8:])
    return DevError(
        f"{' '.join(command)} does not work",
        why=f"it ended with {code}: {last}" if last else f"it ended with {code}, without a word",
    )
