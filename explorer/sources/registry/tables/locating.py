"""Where in a layer its table of contents lies, and the table, checked against its digest.

eStargz ("eStargz: Standard-Compatible Extension to Container Image Layers", of stargz-snapshotter):
a footer of 51 bytes, an empty gzip member, names the offset of a member with a tar whose one entry
is ``stargz.index.json``. zstd:chunked (containers/storage, pkg/chunked): annotations name the place
of a compressed table in a skippable frame. Only a table whose digest the manifest states is used.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Final

from explorer.blobs.access import InMemory
from explorer.blobs.compression import Compression, plain_chunks
from explorer.errors import DamagedImage, ExplorerError, LimitExceeded
from explorer.filesystem import tarheader
from explorer.oci import Digest
from explorer.progress import Job
from explorer.sources.indexed import ListedBy
from explorer.sources.registry.blob import RemoteBlob
from explorer.sources.registry.tables.reading import damaged
from explorer.store.pieces import PieceCache

SMALL: Final = 4 << 10
"""Bytes of a layer that is rather fetched: its table costs as much, and all of it is verified."""
MAX_TABLE: Final = 128 << 20
"""Bytes of a table's JSON; that of a million files has some hundred million."""
MAX_STORED: Final = 64 << 20
"""Bytes of a table as it is stored."""

TOC_NAME: Final = b"stargz.index.json"
_TOC_DIGEST: Final = "containerd.io/snapshot/stargz/toc.digest"
_PLAIN_SIZE: Final = "io.containers.estargz.uncompressed-size"
# Of containers/storage, and of stargz-snapshotter, which writes such layers, too.
_ZSTD_NOTES: Final = ("io.github.containers.zstd-chunked.", "io.containers.zstd-chunked.")
_CHECKSUM, _POSITION = "manifest-checksum", "manifest-position"
_ZSTD_TABLE: Final = 1  # the only type of table there is

_FOOTER: Final = 51
_HEADER: Final = 512
_LEAST_TAIL, _MOST_TAIL = 4 << 10, 256 << 10
_TAIL_SHARE: Final = 400  # of a layer, for the first look: what lists it stays under 1 %


@dataclass(frozen=True, slots=True)
class Table:
    """A table of contents that hashes to the digest the manifest states.

    ``end`` is where in the blob the files end; ``plain_size`` the bytes of the plain tar, 0 where
    nobody says.
    """

    kind: ListedBy
    compression: Compression
    end: int
    data: bytes = field(repr=False)
    plain_size: int = 0


def locate(blob: RemoteBlob, pieces: PieceCache, job: Job | None) -> Table | None:
    """The table of contents of a layer; None where it has none, or without ``job``, none here.

    Raises :class:`DamagedImage` for one that cannot be believed, :class:`~..blob.NoRanges`,
    :class:`explorer.errors.Refused`, :class:`explorer.errors.NotFound`.
    """
    notes = blob.annotations
    if blob.size <= SMALL:
        return None
    for prefix in _ZSTD_NOTES:
        checksum, position = notes.get(prefix + _CHECKSUM), notes.get(prefix + _POSITION)
        if checksum is not None and position is not None:
            return _chunked(blob, position, _digest(checksum), pieces, job)
    is_gzip = blob.stated_compression == "gzip"
    if _TOC_DIGEST in notes and is_gzip and blob.size > _FOOTER:
        return _estargz(blob, _digest(notes[_TOC_DIGEST]), pieces, job)
    return None


# -- eStargz ----------------------------------------------------------------------------------


