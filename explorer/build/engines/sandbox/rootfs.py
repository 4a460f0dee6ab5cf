"""The file system that a RUN sees: an overlay, and what the kernel shows of itself."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.build.engines.sandbox import syscalls as sys
from explorer.build.engines.sandbox.request import Command, Mount

_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS: Final = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "core": "/proc/kcore",
    "ptmx": "pts/ptmx",
}
# As the OCI runtime specification's default for Linux, and Docker, have it.
_READ_ONLY: Final = ("bus", "fs", "irq", "sys", "sysrq-trigger")
_MASKED: Final = (
    "acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "sched_debug", "scsi",
    "timer_list", "timer_stats",
)  # fmt: skip


@dataclass(slots=True)
class Stubs:
    """Files and folders below ``root`` that were made only to be mounted on, the deepest last.

    Each with the time its folder had before, in nanoseconds.
    """

    root: str
    made: list[tuple[str, int]] = field(default_factory=list)

    def folder(self, path: str) -> str:
        """A folder to mount on; what is there already is left as it is."""
        missing: list[str] = []
        here = path
        while not os.path.isdir(here):  # noqa: PTH112 - of the system's own paths
            missing.append(here)
            here = os.path.dirname(here)  # noqa: PTH120
        for each in reversed(missing):
            self._note(each)
            os.mkdir(each, 0o755)  # noqa: PTH102
        return path

    def file(self, path: str) -> str:
        """A file to mount on."""
        self.folder(os.path.dirname(path))  # noqa: PTH120
        if not os.path.lexists(path):
            self._note(path)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        return path

    def _note(self, path: str) -> None:
        time = os.stat(os.path.dirname(path)).st_mtime_ns  # noqa: PTH116, PTH120
        self.made.append((path.removeprefix(self.root), time))


def clear(upper: str, made: list[tuple[str, int]]) -> None:
    """Take stubs out of an upper folder again, unless the command has put something there."""
    for path, time in reversed(made):
        full = upper + path
        with contextlib.suppress(OSError):
            found = os.lstat(full)
            if stat.S_ISDIR(found.st_mode):
                os.rmdir(full)  # noqa: PTH106
            elif stat.S_ISREG(found.st_mode) and found.st_size == 0:
                os.unlink(full)  # noqa: PTH108
            os.utime(os.path.dirname(full), ns=(time, time))  # noqa: PTH120


def mount_root(command: Command, *, unprivileged: bool) -> Stubs:
    """Mount everything below ``command.merged``; returns what has to go afterwards.

    In mount and process namespaces of its own. Raises ``OSError``.
    """
    sys.mount("", "/", "", sys.MS_REC | sys.MS_PRIVATE)
    mount_overlay(command, unprivileged=unprivileged)
    root, stubs = command.merged, Stubs(command.merged)
    _mount_proc(stubs.folder(inside(root, "/proc")))
    _mount_dev(stubs.folder(inside(root, "/dev")))
    _mount_sys(stubs.folder(inside(root, "/sys")))
    for each in command.mounts:
        _mount(each, root, stubs, unprivileged=unprivileged)
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


def inside(root: str, path: str) -> str:
    """Where a path of the sandbox is, symlinks followed without ever leaving the root."""
    real: list[str] = []
    ahead = path.split("/")[::-1]
    hops = 0
    while ahead:
        part = ahead.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del real[-1:]
            continue
        here = "/".join((root, *real, part))
        try:
            target = os.readlink(here)  # noqa: PTH115
        except OSError:
            real.append(part)
            continue
        hops += 1
        if hops > 40:
            raise OSError(40, "Too many levels of symbolic links", path)
        if target.startswith("/"):
            real = []
        ahead += target.split("/")[::-1]
    return "/".join((root, *real))


def _mount_proc(target: str) -> None:
    safe = sys.MS_NOSUID | sys.MS_NODEV | sys.MS_NOEXEC
    sys.mount("proc", target, "proc", safe)
    for name in _READ_ONLY:
        path = f"{target}/{name}"
        if os.path.lexists(path):
            sys.mount(path, path, "", sys.MS_BIND | sys.MS_REC)
            sys.mount("", path, "", sys.MS_BIND | sys.MS_REMOUNT | sys.MS_RDONLY | safe)
    for name in _MASKED:
        _mask(f"{target}/{name}")


def _mask(path: str) -> None:
    try:
        kind = os.lstat(path).st_mode
    except OSError:
        return
    if stat.S_ISDIR(kind):
        sys.mount("tmpfs", path, "tmpfs", sys.MS_RDONLY, "size=0,mode=0555")
    else:
        sys.mount("/dev/null", path, "", sys.MS_BIND)


def _mount_dev(target: str) -> None:
    safe = sys.MS_NOSUID | sys.MS_NODEV
    sys.mount("tmpfs", target, "tmpfs", safe, "mode=0755,size=65536k")
    for name in _DEVICES:
        if os.path.exists(f"/dev/{name}"):  # noqa: PTH110
            os.close(os.open(f"{target}/{name}", os.O_CREAT | os.O_WRONLY, 0o666))
            sys.mount(f"/dev/{name}", f"{target}/{name}", "", sys.MS_BIND)
    for name, link in _LINKS.items():
        os.symlink(link, f"{target}/{name}")  # noqa: PTH211
    for name in ("pts", "shm", "mqueue"):
        os.mkdir(f"{target}/{name}")  # noqa: PTH102
    with contextlib.suppress(OSError):  # group 5 need not exist in a user namespace
        sys.mount(
            "devpts", f"{target}/pts", "devpts", sys.MS_NOSUID | sys.MS_NOEXEC,
            "newinstance,ptmxmode=0666,mode=0620",
        )  # fmt: skip
    sys.mount("tmpfs", f"{target}/shm", "tmpfs", safe | sys.MS_NOEXEC, "mode=1777,size=65536k")
    with contextlib.suppress(OSError):
        sys.mount("mqueue", f"{target}/mqueue", "mqueue", safe | sys.MS_NOEXEC)


def _mount_sys(target: str) -> None:
    safe = sys.MS_RDONLY | sys.MS_NOSUID | sys.MS_NODEV | sys.MS_NOEXEC
    try:
        sys.mount("sysfs", target, "sysfs", safe)
    except OSError:
        # Not ours to mount where the network is not ours; then the one that is there, to read.
        sys.mount("/sys", target, "", sys.MS_BIND | sys.MS_REC)
        with contextlib.suppress(OSError):
            sys.mount("", target, "", sys.MS_BIND | sys.MS_REMOUNT | safe)
    _mask(f"{target}/firmware")


def _mount(wanted: Mount, root: str, stubs: Stubs, *, unprivileged: bool) -> None:
    target = inside(root, wanted.target)
    if wanted.kind == "tmpfs":
        size = f",size={wanted.size}" if wanted.size else ""
        sys.mount(
            "tmpfs", stubs.folder(target), "tmpfs", sys.MS_NOSUID | sys.MS_NODEV,
            f"mode={wanted.mode:o}{size}",
        )  # fmt: skip
        return
    source = wanted.source
    if wanted.kind == "layers":
        merged = f"{wanted.work}-m"
        Path(merged).mkdir()
        _overlay(wanted.lowers, wanted.upper, wanted.work, merged, unprivileged=unprivileged)
        source = inside(merged, wanted.source)
    elif wanted.owned:
        os.chown(source, wanted.uid, wanted.gid)
        os.chmod(source, wanted.mode)  # noqa: PTH101 - as the line above
    is_folder = Path(source).is_dir()
    stubs.folder(target) if is_folder else stubs.file(target)
    sys.mount(source, target, "", sys.MS_BIND | (sys.MS_REC if is_folder else 0))
    flags = sys.MS_NOSUID | sys.MS_NODEV | (sys.MS_RDONLY if wanted.readonly else 0)
    sys.mount("", target, "", sys.MS_BIND | sys.MS_REMOUNT | flags)
