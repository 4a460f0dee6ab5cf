"""Header blocks, a batch at a time, into the columns of a layer index."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.errors import LimitExceeded
from explorer.filesystem import tarheader
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array, LayerIndex, SparseMap
from explorer.filesystem.tarheader import BLOCK
from explorer.filesystem.trie import TrieBuilder

ENTRY_LIMIT = 10_000_000
NAMES_LIMIT = 1 << 30  # bytes of all names together
MARK = 16  # bytes of a content fingerprint
NO_MARK = bytes(MARK)
_NUMBERS = ("mode", "uid", "gid", "mtime")
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
Blocks = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


@dataclass(slots=True)
class Extra:
    """What an entry's own header does not say: names, records and a map from headers before it."""

    name: bytes | None = None
    link: bytes | None = None
    pax: dict[bytes, bytes] = field(default_factory=dict)
    sparse: SparseMap | None = None


@dataclass(slots=True)
class Batch:
    """Headers not yet decoded: raw blocks, where content starts, logical sizes, fingerprints.

    ``extras`` has a value for each entry that is not simply a file or directory.
    """

    raw: bytearray = field(default_factory=bytearray)
    offsets: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    marks: bytearray = field(default_factory=bytearray)
    extras: dict[int, Extra] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets)

    def clear(self) -> None:
        """Forget everything, in place."""
        self.raw.clear()
        del self.offsets[:]
        del self.sizes[:]
        self.marks.clear()
        self.extras.clear()


