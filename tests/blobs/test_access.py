"""Random access: files that are held, parts of them, and bytes at hand."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.blobs.access import InMemory, Part, SharedFile, chunks_of
from explorer.errors import DamagedImage, NotFound, Refused

DATA = bytes(range(256)) * 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "image.tar"
    made.write_bytes(DATA)
    return made


def test_a_file_is_read_by_offset(path: Path) -> None:
    file = SharedFile(path)
    assert (file.size, file.read_at(300, 5)) == (len(DATA), DATA[300:305])
    assert file.read_at(len(DATA) - 3, 100) == DATA[-3:]
    assert file.read_at(len(DATA), 1) == b""
    assert file.read_at(0, 0) == b""


def test_many_threads_read_one_file(path: Path) -> None:
    file = SharedFile(path)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: file.read_at(at, 100), range(0, 10_000, 7)))
    assert found == [DATA[at : at + 100] for at in range(0, 10_000, 7)]


@pytest.mark.parametrize("change", ["replaced", "removed"])
def test_a_file_is_held_whatever_happens_to_its_name(path: Path, change: str) -> None:
    file = SharedFile(path)
    path.unlink()
    if change == "replaced":
        path.write_bytes(b"another")
    assert file.read_at(0, len(DATA)) == DATA


def test_a_file_that_shrinks_is_told(path: Path) -> None:
    file = SharedFile(path)
    os.truncate(path, 100)
    assert file.read_at(0, 100) == DATA[:100]
    with pytest.raises(DamagedImage, match=r"changed while it was open.*byte 200"):
        file.read_at(50, 150)


def test_a_file_that_grows_ends_where_it_did(path: Path) -> None:
    file = SharedFile(path)
    with path.open("ab") as more:
        more.write(b"more")
    assert file.read_at(len(DATA) - 1, 10) == DATA[-1:]


def test_the_identity_tells_one_content_from_another(path: Path) -> None:
    first = str(SharedFile(path).identity)
    assert str(SharedFile(path).identity) == first
    os.utime(path, (1, 1))
    assert str(SharedFile(path).identity) != first


@pytest.mark.parametrize("name", ["absent", "image.tar/below"])
def test_what_is_not_there_is_not_found(path: Path, name: str) -> None:
    with pytest.raises(NotFound, match="No file"):
        SharedFile(path.parent / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
def test_what_is_no_file_is_not_even_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd"
    if kind == "fifo":
        os.mkfifo(path)  # opening it would wait for a writer
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        path.mkdir()
    with pytest.raises(DamagedImage, match="not a regular file"):
        SharedFile(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_file_that_becomes_a_fifo_in_between_does_not_block(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def exchange(self: Path, **options: bool) -> os.stat_result:
        found = real(self, **options)
        path.unlink()
        os.mkfifo(path)
        return found

    monkeypatch.setattr(Path, "stat", exchange)
    with pytest.raises(DamagedImage, match="not a regular file"):
        SharedFile(path)


def test_what_cannot_be_read_is_refused_with_the_systems_reason(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(Refused, match=r"cannot be opened: Permission denied\. Check its permissio"):
        SharedFile(path)


def test_a_disk_that_fails_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    file = SharedFile(path)
    monkeypatch.setattr(os, "pread", fails)
    with pytest.raises(Refused, match="Input/output error"):
        file.read_at(0, 1)


def test_a_closed_file_is_closed_once(path: Path) -> None:
    file = SharedFile(path)
    file.close()
    file.close()
    with pytest.raises(Refused):
        file.read_at(0, 1)


@given(st.binary(max_size=300), st.data())
def test_a_part_reads_as_the_slice_it_is(data: bytes, draw: st.DataObject) -> None:
    number = st.integers(0, len(data) + 5)
    start, size = draw.draw(number), draw.draw(number)
    inner_start, inner_size = draw.draw(number), draw.draw(number)
    size = min(size, max(0, len(data) - start))
    part = Part(InMemory(data), start, size)
    wanted = data[start : start + size]
    assert part.read_at(0, len(data) + 10) == wanted
    assert part.read_at(inner_start, inner_size) == wanted[inner_start : inner_start + inner_size]
    nested = Part(part, inner_start, max(0, min(inner_size, size - inner_start)))
    assert nested.read_at(0, 1000) == wanted[inner_start : inner_start + inner_size]


def test_parts_of_one_file_are_equal_where_they_are_the_same(path: Path) -> None:
    file = SharedFile(path)
    assert len({Part(file, 1, 2), Part(file, 1, 2), Part(file, 1, 3)}) == 2


@given(st.binary(max_size=100), st.integers(1, 40))
def test_chunks_are_all_bytes_in_order(data: bytes, size: int) -> None:
    chunks = list(chunks_of(InMemory(data), size))
    assert b"".join(chunks) == data
    assert all(len(chunk) == size for chunk in chunks[:-1])


def test_an_open_file_is_closed_when_nobody_needs_it(path: Path) -> None:
    before = threading.active_count()
    fd = SharedFile(path)._fd
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)
    assert threading.active_count() == before
