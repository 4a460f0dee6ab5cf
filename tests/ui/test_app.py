"""The application as a process: it starts, is one, and ends without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAUNCH = "import sys; from explorer.ui.app import main; sys.exit(main(sys.argv[1:]))"
# The one thing that only the offscreen platform says.
HARMLESS = "This plugin does not support"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends the application with signals")


class Application:
    """The application in a process of its own, with its own settings and socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "run").mkdir(mode=0o700)
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, *paths: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(self._folder / "run"),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", LAUNCH, *paths],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def wait_until_listening(self) -> None:
        deadline = time.monotonic() + 60
        while not (self._folder / "run/layerscope/window.socket").exists():
            assert time.monotonic() < deadline, "it never came up"
            time.sleep(0.05)

    def remove_socket(self) -> None:
        """Take the crashed one's socket away, to see the new one come up; its lock stays."""
        (self._folder / "run/layerscope/window.socket").unlink()

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    made = Application(tmp_path)
    yield made
    made.end()


def said(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=60)
    lines = [line for line in (output + errors).splitlines() if HARMLESS not in line]
    return "\n".join(lines)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(application: Application, name: signal.Signals) -> None:
    process = application.start("/x/a.tar")
    application.wait_until_listening()
    process.send_signal(name)
    assert said(process) == ""
    assert process.returncode == 0


def test_a_second_launch_hands_over_and_ends(application: Application) -> None:
    first = application.start()
    application.wait_until_listening()
    second = application.start("b.tar")
    assert said(second) == ""
    assert second.returncode == 0
    assert first.poll() is None
    first.terminate()
    assert said(first) == ""


def test_two_launches_at_once_are_one(application: Application) -> None:
    both = [application.start("/x/a.tar"), application.start("/x/b.tar")]
    deadline = time.monotonic() + 60
    while all(process.poll() is None for process in both):
        assert time.monotonic() < deadline, "neither handed over"
        time.sleep(0.05)
    handed, other = sorted(both, key=lambda process: process.poll() is None)
    assert said(handed) == ""
    assert handed.returncode == 0
    assert other.poll() is None
    other.terminate()
    assert said(other) == ""
    assert other.returncode == 0


def test_after_a_crash_the_next_launch_is_the_first(application: Application) -> None:
    crashed = application.start()
    application.wait_until_listening()
    crashed.kill()
    crashed.wait()
    application.remove_socket()
    successor = application.start()
    application.wait_until_listening()
    successor.terminate()
    assert said(successor) == ""
    assert successor.returncode == 0
