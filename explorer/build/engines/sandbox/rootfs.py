"""The file system that a RUN sees: an overlay, what the kernel shows of itself, and its mounts."""

from __future__ import annotations

import base64
import contextlib
import os
import stat
from pathlib import Path

from explorer.build.engines.sandbox import syscalls as sys
from explorer.build.engines.sandbox.kernelfs import mount_dev, mount_proc, mount_sys, restrict
from explorer.build.engines.sandbox.places import Stubs, place
from explorer.build.engines.sandbox.request import Command, Mount

_SAFE = sys.MS_NOSUID | sys.MS_NODEV


def mount_root(command: Command, *, unprivileged: bool) -> Stubs:
    """Mount everything on the overlay at ``command.merged``; returns what has to go afterwards.

    In mount and process namespaces of its own. Raises ``OSError``.
    """
    root, stubs = command.merged, Stubs()
    for path, act in (("/proc", mount_proc), ("/dev", mount_dev), ("/sys", mount_sys)):
        with place(root, path, "folder", stubs) as found:
            act(found)
    for number, each in enumerate(command.mounts):
        _mount(each, command, number, stubs, unprivileged=unprivileged)
    return stubs


def mount_overlay(command: Command, *, unprivileged: bool) -> None:
    """The layers as one, changes going to ``upper``, whose root is as the one below it."""
    below = os.stat(command.lowers[0])  # noqa: PTH116
    os.chown(command.upper, below.st_uid, below.st_gid)
    os.chmod(command.upper, stat.S_IMODE(below.st_mode))  # noqa: PTH101
    os.utime(command.upper, ns=(below.st_atime_ns, below.st_mtime_ns))
    _overlay(command.lowers, command.upper, command.work, command.merged, unprivileged=unprivileged)


def _overlay(
    lowers: tuple[str, ...], upper: str, work: str, target: str, *, unprivileged: bool
) -> None:
    """Mount layers, the uppermost first.

    Names of lower folders are shortened, for all of them have to fit on one page of memory. No
    device opens through it, whatever node a RUN makes.
    """
    links = Path(f"{work}-l")
    links.mkdir(exist_ok=True)
    for number, lower in enumerate(lowers):
        with contextlib.suppress(FileExistsError):
            (links / f"{number:x}").symlink_to(lower)
    names = ":".join(f"{number:x}" for number in range(len(lowers)))
    options = [f"lowerdir={names}", f"upperdir={upper}", f"workdir={work}", "index=off", "xino=off"]
    options += ["userxattr"] if unprivileged else ["redirect_dir=off", "metacopy=off"]
    here = Path.cwd()
    os.chdir(links)
    try:
        sys.mount("overlay", target, "overlay", sys.MS_NODEV, ",".join(options))
    finally:
        os.chdir(here)


# -- mounts of a step ---------------------------------------------------------------------------


def _mount(
    wanted: Mount, command: Command, number: int, stubs: Stubs, *, unprivileged: bool
) -> None:
    match wanted.kind:
        case "tmpfs":
            size = f",size={wanted.size}" if wanted.size else ""
            with place(command.merged, wanted.target, "folder", stubs) as target:
                sys.mount("tmpfs", target.path, "tmpfs", _SAFE, f"mode={wanted.mode:o}{size}")
        case "layers":
            merged = f"{wanted.work}-m"
            Path(merged).mkdir()
            _overlay(wanted.lowers, wanted.upper, wanted.work, merged, unprivileged=unprivileged)
            with place(merged, wanted.source) as source:
                _bind(source.path, wanted, command.merged, stubs)
        case "file":
            _bind(_private(wanted, f"{command.work}-f{number}"), wanted, command.merged, stubs)
        case "bind":
            if wanted.owned:
                os.chown(wanted.source, wanted.uid, wanted.gid)
                os.chmod(wanted.source, wanted.mode)  # noqa: PTH101 - as the line above
            _bind(wanted.source, wanted, command.merged, stubs)


def _bind(source: str, wanted: Mount, root: str, stubs: Stubs) -> None:
    is_folder = os.path.isdir(source)  # noqa: PTH112 - it may be a path of /proc/self/fd
    with place(root, wanted.target, "folder" if is_folder else "file", stubs) as target:
        if target.name == ".":
            raise OSError(22, "nothing can be mounted on the root", wanted.target)
        sys.mount(source, target.path, "", sys.MS_BIND | (sys.MS_REC if is_folder else 0))
        restrict(target, _SAFE | (sys.MS_RDONLY if wanted.readonly else 0))


def _private(wanted: Mount, folder: str) -> str:
    """A file in memory, that only this sandbox can see: nothing of it is ever on a disk."""
    content = base64.b64decode(wanted.content)
    os.mkdir(folder, 0o700)  # noqa: PTH102
    room = (len(content) + 4095) // 4096 * 4096 + 16384
    sys.mount("tmpfs", folder, "tmpfs", _SAFE, f"mode=0700,size={room}")
    path = f"{folder}/content"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
        os.fchown(file.fileno(), wanted.uid, wanted.gid)
        os.fchmod(file.fileno(), wanted.mode)
    return path
