"""Layers applied to a real folder with the system's own calls, as root.

The reference model says what should come out; the kernel says what does. Both
are tested against each other, so neither can be wrong alone.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from tests.factory.entry import (
    BLOCK_DEVICE,
    CHARACTER,
    DIRECTORY,
    FIFO,
    HARDLINK,
    SYMLINK,
    Entry,
    Part,
)
from tests.factory.reference import Inode, State, is_whiteout, normal

_SPECIAL = {CHARACTER: stat.S_IFCHR, BLOCK_DEVICE: stat.S_IFBLK, FIFO: stat.S_IFIFO}
_KINDS = {
    stat.S_IFREG: "reg",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "char",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
}


def can_apply(folder: Path) -> bool:
    """Whether this process may own, link and make devices and attributes in ``folder``."""
    probe = folder / "probe"
    try:
        os.mknod(probe, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        os.chown(probe, 1, 1)
        probe.unlink()
        probe.write_bytes(b"")
        os.setxattr(probe, "user.probe", b"1")
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def apply_to(root: Path, layer: Iterable[Part]) -> None:
    """Applies one layer to ``root``. For layers made by tests only: nothing is guarded."""
    entries = [part for part in layer if isinstance(part, Entry)]
    for entry in entries:
        if is_whiteout(entry):
            _hide(root, entry)
    for entry in entries:
        if not entry.name.startswith(b".wh."):
            _make(root, entry)


def read(root: Path) -> State:
    """The state of ``root``; the times of directories are left out, as 0."""
    found: State = {}
    for parent, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(parent, name)
            found[os.fsencode(path.relative_to(root))] = _inode(path)
    return found


def _hide(root: Path, entry: Entry) -> None:
    folder = _place(root, normal(entry.path)).parent
    if not _is_real_directory(root, folder):
        return
    if entry.name == b".wh..wh..opq":
        for child in folder.iterdir():
            _remove(child)
    else:
        _remove(folder / os.fsdecode(entry.name.removeprefix(b".wh.")))


def _make(root: Path, entry: Entry) -> None:
    path = _place(root, normal(entry.path))
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.typeflag == DIRECTORY and path.is_dir() and not path.is_symlink():
        for name in os.listxattr(path):
            os.removexattr(path, name)
    elif entry.typeflag == HARDLINK:
        target = _place(root, normal(entry.link))
        if not _same_object(path, target):
            _remove(path)
            os.link(target, path, follow_symlinks=False)
        return
    else:
        _remove(path)
        _create(path, entry)
    os.chown(path, entry.uid, entry.gid, follow_symlinks=False)
    if entry.typeflag != SYMLINK:
        path.chmod(entry.mode)
    for key, value in entry.xattrs:
        os.setxattr(path, os.fsdecode(key), value, follow_symlinks=False)
    os.utime(path, (entry.mtime, entry.mtime), follow_symlinks=False)


def _create(path: Path, entry: Entry) -> None:
    if entry.typeflag == DIRECTORY:
        path.mkdir()
    elif entry.typeflag == SYMLINK:
        path.symlink_to(os.fsdecode(entry.link))
    elif entry.typeflag in _SPECIAL:
        os.mknod(path, _SPECIAL[entry.typeflag] | 0o600, os.makedev(*entry.device))
    else:
        path.write_bytes(entry.content)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _same_object(path: Path, other: Path) -> bool:
    return os.path.lexists(path) and path.lstat().st_ino == other.lstat().st_ino


def _place(root: Path, path: bytes) -> Path:
    return root / os.fsdecode(path)


def _is_real_directory(root: Path, folder: Path) -> bool:
    """Whether ``folder`` is a directory reached through directories alone, not symlinks."""
    while folder != root:
        if folder.is_symlink() or not folder.is_dir():
            return False
        folder = folder.parent
    return True


def _inode(path: Path) -> Inode:
    status = path.lstat()
    kind = _KINDS[stat.S_IFMT(status.st_mode)]
    device = (os.major(status.st_rdev), os.minor(status.st_rdev))
    return Inode(
        kind,
        stat.S_IMODE(status.st_mode),
        status.st_uid,
        status.st_gid,
        0 if kind == "dir" else int(status.st_mtime),
        path.read_bytes() if kind == "reg" else b"",
        os.fsencode(path.readlink()) if kind == "symlink" else b"",
        device if kind in ("char", "block") else (0, 0),
        tuple(
            (os.fsencode(name), os.getxattr(path, name, follow_symlinks=False))
            for name in sorted(os.listxattr(path, follow_symlinks=False))
        ),
        status.st_ino,
    )
