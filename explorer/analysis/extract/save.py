"""One file of an image, saved under a name that the user chose."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from explorer.analysis.content import FileContent
from explorer.analysis.extract.target import refused
from explorer.analysis.extract.writing import NO_ROOM, write_content
from explorer.errors import NotFound, StorageFull, UsageError
from explorer.progress import Job


def save_file(
    content: FileContent, dest: Path, job: Job | None = None, *, force: bool = False
) -> int:
    """Write content to ``dest``, whole or not at all; the bytes written (holes stay holes).

    ``force`` replaces a file that is there, once the new one is whole. Raises :class:`NotFound`
    where the folder is missing, :class:`UsageError` where something is in the way, and
    :class:`Refused`, :class:`StorageFull`, :class:`DamagedImage`, :class:`Cancelled`.
    """
    job = job or Job()
    if not dest.parent.is_dir():
        raise NotFound(f"No folder {dest.parent}", hint="Make it first")
    if dest.is_dir() or (not force and os.path.lexists(dest)):
        raise UsageError(f"{dest} is not overwritten", why="it is there already")
    job.expect(content.sparse.stored if content.sparse is not None else content.size)
    try:
        return _save(content, dest, job, force=force)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull(
                f"There is no room for {dest.name}",
                why=f"the disk that holds {dest.parent} is full",
                hint="Free some space, or choose another folder",
            ) from error
        raise refused(dest, error) from error


def _save(content: FileContent, dest: Path, job: Job, *, force: bool) -> int:
    descriptor, aside = tempfile.mkstemp(dir=dest.parent, prefix=".layerscope-")
    try:
        try:
            written = write_content(content, descriptor, job)
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o644 & ~_umask())
        finally:
            os.close(descriptor)
        if force:
            Path(aside).replace(dest)
            return written
        _place(aside, dest)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise
    return written


def _place(aside: str, dest: Path) -> None:
    """Give a finished file its name, unless something took it meanwhile."""
    try:
        os.link(aside, dest)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        Path(aside).rename(dest)
        return
    Path(aside).unlink()


def _umask() -> int:
    """What new files are not allowed here; 022 where it cannot be read without setting it."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    return 0o022
