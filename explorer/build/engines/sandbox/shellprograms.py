"""Which shell an image has; where it has none, this machine's busybox can stand in."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.build.tree import Readable, resolve
from explorer.errors import Unsupported
from explorer.filesystem.entry import EntryType

BUSYBOX: Final = Path("/bin/busybox")
_TARGET: Final = "/.layerscope/busybox"  # it wants to be called so
_SHELLS: Final = (
    "/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh", "/bin/ash", "/bin/zsh", "/bin/dash",
    "/busybox/sh", "/bin/busybox",
)  # fmt: skip
_INTERPRETER: Final = 3  # PT_INTERP of ELF
_HEADER: Final = 64


@dataclass(frozen=True, slots=True)
class Shell:
    """The words of a command; ``is_ours`` where its program is this machine's."""

    argv: tuple[str, ...]
    is_ours: bool = False
    notes: tuple[str, ...] = ()


def find_shell(
    tree: Readable, wanted: Sequence[str] | None = None, argv: tuple[str, ...] = ()
) -> Shell:
    """What to run in some files: ``argv`` where it is given, else the best shell that is there.

    ``wanted`` is what SHELL says. Raises :class:`Unsupported` where there is no shell at all.
    """
    if argv:
        return Shell(argv)
    # SHELL may name anything: a shell is what is called like one.
    named = wanted[0] if wanted and wanted[0].rpartition("/")[2].endswith("sh") else ""
    for path in (named, *_SHELLS):
        if path.startswith("/") and _is_program(tree, path):
            return Shell((path, "sh") if path.endswith("/busybox") else (path,))
    if is_static(BUSYBOX):
        note = "The image has no shell: this is this machine's busybox, seen at " + _TARGET
        return Shell((_TARGET, "sh"), is_ours=True, notes=(note,))
    raise Unsupported(
        "There is no shell in the image",
        why="none of " + ", ".join(_SHELLS[:4]) + " and the like is there",
        hint="Name a program of the image to run",
    )


def _is_program(tree: Readable, path: str) -> bool:
    real = resolve(tree, path.encode())
    entry = tree.entry(real) if real is not None else None
    return entry is not None and entry.type is EntryType.FILE and bool(entry.mode & 0o111)


def is_static(path: Path) -> bool:
    """Whether a program needs nothing but itself: a 64-bit ELF without an interpreter."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
            if len(head) < _HEADER or head[:6] != b"\x7fELF\x02\x01":
                return False
            (start,) = struct.unpack_from("<Q", head, 32)
            size, count = struct.unpack_from("<HH", head, 54)
            file.seek(start)
            table = file.read(size * count)
    except OSError:
        return False
    kinds = (struct.unpack_from("<I", table, at)[0] for at in range(0, len(table) - 3, size or 1))
    return _INTERPRETER not in kinds
