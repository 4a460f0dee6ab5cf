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
from explorer.filesystem.names import PATH_MAX, normalise
from explorer.filesystem.tarheader import BLOCK
from explorer.filesystem.trie import TrieBuilder

ENTRY_LIMIT = 10_000_000
NAMES_LIMIT = 256 << 20  # bytes of all names together
# Bytes of memory, counted as what Python takes for them and not as what the tar does: a few
# megabytes of tar can ask for gigabytes.
DIRECTORIES_LIMIT = 512 << 20
DETAILS_LIMIT = 256 << 20  # link targets, attributes, devices and sparse maps
MARK = 16  # bytes of a content fingerprint
NO_MARK = bytes(MARK)
RUN_SIZE = 128  # bytes of memory that a run of a sparse map takes
RECORD_SIZE = 160  # that a PAX record takes beside its text
DIRECTORY_SIZE = 250  # that a directory takes beside its path
_DEVICE_SIZE = 220
_LABEL_SIZE = 140  # an entry's hold on attributes that others have as well
_LABELS_SIZE = 600  # a set of attributes that is met for the first time
_MOST_PROBLEMS = 1000
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
_DIR = int(EntryType.DIR)
_USTAR = np.frombuffer(b"ustar", np.uint8)
_OCTAL_PLACES = np.array((15, 12, 9, 6, 3, 0), np.uint64)  # how far to shift each of six digits
_EVEN = np.uint64(0x00FF00FF00FF00FF)
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
        self._known_xattrs: dict[tuple[tuple[bytes, bytes], ...], dict[bytes, bytes]] = {}
        self._details_size = 0
        self._directories_size = 0
        self._top = 0  # the highest node so far

    def remark(self, text: str) -> None:
        """Add to the problems of the layer, of which there are not more than a thousand."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(text)

    def take(self, batch: Batch) -> None:
        """Decode a batch and clear it.

        Raises :class:`DamagedImage` at the first bad header; what came before it is kept.
        """
        count = len(batch)
        if not count:
            return
        raw = bytes(batch.raw)
        blocks = np.frombuffer(raw, np.uint8).reshape(count, BLOCK)
        good = count if _all_sound(blocks) else tarheader.first_bad_checksum(blocks)
        bad_at = batch.offsets[good] - BLOCK if good < count else -1
        try:
            self._append(raw, blocks[:good], batch)
        finally:
            batch.clear()
        self._check_limits()
        if bad_at >= 0:
            raise tarheader.bad_checksum(bad_at)

    def _check_limits(self) -> None:
        why = ""
        if len(self._columns["type"]) > ENTRY_LIMIT:
            why = f"more than {ENTRY_LIMIT:,} entries"
        elif self._trie.names_size > NAMES_LIMIT:
            why = "more than 256 MiB of names"
        elif self._directories_size > DIRECTORIES_LIMIT:
            why = "its directories would take more than 512 MiB of memory"
        elif len(self._links) + self._details_size > DETAILS_LIMIT:
            why = "more than 256 MiB of link targets, attributes and sparse maps"
        if why:
            raise LimitExceeded(
                "The layer is too large", why=why, hint="What came before that is shown"
            )

    def _append(self, raw: bytes, blocks: Blocks, batch: Batch) -> None:
        count, columns = len(blocks), self._columns
        names, kinds = _read_plain(raw, blocks)
        extras = {row: extra for row, extra in batch.extras.items() if row < count}
        for row, extra in extras.items():
            names[row], kinds[row] = self._describe(_block(raw, row), extra)
        links = {
            row: _target(raw, row, extra)
            for row, extra in extras.items()
            if kinds[row] == EntryType.SYMLINK
        }
        nodes = np.array(self._trie.place(names, kinds, links), np.int64)
        kept = np.flatnonzero(nodes >= 0)
        self._count_directories(nodes, names, kinds)
        if extras:
            first, place = len(columns["type"]), {row: at for at, row in enumerate(kept.tolist())}
            extras = {row: extra for row, extra in extras.items() if row in place}
            for row, extra in extras.items():
                self._details(first + place[row], kinds[row], _block(raw, row), extra)
            extras = {place[row]: extra for row, extra in extras.items()}
        types = np.array(kinds, np.uint8)[kept]
        sizes = np.where(types == EntryType.FILE, np.array(batch.sizes, np.int64)[kept], 0)
        columns["node"].frombytes(nodes[kept].astype(np.uint32).tobytes())
        columns["type"].frombytes(types.tobytes())
        columns["offset"].frombytes(np.array(batch.offsets, np.int64)[kept].tobytes())
        columns["size"].frombytes(sizes.tobytes())
        if batch.marks:
            marks = np.frombuffer(bytes(batch.marks), np.uint8).reshape(-1, MARK)
            self._marks += marks[kept].tobytes()
        self._numbers(blocks[kept] if len(kept) < count else blocks, extras)

    def _count_directories(self, nodes: Array, names: list[bytes], kinds: list[int]) -> None:
        """Add up what directories take, those that names merely imply among them."""
        top = max(int(nodes.max(initial=0)), self._top)
        made = top - self._top - (len(kinds) - kinds.count(_DIR))
        self._top = top
        if made > 0:
            self._directories_size += made * (DIRECTORY_SIZE + max(map(len, names)))

    def _describe(self, header: bytes, extra: Extra) -> tuple[bytes, EntryType]:
        # Where a GNU and a PAX header contradict each other: as Go's reader decides.
        name = extra.pax.get(b"GNU.sparse.name") or extra.name or extra.pax.get(b"path")
        if name is None:
            name = tarheader.header_name(header)
        letter = header[156]
        if letter not in _KINDS:
            self.remark(f"{name[:80]!r} has the unknown type {chr(letter)!r}")
        kind = _KINDS.get(letter, EntryType.FILE)
        if letter == 0 and name.endswith(b"/"):
            kind = EntryType.DIR
        return name if len(name) < PATH_MAX else _shorter(name), kind

    def _details(self, entry: int, kind: int, header: bytes, extra: Extra) -> None:
        if kind in (EntryType.SYMLINK, EntryType.HARDLINK):
            self._links += _target(header, 0, extra)
            self._columns["link_entry"].append(entry)
            self._columns["link_at"].append(len(self._links))
        elif kind in (EntryType.CHAR, EntryType.BLOCK):
            major, minor = header[329:337], header[337:345]
            self._devices[entry] = (tarheader.number(major), tarheader.number(minor))
            self._details_size += _DEVICE_SIZE
        elif kind == EntryType.FILE and extra.sparse is not None:
            self._sparse[entry] = extra.sparse
            self._details_size += RUN_SIZE * len(extra.sparse.runs)
        xattrs = tarheader.pax_xattrs(extra.pax) if extra.pax else None
        if xattrs:
            self._xattrs[entry] = self._shared(xattrs)
            # Shared or not, a cache writes them out for each entry.
            self._details_size += _LABEL_SIZE
            self._details_size += sum(len(name) + len(value) for name, value in xattrs.items())

    def _shared(self, xattrs: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """The same attributes as one value: with SELinux every file of a million has a label."""
        key = tuple(xattrs.items())
        known = self._known_xattrs.get(key)
        if known is None:
            known = self._known_xattrs[key] = xattrs
            self._details_size += _LABELS_SIZE
            self._details_size += RECORD_SIZE * len(key)
        return known

    def _numbers(self, blocks: Blocks, extras: Mapping[int, Extra]) -> None:
        """Decode the numeric fields of blocks; ``extras`` by their row among them."""
        uid, gid = tarheader.owners(blocks)
        seconds = np.clip(tarheader.mtimes(blocks), -tarheader.LATEST, tarheader.LATEST)
        values = {"mode": tarheader.modes(blocks), "uid": uid, "gid": gid}
        values["mtime"] = seconds * 1_000_000_000
        for row, extra in extras.items():
            if extra.pax:
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
        self._known_xattrs.clear()
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


def _shorter(name: bytes) -> bytes:
    """A name longer than any filesystem takes, without what it can be spelled without."""
    path, escaped = normalise(name)
    return (b"../" + path if escaped else path)[: 2 * PATH_MAX]


def _block(raw: bytes, row: int) -> bytes:
    return raw[row * BLOCK : (row + 1) * BLOCK]


def _target(raw: bytes, row: int, extra: Extra) -> bytes:
    """Where a link leads."""
    at = row * BLOCK + 157
    return extra.link or extra.pax.get(b"linkpath") or tarheader.text(raw[at : at + 100])


def _all_sound(blocks: Blocks) -> bool:
    """Whether all checksums are right and written as POSIX wants: six digits, NUL, space.

    Nearly always; where not, :func:`tarheader.first_bad_checksum` knows better.
    """
    field = blocks[:, 148:156]
    digits = field[:, :6] - np.uint8(ord("0"))
    if (digits > 7).any() or ((field[:, 6:] != 0) & (field[:, 6:] != ord(" "))).any():
        return False
    stated = (digits.astype(np.uint64) << _OCTAL_PLACES).sum(axis=1)
    # Eight bytes at once, in four lanes of sixteen bits: 64 times twice 255 do not overflow them.
    words = blocks.view(np.uint64)
    lanes = ((words & _EVEN) + (words >> np.uint64(8) & _EVEN)).sum(axis=1)
    total = lanes.view(np.uint16).reshape(-1, 4).sum(axis=1, dtype=np.uint64)
    own = field.sum(axis=1, dtype=np.uint64)
    return bool((total - own + np.uint64(8 * ord(" ")) == stated).all())


def _read_plain(raw: bytes, blocks: Blocks) -> tuple[list[bytes], list[int]]:
    """Name and type of headers, all taken for files and directories that need no other header."""
    count = len(blocks)
    ends = np.ones((count, 101), bool)
    ends[:, :100] = blocks[:, :100] == 0
    starts = np.arange(0, count * BLOCK, BLOCK)
    stops = starts + ends.argmax(axis=1)
    names = [raw[at:stop] for at, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
    prefixed = (blocks[:, 345] != 0) & (blocks[:, 257:262] == _USTAR).all(axis=1)
    for row in np.flatnonzero(prefixed).tolist():
        names[row] = tarheader.header_name(_block(raw, row))
    letters = blocks[:, 156]
    kinds = np.where(letters == ord("5"), int(EntryType.DIR), int(EntryType.FILE)).tolist()
    for row in np.flatnonzero(letters == 0).tolist():
        if names[row].endswith(b"/"):
            kinds[row] = int(EntryType.DIR)
    return names, kinds


def _override(values: dict[str, Array], row: int, pax: Mapping[bytes, bytes]) -> None:
    for name in ("uid", "gid"):
        number = tarheader.pax_number(pax, name.encode())
        if number is not None:
            values[name][row] = number
    if pax.get(b"mtime"):  # an empty record withdraws what it names
        values["mtime"][row] = tarheader.pax_time(pax[b"mtime"])


__all__ = ["MARK", "NO_MARK", "Batch", "Decoder", "Extra"]
