"""Dockerfiles as verbs are given them: a file, a folder, or ``-`` for standard input."""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.dockerfile.gotext import decode
from explorer.errors import ExplorerError, LimitExceeded, NotFound, Refused, Unsupported

STDIN: Final = "-"
NAMES: Final = ("Dockerfile", "Containerfile", "dockerfile")
"""What is looked for in a folder, in this order."""

MAX_BYTES: Final = 64 << 20
"""No larger Dockerfile is read."""


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile that was read. ``name`` is what it is called, ``path`` where it is.

    ``path`` is ``None`` for standard input. ``data`` are its bytes.
    """

    name: str
    path: Path | None
    data: bytes

    @property
    def text(self) -> str:
        """The content; bytes that are no UTF-8 are kept as surrogates."""
        return decode(self.data)

    @property
    def folder(self) -> Path:
        """The folder it lies in; the current one for standard input."""
        return self.path.parent if self.path is not None else Path()


def read_dockerfile(given: str) -> Dockerfile:
    """Read what a word of the command line names.

    Raises:
        NotFound: there is no such file, or no Dockerfile in the folder.
        Refused: it cannot be read, or is no file.
        LimitExceeded: it is larger than any Dockerfile.
    """
    if given == STDIN:
        return Dockerfile("stdin", None, _bounded(sys.stdin.buffer.read(MAX_BYTES + 1), "stdin"))
    try:
        path = _in_folder(Path(given))
        return Dockerfile(os.fspath(path), path, _content(path))
    except OSError as error:
        raise _explained(given, error) from error
    except ValueError as error:  # a name with a null byte
        raise NotFound(f"No Dockerfile {given!r}", why=str(error)) from error


def _in_folder(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in NAMES:
        if (path / name).is_file():
            return path / name
    shown = " or ".join(NAMES[:2])
    raise NotFound(f"No {shown} in {path}", hint="Name the file itself")


def _content(path: Path) -> bytes:
    # Not to wait for a writer where the name is that of a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused(f"{path} is no file", hint="Give standard input as -")
        return _bounded(file.read(MAX_BYTES + 1), os.fspath(path))


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise LimitExceeded(
            f"{name} is too large for a Dockerfile", why=f"it has more than {MAX_BYTES:,} bytes"
        )
    return data


def _explained(given: str, error: OSError) -> ExplorerError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotFound(f"No Dockerfile {given}", why=error.strerror or "")
    what, why = f"{given} cannot be read", error.strerror or str(error)
    kind = Unsupported if error.errno in (errno.EMFILE, errno.ENOMEM) else Refused
    return kind(what, why=why)
