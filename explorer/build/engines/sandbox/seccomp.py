"""The system calls that a RUN may not make: those that Docker's default profile keeps for
processes with capabilities that a RUN has not, and ways around them.

A filter in classic BPF, as seccomp(2) wants it. Refused calls fail with EPERM; clone3, whose flags
a filter cannot see, with ENOSYS, so that the C library falls back to clone.
"""

from __future__ import annotations

import platform
from typing import Final

_CLONE_NEWUSER: Final = 0x10000000
_EPERM, _ENOSYS = 1, 38
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_LD, _JEQ, _JSET, _JGE, _RET = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCH, _FIRST = 0, 4, 16  # offsets in struct seccomp_data
_X32: Final = 0x40000000

_ARCHES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_UNSHARE: Final = {"x86_64": 272, "aarch64": 97}
_CLONE3: Final = 435
# By name, for each machine: numbers of x86_64 and aarch64; None where there is no such call.
_REFUSED: Final[dict[str, tuple[int | None, int]]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
    "iopl": (172, 0),
    "ioperm": (173, 0),
}

Instruction = tuple[int, int, int, int]


def program(machine: str = "") -> list[Instruction] | None:
    """The filter for this machine, or None where its numbers are not known here."""
    machine = machine or platform.machine()
    if machine not in _ARCHES:
        return None
    refused = _numbers(machine)
    body: list[Instruction] = []
    if machine == "x86_64":
        body += [(_JGE, 0, 1, _X32), (_RET, 0, 0, _ERRNO | _ENOSYS)]
    body += [(_JEQ, 0, 1, _CLONE3), (_RET, 0, 0, _ERRNO | _ENOSYS)]
    for number in sorted(refused):
        body += [(_JEQ, 0, 1, number), (_RET, 0, 0, _ERRNO | _EPERM)]
    # clone and unshare have their flags first.
    body += [
        (_JEQ, 1, 0, _CLONE[machine]),
        (_JEQ, 0, 3, _UNSHARE[machine]),
        (_LD, 0, 0, _FIRST),
        (_JSET, 0, 1, _CLONE_NEWUSER),
        (_RET, 0, 0, _ERRNO | _EPERM),
        (_RET, 0, 0, _ALLOW),
    ]
    return [
        (_LD, 0, 0, _ARCH),
        (_JEQ, 1, 0, _ARCHES[machine]),
        (_RET, 0, 0, _KILL),
        (_LD, 0, 0, _NUMBER),
        *body,
    ]


def _numbers(machine: str) -> set[int]:
    column = 0 if machine == "x86_64" else 1
    ports = {"iopl", "ioperm"} if machine != "x86_64" else set()
    found = {numbers[column] for name, numbers in _REFUSED.items() if name not in ports}
    return {number for number in found if number is not None}
