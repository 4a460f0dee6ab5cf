"""Feeds: the same tar, read anywhere or streaming by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from explorer.blobs.access import InMemory
from explorer.blobs.feeds import FileFeed, StreamFeed
from explorer.errors import Cancelled
from explorer.filesystem.feed import Feed
from explorer.progress import Job

DATA = bytes(range(251)) * 400
SEED = 42


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def feeds(data: bytes, size: int) -> tuple[Feed, Feed]:
    return FileFeed(InMemory(data)), StreamFeed(cut(data, size), SEED)


steps = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 700)), max_size=30)


@given(steps, st.integers(1, 600), st.integers(0, 3000))
def test_a_window_has_what_was_asked_for_or_all_there_is(
    asked: list[tuple[int, int]], size: int, length: int
) -> None:
    data = DATA[:length]
    for feed in feeds(data, size):
        offset = 0
        for step, want in asked:
            offset += step
            found = feed.window(offset, want)
            assert len(found) >= min(want, max(0, length - offset))
            assert bytes(found) == data[offset : offset + len(found)]


@given(st.integers(0, 3000), st.integers(1, 500))
def test_the_end_is_where_the_data_ends(length: int, size: int) -> None:
    for feed in feeds(DATA[:length], size):
        assert feed.end(length // 2) == length // 2
        assert feed.end(length + 10) == length


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 900))
def test_content_is_fingerprinted_alike_at_hand_and_passing_by(
    offset: int, size: int, chunk: int
) -> None:
    feed = StreamFeed(cut(DATA, chunk), SEED)
    feed.window(offset)
    wanted = xxhash.xxh3_128_digest(DATA[offset : offset + size], SEED)
    assert feed.fingerprint(offset, size) == wanted == feed.digest(DATA[offset : offset + size])
    assert feed.window(offset + size, 10)[:10] == DATA[offset + size : offset + size + 10]


def test_another_seed_gives_other_fingerprints() -> None:
    assert StreamFeed(iter(()), 1).digest(DATA) != StreamFeed(iter(()), 2).digest(DATA)


def test_a_file_is_not_read_for_fingerprints() -> None:
    feed = FileFeed(InMemory(DATA))
    assert feed.digest is None
    with pytest.raises(NotImplementedError):
        feed.fingerprint(0, 10)


def test_draining_counts_what_is_left() -> None:
    feed = StreamFeed(cut(DATA, 1000), SEED)
    feed.window(5000)
    assert feed.drain() == len(DATA)


def test_a_stream_holds_no_more_than_it_must() -> None:
    """The window of a chunk is that chunk, however long the stream."""
    feed = StreamFeed((bytes(1000) for _ in range(10_000)), SEED)
    longest = max(len(feed.window(at)) for at in range(0, 9_000_000, 700))
    assert longest <= 2000


class Counting:
    """Counts what is read of a file of zeros."""

    size = 1 << 40

    def __init__(self) -> None:
        self.read = 0

    def read_at(self, offset: int, size: int) -> bytes:
        self.read += size
        return bytes(size)


def test_little_is_read_of_a_file_with_headers_far_apart() -> None:
    access = Counting()
    feed = FileFeed(access)
    for number in range(1000):
        feed.window(number << 24)
    assert access.read < 8 << 20


def test_much_is_read_at_once_of_a_file_with_headers_close_together() -> None:
    calls = 0

    class Calls(Counting):
        def read_at(self, offset: int, size: int) -> bytes:
            nonlocal calls
            calls += 1
            return super().read_at(offset, size)

    feed, at, window = FileFeed(Calls()), 0, b""
    base = 0
    while at < 20 << 20:
        if at + 512 > base + len(window):
            window, base = feed.window(at), at
        at += 1024
    assert calls < 400


def test_a_file_tells_how_far_it_is_and_stops_when_told() -> None:
    job = Job()
    feed = FileFeed(Counting(), job)
    feed.window(1 << 30)
    job.cancel()
    with pytest.raises(Cancelled):
        feed.window(2 << 30)
