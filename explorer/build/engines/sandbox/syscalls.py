"""System calls that Python does not have, by way of the C library. Linux only.

Each raises ``OSError`` as the calls of :mod:`os` do.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
from typing import Any, Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

PR_SET_PDEATHSIG: Final = 1
PR_SET_KEEPCAPS: Final = 8
PR_SET_SECCOMP: Final = 22
PR_CAPBSET_DROP: Final = 24
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
SECCOMP_MODE_FILTER: Final = 2

_CLOSE_RANGE, _CLOSE_RANGE_CLOEXEC, _MOST = 436, 4, 0xFFFFFFFF
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT, _LANDLOCK_VERSION = 444, 446, 1
_SCOPED_SINCE, _SCOPE_ABSTRACT_SOCKETS = 6, 1
_CAPABILITY_VERSION_3: Final = 0x20080522
_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}

_libc: Any = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
    return result


def unshare(flags: int) -> None:
    """Leave namespaces behind for new ones; see unshare(2)."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """See mount(2); paths in the file system's encoding."""
    done = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        os.fsencode(data) if data else None,
    )
    _check(done, target)


def umount(target: str, flags: int = 0) -> None:
    """See umount2(2)."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(flags)), target)


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def mount_setattr(target: str, flags: int) -> None:
    """Restrict a mount and all below it; see mount_setattr(2). Linux 5.12."""
    attributes = _MountAttributes(flags, 0, 0, 0)
    done = _libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR), ctypes.c_int(_AT_FDCWD), os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE), ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )  # fmt: skip
    _check(done, target)


def close_on_exec(first: int) -> None:
    """Let no program that is executed have a file of that number or above; see close_range(2)."""
    done = _libc.syscall(
        ctypes.c_long(_CLOSE_RANGE), ctypes.c_uint(first), ctypes.c_uint(_MOST),
        ctypes.c_uint(_CLOSE_RANGE_CLOEXEC),
    )  # fmt: skip
    if done < 0:  # older than Linux 5.11
        for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
            with contextlib.suppress(OSError):
                if number >= first:
                    os.set_inheritable(number, False)


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


def keep_from_abstract_sockets() -> bool:
    """Reach no abstract Unix socket but one's own; see landlock(7). False before Linux 6.12.

    They belong to the network, which a sandbox may share, and not to the file system.
    """
    create = ctypes.c_long(_LANDLOCK_CREATE)
    version = _libc.syscall(create, None, ctypes.c_size_t(0), ctypes.c_uint(_LANDLOCK_VERSION))
    if version < _SCOPED_SINCE:
        return False
    rules = _Ruleset(0, 0, _SCOPE_ABSTRACT_SOCKETS)
    size = ctypes.c_size_t(ctypes.sizeof(rules))
    fd = _check(_libc.syscall(create, ctypes.byref(rules), size, ctypes.c_uint(0)), "landlock")
    try:
        restrict = ctypes.c_long(_LANDLOCK_RESTRICT)
        _check(_libc.syscall(restrict, ctypes.c_int(fd), ctypes.c_uint(0)), "landlock")
    finally:
        os.close(fd)
    return True


def pivot_root(new: str, old: str) -> None:
    """See pivot_root(2)."""
    number = _PIVOT_ROOT.get(platform.machine())
    if number is None:
        raise OSError(38, "pivot_root is not known for this machine", platform.machine())
    _check(_libc.syscall(ctypes.c_long(number), os.fsencode(new), os.fsencode(old)), new)


def sethostname(name: str) -> None:
    """See sethostname(2)."""
    text = name.encode()
    _check(_libc.sethostname(text, ctypes.c_size_t(len(text))), "sethostname")


def prctl(option: int, *values: int) -> int:
    """See prctl(2)."""
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    return _check(_libc.prctl(ctypes.c_int(option), *arguments), "prctl")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def capset(mask: int) -> None:
    """Set the effective and permitted capabilities, none inheritable; see capset(2)."""
    low, high = mask & 0xFFFFFFFF, mask >> 32
    sets = (_Sets * 2)(_Sets(low, low, 0), _Sets(high, high, 0))
    header = _Header(_CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(ctypes.byref(header), ctypes.byref(sets)), "capset")


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def seccomp(program: list[tuple[int, int, int, int]]) -> None:
    """Load a filter of system calls, as ``(code, jt, jf, k)``; see seccomp(2)."""
    instructions = (_Instruction * len(program))(*(_Instruction(*each) for each in program))
    loaded = _Program(len(program), instructions)
    done = _libc.prctl(
        ctypes.c_int(PR_SET_SECCOMP),
        ctypes.c_ulong(SECCOMP_MODE_FILTER),
        ctypes.byref(loaded),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    _check(done, "seccomp")
