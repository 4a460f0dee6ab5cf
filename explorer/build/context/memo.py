"""Digests of files by what tells that a file is still the same, in columns and on disk."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import xxhash

from explorer.errors import ExplorerError
from explorer.filesystem.index import Array
from explorer.store.folder import CacheFolder

STATE: Final = ("device", "inode", "size", "mtime", "ctime")
"""What a file is known by."""

VERSION: Final = 1
LIMIT: Final = 512 << 20  # bytes on disk, over all folders

_DIGEST: Final = 32
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """States of files and their digests, ordered by ``key``, which is made of device and inode."""

    key: Array
    states: Array
    digests: Array

    @classmethod
    def nothing(cls) -> Known:
        """No file at all."""
        return cls.of(np.zeros((0, len(STATE)), np.int64), np.zeros((0, _DIGEST), np.uint8))

    @classmethod
    def of(cls, states: Array, digests: Array) -> Known:
        """Take states in any order; of two of one inode the later one counts."""
        key = _keys(states)
        order = np.argsort(key[::-1], kind="stable")
        ordered = key[::-1][order]
        last = np.ones(len(ordered), np.bool_)
        last[1:] = ordered[1:] != ordered[:-1]
        rows = (len(key) - 1 - order)[last]
        return cls(key[rows], states[rows], digests[rows])

    def with_more(self, states: Array, digests: Array) -> Known:
        """What is known together with more, which counts more."""
        if not len(states):
            return self
        return Known.of(
            np.concatenate([self.states, states]), np.concatenate([self.digests, digests])
        )

    def look_up(self, states: Array) -> tuple[Array, Array]:
        """Which states are known, and the digests, zeros where they are not."""
        digests = np.zeros((len(states), _DIGEST), np.uint8)
        if not len(self.key) or not len(states):
            return np.zeros(len(states), np.bool_), digests
        places = np.minimum(np.searchsorted(self.key, _keys(states)), len(self.key) - 1)
        found = (self.states[places] == states).all(axis=1)
        digests[found] = self.digests[places[found]]
        return found, digests


def _keys(states: Array) -> Array:
    numbers = states.astype(np.uint64)
    return numbers[:, 0] * _SPREAD ^ numbers[:, 1]


class MemoFile:
    """The memo of one folder on disk: whole or not there, checked when it is read."""

    def __init__(self, cache: Path, folder: Path) -> None:
        self._cache = CacheFolder(cache / f"hashes-{VERSION}", LIMIT)
        self._name = xxhash.xxh3_128_hexdigest(os.fsencode(folder)) + ".memo"

    def read(self) -> Known | None:
        """What was written last; nothing where that is damaged."""
        try:
            data = self._cache.file(self._name).read_bytes()
        except OSError:
            return None
        try:
            known = _decoded(data)
        except (ValueError, KeyError, TypeError):
            self._cache.drop(self._name)
            return None
        self._cache.touch(self._name)
        return known

    def write(self, known: Known) -> None:
        """Replace it; where that fails, nothing is lost but time."""
        try:
            self._cache.write(self._name, lambda file: _encode(file, known))
        except (OSError, ExplorerError):
            return


def _encode(file: BinaryIO, known: Known) -> None:
    states = np.ascontiguousarray(known.states, "<i8").tobytes()
    digests = np.ascontiguousarray(known.digests).tobytes()
    header = {
        "version": VERSION,
        "files": len(known.key),
        "checksum": xxhash.xxh3_128_hexdigest(states + digests),
    }
    file.write(json.dumps(header).encode() + b"\n" + states + digests)


def _decoded(data: bytes) -> Known:
    stop = data.index(b"\n", 0, 1 << 12)
    header = json.loads(data[:stop])
    body = memoryview(data)[stop + 1 :]
    if header["version"] != VERSION or xxhash.xxh3_128_hexdigest(body) != header["checksum"]:
        raise ValueError("another version, or damaged")
    count = header["files"]
    states = np.frombuffer(body, "<i8", count * len(STATE)).reshape(-1, len(STATE))
    digests = np.frombuffer(body, np.uint8, count * _DIGEST, states.nbytes).reshape(-1, _DIGEST)
    return Known.of(states, digests)
