"""Small things that were fetched: tables of contents, parts of files, documents.

Each is kept under the digest that it was checked against, and checked again when it is read.
"""

from __future__ import annotations

from pathlib import Path

from explorer.errors import ExplorerError
from explorer.oci import Digest
from explorer.store.folder import CacheFolder

LIMIT = 1 << 30  # bytes on disk


class PieceCache:
    """Bytes by digest. A cache that cannot be written is no error: it only costs fetching again."""

    def __init__(self, root: Path) -> None:
        self._folder = CacheFolder(root / "pieces-1", LIMIT)
        self._writable = True

    def get(self, digest: Digest) -> bytes | None:
        """What hashes to a digest, or None; a damaged file is dropped."""
        name = _name(digest)
        data = self._read(name)
        if data is None:
            return None
        if not digest.verifiable or Digest.of(data, digest.algorithm) != digest:
            self._folder.drop(name)
            return None
        self._folder.touch(name)
        return data

    def put(self, digest: Digest, data: bytes) -> None:
        """Keep what was found to hash to a digest."""
        self._write(_name(digest), data)

    def get_named(self, name: Digest) -> bytes | None:
        """What was put under a name that is no digest of it; whoever asks has to check it."""
        return self._read(f"named-{_name(name)}")

    def put_named(self, name: Digest, data: bytes) -> None:
        """Keep something under a name that is no digest of it."""
        self._write(f"named-{_name(name)}", data)

    def _read(self, name: str) -> bytes | None:
        try:
            return self._folder.file(name).read_bytes()
        except OSError:
            return None

    def _write(self, name: str, data: bytes) -> None:
        if self._writable:
            try:
                self._folder.write(name, lambda file: file.write(data))
            except (OSError, ExplorerError):
                self._writable = False


def _name(digest: Digest) -> str:
    return str(digest).replace(":", "-")
