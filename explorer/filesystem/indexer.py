"""From the plain tar of a layer to its index, in one pass.

The walk over the headers is kept lean: it looks only at size and type, collects the raw blocks, and
has them decoded a thousand at a time. Nothing a header claims is allocated.
"""

from __future__ import annotations

from explorer.errors import DamagedImage, LimitExceeded
from explorer.filesystem import tarheader
from explorer.filesystem.decoder import (
    DIRECTORY_SIZE,
    NO_MARK,
    RECORD_SIZE,
    RUN_SIZE,
    Batch,
    Decoder,
    Extra,
)
from explorer.filesystem.feed import Feed
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import PATH_MAX
from explorer.filesystem.sparse import read_gnu_sparse, read_pax_sparse
from explorer.filesystem.tarheader import BLOCK, LARGEST, SPECIAL_LIMIT, ZERO_BLOCK
from explorer.progress import Job

_BATCH = 1024
_MOST_HELD = 4 << 20  # bytes of memory; one extended header can ask for some twenty MiB
_DIRECTORY = ord("5")
_PLAIN = b"0\x005"  # files and directories
_NO_BODY = "123456"
_BEFORE_AN_ENTRY = "xXLK"
_LEFT_OUT = "VMN"  # volume labels, continued files, and names of a long dead format


def build_index(feed: Feed, job: Job | None = None) -> LayerIndex:
    """Index the tar that ``feed`` gives.

    A malformed or truncated tar gives the index of what came before, with
    :attr:`LayerIndex.damage` set. Raises :class:`explorer.errors.Cancelled`, and what the feed
    raises for its own reasons.
    """
    return _Walk(feed, job or Job()).run()


