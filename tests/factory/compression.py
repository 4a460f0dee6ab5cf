"""Whole-stream compression with the same bytes every time.

gzip headers carry no time, no name and no system, so the bytes depend on the
DEFLATE library alone.
"""

import bz2
import lzma
import zlib
from typing import Final, Literal

from backports import zstd

Compression = Literal["none", "gzip", "gzip-members", "zstd", "zstd-frames", "xz", "bz2"]
"""How a stream is compressed; the plural forms cut it into several members or frames."""

PIECE: Final = 1000
"""Bytes of input in each member of ``gzip-members`` and frame of ``zstd-frames``."""

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952: deflate, no flags, no time, best compression, system unknown."""


def compress(data: bytes, compression: Compression = "gzip") -> bytes:
    """``data`` compressed; the result decompresses to ``data`` as one stream."""
    match compression:
        case "none":
            return data
        case "gzip":
            return gzip_member(data)
        case "gzip-members":
            return b"".join(gzip_member(piece) for piece in _pieces(data))
        case "zstd":
            return zstd_frame(data)
        case "zstd-frames":
            return b"".join(zstd_frame(piece) for piece in _pieces(data))
        case "xz":
            return lzma.compress(data)
        case "bz2":
            return bz2.compress(data)


def gzip_member(data: bytes) -> bytes:
    """One gzip member (RFC 1952)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    trailer = zlib.crc32(data).to_bytes(4, "little")
    return GZIP_HEADER + body + trailer + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")


def zstd_frame(data: bytes) -> bytes:
    """One Zstandard frame (RFC 8878) with a checksum."""
    return zstd.compress(data, options={int(zstd.CompressionParameter.checksum_flag): 1})


def zstd_skippable_frame(data: bytes) -> bytes:
    """A frame decoders pass over (RFC 8878, section 3.1.2)."""
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


def _pieces(data: bytes) -> list[bytes]:
    return [data[at : at + PIECE] for at in range(0, len(data), PIECE)] or [b""]
