"""One layer of the sample, planned path by path as a builder would record it.

A builder's diff names the parent directories of whatever changed, so each
layer repeats them; the plan does that by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.factory import (
    Entry,
    Layer,
    directory,
    file,
    hardlink,
    layer,
    opaque,
    symlink,
    whiteout,
)

FILES: Final = Path(__file__).parent / "files"
"""The texts of the sample, as they lie in the image."""


@dataclass(frozen=True, slots=True)
class Folder:
    """How a directory is kept; owner and group are the same number."""

    mode: int = 0o755
    owner: int = 0


FOLDERS: Final[Mapping[str, Folder]] = {
    "root": Folder(0o700),
    "tmp": Folder(0o1777),
    "var/tmp": Folder(0o1777),
    "var/log/lantern": Folder(0o750, 101),
    "app/cache": Folder(0o750, 101),
}
"""The directories that are not 0755 and root's."""


@dataclass(slots=True)
class Plan:
    """Gathers the entries of a layer in the order they are named; ``time`` is in seconds."""

    time: int
    parts: list[Entry] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def folder(self, path: str) -> None:
        """A directory, with those above it."""
        if path and path not in self.given:
            self.folder(path.rpartition("/")[0])
            kept = FOLDERS.get(path, Folder())
            made = directory(path, mode=kept.mode, uid=kept.owner, gid=kept.owner, mtime=self.time)
            self._add(path, made)

    def file(
        self,
        path: str,
        content: bytes,
        mode: int | None = None,
        owner: int = 0,
        xattrs: Mapping[str, bytes] | None = None,
    ) -> None:
        """A file; scripts and programs are 0755 unless said otherwise."""
        runs = content.startswith((b"#!", b"\x7fELF"))
        kept = (0o755 if runs else 0o644) if mode is None else mode
        made = file(
            path,
            content,
            mode=kept,
            uid=owner,
            gid=owner,
            mtime=self.time,
            xattrs=xattrs or {},
        )
        self._below(path, made)

    def tree(self, source: str, target: str = "", mode: int | None = None) -> None:
        """The files under ``source``, a folder of `FILES`, at ``target``."""
        root = FILES / source
        for found in sorted(root.rglob("*")):
            if found.is_file():
                path = found.relative_to(root).as_posix()
                self.file(f"{target}/{path}".lstrip("/"), found.read_bytes(), mode)

    def symlink(self, path: str, target: str) -> None:
        """A symbolic link."""
        self._below(path, symlink(path, target, mtime=self.time))

    def hardlink(self, path: str, target: str, mode: int = 0o755) -> None:
        """Another name of a file this layer holds."""
        self._below(path, hardlink(path, target, mode=mode, mtime=self.time))

    def remove(self, path: str) -> None:
        """A whiteout of what a lower layer holds."""
        self._below(path, whiteout(path, mtime=self.time))

    def start_afresh(self, path: str) -> None:
        """A directory that hides what lower layers hold in it."""
        self.folder(path)
        self.parts.append(opaque(path, mtime=self.time))

    def layer(self) -> Layer:
        """The layer as it is stored."""
        return layer(*self.parts)

    def _below(self, path: str, entry: Entry) -> None:
        self.folder(path.rpartition("/")[0])
        self._add(path, entry)

    def _add(self, path: str, entry: Entry) -> None:
        if path in self.given and entry.name[:4] != b".wh.":
            raise ValueError(f"{path} comes twice in one layer")
        self.given.add(path)
        self.parts.append(entry)


def text(path: str) -> bytes:
    """One of the sample's texts, by its path under `FILES`."""
    return (FILES / path).read_bytes()
