"""A filesystem as something one can compare: read from a folder, or from our merged view."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, partial
from pathlib import Path

from explorer.analysis.opened import OpenImage
from explorer.errors import NotFound
from explorer.filesystem.entry import Entry, EntryType

_KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "char",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}
# Book-keeping of overlayfs, and what an LSM of the machine puts on every new file.
_OF_THE_MACHINE = (b"trusted.overlay.", b"security.selinux", b"user.overlay.")


@dataclass(frozen=True, slots=True)
class Seen:
    """One path. Symlinks have no mode of their own, and only files a size, a time and content.

    ``mtime`` is in whole seconds, ``sha256`` hexadecimal.
    """

    kind: str
    mode: int
    uid: int
    gid: int
    size: int = 0
    mtime: int = 0
    sha256: str = ""
    link: bytes = b""
    device: tuple[int, int] = (0, 0)
    xattrs: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Filesystem:
    """Paths (without a leading slash; the root left out), and the groups that share an inode."""

    paths: Mapping[bytes, Seen]
    links: frozenset[frozenset[bytes]]

    def without(self, *paths: bytes) -> Filesystem:
        """The same with some paths, and all below them, left out."""
        kept = {path: seen for path, seen in self.paths.items() if not _is_under(path, paths)}
        groups = (frozenset(group & kept.keys()) for group in self.links)
        return Filesystem(kept, frozenset(group for group in groups if len(group) > 1))


def differences(ours: Filesystem, real: Filesystem, most: int = 20) -> list[str]:
    """What differs, a line for each; empty for equals."""
    found = [f"{path!r}: only in ours" for path in sorted(ours.paths.keys() - real.paths.keys())]
    found += [
        f"{path!r}: missing in ours" for path in sorted(real.paths.keys() - ours.paths.keys())
    ]
    for path in sorted(ours.paths.keys() & real.paths.keys()):
        found += [f"{path!r}: {line}" for line in _aspects(ours.paths[path], real.paths[path])]
    found += [f"linked in ours alone: {sorted(group)[:4]}" for group in ours.links - real.links]
    found += [f"linked there alone: {sorted(group)[:4]}" for group in real.links - ours.links]
    return found[:most]


def _aspects(ours: Seen, real: Seen) -> Iterable[str]:
    for field in fields(Seen):
        mine, theirs = getattr(ours, field.name), getattr(real, field.name)
        if mine != theirs:
            yield f"{field.name} is {mine!r} in ours, {theirs!r} there"


def _is_under(path: bytes, tops: Iterable[bytes]) -> bool:
    return any(path == top or path.startswith(top + b"/") for top in tops)


# -- a folder --------------------------------------------------------------------------------


def read_folder(root: Path) -> Filesystem:
    """What lies in a folder, by the system's own calls."""
    paths: dict[bytes, Seen] = {}
    inodes: dict[tuple[int, int], set[bytes]] = {}
    top = os.fsencode(root)
    for parent, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = parent + b"/" + name
            relative = os.path.relpath(path, top)
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                continue  # the kernel lists a whiteout where nothing lies below it
            known = inodes.get((status.st_dev, status.st_ino))
            paths[relative] = paths[min(known)] if known else _seen(path, status)
            if not stat.S_ISDIR(status.st_mode):
                inodes.setdefault((status.st_dev, status.st_ino), set()).add(relative)
    groups = (frozenset(group) for group in inodes.values() if len(group) > 1)
    return Filesystem(paths, frozenset(groups))


def _seen(path: bytes, status: os.stat_result) -> Seen:
    kind = _KINDS[stat.S_IFMT(status.st_mode)]
    is_file = kind == "file"
    names = (os.fsencode(name) for name in os.listxattr(path, follow_symlinks=False))
    return Seen(
        kind=kind,
        mode=0 if kind == "symlink" else stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size if is_file else 0,
        mtime=int(status.st_mtime // 1) if is_file else 0,
        sha256=_digest_of(path) if is_file else "",
        link=os.readlink(path) if kind == "symlink" else b"",  # noqa: PTH115 — as bytes
        device=(os.major(status.st_rdev), os.minor(status.st_rdev))
        if kind in ("char", "block")
        else (0, 0),
        xattrs=tuple(
            (name, os.getxattr(path, name, follow_symlinks=False))
            for name in sorted(names)
            if not name.startswith(_OF_THE_MACHINE)
        ),
    )


def _digest_of(path: bytes) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 — the path is bytes
        return hashlib.file_digest(file, "sha256").hexdigest()


# -- ours ------------------------------------------------------------------------------------


def read_image(image: OpenImage, upto: int | None = None) -> Filesystem:
    """Our merged view as of a layer, the highest by default."""
    state = image.final if upto is None else image.state(upto)
    paths: dict[bytes, Seen] = {}
    groups: set[frozenset[bytes]] = set()
    digest = cache(partial(_digest, image))
    for node in state.nodes()[1:].tolist():
        entry = state.entry(node)
        assert entry is not None
        inode = image.stack.inode(int(state.visible[node]))
        paths[entry.path[1:]] = _of_entry(entry, partial(digest, inode))
        linked = state.links(node)
        if linked:
            groups.add(frozenset(path[1:] for path in linked))
    return Filesystem(paths, frozenset(groups))


def _of_entry(entry: Entry, digest: Callable[[], str]) -> Seen:
    is_file = entry.type is EntryType.FILE
    names = sorted(entry.xattrs)
    return Seen(
        kind=entry.type.word,
        mode=0 if entry.type is EntryType.SYMLINK else entry.mode,
        uid=entry.uid,
        gid=entry.gid,
        size=entry.size if is_file else 0,
        mtime=entry.mtime_ns // 1_000_000_000 if is_file else 0,
        sha256=digest() if is_file else "",
        link=entry.link or b"" if entry.type is EntryType.SYMLINK else b"",
        device=entry.device or (0, 0),
        xattrs=tuple(
            (name, entry.xattrs[name]) for name in names if not name.startswith(_OF_THE_MACHINE)
        ),
    )


def _digest(image: OpenImage, provider: int) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in image.content(provider).chunks():
            digest.update(chunk)
    except NotFound:
        return "none: a hard link to nothing"
    return digest.hexdigest()
