"""What a trial may do: take two seconds and some memory, and write into its own folder alone."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

SLOWEST = 2.0  # seconds
MOST_GROWTH = 200 << 20  # bytes of resident memory, over a whole run
_PATIENCE = 10.0  # seconds, after which a trial is torn out of whatever it does
_ROOM = 3 << 30  # bytes of address space

_PATH_EVENTS = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.truncate", "os.utime",
}  # fmt: skip
_NEVER = {"os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen", "socket.connect"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class TrialHangs(BaseException):
    """Raised inside a trial that does not end; no ``except Exception`` may swallow it."""


class Watch:
    """Notes everything that is written outside of a folder, and every program that is started."""

    def __init__(self, folder: Path) -> None:
        self.trespasses: list[str] = []
        self._folder = str(folder)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITES:
                self._judge(event, path)
        elif event in _PATH_EVENTS:
            for path in arguments[:2]:
                self._judge(event, path)
        elif event in _NEVER:
            self.trespasses.append(f"{event} {arguments!r:.200}")

    def _judge(self, event: str, path: object) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            name = os.fsdecode(path)
            inside = name == self._folder or name.startswith(self._folder + os.sep)
            if not inside and name != os.devnull:
                self.trespasses.append(f"{event} {name}")


def limit_memory() -> None:
    """More than this is not to be had: a runaway allocation fails here, not on the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))


def resident() -> int:
    """The most memory this process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def patience() -> Iterator[None]:
    """Ends what goes on for too long with :class:`TrialHangs`."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TrialHangs

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