class Decoder:
    """Collects decoded entries; :meth:`finish` makes the index of them."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._trie = TrieBuilder()
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
        self._marks = bytearray()
        self._xattrs: dict[int, dict[bytes, bytes]] = {}
        self._devices: dict[int, tuple[int, int]] = {}
        self._sparse: dict[int, SparseMap] = {}

    def take(self, batch: Batch) -> None:
        """Decode a batch and clear it.

        Raises :class:`DamagedImage` at the first bad header; what came before it is kept.
        """
        count = len(batch)
        if not count:
            return
        raw = bytes(batch.raw)
        blocks = np.frombuffer(raw, np.uint8).reshape(count, BLOCK)
        good = tarheader.first_bad_checksum(blocks)
        bad_at = batch.offsets[good] - BLOCK if good < count else -1
        try:
            self._append(raw, blocks[:good], batch)
        finally:
            batch.clear()
        if len(self._columns["type"]) > ENTRY_LIMIT:
            raise LimitExceeded("The layer is too large", why=f"more than {ENTRY_LIMIT:,} entries")
        if self._trie.names_size > NAMES_LIMIT:
            raise LimitExceeded("The layer is too large", why="more than 1 GiB of names")
        if bad_at >= 0:
            raise tarheader.bad_checksum(bad_at)

    def _append(self, raw: bytes, blocks: Blocks, batch: Batch) -> None:
        first = len(self._columns["type"])
        node_of, extras = self._trie.entry, batch.extras
        nodes, kinds = self._columns["node"], self._columns["type"]
        offsets, sizes = self._columns["offset"], self._columns["size"]
        kept: list[int] = []
        for row in range(len(blocks)):
            at = row * BLOCK
            extra = extras.get(row) if extras else None
            if extra is None:
                name, kind = _plain(raw, at)
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
            offsets.append(batch.offsets[row])
            sizes.append(batch.sizes[row] if kind == EntryType.FILE else 0)
            kept.append(row)
        if batch.marks:
            self._marks += b"".join(batch.marks[MARK * row : MARK * row + MARK] for row in kept)
        self._numbers(blocks[kept] if len(kept) < len(blocks) else blocks, kept, first, extras)

    def _describe(self, header: bytes, extra: Extra) -> tuple[bytes, EntryType]:
        # Where a GNU and a PAX header contradict each other: as Go's reader decides.
        name = extra.pax.get(b"GNU.sparse.name") or extra.name or extra.pax.get(b"path")
        if name is None:
            name = tarheader.header_name(header)
        letter = header[156]
        if letter not in _KINDS:
            self.problems.append(f"{name[:80]!r} has the unknown type {chr(letter)!r}")
        kind = _KINDS.get(letter, EntryType.FILE)
        return name, EntryType.DIR if letter == 0 and name.endswith(b"/") else kind

    def _details(self, entry: int, kind: EntryType, header: bytes, extra: Extra) -> None:
        if kind in (EntryType.SYMLINK, EntryType.HARDLINK):
            link = extra.link or extra.pax.get(b"linkpath")
            self._links += tarheader.text(header[157:257]) if link is None else link
            self._columns["link_entry"].append(entry)
            self._columns["link_at"].append(len(self._links))
        elif kind in (EntryType.CHAR, EntryType.BLOCK):
            major, minor = header[329:337], header[337:345]
            self._devices[entry] = (tarheader.number(major), tarheader.number(minor))
        elif kind == EntryType.FILE and extra.sparse is not None:
            self._sparse[entry] = extra.sparse
        xattrs = tarheader.pax_xattrs(extra.pax) if extra.pax else None
        if xattrs:
            self._xattrs[entry] = xattrs

    def _numbers(
        self, blocks: Blocks, kept: list[int], first: int, extras: Mapping[int, Extra]
    ) -> None:
        uid, gid = tarheader.owners(blocks)
        seconds = np.clip(tarheader.mtimes(blocks), -tarheader.LATEST, tarheader.LATEST)
        values = {"mode": tarheader.modes(blocks), "uid": uid, "gid": gid}
        values["mtime"] = seconds * 1_000_000_000
        for row, number in enumerate(kept) if extras else ():
            extra = extras.get(number)
            if extra is not None and extra.pax:
                _override(values, row, extra.pax)
        for name in _NUMBERS:
            column = self._columns[name]
            limit = (1 << 63) - 1 if name == "mtime" else (1 << 8 * column.itemsize) - 1
            floor = -limit if name == "mtime" else 0
            column.frombytes(np.clip(values[name], floor, limit).astype(column.typecode).tobytes())

    # -- the end ------------------------------------------------------------------------------

    def finish(self, length: int, damage: str) -> LayerIndex:
        """The index of everything taken so far; the decoder is empty afterwards."""
        # Damage can strike between the columns of one batch.
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
        columns["fingerprint"] = np.frombuffer(bytes(self._marks[: MARK * count]), np.uint64)
        self._trie.finish(columns)
        return LayerIndex(
            columns=columns,
            length=length,
            xattrs=self._xattrs,
            devices=self._devices,
            sparse=self._sparse,
            problems=tuple(self.problems) + self._trie.problems,
            damage=damage,
        )

    def _drained(self) -> Iterator[tuple[str, array[int]]]:
        """The columns, each let go of as it is taken over."""
        while self._columns:
            yield self._columns.popitem()


def _plain(raw: bytes, at: int) -> tuple[bytes, EntryType]:
    """Name and type of a header that needs no other."""
    stop = raw.find(b"\0", at, at + 100)
    name = raw[at : stop if stop >= 0 else at + 100]
    if raw[at + 345] and raw[at + 257 : at + 262] == b"ustar":
        name = tarheader.header_name(raw[at : at + BLOCK])
    letter = raw[at + 156]
    if letter == 53 or (letter == 0 and name.endswith(b"/")):
        return name, EntryType.DIR
    return name, EntryType.FILE


def _override(values: dict[str, Array], row: int, pax: Mapping[bytes, bytes]) -> None:
    for name in ("uid", "gid"):
        number = tarheader.pax_number(pax, name.encode())
        if number is not None:
            values[name][row] = number
    if pax.get(b"mtime"):  # an empty record withdraws what it names
        values["mtime"][row] = tarheader.pax_time(pax[b"mtime"])


__all__ = ["MARK", "NO_MARK", "Batch", "Decoder", "Extra"]
