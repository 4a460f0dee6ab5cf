"""What people name on the command line, as the window opens it: from any folder the same thing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# Written down here, for the start of the window imports nothing that knows them.
_NO_PATH: Final = ("docker", "store", "docker-daemon", "podman", "containers-storage")
_PATHS: Final = ("docker-archive", "oci-archive", "oci", "rootfs")


def absolute(text: str) -> str:
    """A path made absolute, also behind a transport; what names no path stays as it is."""
    transport, colon, rest = text.partition(":")
    if colon and rest and not _exists(text):
        if transport in _NO_PATH:
            return text
        if transport in _PATHS:
            return f"{transport}:{Path(rest).absolute()}"
    return str(Path(text).absolute())


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False
