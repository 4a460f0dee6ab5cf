"""From a table of contents to the index of a layer, through the decoder that tars go through.

Each entry becomes the tar header it stands for: whiteouts, duplicates, odd names and all bounds are
treated as in a tar, by the same code. The table of eStargz does not list itself, though with some
writers it is a file of the tar (with others it lies behind the tar's end): it is left out.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from explorer.errors import DamagedImage
from explorer.filesystem.decoder import Batch, Decoder, Extra
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.tarheader import LARGEST
from explorer.oci import Digest
from explorer.oci.timestamps import parse_rfc3339
from explorer.progress import Job
from explorer.sources.registry.tables.headers import SHORT, Header
from explorer.sources.registry.tables.locating import Table
from explorer.sources.registry.tables.places import HASH, Places
from explorer.sources.registry.tables.reading import damaged, entries_of

_BATCH: Final = 1024
_MOST_HELD: Final = 4 << 20  # bytes of names and attributes that wait to be decoded
_MOST_BYTES: Final = 1 << 62
_LARGEST_ID: Final = 0o7777777
_TYPES: Final = {
    "dir": b"5",
    "reg": b"0",
    "symlink": b"2",
    "hardlink": b"1",
    "char": b"3",
    "block": b"4",
    "fifo": b"6",
}
_SHA256: Final = "sha256:"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOST: Final = "\ufffd"


def index_of(table: Table, job: Job) -> tuple[LayerIndex, Places]:
    """The index of a layer, and where its content lies.

    The index says in :attr:`LayerIndex.damage` where a bound ended it. Raises
    :class:`DamagedImage` for a table that is none, :class:`explorer.errors.Cancelled`.
    """
    return _Indexing(table, job).run()


@dataclass(slots=True)
class _File:
    """The file that chunks belong to."""

    place: int = 0
    size: int = 0
    covered: int = 0
    digest: bytes | None = None


@dataclass(slots=True)
class _Indexing:
    table: Table
    job: Job
    decoder: Decoder = field(default_factory=Decoder)
    batch: Batch = field(default_factory=Batch)
    places: Places = field(default_factory=Places)
    file: _File = field(default_factory=_File)
    held: int = 0
    lost: int = 0

    def run(self) -> tuple[LayerIndex, Places]:
        damage = ""
        try:
            for count, entry in enumerate(entries_of(self.table.data)):
                if count % _BATCH == 0:
                    self.job.check()
                self._entry(entry)
            self.decoder.take(self.batch)
        except DamagedImage as error:
            if not self._reached_a_bound(error):
                raise
            damage = str(error)
        if self.lost:
            self.decoder.remark(
                f"{self.lost} names are not UTF-8, and a table of contents cannot spell them"
            )
        self.places.finish(self.table.end)
        index = self.decoder.finish(self.table.plain_size, damage)
        return replace(index, length=self.table.plain_size), self.places

    @staticmethod
    def _reached_a_bound(error: DamagedImage) -> bool:
        return error.what == "The layer is too large"

    def _entry(self, entry: dict[str, Any]) -> None:
        kind = entry.get("type")
        if kind == "chunk":
            self._chunk(entry)
            return
        letter = _TYPES.get(kind) if isinstance(kind, str) else None
        if letter is None:
            raise damaged(f"an entry has the unknown type {str(kind)[:20]!r}")
        size = _number(entry, "size", LARGEST) if letter == b"0" else 0
        place = self._begin(entry, size) if letter == b"0" else 0
        self._append(entry, letter, size, place)

    def _begin(self, entry: dict[str, Any], size: int) -> int:
        """The content of a file, its first chunk, or all of it, among it."""
        if self.places.size + size > _MOST_BYTES:
            raise damaged("its files have more bytes than there can be")
        digest = _hash(entry, "digest")
        place = self.places.add_file(size, digest)
        self.file = _File(place, size, 0, digest)
        if size:
            self._chunk(entry)
        return place

    def _chunk(self, entry: dict[str, Any]) -> None:
        file = self.file
        start = _number(entry, "chunkOffset", LARGEST)
        size = _number(entry, "chunkSize", LARGEST) or file.size - start
        if start != file.covered or size <= 0 or start + size > file.size:
            raise damaged("the parts of a file do not make up the file")
        file.covered += size
        digest = _hash(entry, "chunkDigest")
        if digest is None and size == file.size:
            digest = file.digest
        self.places.add_chunk(
            file.place + start,
            size,
            _number(entry, "offset", LARGEST),
            _number(entry, "endOffset", LARGEST),
            _number(entry, "innerOffset", LARGEST),
            digest,
            zeros=entry.get("chunkType") == "zeros",
        )

    def _append(self, entry: dict[str, Any], letter: bytes, size: int, place: int) -> None:
        name = self._name(entry, "name")
        extra = Extra()
        header = Header(letter)
        header.mode = _number(entry, "mode", 1 << 32) & 0o7777
        for key in ("uid", "gid"):
            number = _number(entry, key, 1 << 32)
            if number > _LARGEST_ID:
                extra.pax[key.encode()] = b"%d" % number
            else:
                setattr(header, key, number)
        _time(entry.get("modtime"), header, extra)
        if letter in b"34":
            header.major = _number(entry, "devMajor", _LARGEST_ID)
            header.minor = _number(entry, "devMinor", _LARGEST_ID)
        if letter in b"12":
            extra.link = self._name(entry, "linkName")
        _xattrs(entry.get("xattrs"), extra)
        if len(name) <= SHORT:
            header.name = name
        else:
            extra.name = name
        self._take(header.block(), extra, name, letter, size, place)

    def _take(
        self, block: bytes, extra: Extra, name: bytes, letter: bytes, size: int, place: int
    ) -> None:
        batch = self.batch
        if letter not in b"05" or extra.name or extra.pax:
            batch.extras[len(batch)] = extra
            self.held += len(name) + len(extra.link or b"")
            self.held += sum(len(k) + len(v) for k, v in extra.pax.items())
        batch.raw += block
        batch.offsets.append(place)
        batch.sizes.append(size)
        if len(batch) >= _BATCH or self.held > _MOST_HELD:
            self.held = 0
            self.decoder.take(batch)

    def _name(self, entry: Mapping[str, Any], key: str) -> bytes:
        text = entry.get(key, "")
        if not isinstance(text, str) or "\0" in text:
            raise damaged(f"the {key} of an entry is none")
        self.lost += _LOST in text
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half of a surrogate pair, spelled as an escape
            self.lost += 1
            return text.encode("utf-8", "replace")


def _number(entry: Mapping[str, Any], key: str, most: int) -> int:
    value = entry.get(key)
    if value is None:
        return 0
    if type(value) is int and 0 <= value <= most:  # and not a bool, which is an int, too
        return value
    raise damaged(f"the {key} of an entry is {str(value)[:40]!r}")


def _hash(entry: Mapping[str, Any], key: str) -> bytes | None:
    text = entry.get(key)
    if not isinstance(text, str) or not text:
        return None
    if text.startswith(_SHA256):  # two for each of a million files: no value is made of them
        with contextlib.suppress(ValueError):
            data = bytes.fromhex(text.removeprefix(_SHA256))
            if len(data) == HASH:
                return data
    Digest.parse(text)  # of another algorithm, or none at all
    return None


def _time(text: object, header: Header, extra: Extra) -> None:
    """A time of RFC 3339; what is none counts as 1970, as in a header without one."""
    found = _moment(text) if isinstance(text, str) and len(text) < 64 else None
    if found is None:
        return
    seconds, fraction = found
    if 0 <= seconds < 1 << 33 and not fraction:
        header.mtime = seconds
        return
    extra.pax[b"mtime"] = b"%d.%09d" % (seconds, fraction) if fraction else b"%d" % seconds


@lru_cache(maxsize=4096)
def _moment(text: str) -> tuple[int, int] | None:
    """Seconds and nanoseconds since 1970."""
    found = parse_rfc3339(text)
    if found is None:
        return None
    seconds = int((found - _EPOCH).total_seconds() // 1)
    fraction = re.search(r"[.,](\d{1,9})", text, re.ASCII)
    return seconds, int(fraction[1].ljust(9, "0")) if fraction is not None else 0


def _xattrs(found: object, extra: Extra) -> None:
    if not found:
        return
    if not isinstance(found, dict):
        raise damaged("attributes are no object")
    for name, text in found.items():
        try:
            value = base64.b64decode(text or "", validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise damaged("an attribute is not base64") from None
        extra.pax[b"SCHILY.xattr." + name.encode("utf-8", "surrogateescape")] = value
