"""The filter of system calls: those that Docker's default profile keeps for processes with
capabilities that a RUN has not, and ways around them.

In classic BPF, as seccomp(2) wants it; one part for each kind of program that the machine runs,
x86_64 and its 32-bit programs alike. Refused calls fail with EPERM; clone3, whose flags a filter
cannot see, with ENOSYS, so that the C library falls back to clone.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from typing import Final

from explorer.build.engines.sandbox.refused import CHANGES_OF_OWNER, GUARDED, MACHINES, REFUSED

_EPERM, _ENOSYS = 1, 38
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_LD, _JA, _JEQ, _JSET, _JGE, _RET = 0x20, 0x05, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_X32: Final = 0x40000000
_CLONE3: Final = 435  # everywhere

_ARCHES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "i386": 0x40000003}
_ALSO: Final = {"x86_64": ("i386",)}
# Call, argument, test, value: new user namespaces; typing into a terminal or a console (TIOCSTI,
# TIOCLINUX); sockets to the machine that a virtual machine runs on (AF_VSOCK).
_GUARDS: Final = (
    ("clone", 0, _JSET, 0x10000000),
    ("unshare", 0, _JSET, 0x10000000),
    ("ioctl", 1, _JEQ, 0x5412),
    ("ioctl", 1, _JEQ, 0x541C),
    ("socket", 0, _JEQ, 40),
)

Instruction = tuple[int, int, int, int]


def program(machine: str = "", *, single: bool = False) -> list[Instruction] | None:
    """The filter for this machine, or None where its numbers are not known here.

    ``single``: only one user exists, and changes of owner do nothing.
    """
    machine = machine or platform.machine()
    if machine not in _ARCHES:
        return None
    found: list[Instruction] = [(_LD, 0, 0, _ARCH)]
    for kind in (machine, *_ALSO.get(machine, ())):
        body = _body(kind, single=single)
        found += [(_JEQ, 0, len(body), _ARCHES[kind]), *body]
    return [*found, (_RET, 0, 0, _KILL)]


def _body(machine: str, *, single: bool) -> list[Instruction]:
    column = MACHINES.index(machine)
    body: list[Instruction] = [(_LD, 0, 0, _NUMBER)]
    if machine == "x86_64":
        body += [(_JGE, 0, 1, _X32), (_RET, 0, 0, _ERRNO | _ENOSYS)]
    body += [(_JEQ, 0, 1, _CLONE3), (_RET, 0, 0, _ERRNO | _ENOSYS)]
    if single:
        body += _answers((row[column] for row in CHANGES_OF_OWNER.values()), 0)
    body += _answers((row[column] for row in REFUSED.values()), _EPERM)
    for call, argument, test, value in _GUARDS:
        body += [
            (_JEQ, 0, 4, GUARDED[call][column]),
            (_LD, 0, 0, _ARGUMENTS + 8 * argument),  # its lower half: both are little-endian
            (test, 0, 1, value),
            (_RET, 0, 0, _ERRNO | _EPERM),
            (_LD, 0, 0, _NUMBER),
        ]
    return [*body, (_RET, 0, 0, _ALLOW)]


def _answers(numbers: Iterable[int | None], error: int) -> list[Instruction]:
    """Jumps to one answer, for calls of these numbers."""
    wanted = sorted({number for number in numbers if number is not None})
    tests: list[Instruction] = [
        (_JEQ, len(wanted) - place, 0, number) for place, number in enumerate(wanted)
    ]
    return [*tests, (_JA, 0, 0, 1), (_RET, 0, 0, _ERRNO | error)]
