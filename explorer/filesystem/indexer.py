"""From the plain tar of a layer to its index, in one pass.

The walk over the headers is kept lean: it looks only at size and type, collects the raw blocks, and
decodes them a thousand at a time. Nothing a header claims is allocated.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from explorer.errors import DamagedImage, LimitExceeded
from explorer.filesystem import tarheader
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array, LayerIndex, SparseMap
from explorer.filesystem.tarheader import BLOCK, SPECIAL_LIMIT, ZERO_BLOCK
from explorer.filesystem.trie import TrieBuilder
from explorer.progress import Job

ENTRY_LIMIT = 10_000_000
NAMES_LIMIT = 1 << 30
_BATCH = 1024
_NO_MARK = bytes(16)


class Feed(Protocol):
    """The bytes of a plain tar, read forward."""

    @property
    def digest(self) -> Callable[[bytes | memoryview], bytes] | None:
        """What makes sixteen bytes of content that is at hand; None if content is not read."""

    def window(self, offset: int, want: int = BLOCK) -> bytes:
        """Bytes from ``offset`` on: at least ``want`` unless the tar ends before.

        Offsets never decrease from call to call.
        """

    def fingerprint(self, offset: int, size: int) -> bytes:
        """The :attr:`digest` of content that may reach beyond the current window."""

    def end(self, offset: int) -> int:
        """``offset``, or where the tar ends if that is before."""


class _Pending:
    """What special headers say about the entry that follows them."""

    __slots__ = ("name", "link", "pax")

    def __init__(self) -> None:
        self.name: bytes | None = None
        self.link: bytes | None = None
        self.pax: dict[bytes, bytes] = {}


class _Row:
    """An entry that its raw header alone does not describe."""

    __slots__ = ("pending", "size", "sparse")

    def __init__(self, pending: _Pending, size: int, sparse: SparseMap | None) -> None:
        self.pending = pending
        self.size = size
        self.sparse = sparse


def build_index(feed: Feed, job: Job | None = None) -> LayerIndex:
    """Index the tar that ``feed`` gives.

    A malformed or truncated tar gives the index of what came before, with
    :attr:`LayerIndex.damage` set. Raises :class:`explorer.errors.Cancelled`, and what the feed
    raises for its own reasons.
    """
    return _Indexer(feed, job or Job()).run()


class _Indexer:
    def __init__(self, feed: Feed, job: Job) -> None:
        self._feed = feed
        self._job = job
        self._trie = TrieBuilder()
        self._raw = bytearray()
        self._offsets = array("q")
        self._sizes = array("q")
        self._special: dict[int, _Row] = {}
        self._marks = bytearray()
        self._pending: _Pending | None = None
        self._columns: dict[str, array[int]] = {
            "node": array("I"),
            "type": array("B"),
            "offset": array("q"),
            "size": array("q"),
            "mode": array("H"),
            "uid": array("I"),
            "gid": array("I"),
            "mtime": array("q"),
            "link_entry": array("I"),
            "link_at": array("I", [0]),
        }
        self._links = bytearray()
        self._fingerprints = bytearray()
        self._xattrs: dict[int, dict[bytes, bytes]] = {}
        self._devices: dict[int, tuple[int, int]] = {}
        self._sparse: dict[int, SparseMap] = {}
        self._overrides: list[tuple[str, int, int]] = []
        self._problems: list[str] = []

    def run(self) -> LayerIndex:
        damage = ""
        try:
            end = self._walk()
        except DamagedImage as error:
            damage = str(error)
            end = self._at
        try:
            self._flush()
        except DamagedImage as error:
            # An earlier header was damaged too: what the walk met after it is not to be believed.
            damage = str(error)
        return self._finish(end, damage)

    # -- the walk -----------------------------------------------------------------------------

    def _walk(self) -> int:
        """Visit every header; returns the offset after the last entry."""
        feed, raw, marks = self._feed, self._raw, self._marks
        hashing = feed.digest
        base = pos = self._at = 0
        window = b""
        while True:
            rel = pos - base
            if rel + BLOCK > len(window):
                window, base, rel = feed.window(pos), pos, 0
                self._job.check()
                if len(window) < BLOCK:
                    return self._end(pos, len(window))
            header = window[rel : rel + BLOCK]
            kind = header[156]
            try:
                size = int(header[124:135], 8)
                if header[135] not in b"\0 " or size < 0:
                    size = tarheader.size_of(header)
            except ValueError:
                size = tarheader.size_of(header)
            if header[0] == 0 and header == ZERO_BLOCK:
                return pos
            if size < 0:
                raise DamagedImage("The layer is damaged", why=f"negative size at byte {pos}")
            if kind not in b"0\x005" or self._pending is not None:
                pos = self._at = self._visit(header, kind, pos, size)
                continue
            body = pos + BLOCK
            if kind == 53:  # a directory has no body, whatever its size field says
                size = 0
            raw += header
            self._offsets.append(body)
            self._sizes.append(size)
            stop = rel + BLOCK + size
            if stop <= len(window):
                if hashing:
                    marks += hashing(memoryview(window)[rel + BLOCK : stop]) if size else _NO_MARK
                pos = self._at = body + (size + 511 & ~511)
            else:
                if hashing:
                    marks += feed.fingerprint(body, size)
                pos = self._at = self._after(body, size)
            if len(self._offsets) >= _BATCH:
                self._flush()

    def _end(self, pos: int, left: int) -> int:
        if left:
            raise DamagedImage("The layer is truncated", why=f"it ends inside a header, byte {pos}")
        if self._pending is not None:
            raise DamagedImage("The layer is truncated", why="its last header has no entry")
        return pos

    def _after(self, body: int, size: int) -> int:
        """Where the next header is; raises if the body is not all there."""
        if size and self._feed.end(body + size) < body + size:
            raise DamagedImage(
                "The layer is truncated",
                why=f"an entry at byte {body - BLOCK} claims {size} bytes that are not there",
            )
        return body + (size + BLOCK - 1) // BLOCK * BLOCK

    def _visit(self, header: bytes, kind: int, pos: int, size: int) -> int:
        """A header that is not simply a file or directory; returns where the next one is."""
        body = pos + BLOCK
        letter = chr(kind)
        # Headers that become entries are checked when their batch is decoded.
        if letter in "xXLKgVMN" and not tarheader.checksum_holds(header):
            raise _bad_checksum(pos)
        if letter in "xXLKg":
            self._special_header(letter, body, size)
            return self._after(body, size)
        if letter in "VMN":
            self._problems.append(f"an entry of type {letter!r} is left out")
            return self._after(body, size)
        pending = self._pending or _Pending()
        self._pending = None
        stated = tarheader.pax_number(pending.pax, b"size")
        if stated is not None:
            size = stated
        if letter in "123456":
            size = 0
        sparse, logical = self._sparse_map(letter, header, pending.pax, body, size)
        if letter == "S" and sparse is not None:
            # The map may go on in blocks of its own, which the size field does not count.
            size += max(0, self._map_end - body)
        next_header = self._after(body, size)
        self._special[len(self._offsets)] = _Row(pending, logical, sparse)
        self._raw += header
        self._offsets.append(body)
        self._sizes.append(logical)
        if self._feed.digest:
            plain = letter in "07\0" and size and sparse is None
            self._marks += self._feed.fingerprint(body, size) if plain else _NO_MARK
        return next_header

    def _special_header(self, letter: str, body: int, size: int) -> None:
        if size > SPECIAL_LIMIT:
            raise LimitExceeded(
                "The layer is damaged",
                why=f"a {letter!r} header of {size} bytes; 1 MiB is the limit",
            )
        text = bytes(self._feed.window(body, size)[:size])
        if len(text) < size:
            raise DamagedImage("The layer is truncated", why="it ends inside an extended header")
        if letter == "g":
            return  # global records name the archive (git writes one); Docker skips them too
        pending = self._pending = self._pending or _Pending()
        if letter == "L":
            pending.name = tarheader.text(text)
        elif letter == "K":
            pending.link = tarheader.text(text)
        else:
            pending.pax.update(tarheader.parse_pax(text))

    # -- sparse files -------------------------------------------------------------------------

    _map_end = 0

    def _sparse_map(
        self, letter: str, header: bytes, pax: dict[bytes, bytes], body: int, stored: int
    ) -> tuple[SparseMap | None, int]:
        """The map of a sparse entry, and the logical size of any entry."""
        if letter == "S":
            return self._gnu_sparse(header, body, stored)
        number = tarheader.pax_number
        logical = number(pax, b"GNU.sparse.realsize")
        if logical is None:
            logical = number(pax, b"GNU.sparse.size")
        if logical is None or letter not in "0\0":
            return None, stored
        if pax.get(b"GNU.sparse.major") == b"1":
            values, data = self._pax_1_map(body, stored)
        else:
            text = pax.get(b"GNU.sparse.map", b"")
            values, data = [_decimal(part) for part in text.split(b",") if part], body
        return self._checked(values, data, logical, stored - (data - body)), logical

    def _gnu_sparse(self, header: bytes, body: int, stored: int) -> tuple[SparseMap, int]:
        logical = tarheader.number(header[483:495])
        values = _gnu_pairs(header[386:482])
        extended, at = header[482], body
        while extended:
            block = bytes(self._feed.window(at)[:BLOCK])
            if len(block) < BLOCK or at - body > SPECIAL_LIMIT:
                raise DamagedImage("A sparse map is malformed", why="it has no end")
            values += _gnu_pairs(block[:504])
            extended = block[504]
            at += BLOCK
        self._map_end = at
        return self._checked(values, at, logical, stored), logical

    def _pax_1_map(self, body: int, stored: int) -> tuple[list[int], int]:
        text = bytes(
            self._feed.window(body, min(stored, SPECIAL_LIMIT))[: min(stored, SPECIAL_LIMIT)]
        )
        values: list[int] = []
        at = 0
        wanted = 1
        while len(values) < wanted:
            line_end = text.find(b"\n", at, at + 20)
            if line_end < 0:
                raise DamagedImage("A sparse map is malformed", why="it has no end")
            values.append(_decimal(text[at:line_end]))
            wanted = 1 + 2 * values[0]
            at = line_end + 1
        return values[1:], body + (at + BLOCK - 1) // BLOCK * BLOCK

    def _checked(self, values: list[int], data: int, logical: int, stored: int) -> SparseMap:
        return SparseMap(data, tarheader.parse_sparse_runs(values, logical, stored))

    # -- decoding -----------------------------------------------------------------------------

    def _flush(self) -> None:
        count = len(self._offsets)
        if not count:
            return
        raw = bytes(self._raw)
        blocks = np.frombuffer(raw, np.uint8).reshape(count, BLOCK)
        good = tarheader.first_bad_checksum(blocks)
        offsets, sizes, special, marks = self._offsets, self._sizes, self._special, self._marks
        self._raw.clear()  # in place: the walk holds on to it
        self._offsets, self._sizes, self._special = array("q"), array("q"), {}
        kept = self._take(raw, blocks[:good], offsets, sizes, special)
        if self._feed.digest:
            self._fingerprints += (
                b"".join(marks[16 * row : 16 * row + 16] for row in kept)
                if len(kept) < count
                else marks
            )
        del marks[:]
        if len(self._columns["type"]) > ENTRY_LIMIT:
            raise LimitExceeded("The layer is too large", why=f"more than {ENTRY_LIMIT:,} entries")
        if self._trie.names_size > NAMES_LIMIT:
            raise LimitExceeded("The layer is too large", why="more than 1 GiB of names")
        if good < count:
            raise _bad_checksum(offsets[good] - BLOCK)

    def _take(
        self,
        raw: bytes,
        blocks: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
        offsets: array[int],
        sizes: array[int],
        special: dict[int, _Row],
    ) -> list[int]:
        """Append the entries of a batch; returns the rows that were kept."""
        first = len(self._columns["type"])
        node_of = self._trie.entry
        nodes, kinds = self._columns["node"], self._columns["type"]
        columns_offset, columns_size = self._columns["offset"], self._columns["size"]
        kept: list[int] = []
        for row in range(len(blocks)):
            at = row * BLOCK
            extra = special.get(row) if special else None
            if extra is None:
                stop = raw.find(b"\0", at, at + 100)
                name = raw[at : stop if stop >= 0 else at + 100]
                if raw[at + 345] and raw[at + 257 : at + 263] == b"ustar\0":
                    name = tarheader.header_name(raw[at : at + BLOCK])
                kind = EntryType.DIR if raw[at + 156] == 53 else EntryType.FILE
                if kind is EntryType.FILE and raw[at + 156] == 0 and name.endswith(b"/"):
                    kind = EntryType.DIR
            else:
                name, kind = self._describe(raw[at : at + BLOCK], extra)
            placed = node_of(name, kind)
            if placed is None:
                continue
            node, kind = placed
            if extra is not None:
                self._details(len(kinds), kind, raw[at : at + BLOCK], extra)
            nodes.append(node)
            kinds.append(kind)
            columns_offset.append(offsets[row])
            columns_size.append(sizes[row] if kind == EntryType.FILE else 0)
            kept.append(row)
        self._decode_numbers(blocks, kept, first)
        return kept

    def _describe(self, header: bytes, row: _Row) -> tuple[bytes, EntryType]:
        pax, pending = row.pending.pax, row.pending
        name = pax.get(b"GNU.sparse.name") or pax.get(b"path") or pending.name
        if name is None:
            name = tarheader.header_name(header)
        kind = _KINDS.get(header[156], EntryType.FILE)
        if header[156] not in _KINDS:
            self._problems.append(f"{name[:80]!r} has the unknown type {chr(header[156])!r}")
        if header[156] == 0 and name.endswith(b"/"):
            kind = EntryType.DIR
        return name, kind

    def _details(self, entry: int, kind: EntryType, header: bytes, row: _Row) -> None:
        pax = row.pending.pax
        if kind in (EntryType.SYMLINK, EntryType.HARDLINK):
            link = pax.get(b"linkpath") or row.pending.link
            self._links += tarheader.text(header[157:257]) if link is None else link
            self._columns["link_entry"].append(entry)
            self._columns["link_at"].append(len(self._links))
        if kind in (EntryType.CHAR, EntryType.BLOCK):
            major, minor = header[329:337], header[337:345]
            self._devices[entry] = (tarheader.number(major), tarheader.number(minor))
        if row.sparse is not None and kind == EntryType.FILE:
            self._sparse[entry] = row.sparse
        if not pax:
            return
        xattrs = tarheader.pax_xattrs(pax)
        if xattrs:
            self._xattrs[entry] = xattrs
        for key in ("uid", "gid"):
            value = tarheader.pax_number(pax, key.encode())
            if value is not None:
                self._overrides.append((key, entry, value))
        if b"mtime" in pax:
            self._overrides.append(("mtime", entry, tarheader.pax_time(pax[b"mtime"])))

    def _decode_numbers(
        self,
        blocks: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
        kept: list[int],
        first: int,
    ) -> None:
        if len(kept) < len(blocks):
            blocks = blocks[kept]
        uid, gid = tarheader.owners(blocks)
        values = {
            "mode": tarheader.modes(blocks).astype(np.uint16),
            "uid": _within_32_bits(uid),
            "gid": _within_32_bits(gid),
            "mtime": np.clip(tarheader.mtimes(blocks), -(1 << 33), 1 << 33) * 1_000_000_000,
        }
        for key, entry, value in self._overrides:
            if entry >= first:
                limit = (1 << 63) - 1 if key == "mtime" else (1 << 32) - 1
                values[key][entry - first] = min(value, limit)
        self._overrides.clear()
        for key, column in values.items():
            self._columns[key].frombytes(column.tobytes())

    def _drained(self) -> Iterator[tuple[str, array[int]]]:
        while self._columns:
            yield self._columns.popitem()

    # -- the end ------------------------------------------------------------------------------

    def _finish(self, end: int, damage: str) -> LayerIndex:
        count = min(len(self._columns["type"]), len(self._columns["mode"]))
        columns: dict[str, Array] = {
            name: np.array(column, column.typecode) for name, column in self._drained()
        }
        for name in ("node", "type", "offset", "size"):
            columns[name] = columns[name][:count]
        links = int(np.searchsorted(columns["link_entry"], count))
        columns["link_entry"] = columns["link_entry"][:links]
        columns["link_at"] = columns["link_at"][: links + 1]
        columns["links"] = np.frombuffer(bytes(self._links), np.uint8)
        marks = bytes(self._fingerprints[: 16 * count])
        columns["fingerprint"] = np.frombuffer(marks, np.uint64)
        self._trie.finish(columns)
        return LayerIndex(
            columns=columns,
            length=end,
            xattrs=self._xattrs,
            devices=self._devices,
            sparse=self._sparse,
            problems=tuple(self._problems) + self._trie.problems,
            damage=damage,
        )


_KINDS = {
    0: EntryType.FILE,
    ord("0"): EntryType.FILE,
    ord("7"): EntryType.FILE,
    ord("S"): EntryType.FILE,
    ord("1"): EntryType.HARDLINK,
    ord("2"): EntryType.SYMLINK,
    ord("3"): EntryType.CHAR,
    ord("4"): EntryType.BLOCK,
    ord("5"): EntryType.DIR,
    ord("D"): EntryType.DIR,
    ord("6"): EntryType.FIFO,
}


def _bad_checksum(pos: int) -> DamagedImage:
    return DamagedImage(
        "The layer is damaged", why=f"the tar header at byte {pos} has a wrong checksum"
    )


def _within_32_bits(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Array:
    return np.clip(values, 0, (1 << 32) - 1).astype(np.uint32)


def _gnu_pairs(area: bytes) -> list[int]:
    values: list[int] = []
    for at in range(0, len(area) - 23, 24):
        if area[at] == 0:
            break
        values += (tarheader.number(area[at : at + 12]), tarheader.number(area[at + 12 : at + 24]))
    return values


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > 19:
        raise DamagedImage("A sparse map is malformed", why=f"{text[:20]!r} is no number")
    return int(text)
