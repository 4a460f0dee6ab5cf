"""What is dear to make is made once, however many processes run the tests."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def once(
    factory: pytest.TempPathFactory, config: pytest.Config, name: str, make: Callable[[Path], Path]
) -> Path:
    """What ``make`` makes in a folder of this run; raises, and skips, as it does.

    Where it fails in one process, another tries again.
    """
    base = factory.getbasetemp()
    folder = (base.parent if hasattr(config, "workerinput") else base) / name
    folder.mkdir(exist_ok=True)
    note = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(str(make(folder / "work")))
        return Path(note.read_text())