def _estargz(blob: RemoteBlob, digest: Digest, pieces: PieceCache, job: Job | None) -> Table | None:
    # Kept as it was stored, under a name of its own: the place and the header go with it.
    name = Digest.of(f"estargz {blob.digest} {digest}".encode())
    kept = pieces.get_named(name)
    if kept is not None:
        with contextlib.suppress(DamagedImage):  # a cache is never trusted
            return _opened(blob, int.from_bytes(kept[:8], "big"), kept[8:], digest)
    if job is None:
        return None
    size = min(max(blob.size // _TAIL_SHARE, _LEAST_TAIL), _MOST_TAIL, blob.size)
    start = blob.size - size
    tail = blob.part(start, size, job)
    offset = _offset_in(tail[-_FOOTER:])
    if not 0 <= offset <= blob.size - _FOOTER:
        raise damaged("its footer leads out of the layer")
    if blob.size - offset > MAX_STORED:
        raise _too_large(blob.size - offset)
    if offset < start:
        tail = blob.part(offset, start - offset, job) + tail
    else:
        tail = tail[offset - start :]
    table = _opened(blob, offset, tail, digest)
    pieces.put_named(name, offset.to_bytes(8, "big") + tail)
    return table


def _offset_in(footer: bytes) -> int:
    """The offset in the extra field of an empty gzip member (RFC 1952, 2.3.1.1)."""
    if not footer.startswith(b"\x1f\x8b\x08\x04") or footer[12:16] != b"SG\x16\x00":
        raise damaged("the layer has no eStargz footer")
    text, magic = footer[16:32], footer[32:38]
    if magic != b"STARGZ":
        raise damaged("the layer has no eStargz footer")
    try:
        return int(text, 16)
    except ValueError:
        raise damaged("its footer names no place") from None


def _opened(blob: RemoteBlob, offset: int, tail: bytes, digest: Digest) -> Table:
    plain = _plain(tail, "gzip", _HEADER)
    header = plain[:_HEADER]
    if len(header) < _HEADER or tarheader.header_name(header) != TOC_NAME:
        raise damaged(f"there is no {TOC_NAME.decode()} where the footer leads")
    size = tarheader.size_of(header)
    if not 0 <= size <= MAX_TABLE:
        raise _too_large(size)
    data = _plain(tail, "gzip", _HEADER + size)[_HEADER:]
    digest.verify(data, "A table of contents")
    stated = blob.annotations.get(_PLAIN_SIZE, "")
    plain_size = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else 0
    return Table(ListedBy.ESTARGZ, "gzip", offset, data, plain_size)


# -- zstd:chunked -----------------------------------------------------------------------------


def _chunked(
    blob: RemoteBlob, position: str, digest: Digest, pieces: PieceCache, job: Job | None
) -> Table | None:
    offset, stored, size = _position(position)
    if size > MAX_TABLE or stored > MAX_STORED:
        raise _too_large(max(size, stored))
    frame = pieces.get(digest)
    if frame is None:
        if job is None:
            return None
        frame = blob.part(offset, stored, job)
        digest.verify(frame, "A table of contents")
        pieces.put(digest, frame)
    data = _plain(frame, "zstd", size)
    return Table(ListedBy.ZSTD_CHUNKED, "zstd", offset, data)


def _position(text: str) -> tuple[int, int, int]:
    """``OFFSET:STORED:PLAIN:TYPE``, in bytes."""
    parts = text.split(":")
    if len(parts) != 4 or not all(p.isascii() and p.isdigit() and len(p) < 18 for p in parts):
        raise damaged("its annotation names no place")
    offset, stored, size, kind = map(int, parts)
    if kind != _ZSTD_TABLE:
        raise damaged(f"it is of the unknown type {kind}")
    return offset, stored, size


# -- both -------------------------------------------------------------------------------------


def _plain(stored: bytes, compression: Compression, size: int) -> bytes:
    """The first ``size`` bytes that something decompresses to."""
    out = bytearray()
    try:
        for chunk in plain_chunks(InMemory(stored), compression):
            out += chunk
            if len(out) >= size:
                return bytes(out[:size])
    except DamagedImage as error:
        raise damaged(error.why) from error
    raise damaged("it is shorter than it says")


def _digest(text: str) -> Digest:
    try:
        digest = Digest.parse(text)
    except ExplorerError as error:
        raise damaged(f"its digest is none: {error.why}") from error
    if not digest.verifiable:
        raise damaged(f"its digest is of the unknown algorithm {digest.algorithm}")
    return digest


def _too_large(size: int) -> LimitExceeded:
    return LimitExceeded(
        "A table of contents is too large",
        why=f"it is said to have {size:,} bytes",
    )
