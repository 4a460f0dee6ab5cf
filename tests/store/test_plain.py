"""Plain copies: whole or not at all, readable while they grow, shared and bounded."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.blobs.access import InMemory, Part
from explorer.errors import Cancelled, DamagedImage, StorageFull
from explorer.progress import Job
from explorer.store import plain as plain_module
from explorer.store import spool as spool_module
from explorer.store.plain import PlainCache
from explorer.store.spool import Spool

PIECE = 1000
DATA = b"".join(number.to_bytes(4, "big") for number in range(5000))


@pytest.fixture(autouse=True)
def _small_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is more than 4 kB goes to disk, however little room there is."""
    monkeypatch.setattr(plain_module, "SMALL", 4000)
    monkeypatch.setattr(spool_module, "RESERVE", 0)


@pytest.fixture
def cache(tmp_path: Path) -> PlainCache:
    return PlainCache(tmp_path)


def pieces(job: Job) -> Iterator[bytes]:
    for at in range(0, len(DATA), PIECE):
        job.check()
        yield DATA[at : at + PIECE]


def never(job: Job) -> Iterator[bytes]:
    raise AssertionError("the copy was there")


class Gate:
    """A stream that comes only as far as a test lets it."""

    def __init__(self) -> None:
        self.open = threading.Semaphore(0)

    def chunks(self, job: Job) -> Iterator[bytes]:
        for piece in pieces(job):
            while not self.open.acquire(timeout=0.01):
                job.check()
            yield piece

    def let(self, count: int) -> None:
        self.open.release(count)


def spooled(cache: PlainCache, gate: Gate, key: str | None = "key") -> Spool:
    gate.let(5)
    opened = cache.open(key, gate.chunks)
    assert isinstance(opened, Spool)
    return opened


def files(root: Path) -> list[str]:
    folder = root / "plain"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_small_copy_stays_in_memory(cache: PlainCache, tmp_path: Path) -> None:
    found = cache.open("key", lambda _: iter([b"one", b"two"]))
    assert found == InMemory(b"onetwo")
    assert files(tmp_path) == []


def test_a_large_copy_is_kept_for_the_next_time(cache: PlainCache, tmp_path: Path) -> None:
    first = cache.open("sha256:abc", pieces)
    assert (first.size, first.read_at(0, len(DATA))) == (len(DATA), DATA)
    again = PlainCache(tmp_path).open("sha256:abc", never)
    assert isinstance(again, Part)
    assert (again.size, again.read_at(4000, 4)) == (len(DATA), DATA[4000:4004])
    assert again.read_at(len(DATA) - 2, 100) == DATA[-2:]


def test_it_is_readable_as_far_as_it_has_come(cache: PlainCache) -> None:
    gate = Gate()
    copy = spooled(cache, gate)
    assert copy.read_at(100, 200) == DATA[100:300]
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(copy.read_at, 15_000, 100)
        assert not ahead.done()
        gate.let(100)
        assert ahead.result(10) == DATA[15_000:15_100]
    copy.finish()


def test_reading_over_the_end_gives_what_there_is(cache: PlainCache) -> None:
    copy = cache.open("key", pieces)
    assert copy.read_at(len(DATA) - 10, 100) == DATA[-10:]
    assert copy.read_at(len(DATA) + 5, 100) == b""


def test_many_threads_read_one_copy(cache: PlainCache) -> None:
    copy = cache.open("key", pieces)
    places = range(0, len(DATA), 997)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: copy.read_at(at, 50), places))
    assert found == [DATA[at : at + 50] for at in places]


def test_two_readers_of_one_key_do_not_disturb_each_other(
    cache: PlainCache, tmp_path: Path
) -> None:
    one, two = Gate(), Gate()
    first, second = spooled(cache, one), spooled(cache, two)
    one.let(100)
    first.finish()
    two.let(100)
    assert second.read_at(0, len(DATA)) == first.read_at(0, len(DATA)) == DATA
    second.finish()
    assert files(tmp_path) == ["key.tar"]


def test_closing_stops_the_work_and_leaves_nothing(cache: PlainCache, tmp_path: Path) -> None:
    copy = spooled(cache, Gate())
    copy.close()
    assert files(tmp_path) == []
    with pytest.raises(Cancelled):
        copy.finish()


@pytest.mark.parametrize("error", [DamagedImage("A layer is damaged"), ZeroDivisionError("a bug")])
def test_what_goes_wrong_in_the_background_reaches_the_reader(
    cache: PlainCache, tmp_path: Path, error: Exception
) -> None:
    def broken(job: Job) -> Iterator[bytes]:
        yield from (bytes(PIECE) for _ in range(6))
        raise error

    copy = cache.open("key", broken)
    with pytest.raises(type(error)):
        copy.read_at(5900, 500)
    with pytest.raises(type(error)):
        _ = copy.size
    assert files(tmp_path) == []


def test_a_full_disk_is_told_to_the_reader_and_leaves_nothing(
    cache: PlainCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    copy = cache.open("key", pieces)
    with pytest.raises(StorageFull, match="no room for the cache"):
        copy.read_at(0, 10)
    assert files(tmp_path) == []


def test_the_last_of_the_disk_is_left_to_others(
    cache: PlainCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "RESERVE", 1 << 62)
    with pytest.raises(StorageFull, match="no room for the cache"):
        cache.open("key", pieces).read_at(0, 10)


def test_a_folder_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageFull, match=r"cannot be written.*File exists"):
        PlainCache(tmp_path).open("key", pieces)


def test_without_a_key_nothing_is_left_for_others_to_mistake(
    cache: PlainCache, tmp_path: Path
) -> None:
    copy = cache.open(None, pieces)
    assert (copy.size, copy.read_at(0, len(DATA))) == (len(DATA), DATA)
    assert files(tmp_path) == []
    other = cache.open(None, lambda _: iter([b"other"]))
    assert other.read_at(0, 5) == b"other"


@pytest.mark.parametrize("damage", ["cut", "emptied", "zeroed", "grown"])
def test_a_damaged_copy_is_made_again(cache: PlainCache, tmp_path: Path, damage: str) -> None:
    assert cache.open("key", pieces).size == len(DATA)
    path = tmp_path / "plain" / "key.tar"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[:-100],
            "emptied": b"",
            "zeroed": bytes(len(whole)),
            "grown": whole + b"more",
        }[damage]
    )
    assert cache.open("key", pieces).read_at(0, len(DATA)) == DATA
