"""A receipt, written and read with the barest of means: it is looked for before all else.

Nothing here may import more than the interpreter has loaded when it starts, and hashlib: to load
the parts that plan a build takes ten times as long as to see that there is nothing to plan.
"""

from __future__ import annotations

import hashlib
import os
import sys
import zlib

from explorer import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Final

VERSION: Final = 1
MOST_PATHS: Final = 50_000
"""A build that reads more has no receipt."""
LONGEST: Final = 64 << 20
"""Bytes of a receipt."""

ABSENT: Final = "-"
_FINE: Final = 50_000_000
"""Nanoseconds that two changes may lie apart and still leave the same times behind."""
_COARSE: Final = 2_000_000_000
"""The same, on a filesystem that keeps whole seconds only."""
_SECOND: Final = 1_000_000_000
_PASSING: Final = frozenset({"_", "SHLVL", "OLDPWD", "OPENBLAS_NUM_THREADS"})
"""Variables that say nothing about a build; the last one the command line sets itself."""


class Receipt:
    """What a build told, and the state of all that it read.

    ``places`` are its steps as they are shown, in the order they were told. ``head`` and ``tail``
    are what is said at the end, before and behind the time that it took. ``states`` are pairs of a
    path and the state it had, see :func:`state_of`.
    """

    __slots__ = ("head", "places", "states", "style", "tail")

    def __init__(
        self,
        style: str,
        places: Sequence[str],
        head: str,
        tail: str,
        states: Sequence[tuple[str, str]],
    ) -> None:
        self.style = style
        self.places = places
        self.head = head
        self.tail = tail
        self.states = states

    def holds(self) -> bool:
        """Whether everything is still as it was."""
        return all(state_of(path) == state for path, state in self.states)

    def encoded(self) -> bytes:
        """As the file has it."""
        words = [self.style, self.head, self.tail, str(len(self.places)), *self.places]
        for pair in self.states:
            words += pair
        body = "\0".join(words).encode("utf-8", "surrogateescape")
        return b"%08x" % zlib.crc32(body) + body

    @classmethod
    def decoded(cls, data: bytes) -> Receipt:
        """Read what :meth:`encoded` gave; raises ``ValueError`` for anything else."""
        body = data[8:]
        if int(data[:8], 16) != zlib.crc32(body):
            raise ValueError("damaged")
        style, head, tail, count, *rest = body.decode("utf-8", "surrogateescape").split("\0")
        steps = int(count)
        states = rest[steps:]
        return cls(
            style, rest[:steps], head, tail, list(zip(states[::2], states[1::2], strict=True))
        )


def state_of(path: str) -> str:
    """What tells whether a file or a folder changed: nobody can set all of it back.

    Of a symlink it is its own, unless the path was made by :func:`followed`.
    """
    try:
        found = os.stat(path[:-2]) if path.endswith("//") else os.lstat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return ABSENT
    return (
        f"{found.st_dev} {found.st_ino} {found.st_mode} {found.st_uid} {found.st_gid} "
        f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
    )


def followed(path: str) -> str:
    """A path as a receipt has it where a symlink at its end is to be followed."""
    return f"{path}//"


def is_older(state: str, began: int) -> bool:
    """Whether something had its state already when a build began, in nanoseconds since 1970."""
    if state == ABSENT:
        return True
    newest = max(map(int, state.split()[6:]))
    return newest < began - (_FINE if newest % _SECOND else _COARSE)


def file_of(arguments: Iterable[str]) -> str:
    """Where the receipt of a command is: it counts who calls it, where, with what environment."""
    environment = sorted(item for item in os.environ.items() if item[0] not in _PASSING)
    here = os.getcwd()  # noqa: PTH109
    who = (__version__, sys.version, str(os.getuid()), here)
    words = [*who, *arguments, "", *(f"{name}={value}" for name, value in environment)]
    key = hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape"))
    return f"{folder()}/{key.hexdigest()}"


def folder() -> str:
    """The folder of receipts, in the cache."""
    return f"{os.environ.get('LAYERSCOPE_CACHE_DIR') or _users_own()}/receipts-{VERSION}"


def _users_own() -> str:
    """As :func:`explorer.store.folder.cache_root` has it; the library takes as long as all else."""
    if "linux" in sys.platform:
        named = os.environ.get("XDG_CACHE_HOME", "")
        return f"{named if named.strip() else os.path.expanduser('~/.cache')}/layerscope"  # noqa: PTH111
    from explorer.store.folder import cache_root

    return str(cache_root())


def find(arguments: Iterable[str]) -> Receipt | None:
    """The receipt of a command, if everything is as it says."""
    try:
        with open(file_of(arguments), "rb", buffering=0) as file:  # noqa: PTH123
            receipt = Receipt.decoded(file.read(LONGEST))
    except (OSError, ValueError):
        return None
    return receipt if receipt.holds() else None
