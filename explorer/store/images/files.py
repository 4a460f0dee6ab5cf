"""Writing files that are whole or absent, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from explorer.errors import ExplorerError, Refused, StorageFull
from explorer.store.folder import lacks_room


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` where ``path`` is, at once and durably.

    Raises :class:`StorageFull` where there is no room, :class:`Refused` where nothing can be
    written. The old content stays where it fails.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise cannot_write(path.parent, error) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; systems that cannot do it do not need it."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def cannot_write(folder: Path, error: OSError) -> ExplorerError:
    """The error for a store that takes no file."""
    if lacks_room(error):
        return StorageFull(
            "There is no room for the image",
            why=f"the disk that holds {folder} is full",
            hint="Free some space (layerscope prune removes what no image needs), "
            "or name another folder in LAYERSCOPE_DATA_DIR",
        )
    return Refused(
        "The image store cannot be written",
        why=f"{folder}: {error.strerror or error}",
        hint="Check its permissions, or name another folder in LAYERSCOPE_DATA_DIR",
    )
