"""The kernel's own overlay: each layer in a folder of its own, mounted over one another.

Layers are unpacked with Python's tarfile, markers turned into what overlayfs understands
(Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories").
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

_MS_RDONLY = 1
_MNT_DETACH = 2
_OPAQUE = "trusted.overlay.opaque"
_PREFIX, _OPAQUE_NAME = ".wh.", ".wh..wh..opq"
_SPECIAL = {tarfile.CHRTYPE: stat.S_IFCHR, tarfile.BLKTYPE: stat.S_IFBLK}


@cache
def why_not() -> str:
    """Why overlays cannot be mounted here; empty if they can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "mounting overlayfs needs root"
    try:
        with mounted([]):
            return ""
    except OSError as error:
        return f"overlayfs cannot be mounted here: {error.strerror}"


@contextlib.contextmanager
def mounted(layers: Sequence[Path]) -> Iterator[Path]:
    """The folders of layers, lowest first, mounted over one another, for reading."""
    libc = ctypes.CDLL(None, use_errno=True)
    # Short paths: all of them must fit into one page.
    root = Path(tempfile.mkdtemp(prefix="o"))
    merged, bottom = root / "m", root / "b"
    merged.mkdir()
    bottom.mkdir(mode=0o755)
    (root / "c").mkdir()
    lower = ":".join(str(layer) for layer in (*reversed(layers), bottom, root / "c"))
    try:
        data = f"lowerdir={lower}".encode()
        if libc.mount(b"overlay", os.fsencode(merged), b"overlay", _MS_RDONLY, data):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        try:
            yield merged
        finally:
            libc.umount2(os.fsencode(merged), _MNT_DETACH)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextlib.contextmanager
def overlay(tars: Sequence[BinaryIO]) -> Iterator[Path]:
    """The plain tars of layers, lowest first, unpacked and mounted over one another."""
    root = Path(tempfile.mkdtemp(prefix="l"))
    try:
        folders: list[Path] = []
        for number, tar in enumerate(tars):
            folder = root / str(number)
            folder.mkdir()
            _Layer(folder, folders).unpack(tar)
            folders.append(folder)
        with mounted(folders) as merged:
            yield merged
    finally:
        shutil.rmtree(root, ignore_errors=True)


class _Layer:
    """One layer in its folder, as overlayfs keeps it.

    A directory that the tar only implies gets what the lower layers say of it, as containerd does.
    For images made by tests and known ones: nothing is guarded.
    """

    def __init__(self, root: Path, lower: Sequence[Path]) -> None:
        self._root = root
        self._lower = tuple(lower)

    def unpack(self, tar: BinaryIO) -> None:
        """Put everything in its place; markers come last, for they stand for lower layers alone."""
        whiteouts: list[Path] = []
        opaques: list[Path] = []
        with tarfile.open(fileobj=tar, encoding="utf-8", errors="surrogateescape") as opened:
            for member in opened:
                path = self._root / _tidy(member.name)
                if any(map(_is_book_keeping, path.parts)):
                    continue
                if path.name == _OPAQUE_NAME:
                    opaques.append(path.parent)
                elif not path.name.startswith(_PREFIX):
                    self._make(opened, member, path)
                else:
                    whiteouts.append(path.with_name(path.name.removeprefix(_PREFIX)))
        for path in opaques:
            self._make_all(path)
            os.setxattr(path, _OPAQUE, b"y")
        for path in whiteouts:
            if not os.path.lexists(path.parent) and self._is_below(path.parent):
                self._make_all(path.parent)
            _hide(path)

    def _make(self, opened: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
        path = self._place(path)
        if member.isdir() and path.is_dir() and not path.is_symlink():
            for name in os.listxattr(path):
                os.removexattr(path, name)
        else:
            _remove(path)
            if member.islnk():
                target = self._place(self._root / _tidy(member.linkname))
                os.link(target, path, follow_symlinks=False)
                return
            _create(opened, member, path)
        _describe(member, path)

    def _place(self, path: Path) -> Path:
        """Where a path really is, its parents made; the layer's own symlinks lead on."""
        if path == self._root:
            return path
        return self._enter_all(path.relative_to(self._root).parent) / path.name

    def _enter_all(self, folder: Path) -> Path:
        real = self._root
        for part in folder.parts:
            real = self._enter(real / part)
        return real

    def _enter(self, folder: Path) -> Path:
        if not folder.is_symlink():
            if not folder.is_dir():
                _remove(folder)
                self._imply(folder)
            return folder
        target = folder.readlink()
        start = Path("/") if target.is_absolute() else "/" / folder.parent.relative_to(self._root)
        return self._enter_all(Path(os.path.normpath(start / target)).relative_to("/"))

    def _make_all(self, folder: Path) -> None:
        for parent in (*reversed(folder.relative_to(self._root).parents), folder):
            path = self._root / parent
            if path.is_symlink() or not path.is_dir():
                _remove(path)
                self._imply(path)

    def _is_below(self, folder: Path) -> bool:
        """Whether the lower layers show a directory there, as far as that is simple to say."""
        for lower in reversed(self._lower):
            below = lower / folder.relative_to(self._root)
            if os.path.lexists(below):
                return below.is_dir() and not below.is_symlink()
        return False

    def _imply(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)
        for lower in reversed(self._lower):
            below = lower / folder.relative_to(self._root)
            if below.is_dir() and not below.is_symlink():
                _copy_description(below, folder)
                return
            if os.path.lexists(below):
                return


def _tidy(name: str) -> str:
    return os.path.normpath("/" + name).lstrip("/")


def _is_book_keeping(name: str) -> bool:
    """What AUFS left behind; a name that only begins like an opaque mark is a whiteout."""
    return name.startswith(_PREFIX + _PREFIX) and not name.startswith(_OPAQUE_NAME)


def _hide(path: Path) -> None:
    """A whiteout; of something that this layer holds itself, an end to what lies below it."""
    if path.is_dir() and not path.is_symlink():
        os.setxattr(path, _OPAQUE, b"y")
    elif not os.path.lexists(path) and path.parent.is_dir():
        os.mknod(path, stat.S_IFCHR | 0o600, 0)


def _describe(member: tarfile.TarInfo, path: Path) -> None:
    os.chown(path, member.uid, member.gid, follow_symlinks=False)
    if not member.issym():
        path.chmod(member.mode & 0o7777)
    for key, value in member.pax_headers.items():
        if key.startswith("SCHILY.xattr."):
            raw = value.encode("utf-8", "surrogateescape")
            os.setxattr(path, key.removeprefix("SCHILY.xattr."), raw, follow_symlinks=False)
    os.utime(path, (member.mtime, member.mtime), follow_symlinks=False)


def _copy_description(source: Path, target: Path) -> None:
    status = source.lstat()
    os.chown(target, status.st_uid, status.st_gid)
    target.chmod(stat.S_IMODE(status.st_mode))
    for name in os.listxattr(source):
        if name != _OPAQUE:
            os.setxattr(target, name, os.getxattr(source, name))


def _create(opened: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    if member.isdir():
        path.mkdir()
    elif member.issym():
        path.symlink_to(member.linkname)
    elif member.isfifo():
        os.mkfifo(path)
    elif member.type in _SPECIAL:
        device = os.makedev(member.devmajor, member.devminor)
        os.mknod(path, _SPECIAL[member.type] | 0o600, device)
    else:
        source = opened.extractfile(member)
        with path.open("wb") as target:
            if source is not None:
                shutil.copyfileobj(source, target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
