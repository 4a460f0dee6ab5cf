"""Where an extraction goes: the rules of cp(1)."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from explorer.analysis.extract.folder import Folder, OpenFolder
from explorer.analysis.extract.paths import NamedFolder
from explorer.errors import ExplorerError, NotFound, Refused, StorageFull, UsageError

_BY_DESCRIPTOR = {os.open, os.mkdir, os.symlink, os.link, os.rename, os.unlink, os.stat}
DESCRIPTORS = os.supports_dir_fd >= _BY_DESCRIPTOR and hasattr(os, "O_NOFOLLOW")


@dataclass(frozen=True, slots=True)
class Target:
    """The folder to write to, and the name to use in it; no name means the folder itself."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """What will be there."""
        return self.folder / self.name if self.name else self.folder

    @classmethod
    def choose(cls, dest: Path, name: str, *, force: bool) -> Target:
        """Into ``dest`` if it is a folder, else as ``dest``.

        The root has no name: it goes into ``dest`` itself. Raises :class:`NotFound` where the
        folder above is missing, and :class:`UsageError` where something is in the way.
        """
        if dest.is_dir() and not name:
            if not force and any(_listed(dest)):
                raise _in_the_way(dest, "it is not empty")
            return cls(dest, "")
        target = cls(dest, name) if dest.is_dir() else cls(dest.parent, dest.name)
        if not target.folder.is_dir():
            raise NotFound(f"No folder {target.folder}", hint="Make it first")
        if not force and os.path.lexists(target.path):
            raise _in_the_way(target.path, "it is there already")
        return target

    def open(self) -> Folder:
        """The folder, open. Raises :class:`Refused`."""
        try:
            if DESCRIPTORS:
                return OpenFolder.at(self.folder)
            return NamedFolder(self.folder.resolve())
        except OSError as error:
            raise refused(self.folder, error) from error

    def check_room(self, needed: int) -> None:
        """Raise :class:`StorageFull` where it is plain beforehand that there is no room."""
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(self.folder).free
            if needed > free:
                raise StorageFull(
                    f"There is no room in {self.folder}",
                    why=f"{needed:,} bytes are to be written and {free:,} are free",
                    hint="Free some space, or choose another folder; nothing was written",
                )


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are enough
    except OSError as error:
        raise refused(folder, error) from error


def _in_the_way(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} is not overwritten", why=why, hint="Choose another place, or force it"
    )


def refused(path: Path, error: OSError) -> ExplorerError:
    """The error for a place that cannot be written to."""
    return Refused(f"{path} cannot be written", why=error.strerror or str(error))
