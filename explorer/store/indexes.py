"""Layer indexes on disk, by digest: a second opening decompresses nothing.

A file is a line of JSON that describes the columns, then the columns. The line holds a checksum of
the rest. Only an index of content that was checked against its digest is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import xxhash

from explorer.errors import ExplorerError
from explorer.filesystem.index import COLUMNS, Array, LayerIndex, SparseMap
from explorer.store.folder import CacheFolder

VERSION = 1
LIMIT = 1 << 30  # bytes on disk


class IndexCache:
    """Layer indexes by the digest of their blob."""

    def __init__(self, root: Path) -> None:
        self._folder = CacheFolder(root / f"indexes-{VERSION}", LIMIT)
        self._seed: int | None = None
        self.writable = True

    @property
    def seed(self) -> int:
        """The key of content fingerprints: one for all indexes of this cache, secret to it."""
        if self._seed is None:
            self._seed = self._read_seed()
        return self._seed

    def get(self, digest: str) -> LayerIndex | None:
        """The index of a layer, or None; a damaged file is dropped."""
        key = _key(digest)
        try:
            data = self._folder.file(key).read_bytes()
        except OSError:
            return None
        try:
            index = _decode(data, self.seed)
        except (ValueError, KeyError, TypeError, IndexError):
            self._folder.drop(key)
            return None
        self._folder.touch(key)
        return index

    def put(self, digest: str, index: LayerIndex) -> None:
        """Keep an index. A cache that cannot be written is no error: it only costs time."""
        if not self.writable:
            return
        seed = self.seed
        try:
            self._folder.write(_key(digest), lambda file: _encode(file, index, seed))
        except (OSError, ExplorerError):
            self.writable = False

    def _read_seed(self) -> int:
        path = self._folder.path / "seed"
        for _ in range(2):
            try:
                seed = int(path.read_text("ascii"), 16)
                self._folder.touch(path.name)  # without it every index here is worthless
                return seed
            except FileNotFoundError:
                pass  # and not unlinked: another may have made one in the meantime
            except (OSError, ValueError):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
                fresh = f"{secrets.randbits(64):016x}".encode()
                # Whole or not at all, and never over another process's.
                temporary = self._folder.path / f".new-seed-{secrets.token_hex(8)}"
                temporary.write_bytes(fresh)
                with contextlib.suppress(FileExistsError):
                    os.link(temporary, path)
                temporary.unlink()
        self.writable = False
        return secrets.randbits(64)


def _key(digest: str) -> str:
    return digest.replace(":", "-") + ".idx"


def _encode(file: BinaryIO, index: LayerIndex, seed: int) -> None:
    columns = {
        name: np.ascontiguousarray(index.columns[name], kind) for name, kind in COLUMNS.items()
    }
    checksum = xxhash.xxh3_128()
    for column in columns.values():
        checksum.update(column.tobytes())
    details = {
        "length": index.length,
        "damage": index.damage,
        "problems": list(index.problems),
        "xattrs": {
            str(entry): {_text(key): _text(value) for key, value in found.items()}
            for entry, found in index.xattrs.items()
        },
        "devices": {str(entry): list(pair) for entry, pair in index.devices.items()},
        "sparse": {
            str(entry): [found.data, [list(run) for run in found.runs]]
            for entry, found in index.sparse.items()
        },
    }
    body = json.dumps(details, separators=(",", ":")).encode()
    checksum.update(body)
    header = {
        "version": VERSION,
        "seed": f"{seed:016x}",
        "columns": {name: len(column) for name, column in columns.items()},
        "details": len(body),
        "checksum": checksum.hexdigest(),
    }
    file.write(json.dumps(header, separators=(",", ":")).encode() + b"\n")
    for column in columns.values():
        file.write(column.tobytes())
    file.write(body)


def _decode(data: bytes, seed: int) -> LayerIndex:
    stop = data.index(b"\n", 0, 1 << 16)
    header = json.loads(data[:stop])
    if header["version"] != VERSION or header["seed"] != f"{seed:016x}":
        raise ValueError("another version")
    if xxhash.xxh3_128_hexdigest(memoryview(data)[stop + 1 :]) != header["checksum"]:
        raise ValueError("damaged")
    columns: dict[str, Array] = {}
    at = stop + 1
    for name, kind in COLUMNS.items():
        count = header["columns"][name]
        # Copied, so that one column does not keep the whole file in memory.
        columns[name] = np.frombuffer(data, kind, count, at).copy()
        at += columns[name].nbytes
    details = json.loads(data[at : at + header["details"]])
    return LayerIndex(
        columns=columns,
        length=details["length"],
        damage=details["damage"],
        problems=tuple(details["problems"]),
        xattrs=_by_entry(details["xattrs"], _Shared().read),
        devices=_by_entry(details["devices"], lambda pair: (pair[0], pair[1])),
        sparse=_by_entry(
            details["sparse"],
            lambda found: SparseMap(found[0], tuple((run[0], run[1]) for run in found[1])),
        ),
    )


class _Shared:
    """Reads extended attributes, each different set once: thousands of files have the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, str], ...], dict[bytes, bytes]] = {}

    def read(self, found: dict[str, str]) -> dict[bytes, bytes]:
        """The attributes of one entry."""
        key = tuple(found.items())
        known = self._known.get(key)
        if known is None:
            known = {_bytes(name): _bytes(value) for name, value in key}
            self._known[key] = known
        return known


def _by_entry(found: dict[str, Any], read: Callable[[Any], Any]) -> dict[int, Any]:
    return {int(entry): read(value) for entry, value in found.items()}


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")
