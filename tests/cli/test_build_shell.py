"""``layerscope build --on-failure shell`` on a terminal, as somebody uses it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.store.data import data_root
from explorer.store.images import ImageStore
from tests.build.engines.building import add_base, need_a_sandbox

COMMAND = [sys.executable, "-m", "explorer", "build"]


class Typist:
    """A command on a terminal, and who sits before it."""

    def __init__(self, *arguments: str) -> None:
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.fd = ours
        self.seen = ""

    def until(self, words: str) -> None:
        """Read until something is seen."""
        deadline = time.monotonic() + 60
        while words not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.fd], [], [], 0.2)[0]:
                self.seen += os.read(self.fd, 4096).decode("utf-8", "replace")

    def type(self, words: str) -> None:
        os.write(self.fd, f"{words}\n".encode())

    def wait(self) -> int:
        """Read to the end; the exit code."""
        try:
            while data := os.read(self.fd, 4096):
                self.seen += data.decode("utf-8", "replace")
        except OSError:
            pass
        os.close(self.fd)
        return self.process.wait(60)


@pytest.fixture
def project(tmp_path: Path, store: ImageStore) -> Path:
    need_a_sandbox()
    add_base(store)
    (tmp_path / "Dockerfile").write_text("FROM base\nENV KIND=tide\nRUN echo left >/left; false\n")
    return tmp_path


def test_a_shell_opens_where_a_command_failed(project: Path) -> None:
    typist = Typist(str(project), "--on-failure", "shell")
    typist.until("A shell in what line 3 left")
    typist.until("/ # ")
    typist.type("cat /left; echo $KIND")
    typist.until("left\r\ntide\r\n")
    typist.type("exit")
    assert typist.wait() == 1, "the build has failed all the same"
    assert not list((data_root() / "snapshots").glob("tmp-*"))


def test_it_needs_a_terminal(project: Path) -> None:
    done = subprocess.run(
        [*COMMAND, str(project), "--on-failure", "shell"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


def test_a_build_that_goes_well_opens_none(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM base\nRUN true\n")
    typist = Typist(str(project), "--on-failure", "shell")
    assert typist.wait() == 0
    assert "A shell" not in typist.seen
