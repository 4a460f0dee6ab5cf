"""Tables of contents that say anything at all: damage is told of, and nothing else happens."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import DamagedImage, ExplorerError
from explorer.filesystem.entry import EntryType
from explorer.filesystem.stack import Stack
from explorer.oci import Digest
from explorer.progress import Job
from explorer.sources.indexed import ListedBy
from explorer.sources.registry.tables.contents import TableContents
from explorer.sources.registry.tables.indexing import index_of
from explorer.sources.registry.tables.locating import Table
from tests.factory import layer
from tests.sources.registry.made import parts
from tests.sources.registry.test_tables import table_entries

MADE = layer(*parts(), compression="zstd-chunked")
ENTRIES = table_entries("zstd-chunked", parts())
KEYS = sorted(
    {key for entry in ENTRIES for key in entry}
    | {"chunkSize", "chunkOffset", "chunkDigest", "innerOffset", "chunkType", "devMajor"}
)
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, 0, -1, 1, 5, 1 << 31, 1 << 40, 1 << 60, 1 << 70, 1.5, True, [], {}]),
    st.sampled_from(["", "chunk", "zeros", "reg", "dir", "hardlink", "../x", "a\0b", "\ud800"]),
    st.sampled_from(["x" * 5000, "9999-99-99T00:00:00Z", f"sha256:{'0' * 64}", "sha256:0"]),
    st.text(max_size=8),
)
CHANGES = st.lists(
    st.tuples(st.integers(0, len(ENTRIES) - 1), st.sampled_from(KEYS), VALUES), max_size=4
)
FLIPS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=4)


class Lying:
    """A blob whose parts are those of a real layer, wherever they are asked for."""

    size = len(MADE.blob)

    def part(self, start: int, size: int, _job: Job) -> bytes:
        if not 0 <= start <= start + size <= self.size:
            raise DamagedImage("It leads out of the layer")
        return MADE.blob[start : start + size]


class Nothing:
    """A cache that keeps nothing."""

    def get(self, _digest: Digest) -> None:
        return None

    def put(self, _digest: Digest, _data: bytes) -> None:
        pass


def changed(changes: list[tuple[int, str, Any]], flips: list[tuple[int, int]]) -> bytes:
    listed = [dict(entry) for entry in ENTRIES]
    for row, key, value in changes:
        listed[row][key] = value
    data = bytearray(json.dumps({"version": 1, "entries": listed}).encode())
    for at, value in flips:
        data[at % len(data)] = value
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(changes=CHANGES, flips=FLIPS)
def test_whatever_a_table_says_is_shown_or_refused(
    changes: list[tuple[int, str, Any]], flips: list[tuple[int, int]]
) -> None:
    table = Table(ListedBy.ZSTD_CHUNKED, "zstd", len(MADE.blob), changed(changes, flips))
    try:
        index, places = index_of(table, Job())
    except DamagedImage:
        return
    Stack([index])
    contents = TableContents(Lying(), "zstd", places, Nothing())  # type: ignore[arg-type]
    for entry in range(len(index)):
        index.entry(entry)
        if index.type[entry] == EntryType.FILE:
            wanted = min(index.size_of(entry), 1 << 16)
            try:
                data = contents.read_at(int(index.offset[entry]), wanted)
            except ExplorerError:
                continue
            assert len(data) == wanted
