"""Headers of plain files are those that every other entry gets."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.build.engines.sandbox.plainheaders import BLOCK, plain_header
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.layertar import header

NAMES = st.binary(min_size=1, max_size=120).filter(lambda name: b"\0" not in name)
NUMBERS = st.integers(0, 1 << 40) | st.sampled_from((0o7777777, 0o10000000, (1 << 33) - 1, 1 << 33))
TIMES = st.integers(-(10**10), 10**20)


@settings(database=None, deadline=None)
@given(NAMES, st.integers(0, 0o7777), NUMBERS, NUMBERS, NUMBERS, TIMES)
@example(b"a" * 100, 0o644, 0, 0, 1000, 10**18)
@example(b"a/" * 50, 0o4755, 1, 2, 0, 0)
def test_it_is_the_same_or_none(
    name: bytes, mode: int, uid: int, gid: int, size: int, time: int
) -> None:
    entry = Entry(b"/" + name, EntryType.FILE, mode, uid, gid, size, time)
    found = plain_header(entry)
    if found is not None:
        assert found == header(entry)


def test_most_files_have_a_plain_one() -> None:
    entry = Entry(b"/usr/share/doc/a b", EntryType.FILE, 0o644, 1000, 1000, 70_000, 1_700_000_000)
    found = plain_header(entry)
    assert found is not None
    assert len(found) == BLOCK
