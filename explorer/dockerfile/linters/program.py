"""Running a program that reads text and prints JSON: bounded in time and in output."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from explorer.errors import ExplorerError
from explorer.progress import Job

TIME_LIMIT: Final = 15.0
"""Seconds a program may take."""

MAX_TEXT: Final = 1 << 18
"""Characters of a Dockerfile that linters are given; with more they need gigabytes and minutes."""

MAX_SCRIPT: Final = 1 << 14
"""Characters of one script that they are given."""

OUTPUT_LIMIT: Final = 32 << 20
"""Bytes a program may print."""

_POLL: Final = 0.05
_GRACE: Final = 5.0
_COMPLAINT: Final = 300


class LinterFailed(ExplorerError):
    """A linter crashed, took too long, or printed what nobody can read."""


def find_program(name: str) -> Path | None:
    """Where a program is: beside this Python, where wheels put theirs, or on the path."""
    folders = dict.fromkeys((sysconfig.get_path("scripts"), str(Path(sys.executable).parent)))
    for folder in folders:
        found = shutil.which(name, path=folder)
        if found:
            return Path(found)
    found = shutil.which(name)
    return Path(found) if found else None


def run_json(
    command: Sequence[str | Path],
    text: str = "",
    *,
    folder: Path | None = None,
    job: Job | None = None,
    time_limit: float = TIME_LIMIT,
    output_limit: int = OUTPUT_LIMIT,
) -> Any:
    """Run a program in a folder with a text as its input; the JSON it prints.

    It blocks, so run it on a thread; cancelling ``job`` ends the program.

    Raises:
        LinterFailed: no JSON came, or not in time; ``why`` says what the program said.
        Cancelled: the job was cancelled.
    """
    name = Path(command[0]).stem
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
        given.write(text.encode("utf-8", "replace"))
        given.seek(0)
        output = _run(name, command, given, complaints, folder, job, time_limit, output_limit)
        complaints.seek(0)
        said = _first_line(complaints.read(1 << 16))
    try:
        return json.loads(output)
    except (ValueError, RecursionError) as error:
        why = said or ("it printed nothing" if not output else "it printed no JSON")
        raise LinterFailed(f"{name} did not work", why=why) from error


def _run(
    name: str,
    command: Sequence[str | Path],
    given: BinaryIO,
    complaints: BinaryIO,
    folder: Path | None,
    job: Job | None,
    time_limit: float,
    output_limit: int,
) -> bytes:
    # Both are Haskell programs and read text in the locale's encoding.
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    try:
        process = subprocess.Popen(
            list(map(str, command)),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise LinterFailed(f"{name} cannot be started", why=str(error)) from error
    output = _Output(process, output_limit)
    deadline = time.monotonic() + time_limit
    try:
        while not output.finished(_POLL):
            if job is not None:
                job.check()
            if time.monotonic() > deadline:
                raise LinterFailed(f"{name} was stopped", why=f"it took over {time_limit:g} s")
    finally:
        _end(process)
        output.close()
    if output.too_long:
        raise LinterFailed(f"{name} was stopped", why=f"it printed over {output_limit:,} bytes")
    return output.content


class _Output:
    """Reads what a process prints on a thread, up to a limit."""

    def __init__(self, process: subprocess.Popen[bytes], limit: int) -> None:
        assert process.stdout is not None
        self._stream = process.stdout
        self._limit = limit
        self._chunks: list[bytes] = []
        self.too_long = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def content(self) -> bytes:
        return b"".join(self._chunks)

    def finished(self, timeout: float) -> bool:
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        self._thread.join(_GRACE)
        if not self._thread.is_alive():
            self._stream.close()

    def _read(self) -> None:
        left = self._limit
        while chunk := os.read(self._stream.fileno(), 1 << 16):
            left -= len(chunk)
            if left < 0:
                self.too_long = True
                return
            self._chunks.append(chunk)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all it started, and wait for it.

    Until it is waited for, its number cannot be another's, so what it left running is found.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _first_line(data: bytes) -> str:
    lines = data.decode("utf-8", "replace").split("\n")
    line = next((line.strip() for line in lines if line.strip()), "")
    return line[:_COMPLAINT]
