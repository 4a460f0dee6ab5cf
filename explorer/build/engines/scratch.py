"""Folders for the length of a build; what a killed process left goes with the next one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from explorer.store.folder import cache_root, cannot_write

_PREFIX: Final = "build-"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder of this build alone; raises :class:`explorer.errors.StorageFull`."""
    root = cache_root() / "engines"
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(root)
        folder = Path(tempfile.mkdtemp(dir=root, prefix=f"{_PREFIX}{os.getpid()}-"))
    except OSError as error:
        raise cannot_write(root, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process runs."""
    if os.name != "posix":  # a signal of 0 would end a process there
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
