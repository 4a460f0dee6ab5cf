"""Paths inside images, as people type them."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import UsageError
from explorer.filesystem.names import absolute


def path_bytes(text: str) -> bytes:
    """A path argument as absolute bytes: ``etc/passwd`` is ``/etc/passwd``.

    Raises :class:`UsageError` for an empty one.
    """
    if not text:
        raise UsageError("The path is empty", hint="The root is /")
    return absolute(text)


def host_target(dest: Path, asked: bytes, found: bytes) -> Path:
    """Where an extraction goes: a symlink that was followed keeps the name it was asked by.

    ``found`` is the name of what is extracted, ``asked`` the path the user named.
    """
    name = asked.rpartition(b"/")[2]
    if not name or name == found or not dest.is_dir():
        return dest
    from explorer.analysis.extract.names import host_name

    return dest / host_name(name)
