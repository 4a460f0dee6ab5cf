"""Which stretch of which file was found to hash to which digest.

A file that is still the one that was checked need not be read again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import xxhash

from explorer.errors import ExplorerError
from explorer.store.folder import CacheFolder

LIMIT = 1 << 20  # bytes on disk: some thousand notes


class VerifiedBlobs:
    """Notes of digests that held. Only good news is kept."""

    def __init__(self, root: Path) -> None:
        self._folder = CacheFolder(root / "verified-1", LIMIT)

    def holds(self, where: str, digest: str) -> bool:
        """Whether the stretch ``where`` (a file's identity and a range) was found to match."""
        note = f"{where} {digest}"
        with contextlib.suppress(OSError):
            return self._folder.file(_key(note)).read_bytes() == note.encode()
        return False

    def note(self, where: str, digest: str) -> None:
        """Remember that it matched."""
        note = f"{where} {digest}"
        with contextlib.suppress(OSError, ExplorerError):
            self._folder.write(_key(note), lambda file: file.write(note.encode()))


def _key(note: str) -> str:
    return xxhash.xxh3_128_hexdigest(note.encode())
