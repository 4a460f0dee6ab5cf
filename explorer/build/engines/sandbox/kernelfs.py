"""``/proc``, ``/dev`` and ``/sys`` of a sandbox: what a RUN may see of the machine.

As the OCI runtime specification's defaults for Linux, and Docker, have it. Whatever is shown of the
machine's own files (a device, a null in place of what is hidden) is read-only: writing *through* a
device still works, changing the mode or the owner of the machine's node does not.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import Final

from explorer.build.engines.sandbox import syscalls as sys
from explorer.build.engines.sandbox.places import Place

_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS: Final = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "core": "/proc/kcore",
    "ptmx": "pts/ptmx",
}
_READ_ONLY: Final = ("bus", "fs", "irq", "sys", "sysrq-trigger")
_MASKED: Final = (
    "acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "sched_debug", "scsi",
    "timer_list", "timer_stats",
)  # fmt: skip
# Power readings tell of other processes; the others can be mounts that are not the sandbox's own.
_MASKED_OF_SYS: Final = (
    "firmware", "devices/virtual/powercap", "fs/bpf", "fs/cgroup", "fs/fuse/connections",
    "fs/pstore", "fs/selinux", "kernel/config", "kernel/debug", "kernel/security", "kernel/tracing",
)  # fmt: skip
_SAFE: Final = sys.MS_NOSUID | sys.MS_NODEV | sys.MS_NOEXEC
_KEPT: Final = sys.MS_RDONLY | _SAFE
"""What statvfs(3) tells in the same bits as mount(2) takes."""


def restrict(target: Place, flags: int) -> None:
    """Give what was just mounted on a place more restrictions; it loses none."""
    with target.mounted() as path:
        _restrict(path, flags)


def _restrict(path: str, flags: int) -> None:
    # A user namespace may not take back what was set outside it.
    kept = os.statvfs(path).f_flag & _KEPT
    sys.mount("", path, "", sys.MS_BIND | sys.MS_REMOUNT | kept | flags)


def mount_proc(target: Place) -> None:
    """The processes of the sandbox, without what tells of the machine or changes it."""
    sys.mount("proc", target.path, "proc", _SAFE)
    with target.mounted() as top:
        for name in _READ_ONLY:
            path = f"{top}/{name}"
            if os.path.lexists(path):
                sys.mount(path, path, "", sys.MS_BIND | sys.MS_REC)
                _restrict(path, sys.MS_RDONLY | _SAFE)
        for name in _MASKED:
            _mask(f"{top}/{name}")


def _mask(path: str) -> None:
    try:
        kind = os.lstat(path).st_mode
    except OSError:
        return
    if stat.S_ISDIR(kind):
        sys.mount("tmpfs", path, "tmpfs", sys.MS_RDONLY | _SAFE, "size=0,mode=0555")
    else:
        sys.mount("/dev/null", path, "", sys.MS_BIND)
        _restrict(path, sys.MS_RDONLY | sys.MS_NOSUID | sys.MS_NOEXEC)


def mount_dev(target: Place) -> None:
    """The devices that every program expects, and terminals and memory of its own."""
    safe = sys.MS_NOSUID | sys.MS_NODEV
    sys.mount("tmpfs", target.path, "tmpfs", safe, "mode=0755,size=65536k")
    with target.mounted() as top:
        for name in _DEVICES:
            if os.path.exists(f"/dev/{name}"):  # noqa: PTH110
                _device(f"/dev/{name}", f"{top}/{name}")
        for name, link in _LINKS.items():
            os.symlink(link, f"{top}/{name}")  # noqa: PTH211
        for name in ("pts", "shm", "mqueue"):
            os.mkdir(f"{top}/{name}")  # noqa: PTH102
        with contextlib.suppress(OSError):
            sys.mount(
                "devpts", f"{top}/pts", "devpts", sys.MS_NOSUID | sys.MS_NOEXEC,
                "newinstance,ptmxmode=0666,mode=0620",
            )  # fmt: skip
        sys.mount("tmpfs", f"{top}/shm", "tmpfs", safe | sys.MS_NOEXEC, "mode=1777,size=65536k")
        with contextlib.suppress(OSError):
            sys.mount("mqueue", f"{top}/mqueue", "mqueue", safe | sys.MS_NOEXEC)


def _device(source: str, path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o666))
    sys.mount(source, path, "", sys.MS_BIND)
    _restrict(path, sys.MS_RDONLY | sys.MS_NOSUID | sys.MS_NOEXEC)


def mount_sys(target: Place) -> None:
    """What the kernel tells of the machine, to read."""
    try:
        sys.mount("sysfs", target.path, "sysfs", sys.MS_RDONLY | _SAFE)
    except OSError:
        # Not ours to mount where the network is not ours; then the one that is there, with all
        # that is mounted on it.
        sys.mount("/sys", target.path, "", sys.MS_BIND | sys.MS_REC)
        with target.mounted() as path:
            _restrict_all(path, sys.MS_RDONLY | _SAFE)
    with target.mounted() as top:
        for name in _MASKED_OF_SYS:
            _mask(f"{top}/{name}")


def _restrict_all(path: str, flags: int) -> None:
    try:
        sys.mount_setattr(path, flags)
    except OSError:  # older than Linux 5.12: what is below is masked
        _restrict(path, flags)
