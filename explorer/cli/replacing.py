"""Writing a file anew: whole or not at all, its mode and owner kept."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from explorer.errors import Refused


def replace_content(path: Path, data: bytes) -> None:
    """Give a file another content.

    A symlink keeps leading to it. A file with several names, or one whose owner only its own
    rewriting keeps, is rewritten in place.

    Raises:
        Refused: it cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.stat().st_nlink > 1 or not _replaced(target, data):
            _rewritten(target, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(f"{path} cannot be written", why=why) from error


def _replaced(target: Path, data: bytes) -> bool:
    """Put a new file in the place of the old one; whether that keeps all it has."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)
    except PermissionError:
        return False  # the file may be written, its folder may not
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not _like(target, name):
            return False
        Path(name).replace(target)
        return True
    finally:
        with suppress(OSError):
            Path(name).unlink()


def _like(target: Path, name: str) -> bool:
    """Give a new file the owner and mode of the old one; whether that is possible."""
    old, new = target.stat(), Path(name).stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        try:
            os.chown(name, old.st_uid, old.st_gid)
        except OSError:
            return False
    Path(name).chmod(old.st_mode & 0o7777)
    return True


def _rewritten(target: Path, data: bytes) -> None:
    with target.open("r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
