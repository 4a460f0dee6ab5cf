"""Decompression: gzip through ISA-L, zstd, xz and bzip2, recognised by content."""

from __future__ import annotations

import bz2
import lzma
import sys
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

from isal import igzip_lib, isal_zlib

from explorer.blobs.access import RandomAccess
from explorer.errors import DamagedImage, LimitExceeded
from explorer.progress import Job

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["none", "gzip", "zstd", "xz", "bzip2"]

_MAGIC: tuple[tuple[bytes, Compression], ...] = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
)
_SKIPPABLE_FRAME = b"\x2a\x4d\x18"  # zstd: 0x184D2A5?, little-endian
_MAGIC_SIZE = 6  # bytes
_FIRST, _IN, _OUT = 1 << 12, 1 << 18, 1 << 18
# Nothing real shrinks this much; a few kilobytes that claim a disk full of zeros do.
_BOMB_SIZE, _BOMB_RATIO = 4 << 30, 400
_XZ_MEMORY = 192 << 20  # bytes


_STREAM_ERRORS: tuple[type[Exception], ...] = (
    isal_zlib.error,  # type: ignore[assignment]  # its stub names an instance
    zstd.ZstdError,
    lzma.LZMAError,
    OSError,
    EOFError,
)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


def detect(head: bytes) -> Compression:
    """The compression of a blob, from its first bytes."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if len(head) >= 4 and 0x50 <= head[0] <= 0x5F and head[1:4] == _SKIPPABLE_FRAME:
        return "zstd"
    return "none"


def plain_chunks(
    blob: RandomAccess,
    compression: Compression,
    job: Job | None = None,
    tap: Callable[[bytes], object] | None = None,
) -> Iterator[bytes]:
    """The plain bytes of a blob, in order; ``job`` advances by stored bytes.

    ``tap`` sees every stored byte once, those after the end of the data too. Raises
    :class:`DamagedImage` for a damaged or truncated stream, :class:`LimitExceeded` for a bomb.
    """
    job = job or Job()
    stored = _stored_chunks(blob, job, tap)
    if compression == "none":
        yield from stored
        return
    total = 0
    for chunk in _expand(stored, compression):
        total += len(chunk)
        if total > _BOMB_SIZE and total > _BOMB_RATIO * blob.size:
            raise LimitExceeded(
                "A layer expands without measure",
                why=f"{blob.size:,} bytes became more than {total:,}",
                hint="It looks like a decompression bomb; reading stopped",
            )
        job.check()
        yield chunk


def _stored_chunks(
    blob: RandomAccess, job: Job, tap: Callable[[bytes], object] | None
) -> Iterator[bytes]:
    offset = 0
    while data := blob.read_at(offset, _IN):
        offset += len(data)
        if tap is not None:
            tap(data)
        job.advance(len(data))
        yield data


def _expand(stored: Iterator[bytes], compression: Compression) -> Iterator[bytes]:
    make = _MAKERS[compression]
    source = _Source(stored)
    more = source.fill()
    while more:
        decompressor = make()
        step = _FIRST
        try:
            while not decompressor.eof:
                piece = source.take(step) if decompressor.needs_input else b""
                if decompressor.needs_input and not piece:
                    raise _damaged(compression, "it ends too early")
                step = min(2 * step, _IN)
                chunk = decompressor.decompress(piece, _OUT)
                if chunk:
                    yield chunk
        except _STREAM_ERRORS as error:
            raise _damaged(compression, str(error)) from error
        source.give_back(decompressor.unused_data)
        more = source.at_member(compression)


class _Source:
    """Stored bytes, taken in pieces: what a member leaves over must not be copied for each one.

    An eStargz layer has a member for each file, and a hostile one millions of empty ones.
    """

    def __init__(self, stored: Iterator[bytes]) -> None:
        self._stored = stored
        self._data, self._at = b"", 0

    def fill(self) -> bool:
        """Whether there is anything more."""
        if self._at >= len(self._data):
            self._data, self._at = next(self._stored, b""), 0
        return bool(self._data)

    def take(self, size: int) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        if not self.fill():
            return b""
        piece = self._data[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def give_back(self, left: bytes) -> None:
        """What was taken last, back again; a decompressor may have kept some of it for long."""
        if len(left) <= self._at:
            self._at -= len(left)
        else:
            self._data, self._at = left + self._data[self._at :], 0

    def at_member(self, compression: Compression) -> bool:
        """Whether another member starts here. Padding and foreign bytes at the end are not data."""
        while len(self._data) - self._at < _MAGIC_SIZE:
            more = next(self._stored, b"")
            if not more:
                break
            self._data, self._at = self._data[self._at :] + more, 0
        if detect(self._data[self._at : self._at + _MAGIC_SIZE]) == compression:
            return True
        for _ in self._stored:  # the tap must see the rest
            pass
        return False


def _damaged(compression: str, why: str) -> DamagedImage:
    return DamagedImage("A layer is damaged", why=f"its {compression} stream is not whole: {why}")


def _gzip() -> Any:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _xz() -> _Decompressor:
    # A header can ask for a dictionary of four gigabytes; xz -9 asks for 64 MiB.
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


_MAKERS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": _gzip,
    "zstd": zstd.ZstdDecompressor,
    "xz": _xz,
    "bzip2": bz2.BZ2Decompressor,
}