class _Walk:
    def __init__(self, feed: Feed, job: Job) -> None:
        self._feed = feed
        self._job = job
        self._decoder = Decoder()
        self._batch = Batch()
        self._extra: Extra | None = None  # for the entry that comes next
        self._held = 0  # bytes of memory that the batch takes, and will take, beyond its headers
        self._at = 0
        self._window, self._base = b"", 0

    def run(self) -> LayerIndex:
        damage = ""
        try:
            self._visit_all()
        except DamagedImage as error:
            damage = str(error)
        try:
            self._decoder.take(self._batch)
        except DamagedImage as error:
            # An earlier header was damaged too: what the walk met after it is not to be believed.
            damage = str(error)
        return self._decoder.finish(self._at, damage)

    def _visit_all(self) -> None:
        """Visit every header up to the end of the archive."""
        feed, batch = self._feed, self._batch
        raw, offsets, sizes, marks = batch.raw, batch.offsets, batch.sizes, batch.marks
        digest = feed.digest
        base = pos = self._at
        window, view, reach = b"", memoryview(b""), 0
        while True:
            rel = pos - base
            if rel + BLOCK > reach:
                window, base, rel = feed.window(pos), pos, 0
                view, reach = memoryview(window), len(window)
                self._window, self._base = window, base
                self._job.check()
                if reach < BLOCK:
                    return self._end(pos, reach)
            header = window[rel : rel + BLOCK]
            if header[0] == 0 and header == ZERO_BLOCK:
                return None
            kind, size = header[156], _size(header, pos)
            if kind not in _PLAIN or self._extra is not None:
                pos = self._at = self._visit(header, pos, size)
                if len(offsets) >= _BATCH or self._held > _MOST_HELD:
                    self._held = 0
                    self._decoder.take(batch)
                continue
            if kind == _DIRECTORY:  # it has no body, whatever its size field says
                size = 0
            body = pos + BLOCK
            stop = rel + BLOCK + size
            if stop <= reach:
                pos = body + (size + 511 & ~511)
                if digest is not None:
                    marks += digest(view[rel + BLOCK : stop]) if size else NO_MARK
            else:
                mark = feed.fingerprint(body, size) if digest is not None else b""
                pos = self._after(body, size)
                marks += mark
            raw += header
            offsets.append(body)
            sizes.append(size)
            self._at = pos
            if len(offsets) >= _BATCH:
                self._decoder.take(batch)

    def _end(self, pos: int, left: int) -> None:
        if left:
            raise DamagedImage("The layer is truncated", why=f"it ends inside a header, byte {pos}")
        if self._extra is not None:
            raise DamagedImage("The layer is truncated", why="its last header has no entry")

    def _after(self, body: int, size: int) -> int:
        """Where the next header is; raises if the body is not all there."""
        if size and self._feed.end(body + size) < body + size:
            raise DamagedImage(
                "The layer is truncated",
                why=f"an entry at byte {body - BLOCK} claims {size} bytes that are not there",
            )
        return body + (size + BLOCK - 1) // BLOCK * BLOCK

    def _visit(self, header: bytes, pos: int, size: int) -> int:
        """A header that is not simply a file or directory; returns where the next one is."""
        body, letter = pos + BLOCK, chr(header[156])
        if letter in "g" + _BEFORE_AN_ENTRY + _LEFT_OUT:
            # Headers that become entries are checked when their batch is decoded.
            if not tarheader.checksum_holds(header):
                raise tarheader.bad_checksum(pos)
            if letter in _BEFORE_AN_ENTRY:
                self._read_extra(letter, body, size)
            elif letter in _LEFT_OUT:
                self._decoder.remark(f"an entry of type {letter!r} is left out")
            # Global records (g) name the archive; git writes one. Docker skips them too.
            return self._after(body, size)
        extra, self._extra = self._extra or Extra(), None
        stated = tarheader.pax_number(extra.pax, b"size")
        taken = 0 if letter in _NO_BODY else size if stated is None else stated
        return self._add(header, letter, body, taken, extra)

    def _add(self, header: bytes, letter: str, body: int, taken: int, extra: Extra) -> int:
        feed, batch = self._feed, self._batch
        size = taken
        sparse = None
        if letter == "S":
            sparse = read_gnu_sparse(feed, header, body, taken)
        elif letter in "0\0" and extra.pax:
            sparse = read_pax_sparse(feed, extra.pax, body, taken)
        if sparse is not None:
            extra.sparse, size, taken = sparse.map, sparse.size, sparse.taken
            self._held += RUN_SIZE * len(sparse.map.runs)
        mark = NO_MARK
        if feed.digest is not None and taken and sparse is None and letter in "07\0":
            mark = feed.fingerprint(body, taken)
        following = self._after(body, taken)
        if feed.digest is not None:
            batch.marks += mark
        batch.extras[len(batch)] = extra
        batch.raw += header
        batch.offsets.append(body)
        batch.sizes.append(size)
        return following

    def _read_extra(self, letter: str, body: int, size: int) -> None:
        if size > SPECIAL_LIMIT:
            raise LimitExceeded(
                "The layer is damaged",
                why=f"a {letter!r} header of {size} bytes; 1 MiB is the limit",
            )
        rel = body - self._base
        text = self._window[rel : rel + size]
        if len(text) < size:
            text = bytes(self._feed.window(body, size)[:size])
        if len(text) < size:
            raise DamagedImage("The layer is truncated", why="it ends inside an extended header")
        self._held += size
        extra = self._extra = self._extra or Extra()
        if letter == "L":
            extra.name = tarheader.text(text)
            self._held += _depth_size(extra.name)
        elif letter == "K":
            extra.link = tarheader.text(text)
        else:
            # As Go's reader, and so Docker and containerd: the last header counts, alone.
            extra.pax = tarheader.parse_pax(text)
            name = extra.pax.get(b"GNU.sparse.name") or extra.pax.get(b"path", b"")
            self._held += RECORD_SIZE * len(extra.pax) + _depth_size(name)


def _depth_size(name: bytes) -> int:
    """The memory that the directories of a name take, if all of them are new."""
    return name[:PATH_MAX].count(b"/") * (DIRECTORY_SIZE + min(len(name), PATH_MAX) // 2)


def _size(header: bytes, pos: int) -> int:
    try:
        size = int(header[124:135], 8)
        if header[135] not in b"\0 " or size < 0:
            size = tarheader.size_of(header)
    except ValueError:
        size = tarheader.size_of(header)
    if not 0 <= size <= LARGEST:
        why = "negative size" if size < 0 else f"a size of {size} bytes"
        raise DamagedImage("The layer is damaged", why=f"{why} at byte {pos}")
    return size
