"""Layer indexes on disk: what was written reads back the same, or not at all."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from explorer.blobs.access import InMemory, chunks_of
from explorer.blobs.feeds import FileFeed, StreamFeed
from explorer.filesystem.index import COLUMNS, LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.store.indexes import IndexCache
from tests.factory import (
    Part,
    character_device,
    directory,
    file,
    hardlink,
    opaque,
    sparse,
    symlink,
    tar_bytes,
    whiteout,
)
from tests.factory.hostile import Case, cases
from tests.factory.reference import Stack
from tests.factory.strategies import layer_stacks

DIGEST = "sha256:" + "ab" * 32
PARTS: tuple[Part, ...] = (
    directory("etc", mode=0o1777),
    file("etc/motd", "hello\n", xattrs={"user.note": bytes(range(256))}),
    file(b"etc/caf\xe9", "bytes"),
    hardlink("motd", "etc/motd"),
    symlink("link", b"to/\xff"),
    character_device("null", 1, 3),
    sparse("holes", 10**12, {0: b"data", 5000: b"more"}),
    whiteout("etc/gone"),
    opaque("srv"),
    file("../escape", "outside"),
)


def indexed(tar: bytes, *, content: bool = True) -> LayerIndex:
    blob = InMemory(tar)
    return build_index(StreamFeed(chunks_of(blob), 7) if content else FileFeed(blob))


def assert_same(found: LayerIndex | None, wanted: LayerIndex) -> None:
    assert found is not None
    for name in COLUMNS:
        assert np.array_equal(found.columns[name], wanted.columns[name]), name
        assert found.columns[name].dtype == wanted.columns[name].dtype, name
    for name in ("length", "xattrs", "devices", "sparse", "problems", "damage"):
        assert getattr(found, name) == getattr(wanted, name), name


@pytest.fixture
def cache(tmp_path: Path) -> IndexCache:
    return IndexCache(tmp_path)


def kept(root: Path) -> Path:
    (path,) = root.rglob("*.idx")
    return path


@pytest.mark.parametrize("content", [True, False])
def test_an_index_reads_back_as_it_was_written(cache: IndexCache, *, content: bool) -> None:
    index = indexed(tar_bytes(PARTS), content=content)
    assert index.xattrs
    assert index.devices
    assert index.sparse
    assert index.problems
    cache.put(DIGEST, index)
    assert_same(cache.get(DIGEST), index)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(layer_stacks(implicit_parents=True, awkward=True))
def test_any_index_reads_back_as_it_was_written(cache: IndexCache, stack: Stack) -> None:
    for layer in stack:
        index = indexed(tar_bytes(layer))
        cache.put(DIGEST, index)
        assert_same(cache.get(DIGEST), index)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_index_of_a_hostile_tar_reads_back_with_its_damage(
    cache: IndexCache, case: Case
) -> None:
    index = indexed(case.tar)
    cache.put(DIGEST, index)
    assert_same(cache.get(DIGEST), index)


def test_another_process_finds_it(cache: IndexCache, tmp_path: Path) -> None:
    index = indexed(tar_bytes(PARTS))
    cache.put(DIGEST, index)
    assert_same(IndexCache(tmp_path).get(DIGEST), index)


def test_what_was_never_put_is_absent(cache: IndexCache) -> None:
    assert cache.get(DIGEST) is None


def test_a_column_does_not_keep_the_whole_file_in_memory(cache: IndexCache) -> None:
    cache.put(DIGEST, indexed(tar_bytes(PARTS)))
    found = cache.get(DIGEST)
    assert found is not None
    assert all(column.base is None for column in found.columns.values())


# Damage


def spoiled(data: bytes) -> list[bytes]:
    every = range(0, len(data), max(1, len(data) // 60))
    cut = [data[:at] for at in every]
    flipped = [data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :] for at in every]
    return [*cut, *flipped, b"", bytes(len(data)), b"\n" * 100, data + b"\0"]


def test_a_damaged_file_is_as_good_as_none_and_is_dropped(
    cache: IndexCache, tmp_path: Path
) -> None:
    cache.put(DIGEST, indexed(tar_bytes(PARTS)))
    path = kept(tmp_path)
    for data in spoiled(path.read_bytes()):
        path.write_bytes(data)
        assert cache.get(DIGEST) is None
        assert not path.exists()


def header_changed(path: Path, **values: object) -> None:
    line, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps({**json.loads(line), **values}).encode() + b"\n" + rest)


@pytest.mark.parametrize(
    "change", [{"version": 0}, {"version": 2}, {"seed": "0" * 16}, {"columns": {}}], ids=str
)
def test_a_file_of_another_version_or_cache_is_dropped(
    cache: IndexCache, tmp_path: Path, change: dict[str, object]
) -> None:
    cache.put(DIGEST, indexed(tar_bytes(PARTS)))
    path = kept(tmp_path)
    header_changed(path, **change)
    assert cache.get(DIGEST) is None
    assert not path.exists()


def test_an_unchanged_header_is_taken(cache: IndexCache, tmp_path: Path) -> None:
    """So that the test before this one fails for the reason it names."""
    index = indexed(tar_bytes(PARTS))
    cache.put(DIGEST, index)
    header_changed(kept(tmp_path))
    assert_same(cache.get(DIGEST), index)


# The seed


def test_the_seed_is_one_for_all_who_share_the_cache(tmp_path: Path) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that who comes second comes in the middle
    try:
        with ThreadPoolExecutor(8) as pool:
            for number in range(40):
                root = tmp_path / str(number)
                assert len(set(pool.map(lambda _, r=root: IndexCache(r).seed, range(16)))) == 1
    finally:
        sys.setswitchinterval(interval)


def test_each_cache_has_a_seed_of_its_own(tmp_path: Path) -> None:
    assert IndexCache(tmp_path / "one").seed != IndexCache(tmp_path / "other").seed


@pytest.mark.parametrize("content", [b"", b"not a number", b"\xff\xfe"])
def test_a_damaged_seed_is_made_anew(tmp_path: Path, content: bytes) -> None:
    first = IndexCache(tmp_path)
    first.put(DIGEST, indexed(tar_bytes(PARTS)))
    next(tmp_path.rglob("seed")).write_bytes(content)
    second = IndexCache(tmp_path)
    assert second.seed == IndexCache(tmp_path).seed
    assert second.get(DIGEST) is None  # its fingerprints were made with the lost one


def test_the_seed_outlives_the_indexes_it_is_used_with(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path)
    cache.put(DIGEST, indexed(tar_bytes(PARTS)))
    seed = next(tmp_path.rglob("seed"))
    os.utime(seed, (0, 0))
    assert IndexCache(tmp_path).get(DIGEST) is not None
    assert seed.stat().st_mtime > 0


# Sharing


_WRITER = """
import sys
from pathlib import Path
from explorer.store.indexes import IndexCache
from tests.store.test_indexes import DIGEST, PARTS, indexed
from tests.factory import tar_bytes
cache, index = IndexCache(Path(sys.argv[1])), indexed(tar_bytes(PARTS))
print("ready", flush=True)
sys.stdin.read()
for number in range(60):
    cache.put(DIGEST, index)
    cache.put(f"sha256:{number:064x}", index)
    assert cache.get(DIGEST) is not None
"""


def test_two_processes_write_and_read_one_cache(cache: IndexCache, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path)]
    others = [Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) for _ in range(2)]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
    for other in others:
        _, trouble = other.communicate(timeout=60)
        assert (other.returncode, trouble) == (0, "")
    index = indexed(tar_bytes(PARTS))
    assert_same(cache.get(DIGEST), index)
    left = [path for path in tmp_path.rglob("*") if path.name.startswith(".new-")]
    assert left == []


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "indexes-1").write_bytes(b"a file where the folder should be")
    cache = IndexCache(tmp_path)
    cache.put(DIGEST, indexed(tar_bytes(PARTS)))
    assert cache.get(DIGEST) is None
    assert not cache.writable


def test_an_index_says_which_sparse_file_holds_what(cache: IndexCache) -> None:
    index = indexed(tar_bytes(PARTS))
    cache.put(DIGEST, replace(index, problems=("a remark",)))
    found = cache.get(DIGEST)
    assert found is not None
    (holes,) = found.sparse.values()
    assert holes.runs == ((0, 4), (5000, 4))
    assert found.problems == ("a remark",)
