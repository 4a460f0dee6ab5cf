"""Content of the image handed to the world outside: saved, opened by another program, hashed.

Nothing here runs what comes from an image. Programs and scripts are not even handed over to the
system, whose idea of opening one could be to run it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from explorer.analysis.content import FileContent
from explorer.analysis.preview.sniff import HEAD, Kind, sniff
from explorer.errors import Refused, StorageFull, Unsupported
from explorer.progress import Job

_PROGRAMS: Final = frozenset(
    {
        *("desktop", "exe", "com", "bat", "cmd", "ps1", "msi", "scr", "lnk", "vbs", "jse", "wsf"),
        *("jar", "app", "command", "appimage", "run", "bin", "sh", "bash", "py", "pl", "rb"),
        *("url", "webloc", "hta", "reg", "service", "deb", "rpm", "apk", "dmg", "pkg"),
    }
)
LARGEST: Final = 2 << 30
"""Bytes of a file that is copied to be opened."""


def save(content: FileContent, destination: Path, job: Job) -> int:
    """Write the content to a file; return its bytes. Nothing is left behind when it fails.

    Raises :class:`StorageFull`, :class:`Refused`, what reading raises, and ``Cancelled``.
    """
    partial = destination.with_name(f".{destination.name}.{os.getpid()}.part")
    job.expect(content.size)
    try:
        with partial.open("wb") as file:
            _copy(content, file.write, job)
        partial.replace(destination)
    except OSError as error:
        raise _cannot_write(destination, error) from error
    finally:
        partial.unlink(missing_ok=True)
    return content.size


def _copy(content: FileContent, write: Callable[[bytes], object], job: Job) -> None:
    for chunk in content.chunks():
        write(chunk)
        job.advance(len(chunk))


def _cannot_write(destination: Path, error: OSError) -> Refused | StorageFull:
    if error.errno == 28:  # ENOSPC
        return StorageFull(f"No room left for {destination.name}", hint="Save it somewhere else")
    return Refused(f"{destination.name} could not be written", why=error.strerror or str(error))


def copy_for_opening(content: FileContent, name: str, folder: Path, job: Job) -> Path:
    """Copy a file to ``folder``, read-only and not executable, for a program of the system.

    Raises :class:`Unsupported` for a program or script, and for what is too large.
    """
    if content.size > LARGEST:
        raise Unsupported("The file is too large to be copied aside", hint="Save it instead")
    head = content.read_at(0, HEAD)
    if _may_run(head, content.size, name):
        raise Unsupported(
            f"{name} is a program or script, which the system might run",
            hint="Save it, and decide for yourself",
        )
    place = Path(tempfile.mkdtemp(dir=folder)) / _safe(name)
    save(content, place, job)
    place.chmod(0o400)
    return place


def _may_run(head: bytes, size: int, name: str) -> bool:
    if head.startswith((b"#!", b"MZ")) or sniff(head, size).kind is Kind.ELF:
        return True
    if b"[Desktop Entry]" in head:
        return True
    return name.lower().rpartition(".")[2] in _PROGRAMS


def _safe(name: str) -> str:
    kept = "".join(char if char.isalnum() or char in "._-+ " else "_" for char in name)
    return kept.lstrip(".-")[:120] or "file"


def sha256(content: FileContent, job: Job) -> str:
    """The digest of the content, ``sha256:...``."""
    hasher = hashlib.sha256()
    job.expect(content.size)
    for chunk in content.chunks():
        hasher.update(chunk)
        job.advance(len(chunk))
    return f"sha256:{hasher.hexdigest()}"
