"""Paths inside images, as people type them."""

from __future__ import annotations

from explorer.errors import UsageError
from explorer.filesystem.names import absolute


def path_bytes(text: str) -> bytes:
    """A path argument as absolute bytes: ``etc/passwd`` is ``/etc/passwd``.

    Raises :class:`UsageError` for an empty one.
    """
    if not text:
        raise UsageError("The path is empty", hint="The root is /")
    return absolute(text)
