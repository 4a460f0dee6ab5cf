"""How many processes a RUN may have: a control group, where we may make one.

cgroup v2 and v1 (``Documentation/admin-guide/cgroup-v2.rst``). Without one, as an ordinary user,
the limit on a user's processes holds (setrlimit(2)); root has none but this.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")
_PREFIX: Final = "layerscope-"
_TRIES, _PAUSE = 20, 0.02  # seconds


class Group:
    """A control group of one RUN."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def make(cls, processes: int) -> Group | None:
        """A group that holds so many processes; None where none can be made."""
        for parent in _parents():
            path = parent / f"{_PREFIX}{os.getpid()}"
            try:
                path.mkdir(exist_ok=True)
                (path / "pids.max").write_text(str(processes))
            except OSError:
                with contextlib.suppress(OSError):
                    path.rmdir()
                continue
            return cls(path)
        return None

    def enter(self) -> None:
        """Be in it, with all processes that this one starts; raises ``OSError``."""
        (self._path / "cgroup.procs").write_text("0")

    @property
    def was_full(self) -> bool:
        """Whether a process could not be made for want of room."""
        try:
            words = (self._path / "pids.events").read_text().split()
        except OSError:
            return False
        return words[:1] == ["max"] and words[1:2] != ["0"]

    def leave(self) -> None:
        """Take it away, once its processes are gone; this one must be out of it."""
        with contextlib.suppress(OSError):
            (self._path.parent / "cgroup.procs").write_text("0")
        with contextlib.suppress(OSError):
            self._path.rmdir()


def clear() -> None:
    """Take away groups whose keepers were killed, with the processes that outlived them."""
    for parent in _parents():
        for path in parent.glob(f"{_PREFIX}*"):
            if not Path(f"/proc/{path.name.removeprefix(_PREFIX)}").exists():
                _end(path)


def _end(group: Path) -> None:
    for _ in range(_TRIES):
        with contextlib.suppress(OSError, ValueError):
            for process in (group / "cgroup.procs").read_text().split():
                os.kill(int(process), signal.SIGKILL)
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_PAUSE)  # what was killed takes a moment to be gone
        else:
            return


def _parents() -> list[Path]:
    """Where a group could be made: beside what this process is in."""
    found: list[Path] = []
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            own = path.strip("/")
            if controllers == "pids" or "pids" in controllers.split(","):
                found.append(_ROOT / "pids" / own)
            elif not controllers:
                found += [_ROOT / own, _ROOT / own / ".."]
    return [path.resolve() for path in found if path.is_dir()]
